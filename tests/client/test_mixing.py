"""Everybody's sound in one, in virtual time: jitter, drift, loss, pauses and loudness."""

from __future__ import annotations

import random
from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor_client.clocks import BLOCK, RATE, Samples
from stagedoor_client.mixing import AHEAD, IDLE, MOST_AHEAD, Mixer, Voice, bent

PULL = RATE // 100


def ones(count: int = BLOCK, value: int = 1) -> Samples:
    return np.full((count, 2), value, np.int16)


def frame(value: int, number: int | None = None, channels: int = 2) -> av.AudioFrame:
    """A block as aiortc gives it."""
    layout = "stereo" if channels == 2 else "mono"
    samples = np.full((1, channels * BLOCK), value, np.int16)
    made = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
    made.sample_rate, made.time_base = RATE, Fraction(1, RATE)
    made.pts = None if number is None else number * BLOCK
    return made


class Call:
    """Blocks that arrive by a sender's clock, and pulls by ours, in order of virtual time."""

    def __init__(
        self, voice: Voice, drift: float = 0.0, jitter: float = 0.0, hold_up: float = 0.0
    ) -> None:
        self.voice = voice
        self.gaps = 0
        self.taken: list[Samples] = []
        self._period = BLOCK / RATE / (1 + drift * 1e-6)
        self._jitter = jitter
        self._hold_up = hold_up
        self._late = random.Random(drift)
        self._sent = self._pulled = 0
        self._arrival = 0.0

    def run(self, seconds: float, keep: bool = False) -> None:
        end = self._pulled + int(seconds * RATE / PULL)
        while self._pulled < end:
            now = self._pulled * PULL / RATE
            while self._arrival <= now:
                self.voice.put(ones())
                self._sent += 1
                # In order, as the receiving connection gives them.
                late = self._late.random() * self._jitter
                late += self._hold_up if self._late.random() < 0.01 else 0
                due = self._sent * self._period + late
                self._arrival = max(self._arrival, due)
            flowing = self.voice._flowing
            taken = self.voice.take(PULL)
            self.gaps += flowing and not self.voice._flowing
            if keep and taken is not None:
                self.taken.append(taken)
            self._pulled += 1


def test_a_little_is_gathered_before_it_flows() -> None:
    voice = Voice()
    voice.put(ones())
    voice.put(ones())
    assert voice.take(PULL) is None
    voice.put(ones())
    taken = voice.take(PULL)
    assert taken is not None
    assert taken.shape == (PULL, 2)
    assert voice.level == AHEAD - PULL


@settings(max_examples=4, deadline=None)
@given(st.floats(-500, 500))
def test_an_hour_by_another_clock_has_no_gap_and_no_growing_delay(drift: float) -> None:
    call = Call(Voice(), drift, jitter=0.01)
    for _ in range(60):
        call.run(60)
        assert call.voice.level <= call.voice.ahead + 2 * BLOCK
    assert call.gaps <= 1, "the first, of arriving without jitter"


@pytest.mark.parametrize("hold_up", [0.03, 0.08, 0.12])
def test_jitter_is_learnt(hold_up: float) -> None:
    """Held up every two seconds, so much is soon gathered ahead that there are few gaps."""
    call = Call(Voice(), hold_up=hold_up)
    call.run(20)
    before = call.gaps
    call.run(60)
    assert call.gaps - before <= 6, "of 30"
    assert call.voice.ahead <= MOST_AHEAD


def test_in_calm_the_delay_becomes_short_again() -> None:
    call = Call(Voice(), hold_up=0.12)
    call.run(30)
    assert call.voice.ahead > AHEAD
    call._hold_up = 0.0
    call.run(300)
    assert call.voice.ahead == AHEAD
    assert call.voice.level <= AHEAD + BLOCK


def test_a_burst_after_a_hold_up_is_cut_to_what_is_wanted() -> None:
    voice = Voice()
    for _ in range(30):
        voice.put(ones())
    voice.take(PULL)
    assert voice.level <= AHEAD


def test_what_nobody_takes_is_bounded() -> None:
    voice = Voice()
    for number in range(1000):
        voice.put(ones(value=number))
    assert voice.level == RATE
    taken = voice.take(PULL)
    assert taken is not None
    assert taken.max() >= 950


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("put"), st.integers(0, 3000)),
            st.tuples(st.just("take"), st.integers(1, 3000)),
            st.tuples(st.just("conceal"), st.integers(1, 3000)),
        ),
        max_size=200,
    )
)
def test_whatever_comes_the_shape_is_right_and_nothing_overflows(
    steps: list[tuple[str, int]],
) -> None:
    voice = Voice()
    for step, count in steps:
        if step == "put":
            voice.put(ones(count, 100))
        elif step == "conceal":
            voice.conceal(count)
        else:
            taken = voice.take(count)
            assert taken is None or taken.shape == (count, 2)
            assert taken is None or np.abs(taken).max() <= 110, "curves swing a little over"
        assert 0 <= voice.level <= RATE


def test_the_end_of_sound_fades_and_does_not_click() -> None:
    voice = Voice()
    for _ in range(3):
        voice.put(ones(value=10000))
    parts = []
    while (taken := voice.take(PULL)) is not None:
        parts.append(taken)
    whole = np.concatenate(parts).astype(int)
    assert whole[-1].max() == 0
    assert np.abs(np.diff(whole, axis=0)).max() < 100


# -- the mix


def test_the_mix_is_the_sum() -> None:
    mixer = Mixer()
    for number in range(4):
        mixer.put("ada", frame(1000, number))
        mixer.put("bob", frame(-300, number, channels=1))
    mixer.pull(PULL)  # fades in
    assert (mixer.pull(PULL) == 700).all()


def test_a_mono_mix_of_stereo() -> None:
    mixer = Mixer(channels=1)
    for number in range(4):
        mixer.put("ada", frame(1000, number))
    mixer.pull(PULL)
    mixed = mixer.pull(PULL)
    assert mixed.shape == (PULL, 1)
    assert (mixed == 1000).all()


def test_nobody_is_silence() -> None:
    assert (Mixer().pull(PULL) == 0).all()


def test_a_lost_block_keeps_its_time() -> None:
    """Of ten blocks one is lost: what is taken is ten blocks long, with no hole of silence."""
    mixer = Mixer()
    for number in (0, 1, 2, 3, 5, 6, 7, 8, 9):
        mixer.put("ada", frame(1000, number))
    mixed = np.concatenate([mixer.pull(PULL) for _ in range(20)])
    loud = np.nonzero(mixed[:, 0])[0]
    assert len(loud) >= 10 * BLOCK - RATE // 100


def test_who_has_gone_is_forgotten() -> None:
    mixer = Mixer()
    for person in range(100):
        mixer.put(str(person), frame(1, 0))
    for _ in range(IDLE // PULL + 20):
        mixer.pull(PULL)
    assert not mixer._voices
    assert not mixer._expected


@given(st.lists(st.integers(-200000, 200000), min_size=2, max_size=200))
def test_what_is_too_loud_is_bent_in_order(values: list[int]) -> None:
    total = np.array(sorted(values), np.float32)
    out = bent(total).astype(int)
    assert (np.diff(out) >= 0).all()
    quiet = np.abs(total) <= 0.75 * 32767
    assert (np.abs(out[quiet] - total[quiet]) <= 0.5).all()
