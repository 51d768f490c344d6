"""A packet as somebody gets it whose numbers differ from others': the plain way to write them."""

from __future__ import annotations

from stagedoor.sfu.negotiation import codecs
from stagedoor.sfu.packets.shift import Numbered, Shift


def renumbered(packet: bytes, shift: Shift) -> bytes:
    """One of our packets with a viewer's numbers."""
    one, out = Numbered.of(packet, codecs.part), bytearray(packet)
    out[2:4] = (one.sequence + shift.sequence & 0xFFFF).to_bytes(2)
    out[4:8] = (one.timestamp + shift.timestamp & 0xFFFFFFFF).to_bytes(4)
    if one.picture_at:
        number = 0x8000 | one.picture + shift.picture & 0x7FFF
        out[one.picture_at : one.picture_at + 2] = number.to_bytes(2)
    if one.tl0_at:
        out[one.tl0_at] = one.tl0 + shift.tl0 & 0xFF
    return bytes(out)
