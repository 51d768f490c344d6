"""When packets arrived, each by its own number: transport-wide feedback, as browsers send it.

A packet with a number in a header extension is reported, one without is not
(draft-holmer-rmcat-transport-wide-cc-extensions-01).
"""

from __future__ import annotations

from collections.abc import Iterator

from .rtcp import RTPFB, Packet

EXTENSION = 4  # in our offers to viewers
FEEDBACK = 15  # the format of the feedback packet
TICK, COARSE = 0.00025, 0.064  # seconds of a difference, and of the reference time
MOST = 1024  # packets that one report may be of: what is numbered is little
_SMALL, _LARGE = 1, 2  # a difference of one byte, or two


def number(sequence: int) -> bytes:
    """An element of a header extension: a packet's number on its way, of 16 bits."""
    return bytes([EXTENSION << 4 | 1]) + sequence.to_bytes(2)


def arrived(packet: Packet) -> list[tuple[int, float | None]]:
    """Numbers of packets and when they came, in seconds of a clock of the receiver's.

    None for those that did not come, so far. Nothing for anything else, or what is broken.
    """
    body = packet.body
    if packet.type != RTPFB or packet.format != FEEDBACK or len(body) < 16:
        return []
    base, count = int.from_bytes(body[8:10]), int.from_bytes(body[10:12])
    if count > MOST:
        return []
    at = int.from_bytes(body[12:15]) * COARSE
    statuses: list[int] = []
    offset = 16
    while len(statuses) < count and offset + 2 <= len(body):
        statuses += _statuses(int.from_bytes(body[offset : offset + 2]))
        offset += 2
    found: list[tuple[int, float | None]] = []
    for ahead, status in enumerate(statuses[:count]):
        size = status if status in (_SMALL, _LARGE) else 0
        if offset + size > len(body):
            return []
        if size:
            at += TICK * int.from_bytes(body[offset : offset + size], signed=size == _LARGE)
        found.append((base + ahead & 0xFFFF, at if size else None))
        offset += size
    return found


def _statuses(chunk: int) -> Iterator[int]:
    """The statuses of packets in a chunk: a run of the same, or seven, or fourteen of one bit."""
    if not chunk & 0x8000:
        yield from [chunk >> 13 & 3] * (chunk & 0x1FFF)
    elif chunk & 0x4000:
        yield from (chunk >> shift & 3 for shift in range(12, -1, -2))
    else:
        yield from (chunk >> shift & 1 for shift in range(13, -1, -1))
