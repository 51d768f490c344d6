"""Keyframe throttling, active speakers, DTLS datagrams."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.stage.keyframes import INTERVAL, KeyframeWish
from stagedoor.sfu.stage.speakers import HOLD, Speakers
from stagedoor.sfu.transport.dtls import MTU, datagrams


def test_many_wishes_become_one_request_and_a_trailing_one() -> None:
    wish = KeyframeWish()
    sent = []
    for step in range(128):  # fifty viewers ask again and again for two seconds
        wish.ask()
        if wish.due(step / 64):
            sent.append(step / 64)
    assert sent == [0.0, INTERVAL, 2 * INTERVAL, 3 * INTERVAL]
    assert wish.due(4 * INTERVAL)
    wish.came()
    assert not wish.due(9.0)


def test_a_keyframe_that_does_not_come_is_asked_for_again_ever_less_often() -> None:
    wish = KeyframeWish()
    wish.ask()
    sent = [second for second in range(40) if wish.due(second)]
    assert sent == [0, 1, 3, 7, 15, 23, 31, 39]
    wish.came()
    assert not any(wish.due(40 + second) for second in range(40))
    wish.ask()
    assert [second for second in range(100, 104) if wish.due(second)] == [100, 101, 103]


def test_a_new_publisher_is_asked_at_once() -> None:
    wish = KeyframeWish()
    wish.ask()
    assert wish.due(0.0)
    wish.reset()
    assert wish.due(0.01)


def speak(speakers: Speakers, person: str, level: int, start: float, count: int = 25) -> float:
    for step in range(count):
        speakers.heard(person, level, start + step * 0.02)
    return start + count * 0.02


def test_a_speaker_is_named_while_speaking_and_a_moment_longer() -> None:
    speakers = Speakers()
    end = speak(speakers, "ada", 20, 0.0)
    assert speakers.changed(end) == ["ada"]
    assert speakers.changed(end) is None
    end = speak(speakers, "ada", 127, end)
    assert speakers.changed(end) is None
    assert speakers.changed(end + HOLD) == []


def test_the_loudest_comes_first_and_silence_is_no_speech() -> None:
    speakers = Speakers()
    for person, level in (("ada", 35), ("ben", 15), ("cat", 90)):
        end = speak(speakers, person, level, 0.0)
    assert speakers.changed(end) == ["ben", "ada"]


def test_whoever_is_muted_does_not_speak() -> None:
    speakers = Speakers()
    end = speak(speakers, "ada", 10, 0.0)
    assert speakers.changed(end) == ["ada"]
    speakers.silent("ada")
    assert speakers.changed(end) == []


@given(st.lists(st.integers(0, 1100), max_size=12))
def test_dtls_records_are_never_cut(sizes: list[int]) -> None:
    records = [b"\x16" + bytes(10) + size.to_bytes(2) + bytes(size) for size in sizes]
    found = datagrams(b"".join(records))
    assert b"".join(found) == b"".join(records)
    assert all(len(one) <= MTU for one in found)
    starts = {sum(len(one) for one in records[:index]) for index in range(len(records) + 1)}
    assert {sum(len(one) for one in found[:index]) for index in range(len(found))} <= starts
