"""RTP packets as bytes: the few fields that forwarding needs (RFC 3550, section 5.1)."""

from __future__ import annotations

import struct
from typing import NamedTuple

_FIXED = struct.Struct("!BBHII")
ONE_BYTE_PROFILE = 0xBEDE
EVEN, LONG = 8, 500  # bytes
_PADDINGS = [bytes([0] * (length - 1) + [length] * (length > 0)) for length in range(EVEN)]
SEND_TIME_EXTENSION = 3  # in our offers to viewers
_SEND_TIME = bytes([0xBE, 0xDE, 0, 1, SEND_TIME_EXTENSION << 4 | 2])


class Header(NamedTuple):
    """An RTP header. ``payload`` is the offset of the payload in the packet, in bytes."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: int


def parse(packet: bytes) -> Header | None:
    """Read a header; None where the bytes are no RTP packet of version 2."""
    size = len(packet)
    if size < 12:
        return None
    first, second, sequence, timestamp, ssrc = _FIXED.unpack_from(packet)
    if first >> 6 != 2:
        return None
    offset = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        if offset + 4 > size:
            return None
        offset += 4 + 4 * int.from_bytes(packet[offset + 2 : offset + 4])
    if offset > size:
        return None
    return Header(second & 0x7F, bool(second & 0x80), sequence, timestamp, ssrc, offset)


def send_time(now: float) -> bytes:
    """A header extension with the time of sending, for receivers to tell how delays change.

    abs-send-time: seconds of any clock in 24 bits, 18 of them after the point. All viewers get the
    same, so that it costs nothing a viewer.
    """
    return _SEND_TIME + (int(now * 262144) & 0xFFFFFF).to_bytes(3)


def age(packet: bytes, now: float) -> float | None:
    """How many seconds ago one of our packets was sent first, up to 64; None where it is not said.

    ``now`` by the clock that ``send_time`` was given.
    """
    if not packet[0] & 0x10:
        return None
    return ((int(now * 262144) - int.from_bytes(packet[17:20])) & 0xFFFFFF) / 262144


def sent_now(packet: bytes, now: float) -> bytes:
    """One of our packets with another time of sending, if it has one at all."""
    if not packet[0] & 0x10:
        return packet
    return packet[:12] + send_time(now) + packet[20:]


def payload_start(packet: bytes) -> int:
    """Where the payload of one of our packets begins."""
    return 20 if packet[0] & 0x10 else 12


def rewrite(
    packet: bytes,
    header: Header,
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    extension: bytes = b"",
) -> bytes:
    """The same payload under a header of ours, without CSRC list and the publisher's extensions.

    ``extension`` is ours. A padding bit stays, as its length is in the last byte of the payload.
    Without one, long payloads are padded to EVEN bytes: a picture's packets, which differ in size
    by a byte or so, leave as one message where they are of one size.
    """
    payload = packet[header.payload :]
    padded = packet[0] & 0x20
    missing = -len(payload) % EVEN
    if missing and not padded and len(payload) > LONG:
        padded, payload = 0x20, payload + _PADDINGS[missing]
    first = 0x80 | padded | (0x10 if extension else 0)
    second = (0x80 if header.marker else 0) | payload_type
    fixed = _FIXED.pack(first, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return fixed + extension + payload


def empty(packet: bytes, header: Header) -> bool:
    """Whether there is nothing but padding: a probe, which is between its sender and us."""
    size = len(packet) - header.payload
    return size == 0 or bool(packet[0] & 0x20 and packet[-1] >= size)


def padding(packet: bytes) -> bytes:
    """A packet of nothing but padding under another's number, which so is not missed."""
    return bytes([0xA0, packet[1] & 0x7F]) + packet[2:12] + b"\x01"


def extension(packet: bytes, identifier: int) -> bytes | None:
    """The content of a header extension, or None where the packet has it not.

    In the one-byte form of RFC 8285, section 4.2, which is all that browsers use for short ones.
    """
    if not packet[0] & 0x10:
        return None
    start = 12 + 4 * (packet[0] & 0x0F)
    profile, words = struct.unpack_from("!HH", packet, start)
    if profile != ONE_BYTE_PROFILE:
        return None
    offset, end = start + 4, start + 4 + 4 * words
    while offset < end:
        first = packet[offset]
        if first == 0:
            offset += 1
            continue
        found, length = first >> 4, (first & 0x0F) + 1
        if found == 15 or offset + length >= end:
            return None
        if found == identifier:
            return packet[offset + 1 : offset + 1 + length]
        offset += 1 + length
    return None


def audio_level(packet: bytes, identifier: int) -> int | None:
    """The level in -dBov, 0 (loudest) to 127 (silence), of this header extension (RFC 6464)."""
    found = extension(packet, identifier)
    return None if found is None else found[0] & 0x7F


def newer(sequence: int, than: int) -> bool:
    """Whether a sequence number comes after another, modulo 2**16."""
    return 0 < (sequence - than) & 0xFFFF < 0x8000
