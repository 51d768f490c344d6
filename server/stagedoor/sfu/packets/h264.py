"""H.264's keyframes, as they stand in RTP (RFC 6184, section 5)."""

from __future__ import annotations

from .part import Part

IDR, PARAMETERS, AGGREGATE, FRAGMENT = 5, 7, 24, 28
_OTHER, _KEY = Part(False, False), Part(True, True)


def read(packet: bytes, at: int) -> Part | None:
    """What the payload at this offset is of; None where it is cut short.

    Of other pictures than keyframes it is not known where they begin.
    """
    try:
        kind = packet[at] & 0x1F
        if kind == AGGREGATE:
            return _KEY if _aggregates_key(packet, at + 1) else _OTHER
        if kind == FRAGMENT:
            first = packet[at + 1] & 0x80 and packet[at + 2] & 0x80
            return _KEY if first and packet[at + 1] & 0x1F == IDR else _OTHER
        begins = kind == PARAMETERS or (kind == IDR and packet[at + 1] & 0x80)
    except IndexError:
        return None
    return _KEY if begins else _OTHER


def _aggregates_key(packet: bytes, at: int) -> bool:
    """Whether one of several units begins a keyframe. A slice's first bit says it is the first."""
    while at + 2 < len(packet):
        kind = packet[at + 2] & 0x1F
        if kind == PARAMETERS or (kind == IDR and packet[at + 3] & 0x80):
            return True
        at += 2 + int.from_bytes(packet[at : at + 2])
    return False
