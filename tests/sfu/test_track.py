"""A track's numbering goes on whatever its publishers do; its ring answers NACKs."""

from __future__ import annotations

import itertools
import struct

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.packets import rtp
from stagedoor.sfu.packets.rtcp import SenderInfo
from stagedoor.sfu.stage.numbering import RING, Arrival
from stagedoor.sfu.stage.track import Track


def packet(sequence: int, timestamp: int, payload: bytes = b"x") -> bytes:
    return struct.pack("!BBHII", 0x80, 96, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, 5) + payload


def forward(track: Track, data: bytes, source: int, now: float = 0.0) -> rtp.Header | None:
    header = rtp.parse(data)
    assert header is not None
    out = list(track.forward(Arrival(data, header, 96, source, now)))
    assert len(out) <= 1, "nobody has asked for anything else"
    return rtp.parse(out[0][1]) if out else None


def must(header: rtp.Header | None) -> rtp.Header:
    assert header is not None
    return header


@given(
    st.lists(
        st.tuples(st.integers(0, 0xFFFF), st.integers(0, 2**32 - 1), st.integers(1, 40)),
        min_size=1,
        max_size=6,
    )
)
def test_any_number_of_publishers_make_one_stream(sources: list[tuple[int, int, int]]) -> None:
    track = Track("video", 99)
    seen: list[rtp.Header] = []
    now = 0.0
    for number, (sequence, timestamp, count) in enumerate(sources):
        for index in range(count):
            now += 0.04
            data = packet(sequence + index, timestamp + 3600 * index)
            seen.append(must(forward(track, data, number, now)))
    for before, after in itertools.pairwise(seen):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        assert 3590 <= (after.timestamp - before.timestamp) & 0xFFFFFFFF <= 3610
        assert after.ssrc == 99


def test_a_pause_leaves_no_gap_for_which_a_viewer_would_ask() -> None:
    track = Track("audio", 1)
    first = must(forward(track, packet(10, 0), 1, 0.0))
    track.interrupt()  # muted, while the publisher went on counting
    second = must(forward(track, packet(60, 48000), 1, 1.0))
    assert second.sequence == first.sequence + 1
    assert second.timestamp - first.timestamp == 48000


def test_reordered_packets_keep_their_place() -> None:
    track = Track("video", 1)
    numbers = [must(forward(track, packet(n, 0), 1)).sequence for n in (100, 102, 101, 103)]
    assert [number - numbers[0] for number in numbers] == [0, 2, 1, 3]


def test_what_was_sent_before_a_pause_ended_is_not_let_in_late() -> None:
    track = Track("video", 1)
    forward(track, packet(100, 0), 1)
    track.interrupt()
    forward(track, packet(200, 0), 1)
    assert forward(track, packet(199, 0), 1) is None


def test_the_ring_has_the_recent_packets_and_no_others() -> None:
    track = Track("video", 1)
    for sequence in range(RING + 10):
        forward(track, packet(sequence, 0, b"%d" % sequence), 1)
    recent = track.recent(track.branches[0], RING)
    assert recent is not None
    assert recent[20:] == b"%d" % RING
    assert track.recent(track.branches[0], 3) is None
    assert track.recent(track.branches[0], RING + 20) is None


def test_nothing_from_before_an_interruption_is_sent_again() -> None:
    """Rule 14: whoever was removed is not seen again through somebody's NACK."""
    track = Track("video", 1)
    forward(track, packet(7, 0), 1)
    assert track.recent(track.branches[0], 7) is not None
    track.interrupt()
    assert track.recent(track.branches[0], 7) is None


def test_sender_reports_follow_the_numbering() -> None:
    track = Track("video", 9)
    forward(track, packet(1, 1000), 1, 0.0)
    out = must(forward(track, packet(1, 500_000), 2, 1.0))
    report = track.branches[0].translate(SenderInfo(5, 77, 500_900), 2)
    assert report == SenderInfo(9, 77, out.timestamp + 900)
    assert track.branches[0].translate(SenderInfo(5, 77, 500_900), 1) is None
