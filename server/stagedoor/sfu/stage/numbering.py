"""How the packets of one source get the numbers under which a group of viewers gets them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..packets import rtp, vp8
from ..packets.part import Part
from ..packets.rtcp import SenderInfo

REMEMBERED = 512  # packets left out that are known, for those that come late


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

    ``first``: the source's first sequence number here; ``count``: packets since. ``left_out``: the
    sequence numbers of packets that viewers do not get, and whether a picture began with it. Those
    behind them move up, so that no gap shows.
    """

    source: int
    first: int
    sequence: int = 0
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0
    newest: int = -1
    count: int = 0
    left_out: deque[tuple[int, bool]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    left_picture: int = -1

    def copy(self) -> Numbering:
        """Another that goes on by itself."""
        return replace(self, left_out=self.left_out.copy())

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

    def write(self, arrival: Arrival, ssrc: int, extension: bytes) -> bytes:
        """The packet under its new numbers, with a header extension of ours."""
        packet, header, part = arrival.packet, arrival.header, arrival.part
        sequence, picture = self.moved(header.sequence)
        if part is not None and (picture or self.tl0):
            packet = vp8.renumbered(packet, part, picture, self.tl0)
        return rtp.rewrite(
            packet,
            header,
            arrival.payload_type,
            header.sequence + sequence,
            header.timestamp + self.timestamp,
            ssrc,
            extension,
        )
