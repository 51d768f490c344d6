"""A group of a track's viewers who get the same bytes before they are encrypted for each."""

from __future__ import annotations

import itertools
import struct

from ..packets import rtp, vp8
from ..packets.rtcp import SenderInfo
from ..transport.srtp import SENT
from .numbering import RING, Arrival, Numbering
from .position import Position, given, unwrapped

NOTHING, ALL = -1, 3
"""No layer at all; all of the temporal layers."""

RECENT = 32  # packets
SILENT = 0.5  # seconds without a packet
_NUMBERS = struct.Struct("!HI").unpack_from

_numbers = itertools.count()


class Branch:
    """One numbering of a track: layer, temporal layers up to ``temporal``, and who follows it.

    Whatever source it is fed from, and through every switch: sequence numbers, timestamps and
    VP8's picture numbers go on without a break. ``highest``, the last sequence number, goes on
    beyond sixteen bits, from -1 where there was none; so do ``key``, the last keyframe's first
    number with the time it came at, and the numbers that are asked for. ``number`` tells branches
    apart. ``late``: the packet just forwarded was not the newest. ``counted`` is its owner's, to
    see whether ``packets`` has changed. ``size``: octets of its packets, on average of the last
    ones, as each layer has its own.
    """

    def __init__(self, kind: str, ssrc: int, layer: int = 0, temporal: int = ALL) -> None:
        self.number = next(_numbers)
        self.kind = kind
        self.ssrc = ssrc
        self.layer = layer
        self.temporal = temporal
        self.followers: set[str] = set()
        self.packets = 0
        self.octets = 0
        self.counted = 0
        self.size = 0.0
        self.payload_type = 0
        self._numbering: Numbering | None = None
        self._before: Numbering | None = None
        self.late = False
        self.highest = -1
        self.key: tuple[int, float] | None = None
        self._turned = False
        self._timestamp = 0
        self._picture = -1
        self._tl0 = -1
        self._at = 0.0
        self._clock: tuple[int, int] | None = None

    def fork(self, layer: int, temporal: int) -> Branch:
        """Another branch that goes on from here by itself."""
        made = Branch(self.kind, self.ssrc, layer, temporal)
        made.packets, made.octets, made.payload_type = self.packets, self.octets, self.payload_type
        made.size = self.size
        made.highest, made._timestamp, made._at = self.highest, self._timestamp, self._at
        made._picture, made._tl0, made._clock = self._picture, self._tl0, self._clock
        made._before = self._before
        made._turned = self._turned or layer != self.layer
        made.key = self.key if layer == self.layer else None
        if self._numbering is not None:
            made._numbering = self._numbering.copy()
        return made

    def turn(self, layer: int, temporal: int) -> None:
        """Carry another layer, or others of its temporal layers, from the next packet on.

        What the layer's source sent while something else was carried leaves no gap.
        """
        if layer != self.layer:
            self._turned, self.key = True, None
        self.layer, self.temporal = layer, temporal

    def interrupt(self) -> None:
        """Whatever comes next follows on the last packet forwarded; the past is not resent."""
        self._numbering = self._before = self._clock = self.key = None

    def idle(self, now: float) -> bool:
        """Whether nothing of its layer is coming: not yet, or not for a while."""
        return self._numbering is None or self._turned or now - self._at > SILENT

    def position(self) -> Position:
        """Where its numbers stand."""
        return Position(
            self.highest & 0xFFFF if self.highest >= 0 else -1,
            self._timestamp,
            self._at,
            self._picture,
            self._tl0,
            self._clock,
            self.packets,
            self.octets,
        )

    @classmethod
    def at(cls, position: Position, like: Branch, layer: int, temporal: int) -> Branch:
        """A branch of the same track as another that goes on from a position."""
        made = cls(like.kind, like.ssrc, layer, temporal)
        made.highest, made._timestamp, made._at = position.sequence, position.timestamp, position.at
        made._picture, made._tl0, made._clock = position.picture, position.tl0, position.clock
        made.packets, made.octets, made.size = position.packets, position.octets, like.size
        return made

    def meet(self, arrival: Arrival) -> Numbering:
        """The numbering of the newest packet, made if that is to follow on the last one."""
        numbering = self._numbering
        if numbering is None or self._follows_on(arrival, numbering):
            numbering = self._join(arrival)
        return numbering

    def forward(self, arrival: Arrival) -> bytes | None:
        """The packet as these viewers get it; None if they do not.

        That is one older than the source's first here, one that came before, an empty one, or one
        of a temporal layer that is left out. Where one of the last two comes late, its number is
        taken up by an empty packet. One whose number is so far back that SRTP would refuse it
        (SENT), and with it all of its run, is but remembered: whoever lacks it asks for it.
        """
        header, part = arrival.header, arrival.part
        numbering = self._numbering
        if numbering is None or self._follows_on(arrival, numbering):
            if not arrival.newest:
                return None
            numbering = self._join(arrival)
        self.late = late = numbering.late(header.sequence)
        if late:
            if not numbering.fills(header.sequence):
                return None
        else:
            self._advance(arrival, numbering)
        left = arrival.empty or (part is not None and part.tid > self.temporal)
        if left and not late:
            numbering.leave_out(header.sequence, part)
            return None
        out = self.write(arrival, numbering)
        if left:
            out = numbering.pad(header.sequence, out)
        if late and self.highest - self.number_of(out) >= SENT:
            return None
        if not late:
            self._remember(out, arrival, numbering)
        self.payload_type = arrival.payload_type
        self.packets += 1
        octets = len(arrival.packet) - header.payload
        self.octets += octets
        self.size += (octets - self.size) / (RECENT if self.size else 1)
        return out

    def write(self, arrival: Arrival, numbering: Numbering) -> bytes:
        """A packet as it is numbered here, with the time at which it was sent first."""
        extension = b"" if self.kind == "audio" else rtp.send_time(arrival.now)
        return numbering.write(arrival, self.ssrc, extension)

    def _follows_on(self, arrival: Arrival, numbering: Numbering) -> bool:
        """Whether a packet gets the number after the last one, whatever its own is.

        Else numbers would leap as the source's do, or as many as were sent while these viewers got
        another layer or none; and who decrypts tells a leap of 32768 from one back no more.
        """
        if numbering.source != arrival.source or self._turned:
            return True
        return numbering.leaps(arrival.header.sequence)

    def _advance(self, arrival: Arrival, numbering: Numbering) -> None:
        """The newest packet. What was numbered otherwise is forgotten once it is long ago."""
        sequence, part = arrival.header.sequence, arrival.part
        numbering.advance(sequence)
        if part is not None and (part.narrow or numbering.narrow >= 0):
            numbering.follow(sequence, part)
        if self._before is not None and (sequence - numbering.first) & 0xFFFF >= RING:
            self._before = None

    def _remember(self, out: bytes, arrival: Arrival, numbering: Numbering) -> None:
        """What the next source's first packet has to follow on."""
        sequence, self._timestamp = _NUMBERS(out, 2)
        self.highest = self._ahead(sequence)
        self._at = arrival.now
        part = arrival.part
        if part is not None and part.start and part.key:
            self.key = self.highest, arrival.now
        if part is not None and part.picture >= 0:
            self._picture = (part.picture + numbering.picture) & vp8.PICTURES
        if part is not None and part.tl0 >= 0:
            self._tl0 = (part.tl0 + numbering.tl0) & 0xFF

    def _ahead(self, sequence: int) -> int:
        """The number after the last one that has these sixteen bits."""
        if self.highest < 0:
            return sequence & 0xFFFF
        return self.highest + ((sequence - self.highest) & 0xFFFF)

    def next(self, arrival: Arrival) -> int:
        """The number of the newest packet, or of the next one if that is left out."""
        return self._ahead(arrival.header.sequence + self.meet(arrival).sequence)

    def _join(self, arrival: Arrival) -> Numbering:
        """Number a new source's first packet right after the last one, in time as well."""
        header, part = arrival.header, arrival.part
        joined = Numbering(arrival.source, header.sequence, header.sequence)
        if self.highest >= 0:
            joined.begin = self.highest + 1
            joined.sequence = (self.highest + 1 - header.sequence) & 0xFFFF
            timestamp = self.position().following(arrival, self.kind)
            joined.timestamp = (timestamp - header.timestamp) & 0xFFFFFFFF
        if part is not None and part.picture >= 0 and self._picture >= 0:
            joined.picture = (self._picture + 1 - part.picture) & vp8.PICTURES
        if part is not None and part.tl0 >= 0 and self._tl0 >= 0:
            joined.tl0 = (self._tl0 + 1 - part.tl0) & 0xFF
        self._before, self._numbering = self._numbering, joined
        self._turned = False
        return joined

    @property
    def numberings(self) -> tuple[Numbering, ...]:
        """Those that are known, the newest first."""
        return tuple(one for one in (self._numbering, self._before) if one is not None)

    def number_of(self, out: bytes) -> int:
        """The number of a packet that was forwarded."""
        return unwrapped(int.from_bytes(out[2:4]), self.highest)

    def find(self, sequence: int, first: int = 0) -> tuple[Numbering, int] | None:
        """By which numbering an outgoing sequence number from ``first`` on was given.

        With all of the number, which goes on beyond sixteen bits.
        """
        number = unwrapped(sequence, self.highest)
        return given(self.numberings, number) if number >= first else None

    def translate(self, info: SenderInfo, source: int) -> SenderInfo | None:
        """A sender report in the branch's numbering; None for a source that is not the present."""
        numbering = self._numbering
        if numbering is None or numbering.source != source or self.highest < 0:
            return None
        timestamp = (info.timestamp + numbering.timestamp) & 0xFFFFFFFF
        self._clock = (info.ntp, timestamp)
        return SenderInfo(self.ssrc, info.ntp, timestamp)
