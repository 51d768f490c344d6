"""Which encoded video frames a decoder can begin with. Pure."""

from __future__ import annotations

VP8_START = b"\x9d\x01\x2a"
IDR, SPS = 5, 7


def is_keyframe(codec: str, frame: bytes) -> bool:
    """Whether a whole frame, as aiortc depayloads it, can be decoded without any before it.

    ``codec`` is "VP8" or "H264", in any case; frames of other codecs count as keyframes, as they
    cannot be told apart here.
    """
    match codec.upper():
        case "VP8":
            return _vp8(frame)
        case "H264":
            return _h264(frame)
        case _:
            return True


def _vp8(frame: bytes) -> bool:
    """RFC 6386, section 9.1: the lowest bit is clear, and a start code follows the frame tag."""
    return len(frame) >= 10 and not frame[0] & 1 and frame[3:6] == VP8_START


def _h264(frame: bytes) -> bool:
    """Annex B of H.264: a picture to start with, or the parameters that come before one."""
    at = frame.find(b"\0\0\1")
    while 0 <= at < len(frame) - 3:
        if frame[at + 3] & 0x1F in (IDR, SPS):
            return True
        at = frame.find(b"\0\0\1", at + 3)
    return False
