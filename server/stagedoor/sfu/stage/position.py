"""Where a stream's numbers stand for those who get it, and how others follow on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..packets import vp8
from ..packets.shift import Shift
from .numbering import Arrival, Numbering

CLOCK_RATES = {"audio": 48000, "video": 90000, "screen": 90000}


class Position(NamedTuple):
    """The numbers of the last packet sent, which came ``at`` a time, and how many there were.

    -1 where there was none. ``clock``: what its source's sender report said, NTP time and RTP
    timestamp.
    """

    sequence: int = -1
    timestamp: int = 0
    at: float = 0.0
    picture: int = -1
    tl0: int = -1
    clock: tuple[int, int] | None = None
    packets: int = 0
    octets: int = 0

    def shifted(self, shift: Shift) -> Position:
        """The same for a viewer whose numbers are so far ahead."""
        clock = self.clock and (self.clock[0], self.clock[1] + shift.timestamp & 0xFFFFFFFF)
        return Position(
            self.sequence + shift.sequence & 0xFFFF,
            self.timestamp + shift.timestamp & 0xFFFFFFFF,
            self.at,
            self.picture if self.picture < 0 else self.picture + shift.picture & vp8.PICTURES,
            self.tl0 if self.tl0 < 0 else self.tl0 + shift.tl0 & 0xFF,
            clock,
            self.packets + shift.packets,
            self.octets + shift.octets,
        )

    def following(self, arrival: Arrival, kind: str) -> int:
        """The timestamp of another source's first packet, by both's reports, else by arrival.

        Layers of one picture have timelines of their own; their sender reports tie them together.
        """
        rate = CLOCK_RATES[kind]
        elapsed = max(1, int((arrival.now - self.at) * rate))
        if self.clock is not None and arrival.report is not None:
            ntp, timestamp = self.clock
            report = arrival.report
            meant = timestamp + ((report.ntp - ntp) * rate >> 32)
            meant += _signed(arrival.header.timestamp - report.timestamp)
            ahead = _signed(meant - self.timestamp)
            if abs(ahead - elapsed) < rate:
                return self.timestamp + max(1, ahead)
        return self.timestamp + elapsed

    def onward(self, arrival: Arrival, numbering: Numbering, reached: Position, kind: str) -> Shift:
        """How a viewer who stands here follows on with others' packets, from this one on.

        ``numbering`` is theirs; they had ``reached`` their position before.
        """
        header, part = arrival.header, arrival.part
        picture = tl0 = 0
        if self.picture >= 0 and part is not None and part.picture >= 0:
            picture = self.picture + 1 - part.picture - numbering.picture
        elif self.picture >= 0 and reached.picture >= 0:
            picture = self.picture - reached.picture
        if self.tl0 >= 0 and part is not None and part.tl0 >= 0:
            tl0 = self.tl0 + 1 - part.tl0 - numbering.tl0
        elif self.tl0 >= 0 and reached.tl0 >= 0:
            tl0 = self.tl0 - reached.tl0
        timestamp = self.following(arrival, kind) - header.timestamp - numbering.timestamp
        return Shift(
            self.sequence + 1 - header.sequence - numbering.sequence & 0xFFFF,
            timestamp & 0xFFFFFFFF,
            picture & vp8.PICTURES,
            tl0 & 0xFF,
            self.packets - reached.packets,
            self.octets - reached.octets,
        )


def across(shift: Shift, mine: Numbering, theirs: Numbering, packets: int, octets: int) -> Shift:
    """A viewer's shift to others who get the same source, who are so many packets behind."""
    return Shift(
        shift.sequence + mine.sequence - theirs.sequence & 0xFFFF,
        shift.timestamp + mine.timestamp - theirs.timestamp & 0xFFFFFFFF,
        shift.picture + mine.picture - theirs.picture & vp8.PICTURES,
        shift.tl0 + mine.tl0 - theirs.tl0 & 0xFF,
        packets,
        octets,
    )


@dataclass(frozen=True, slots=True)
class Stay:
    """A viewer's time with a branch that is over: for packets of then that are asked for again.

    ``last`` and ``first`` bound the branch's numbers, which go on beyond sixteen bits.
    """

    numberings: tuple[Numbering, ...]
    shift: Shift
    first: int
    last: int

    def find(self, sequence: int) -> tuple[Numbering, int] | None:
        """By whom a viewer's number was given, and the branch's number of it."""
        number = unwrapped(sequence - self.shift.sequence, self.last)
        return given(self.numberings, number) if number >= self.first else None


def unwrapped(sequence: int, last: int) -> int:
    """The number not after the last one that has these sixteen bits."""
    return last - ((last - sequence) & 0xFFFF)


def given(numberings: tuple[Numbering, ...], number: int) -> tuple[Numbering, int] | None:
    """Which of some numberings, the newest first, has given a number."""
    for numbering in numberings:
        if number >= numbering.begin:
            return numbering, number
    return None


def _signed(difference: int) -> int:
    """A difference of timestamps, modulo 2**32, as a number between -2**31 and 2**31."""
    return ((difference + 0x80000000) & 0xFFFFFFFF) - 0x80000000
