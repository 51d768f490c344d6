"""How the packets of one source get the numbers under which a group of viewers gets them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..packets import rtp, vp8
from ..packets.part import Part
from ..packets.rtcp import SenderInfo
from ..packets.shift import NONE, Shift

RING = 1024
"""How far back, in a source's sequence numbers, anything is known of what was sent."""
NARROW = 128  # pictures until a number of seven bits begins again


class Arrival(NamedTuple):
    """A packet of a publisher's. ``payload_type`` is the viewers', ``source`` its SSRC's number.

    ``empty``: it has nothing but padding. ``report``: what the source's last sender report said.
    ``newest``: none that is later in the sequence came before. ``now`` in seconds.
    """

    packet: bytes
    header: rtp.Header
    payload_type: int
    source: int
    now: float
    part: Part | None = None
    empty: bool = False
    newest: bool = True
    report: SenderInfo | None = None


@dataclass(slots=True)
class Numbering:
    """Offsets from a source's numbers to a branch's, as of the newest packet.

    ``first``: the source's first sequence number here, or a later one, but before the last RING;
    ``begin``: what the first one became. ``left_out``: the sequence numbers of packets that viewers
    do not get, and whether a picture began with it. Those behind them move up, so that no gap
    shows. ``missing``: those that have not come yet; ``padded``: what took up the numbers of those
    that were not to come any more. ``narrow``: the last picture's number if it was sent in seven
    bits, else -1; ``wraps``: the packets with which such numbers began again.

    An outgoing number never means two different packets, as under SRTP it must not (RFC 7714,
    section 8.1; RFC 3711, section 9.1): what is written once is written the same ever after.
    """

    source: int
    first: int
    begin: int = 0
    sequence: int = 0
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0
    newest: int = -1
    left_out: deque[tuple[int, bool]] = field(default_factory=lambda: deque(maxlen=RING))
    left_picture: int = -1
    missing: dict[int, None] = field(default_factory=dict)
    padded: dict[int, bytes] = field(default_factory=dict)
    narrow: int = -1
    wraps: deque[int] = field(default_factory=lambda: deque(maxlen=2 * RING // NARROW))

    def copy(self) -> Numbering:
        """Another that goes on by itself."""
        return replace(
            self,
            left_out=self.left_out.copy(),
            missing=self.missing.copy(),
            padded=self.padded.copy(),
            wraps=self.wraps.copy(),
        )

    def leaps(self, sequence: int) -> bool:
        """Whether a packet is so far ahead that it is better numbered as another source's first."""
        return self.newest >= 0 and RING <= (sequence - self.newest) & 0xFFFF < 0x8000

    def late(self, sequence: int) -> bool:
        """Whether a packet is not the newest."""
        return self.newest >= 0 and not rtp.newer(sequence, self.newest)

    def advance(self, sequence: int) -> None:
        """Take the newest packet; those between it and the last one are missing from now on."""
        ahead = (sequence - self.newest) & 0xFFFF if self.newest >= 0 else 1
        self.newest = sequence
        if (sequence - self.first) & 0xFFFF >= 0x4000:
            self.first = (sequence - RING) & 0xFFFF
        if self.missing or self.padded:  # of 65536 packets ago
            self.missing.pop(sequence, None)
            self.padded.pop(sequence, None)
        if ahead > 1:
            for back in range(ahead - 1, 0, -1):
                self.missing[(sequence - back) & 0xFFFF] = None
            if len(self.missing) > RING:
                self.missing = {one: None for one in self.missing if self.knows(one)}

    def fills(self, sequence: int) -> bool:
        """Whether a late packet was missing; from now on it is not."""
        if sequence not in self.missing or not self.knows(sequence):
            return False
        del self.missing[sequence]
        return True

    def knows(self, sequence: int) -> bool:
        """Whether this was numbered here, and it is still known how."""
        recent = (self.newest - sequence) & 0xFFFF < RING
        return recent and (sequence - self.first) & 0xFFFF < 0x8000

    def pad(self, sequence: int, packet: bytes) -> bytes:
        """What is sent in place of this late packet, for good: nothing but padding."""
        if len(self.padded) > RING:
            self.padded = {one: sent for one, sent in self.padded.items() if self.knows(one)}
        made = self.padded[sequence] = rtp.padding(packet)
        return made

    def follow(self, sequence: int, part: Part) -> None:
        """The newest packet's picture: numbers of seven bits go on where they begin again."""
        if part.narrow and self.narrow - part.picture > NARROW // 2:
            self.picture += NARROW
            self.wraps.append(sequence)
        self.narrow = part.picture if part.narrow else -1

    def leave_out(self, sequence: int, part: Part | None) -> None:
        """The newest packet is not for these viewers."""
        picture = -1 if part is None else part.picture
        opens = picture >= 0 and picture != self.left_picture
        if opens:
            self.left_picture = picture
            self.picture -= 1
        self.sequence -= 1
        self.left_out.append((sequence, opens))

    def moved(self, sequence: int) -> tuple[int, int]:
        """The offsets of sequence and picture numbers for a packet that may be late."""
        packets, pictures = self.sequence, self.picture
        for left, opened in reversed(self.left_out):
            if not rtp.newer(left, sequence):
                break
            packets += 1
            pictures += opened
        return packets, pictures

    def original(self, sequence: int) -> int:
        """The source's sequence number of an outgoing one."""
        found = (sequence - self.sequence) & 0xFFFF
        for left, _ in reversed(self.left_out):
            if left != found and not rtp.newer(left, found):
                break
            found = (found - 1) & 0xFFFF
        return found

    def write(self, arrival: Arrival, ssrc: int, extension: bytes, shift: Shift = NONE) -> bytes:
        """The packet under its new numbers, with a header extension of ours; each time the same.

        With a ``shift`` as it is for somebody whose numbers are ahead of the branch's.
        """
        packet, header, part = arrival.packet, arrival.header, arrival.part
        sequence, picture = self.moved(header.sequence)
        if part is not None:
            if self.wraps:
                picture -= NARROW * sum(rtp.newer(one, header.sequence) for one in self.wraps)
            picture, tl0 = picture + shift.picture, self.tl0 + shift.tl0
            if picture or tl0 or part.narrow:
                packet = vp8.renumbered(packet, part, picture, tl0)
        return rtp.rewrite(
            packet,
            header,
            arrival.payload_type,
            header.sequence + sequence + shift.sequence,
            header.timestamp + self.timestamp + shift.timestamp,
            ssrc,
            extension,
        )
