"""What is to be fanned out leaves once, in order, sound first, and never after an interruption."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.stage import outgoing
from stagedoor.sfu.stage.outgoing import CHUNK, Outgoing
from stagedoor.sfu.stage.track import Track
from stagedoor.sfu.transport.runs import Run


class Sent:
    """A Batch that takes ``room`` targets and is blocked then; it notes who got what."""

    segments = 8

    def __init__(self) -> None:
        self.room = 10**9
        self.got: dict[int, list[bytes]] = {}
        self.order: list[bytes] = []

    @property
    def blocked(self) -> bool:
        return self.room == 0

    def fan_out(self, run: Run, targets: Sequence[int]) -> int:
        done = min(self.room, len(targets))
        self.room -= done
        for target in targets[:done]:
            self.got.setdefault(target, []).extend(run.packets)
        self.order += run.packets
        return done

    def flush(self) -> bool:
        return not self.blocked


class Clock:
    """Goes on by ``step`` seconds whenever it is looked at."""

    def __init__(self, step: float = 0.0) -> None:
        self.now = 100.0
        self.step = step

    def __call__(self) -> float:
        self.now += self.step
        return self.now


def make(clock: Clock) -> tuple[Outgoing, Sent, Any]:
    sent = Sent()
    jobs = Outgoing(sent, clock)  # type: ignore[arg-type]
    return jobs, sent, jobs.put


def test_sound_overtakes_pictures() -> None:
    jobs, sent, put = make(Clock())
    people = [1, 2]
    put(Track("video", 1), b"picture", people, 100.0)
    put(Track("audio", 2), b"sound", people, 100.0)
    assert jobs.work()
    assert sent.order == [b"sound", b"picture"]


def test_frames_that_arrive_mixed_leave_each_as_one() -> None:
    """Two people's pictures: what leaves as one message is packets of one of them."""
    jobs, sent, put = make(Clock())
    first, second, people, others = Track("video", 1), Track("video", 2), [1, 2], [1, 2]
    for number in range(3):
        put(first, b"a%d" % number, people, 100.0)
        put(second, b"b%d" % number, others, 100.0)
    assert jobs.work()
    assert sent.order == [b"a0", b"a1", b"a2", b"b0", b"b1", b"b2"]
    put(first, b"a3", people, 100.0)
    assert jobs.work()
    assert sent.order[-1] == b"a3"
    assert (jobs.jobs, jobs.waiting) == (3, 0)


def test_branches_of_a_track_leave_each_as_one() -> None:
    """Viewers of two layers: packets alternate, and each half leaves together."""
    jobs, sent, put = make(Clock())
    track, large, small = Track("video", 1), [1, 2], [3]
    for number in range(3):
        put(track, b"large%d" % number, large, 100.0)
        put(track, b"small%d" % number, small, 100.0)
    assert jobs.work()
    assert sent.got == {
        1: [b"large0", b"large1", b"large2"],
        2: [b"large0", b"large1", b"large2"],
        3: [b"small0", b"small1", b"small2"],
    }
    assert (jobs.jobs, sent.order[0], sent.order[-1]) == (2, b"large0", b"small2")


def test_a_burst_leaves_in_slices_and_sound_comes_in_between() -> None:
    clock = Clock(step=outgoing.SLICE)
    jobs, sent, put = make(clock)
    people = list(range(5 * CHUNK))
    picture, voice = Track("video", 1), Track("audio", 2)
    put(picture, b"key", people, 100.0)
    assert not jobs.work()
    assert 0 < len(sent.got) < len(people)
    put(voice, b"sound", people[:1], 100.0)
    while not jobs.work():
        pass
    assert sent.order.index(b"sound") < len(sent.order) - 1
    assert all(got.count(b"key") == 1 for got in sent.got.values())
    assert len(sent.got) == len(people)


def test_what_was_taken_away_does_not_leave_any_more() -> None:
    """Rule 13: not even what was on its way already."""
    clock = Clock(step=outgoing.SLICE)
    jobs, sent, put = make(clock)
    people = list(range(4 * CHUNK))
    track = Track("video", 1)
    put(track, b"before", people, 100.0)
    assert not jobs.work()
    reached = len(sent.got)
    track.interrupt()
    put(track, b"after", people, 100.0)
    while not jobs.work():
        pass
    assert sum(b"before" in got for got in sent.got.values()) == reached
    assert all(got[-1] == b"after" for got in sent.got.values())


def test_a_picture_that_waited_too_long_is_given_up_and_sound_is_not() -> None:
    clock = Clock()
    jobs, sent, put = make(clock)
    sent.room = 0
    put(Track("video", 1), b"picture", [1, 2, 3], clock.now)
    put(Track("audio", 2), b"sound", [1], clock.now)
    assert jobs.work()
    clock.now += outgoing.TOO_OLD + 0.1
    sent.room = 10
    assert jobs.work()
    assert (sent.order, jobs.dropped) == ([b"sound"], 3)


def test_nobody_to_send_to_is_nothing_to_do() -> None:
    jobs, sent, put = make(Clock())
    put(Track("video", 1), b"picture", [], 100.0)
    assert jobs.work()
    assert sent.order == []


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 2), st.integers(0, 1)),
            st.tuples(st.just("room"), st.integers(0, 150), st.just(0)),
            st.tuples(st.just("work"), st.just(0), st.just(0)),
        ),
        max_size=60,
    ),
    st.sampled_from([0.0, outgoing.SLICE / 3, outgoing.SLICE]),
)
def test_everybody_gets_each_track_once_and_in_order(
    steps: list[tuple[str, int, int]], pace: float
) -> None:
    clock = Clock(pace)
    jobs, sent, put = make(clock)
    tracks = [Track("audio", 0), Track("video", 1), Track("screen", 2)]
    groups = [list(range(100)), list(range(50, 180))]
    wanted: dict[int, list[bytes]] = {}
    latest = [-1] * len(tracks)
    for number, (what, one, group) in enumerate(steps):
        if what == "put":
            packet = bytes([one, number]) + bytes(number % 3)
            if latest[one] != group:  # people moved: the lists are made anew
                latest[one], groups[group] = group, groups[group].copy()
            put(tracks[one], packet, groups[group], clock.now)
            for person in groups[group]:
                wanted.setdefault(person, []).append(packet)
        elif what == "room":
            sent.room = one
        else:
            jobs.work()
    sent.room = 10**9
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outgoing, "TOO_OLD", 1e9)
        while not jobs.work():
            pass
    for person, packets in wanted.items():
        for kind in range(3):
            got = [packet for packet in sent.got.get(person, []) if packet[0] == kind]
            assert got == [packet for packet in packets if packet[0] == kind]
