"""AV1's keyframes, by its aggregation header (AOMedia's RTP payload format, section 4.4)."""

from __future__ import annotations

from .part import Part

NEW_SEQUENCE = 0x08
_OTHER, _KEY = Part(False, False), Part(True, True)


def read(packet: bytes, at: int) -> Part | None:
    """What the payload at this offset is of; None where there is none.

    Of other pictures than keyframes it is not known where they begin.
    """
    if at >= len(packet):
        return None
    return _KEY if packet[at] & NEW_SEQUENCE else _OTHER
