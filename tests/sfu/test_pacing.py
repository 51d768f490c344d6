"""Pictures by a narrow way: all of them, in their order, never much at once, and none too late."""

from __future__ import annotations

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.stage.forwarding import Forwarder
from stagedoor.sfu.stage.pacing import AT_ONCE, LEAST, LONGEST, Pacing
from stagedoor.sfu.stage.track import Track

from .test_directing import Scene
from .test_feedback import Nobody
from .test_welcome import Batch


def numbered(count: int, size: int = 1000) -> list[bytes]:
    return [number.to_bytes(2) + bytes(size - 2) for number in range(count)]


def paced() -> tuple[Pacing, Track]:
    return Pacing(cast(Any, Nobody())), Track("video", 7)


def test_a_small_picture_waits_for_nothing_and_a_large_one_is_spread() -> None:
    pacing, track = paced()
    pacing.aim(150_000, 255_000)
    first, *rest = numbered(9)
    pacing.put(track, first)
    assert [*pacing.due(1.0)] == [first]
    for packet in rest:
        pacing.put(track, packet)
    left = [len([*pacing.due(1.0 + step * 0.05)]) for step in range(10)]
    assert left[0] * 1000 <= AT_ONCE
    assert max(left[1:]) <= 2
    assert (sum(left), pacing.empty) == (8, True)


@given(st.lists(st.tuples(st.integers(100, 1200), st.floats(0, 0.1)), max_size=80))
def test_all_leaves_in_its_order_within_a_second(packets: list[tuple[int, float]]) -> None:
    pacing, track = paced()
    now, put, left = 0.0, [], []
    for size, pause in packets:
        put.append(bytes([len(put)]) + bytes(size))
        pacing.put(track, put[-1])
        left += pacing.due(now)
        now += pause
    for _ in range(40):
        now += 0.05
        left += pacing.due(now)
    assert left == put
    assert pacing.rate == LEAST
    assert LONGEST < 1


def test_what_was_interrupted_does_not_leave() -> None:
    """Rule 13."""
    pacing, track = paced()
    for packet in numbered(9):
        pacing.put(track, packet)
    before = [*pacing.due(1.0)]
    track.interrupt()
    assert 0 < len(before) < 9
    assert [packet for step in range(40) for packet in pacing.due(1 + step * 0.1)] == []
    assert pacing.empty


def test_only_whoever_is_held_back_is_paced_and_only_for_so_long() -> None:
    scene = Scene()
    batch = Batch()
    scene.forwarder = Forwarder(cast(Any, batch), cast(Any, Nobody()))
    scene.run(2)
    ben, _ = scene.viewers
    assert (scene.stage.pacing, batch.sent) == ({}, [])
    scene.limit(ben, 500_000)
    scene.run(2)
    assert set(scene.stage.pacing) == {"ben"}
    track = scene.stage.places[0].tracks["video"]
    receivers = scene.stage.receivers(scene.stage.places[0], track, track.followers["ben"].branch)
    assert (ben.peer in receivers, ben.peer in receivers.prompt) == (True, False)
    assert len(batch.sent) > 20
    numbers = [int.from_bytes(packet[2:4]) for packet in batch.sent]
    assert numbers == [*range(numbers[0], numbers[0] + len(numbers))]
    scene.limit(ben, 50_000_000)
    scene.run(2)
    scene.forwarder.pace(scene.stage, scene.now + 2)
    assert scene.stage.pacing == {}
    sent = len(batch.sent)
    scene.run(1)
    assert len(batch.sent) == sent


def test_who_leaves_is_paced_no_more() -> None:
    scene = Scene()
    scene.run(1)
    scene.limit(scene.viewers[0], 500_000)
    scene.run(1)
    scene.stage.dismiss("ben")
    assert scene.stage.pacing == {}
