"""Packets that leave as one message, laid out once as they lie in the buffers of everybody."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Final

STEP = 1600  # octets from one packet to the next
LONGEST = STEP - 32  # octets of a packet that are left beside SRTP's trailer
LENGTH: Final = "L"  # the array module's name of the type that lengths have in memory


class Run:
    """Packets in their order, all of one size but for the last, which may be smaller.

    ``octets``: the packets, one every STEP, ``size`` in all. ``lengths``: theirs. Raises ValueError
    for a packet beyond LONGEST; none that the engine reads is as long.
    """

    __slots__ = ("lengths", "number", "octets", "packets", "size")

    def __init__(self, packets: Sequence[bytes]) -> None:
        if max(map(len, packets)) > LONGEST:
            raise ValueError("a packet is too long")
        self.packets = packets
        self.number = len(packets)
        before = [packet.ljust(STEP, b"\0") for packet in packets[:-1]]
        self.octets = b"".join([*before, packets[-1]])
        self.size = len(self.octets)
        self.lengths = memoryview(array(LENGTH, map(len, packets)))


def runs(packets: Sequence[bytes], most: int) -> Iterator[Run]:
    """Cut packets, in their order, into runs of ``most`` that may leave as one message each."""
    start = 0
    for end in range(1, len(packets) + 1):
        size = len(packets[start])
        ended = (
            end == len(packets)
            or end - start == most
            or len(packets[end - 1]) < size
            or len(packets[end]) > size
        )
        if ended:
            yield Run(packets[start:end])
            start = end
