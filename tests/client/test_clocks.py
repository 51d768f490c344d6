"""Sound by two clocks, in virtual time: a device's that drifts, and ours."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor_client.clocks import BLOCK, RATE, Blocks, Pace, Samples, stretched


def tone(hertz: float, count: int, rate: float = RATE) -> Samples:
    return np.rint(np.sin(2 * np.pi * hertz * np.arange(count) / rate) * 16000).astype(np.int16)


# -- stretching


@given(st.integers(1, 2000), st.integers(-5, 5), st.integers(1, 2))
def test_the_count_asked_for_comes_out(length: int, more: int, channels: int) -> None:
    samples = np.full((length, channels), 1234, np.int16)
    out = stretched(samples, max(1, length + more))
    assert out.shape == (max(1, length + more), channels)
    assert (out == 1234).all()


@pytest.mark.parametrize("count", [955, 959, 961, 965])
@pytest.mark.parametrize("hertz", [100, 1000, 4000])
def test_a_stretched_tone_is_a_tone(count: int, hertz: int) -> None:
    """Against the tone itself, sampled so much finer or coarser."""
    out = stretched(tone(hertz, BLOCK), count).astype(float)
    true = tone(hertz, count, RATE * count / BLOCK).astype(float)
    middle = slice(2, -2)  # the neighbours of the block's ends are not known
    error = np.sqrt(((out - true)[middle] ** 2).mean()) / 16000
    assert error < (0.001 if hertz <= 1000 else 0.02)


# -- the pace


def arrivals(parts_a_million: float, jitter: float, seed: int, seconds: float) -> Iterator[float]:
    """When blocks arrive of a device that is so much too fast, up to ``jitter`` seconds late."""
    late = random.Random(seed)
    blocks = int(seconds * RATE / BLOCK)
    for number in range(1, blocks + 1):
        due = number * BLOCK / RATE / (1 + parts_a_million * 1e-6)
        yield 1000 + due + late.random() * jitter


@settings(max_examples=12, deadline=None)
@given(
    st.floats(-1000, 1000),
    st.floats(0, 0.015),
    st.integers(0, 2**32),
)
def test_an_hour_of_drift_is_never_more_than_a_few_milliseconds(
    parts_a_million: float, jitter: float, seed: int
) -> None:
    pace = Pace()
    produced, begin = 0, None
    for number, now in enumerate(arrivals(parts_a_million, jitter, seed, 3600)):
        extra = pace.step(BLOCK, now)
        begin = begin or pace.begin
        assert pace.begin == begin, "no jump"
        assert abs(extra) <= BLOCK * 0.005 + 1, "nobody hears it"
        produced += BLOCK + extra
        if number > 3000:  # a minute
            ours = (number + 1) * BLOCK / RATE / (1 + parts_a_million * 1e-6)
            assert abs(produced / RATE - ours) <= 0.003 + jitter
    assert (pace.ratio - 1) * 1e6 == pytest.approx(-parts_a_million, abs=20 + jitter * 20000)


def test_four_hours_of_a_real_crystal_end_in_step() -> None:
    pace, produced = Pace(), 0
    for now in arrivals(120, 0.004, 1, 4 * 3600):
        produced += BLOCK + pace.step(BLOCK, now)
    assert produced / RATE == pytest.approx(4 * 3600 / (1 + 120e-6), abs=0.005)
    uncorrected = 4 * 3600 * 120e-6
    assert uncorrected > 1.7, "what would have been lost without"


@pytest.mark.parametrize("pause", [0.2, 5.0, 3600.0])
def test_after_a_pause_or_lost_samples_the_count_starts_anew(pause: float) -> None:
    pace = Pace()
    for number in range(100):
        pace.step(BLOCK, 10 + number * 0.02)
    begin = pace.begin
    assert pace.step(BLOCK, 10 + 99 * 0.02 + pause) == 0
    assert pace.begin == pytest.approx(10 + 99 * 0.02 + pause - 0.02)
    assert pace.begin != begin


# -- blocks


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([48000, 44100, 16000, 96000]), st.floats(-300, 300), st.integers(0, 99))
def test_blocks_are_exact_and_a_tone_stays_one(rate: int, drift: float, seed: int) -> None:
    """Ten seconds: every block is 20 ms after the last, and the sound is the same."""
    blocks, size = Blocks(rate), rate // 50
    sound, times = [], []
    source = tone(440, size * 500, rate)
    for number, now in enumerate(arrivals(drift, 0.002, seed, 10)):
        for block, at in blocks.put(source[number * size : (number + 1) * size], now):
            assert block.shape == (BLOCK,)
            assert block.dtype == np.int16
            sound.append(block)
            times.append(at)
    assert len(sound) >= 495
    assert np.diff(times) == pytest.approx(0.02)
    whole = np.concatenate(sound[50:]).astype(float)
    power = np.abs(np.fft.rfft(whole * np.hanning(len(whole)))) ** 2
    frequencies = np.fft.rfftfreq(len(whole), 1 / RATE)
    assert power[np.abs(frequencies - 440) < 3].sum() > 0.999 * power.sum()


def test_a_block_can_be_kept() -> None:
    """What is given is not written to again."""
    blocks = Blocks()
    first = next(iter(blocks.put(np.full(BLOCK, 7, np.int16), 1.0)))[0]
    for number in range(1, 5):
        list(blocks.put(np.full(BLOCK, 9, np.int16), 1.0 + number * 0.02))
    assert (first == 7).all()
