"""Sound passes through as it was encoded: FEC and DTX (RFC 6716, 7587) are the ends' alone."""

from __future__ import annotations

import struct
from typing import NamedTuple

from stagedoor.sfu.packets import rtp

from .ledger import ALL, ROOM, world
from .light import AUDIO, payload

WITH_FEC, DTX = b"\x7c" + bytes(range(256)), b"\x78"
FRAME, QUIET = 960, 19200  # 20 ms, and the 400 ms between packets of silence, at 48 kHz


class Spoken(NamedTuple):
    """A packet of Opus: what it carries, and how long after the one before it was recorded."""

    payload: bytes
    after: int
    begins: bool = False


SPEECH = [
    Spoken(WITH_FEC, FRAME, begins=True),
    *(Spoken(WITH_FEC[: 40 + 30 * length], FRAME) for length in range(7)),
    Spoken(DTX, FRAME),
    *(Spoken(DTX, QUIET) for _ in range(3)),
    Spoken(b"\x78\x00", QUIET),
    Spoken(WITH_FEC, 5 * FRAME, begins=True),
    Spoken(b"\x7b\x43" + bytes(range(255)) * 4, 3 * FRAME),  # three frames, as of 60 ms
    Spoken(b"\xfc" + bytes(1274), FRAME),  # as long as a frame may be
    Spoken(WITH_FEC, FRAME),
]


def test_fec_and_dtx_are_forwarded_byte_by_byte_and_at_their_times() -> None:
    with world() as room:
        room.engine.grant(ROOM, "ada", ALL)
        room.watch("ben", repairs=True)
        room.publish("ada")
        timestamp = 2**32 - 5 * FRAME
        for number, one in enumerate(SPEECH):
            room.tick(one.after / 48000)
            timestamp = timestamp + one.after & 0xFFFFFFFF
            numbers = (0xFFFD + number & 0xFFFF, timestamp, AUDIO)
            head = struct.pack("!BBHII", 0x80, one.begins << 7 | 111, *numbers)
            room.hand("ada", head + one.payload)
        found = room.sent("ben", "audio")
    headers = [header for packet in found if (header := rtp.parse(packet)) is not None]
    assert [payload(packet) for packet in found] == [one.payload for one in SPEECH]
    assert [header.marker for header in headers] == [one.begins for one in SPEECH]
    for before, after, one in zip(headers, headers[1:], SPEECH[1:], strict=False):
        assert after.sequence == before.sequence + 1 & 0xFFFF
        assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == one.after


def test_what_was_lost_before_us_stays_a_gap_for_fec_to_mend() -> None:
    """The next packet has the lost one within; nothing may close the gap or fill it."""
    with world() as room:
        room.engine.grant(ROOM, "ada", ALL)
        room.watch("ben", repairs=True)
        room.publish("ada")
        for number in (1, 2, 4, 5):
            head = struct.pack("!BBHII", 0x80, 111, number, FRAME * number, AUDIO)
            room.hand("ada", head + WITH_FEC)
        found = [rtp.parse(packet) for packet in room.sent("ben", "audio")]
    headers = [header for header in found if header is not None]
    first = headers[0]
    assert [header.sequence - first.sequence for header in headers] == [0, 1, 3, 4]
    times = [(header.timestamp - first.timestamp) & 0xFFFFFFFF for header in headers]
    assert times == [0, FRAME, 3 * FRAME, 4 * FRAME]
