"""How one viewer's running numbers differ from those that others get, and where they stand."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import rtp
from .part import Part

_HEAD, _PICTURE = struct.Struct("!HI").pack_into, struct.Struct("!H").pack_into


class Shift(NamedTuple):
    """By how much a viewer's numbers are ahead of their branch's, the same for every packet.

    Each modulo the size of its field; the counts of sender reports, ``packets`` and ``octets``, may
    be negative.
    """

    sequence: int = 0
    timestamp: int = 0
    picture: int = 0
    tl0: int = 0
    packets: int = 0
    octets: int = 0


NONE = Shift()


def moved_on(packet: bytes, shift: Shift) -> bytes:
    """A packet without a payload under a viewer's numbers."""
    sequence = int.from_bytes(packet[2:4]) + shift.sequence & 0xFFFF
    timestamp = int.from_bytes(packet[4:8]) + shift.timestamp & 0xFFFFFFFF
    return packet[:2] + sequence.to_bytes(2) + timestamp.to_bytes(4) + packet[8:]


class Numbered(NamedTuple):
    """One of our packets, its numbers, and where VP8's stand in it, 0 where it has none.

    Pictures' numbers have fifteen bits here, so that those of viewers take as many octets.
    """

    packet: bytes
    sequence: int
    timestamp: int
    picture: int
    picture_at: int
    tl0: int
    tl0_at: int

    @classmethod
    def of(cls, packet: bytes, reader: Callable[[int, bytes, int], Part | None]) -> Numbered:
        """Read a packet; ``reader`` knows the payload types' codecs."""
        part = reader(packet[1] & 0x7F, packet, rtp.payload_start(packet))
        sequence, timestamp = int.from_bytes(packet[2:4]), int.from_bytes(packet[4:8])
        if part is None:
            return cls(packet, sequence, timestamp, 0, 0, 0, 0)
        return cls(
            packet, sequence, timestamp, part.picture, part.picture_at, part.tl0, part.tl0_at
        )

    def shifted(self, shift: Shift) -> bytes:
        """The packet under a viewer's numbers."""
        out = bytearray(moved_on(self.packet, shift))
        if self.picture_at:
            number = 0x8000 | self.picture + shift.picture & 0x7FFF
            out[self.picture_at : self.picture_at + 2] = number.to_bytes(2)
        if self.tl0_at:
            out[self.tl0_at] = self.tl0 + shift.tl0 & 0xFF
        return bytes(out)


def write_numbers(
    octets: memoryview, start: int, step: int, numbers: Sequence[Numbered], shift: Shift
) -> None:
    """Put a viewer's numbers into packets that lie ``step`` octets apart from ``start`` on."""
    ahead, later, pictures, tl0s, _, _ = shift
    for _, sequence, timestamp, picture, picture_at, tl0, tl0_at in numbers:
        _HEAD(octets, start + 2, sequence + ahead & 0xFFFF, timestamp + later & 0xFFFFFFFF)
        if picture_at:
            _PICTURE(octets, start + picture_at, 0x8000 | picture + pictures & 0x7FFF)
        if tl0_at:
            octets[start + tl0_at] = tl0 + tl0s & 0xFF
        start += step
