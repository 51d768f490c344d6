"""Padding that carries a number on its way, and reports of when each number arrived."""

from __future__ import annotations

import struct

from aiortc.rtp import RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.packets import arrivals, rtcp, rtp, rtx


def feedback(base: int, count: int, reference: int, rest: bytes) -> bytes:
    """A compound of one report; ``rest``: its chunks and differences, without padding."""
    rest += bytes(-len(rest) % 4)
    body = struct.pack("!IIHH", 1, 2, base, count) + reference.to_bytes(3) + b"\0" + rest
    return struct.pack("!BBH", 0x80 | 15, 205, len(body) // 4) + body


def read(compound: bytes) -> list[tuple[int, float | None]]:
    return [one for packet in rtcp.split(compound) for one in arrivals.arrived(packet)]


def test_a_run_of_the_same() -> None:
    rest = struct.pack("!H", 1 << 13 | 3) + bytes([4, 0, 8])
    assert read(feedback(0xFFFF, 3, 10, rest)) == [(0xFFFF, 0.641), (0, 0.641), (1, 0.643)]


def test_one_bit_each() -> None:
    rest = struct.pack("!H", 0x8000 | 0b10100000000000) + bytes([0, 4])
    assert read(feedback(7, 4, 0, rest)) == [(7, 0.0), (8, None), (9, 0.001), (10, None)]


def test_two_bits_each_and_a_difference_that_is_negative() -> None:
    rest = struct.pack("!HBh", 0xC000 | 0b01_10_00_00_00_00_00, 40, -20)
    assert read(feedback(7, 3, 0, rest)) == [(7, 0.01), (8, 0.005), (9, None)]


def test_what_is_broken_or_too_much_is_nothing() -> None:
    short = struct.pack("!H", 1 << 13 | 9) + bytes([4, 0])
    assert read(feedback(1, 9, 10, short)) == []
    assert read(feedback(1, 60000, 10, struct.pack("!H", 0x1FFF) * 8)) == []
    assert read(rtcp.nack(1, 2, [3])) == []


@given(st.binary(max_size=80), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_any_bytes_are_read_without_an_error(rest: bytes, base: int, count: int) -> None:
    found = read(feedback(base, count, 5, rest))
    assert len(found) <= min(count, arrivals.MOST)


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_padding_has_nothing_in_it_but_its_number_and_its_time(number: int, own: int) -> None:
    packet = rtx.padding(77, 97, own, number, 1.5)
    theirs = RtpPacket.parse(packet)
    assert (theirs.ssrc, theirs.sequence_number) == (rtx.stream_of(77), own)
    assert (theirs.payload_type, theirs.payload, theirs.padding_size) == (97, b"", 255)
    assert rtp.extension(packet, arrivals.EXTENSION) == number.to_bytes(2)
    assert rtp.extension(packet, rtp.SEND_TIME_EXTENSION) == rtp.send_time(1.5)[5:]
