"""VP8's payload descriptor: reading it, and other running numbers in it (RFC 7741, section 4.2)."""

from __future__ import annotations

from .part import Part

PICTURES = 0x7FFF  # a picture's number has fifteen bits, or seven
START_CODE = b"\x9d\x01\x2a"


def read(packet: bytes, at: int) -> Part | None:
    """What the payload at this offset is of; None where it is cut short."""
    picture = tl0 = -1
    picture_at = tl0_at = tid = 0
    sync = narrow = False
    try:
        first = packet[at]
        at += 1
        if first & 0x80:
            has = packet[at]
            at += 1
            if has & 0x80:
                picture, picture_at = packet[at], at
                at += 1
                narrow = not picture & 0x80
                if not narrow:
                    picture = (picture & 0x7F) << 8 | packet[at]
                    at += 1
            if has & 0x40:
                tl0, tl0_at = packet[at], at
                at += 1
            if has & 0x30:
                if has & 0x20:
                    tid, sync = packet[at] >> 6, bool(packet[at] & 0x20)
                at += 1
        start = first & 0x17 == 0x10  # the start of a partition, and of the first one
        key = start and not packet[at] & 1
    except IndexError:
        return None
    return Part(start, key, tid, sync, picture, picture_at, tl0, tl0_at, narrow)


def renumbered(packet: bytes, part: Part, picture: int, tl0: int) -> bytes:
    """The packet with its picture's number and TL0PICIDX moved on by so many.

    A number that was sent in seven bits gets fifteen, so that all who count agree on where it ends.
    """
    out = bytearray(packet)
    if tl0 and part.tl0 >= 0:
        out[part.tl0_at] = (part.tl0 + tl0) & 0xFF
    if part.picture >= 0:
        number = 0x8000 | (part.picture + picture) & PICTURES
        out[part.picture_at : part.picture_at + (1 if part.narrow else 2)] = number.to_bytes(2)
    return bytes(out)


def size(packet: bytes, part: Part) -> tuple[int, int] | None:
    """Width and height of a keyframe, of its first packet (RFC 6386, section 9.1)."""
    if not part.key:
        return None
    at = packet.find(START_CODE, max(part.picture_at, 12))
    if at < 0 or at + 7 > len(packet):
        return None
    width, height = packet[at + 3 : at + 5], packet[at + 5 : at + 7]
    return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
