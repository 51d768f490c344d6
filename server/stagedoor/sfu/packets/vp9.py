"""VP9's keyframes, by its payload descriptor (RFC 9628, section 4.2)."""

from __future__ import annotations

from .part import Part

PICTURE, PREDICTED, LAYERS, BEGINS = 0x80, 0x40, 0x20, 0x08


def read(packet: bytes, at: int) -> Part | None:
    """What the payload at this offset is of; None where it is cut short.

    A picture's spatial layers are one picture here, and go to everybody, as do the temporal ones.
    """
    try:
        first = packet[at]
        at += 1
        if first & PICTURE:
            at += 2 if packet[at] & 0x80 else 1
        upper = first & LAYERS and packet[at] >> 1 & 7
    except IndexError:
        return None
    start = bool(first & BEGINS) and not upper
    return Part(start, start and not first & PREDICTED)
