"""Packets sent again as others read them, and no more of them than is useful."""

from __future__ import annotations

import struct

from aiortc.rtp import RtpPacket, unwrap_rtx, wrap_rtx
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.packets import rtp, rtx
from stagedoor.sfu.stage.repair import (
    AT_ONCE,
    BURST,
    LEAST,
    LOOKS,
    OLDEST,
    REMEMBERED,
    SHARE,
    Repair,
)

RTT = 0.05


def ours(sequence: int, now: float, size: int = 1000) -> bytes:
    """A picture's packet as viewers get it."""
    head = struct.pack("!BBHII", 0x90, 0x80 | 96, sequence & 0xFFFF, 9, 77)
    return head + rtp.send_time(now) + bytes(size)


def header_of(packet: bytes) -> rtp.Header:
    found = rtp.parse(packet)
    assert found is not None
    return found


def test_wrapped_as_others_do_it() -> None:
    packet = struct.pack("!BBHII", 0x80, 0x80 | 96, 0x1234, 9, 77) + b"payload"
    wrapped = rtx.wrap(packet, 97, 5)
    theirs = wrap_rtx(
        RtpPacket.parse(packet), payload_type=97, sequence_number=5, ssrc=rtx.stream_of(77)
    )
    assert wrapped == theirs.serialize()
    back = unwrap_rtx(RtpPacket.parse(wrapped), payload_type=96, ssrc=77)
    assert back.serialize() == packet


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.binary(max_size=50), st.booleans())
def test_what_is_wrapped_is_unwrapped(number: int, own: int, body: bytes, timed: bool) -> None:
    packet = ours(number, 1.0, 0) + body if timed else ours(number, 1.0, 0)[:12] + body
    packet = bytes([packet[0] if timed else 0x80]) + packet[1:]
    wrapped = rtx.wrap(packet, 97, own)
    header = header_of(wrapped)
    assert (header.payload_type, header.sequence, header.marker) == (97, own, True)
    assert rtx.original(wrapped, header) == number
    assert rtx.unwrap(wrapped, header, 96, 77) == packet


@given(st.binary(min_size=12, max_size=60))
def test_any_packet_is_unwrapped_or_declined(data: bytes) -> None:
    packet = bytes([0x80 | data[0] & 0x3F]) + data[1:]
    header = rtp.parse(packet)
    if header is not None and rtx.original(packet, header) is not None:
        assert len(rtx.unwrap(packet, header, 96, 1)) == len(packet) - 2


def test_a_viewer_s_repairs_are_numbered_by_themselves() -> None:
    repair = Repair()
    made = [header_of(repair.wrapped(ours(number, 1.0), 1.5)) for number in (7, 90, 8)]
    assert [one.sequence - made[0].sequence for one in made] == [0, 1, 2]
    assert {(one.payload_type, one.ssrc) for one in made} == {(97, rtx.stream_of(77))}
    assert rtp.age(repair.wrapped(ours(9, 1.0), 1.5), 1.5) == 0, "it was sent just now"


def test_nothing_is_sent_again_twice_within_a_round_trip() -> None:
    repair = Repair()
    packet = ours(1, 10.0)
    assert repair.again(packet, 10**6, RTT, 10.0)
    assert not repair.again(packet, 10**6, RTT, 10.04)
    assert repair.again(packet, 10**6, RTT, 10.06), "it was lost again"


def test_nothing_is_sent_again_that_is_too_late_to_be_shown() -> None:
    repair = Repair()
    assert repair.again(ours(1, 63.9), 10**6, RTT, 64.1), "the time in the packet wraps at 64 s"
    assert not repair.again(ours(2, 10.0), 10**6, RTT, 10.0 + OLDEST + RTT + 0.01)


def test_repairs_take_a_share_and_no_more() -> None:
    repair = Repair()
    rate, seconds = 4_000_000, 20
    sent = 0
    for step in range(seconds * 1000):
        now = step / 1000
        for number in range(5):
            sent += repair.again(ours(step * 5 + number, now), rate, RTT, now)
    assert sent * 1020 * 8 <= SHARE * rate * (seconds + BURST)
    assert sent * 1020 * 8 > 0.9 * SHARE * rate * seconds
    assert repair.refused == seconds * 5000 - sent


def test_a_slow_viewer_is_repaired_nevertheless_and_memory_is_bounded() -> None:
    repair = Repair()
    assert sum(repair.again(ours(number, 1.0), 0, RTT, 1.0) for number in range(99)) == (
        LEAST * BURST // 8 // 1020
    )
    for number in range(3 * REMEMBERED):
        repair.again(ours(number, number, 100), 10**6, RTT, float(number))
    assert len(repair._sent) == REMEMBERED


def test_so_many_are_looked_for_and_no_more_however_many_are_asked_for() -> None:
    repair = Repair()
    assert [repair.looks(100, 1.0) for _ in range(4)] == [100, 100, AT_ONCE - 200, 0]
    assert repair.looks(6000, 1.1) == LOOKS // 10
    assert repair.looks(6000, 60.0) == AT_ONCE
