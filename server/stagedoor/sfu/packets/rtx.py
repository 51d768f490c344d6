"""Packets sent again on a stream of their own (RFC 4588), so that reports tell loss from repair."""

from __future__ import annotations

import struct

from . import arrivals, rtp

_NOTHING = bytes(254) + b"\xff"


def stream_of(ssrc: int) -> int:
    """The SSRC on which an outgoing stream's packets are sent again."""
    return ssrc ^ 0x80000000


def wrap(packet: bytes, payload_type: int, sequence: int) -> bytes:
    """One of our packets for the repairing stream, under its payload type and number there."""
    start = rtp.payload_start(packet)
    ssrc = stream_of(int.from_bytes(packet[8:12]))
    head = bytes([packet[0], packet[1] & 0x80 | payload_type]) + sequence.to_bytes(2)
    head += packet[4:8] + ssrc.to_bytes(4) + packet[12:start]
    return head + packet[2:4] + packet[start:]


def padding(ssrc: int, payload_type: int, sequence: int, number: int, now: float) -> bytes:
    """A packet of a repairing stream with nothing in it; its arrival is reported by ``number``."""
    head = struct.pack("!BBHII", 0xB0, payload_type, sequence, 0, stream_of(ssrc))
    elements = rtp.send_time(now)[4:] + arrivals.number(number)
    return head + b"\xbe\xde\0\2" + elements.ljust(8, b"\0") + _NOTHING


def original(packet: bytes, header: rtp.Header) -> int | None:
    """The number that a packet of a repairing stream had first; None for mere padding."""
    if len(packet) < header.payload + 2:
        return None
    return int.from_bytes(packet[header.payload : header.payload + 2])


def unwrap(packet: bytes, header: rtp.Header, payload_type: int, ssrc: int) -> bytes:
    """The packet as it was first sent on the stream with this SSRC."""
    at = header.payload
    head = packet[:1] + bytes([packet[1] & 0x80 | payload_type]) + packet[at : at + 2]
    return head + packet[4:8] + ssrc.to_bytes(4) + packet[12:at] + packet[at + 2 :]
