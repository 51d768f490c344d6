"""The level of sound, and the meter that shows it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor_client.levels import QUIETEST, Meter, dbfs, shown

levels = st.floats(QUIETEST, 0)


@pytest.mark.parametrize(("peak", "level"), [(32767, -3.01), (3277, -23.01), (33, -62.9)])
def test_a_tone_has_its_effective_level(peak: int, level: float) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(960) / 48000) * peak
    assert dbfs(np.rint(tone).astype(np.int16)) == pytest.approx(level, abs=0.2)


def test_silence_and_nothing_have_the_lowest_level_and_a_full_square_the_highest() -> None:
    assert dbfs(np.zeros(960, np.int16)) == QUIETEST
    assert dbfs(np.zeros(0, np.int16)) == QUIETEST
    assert dbfs(np.full((480, 2), -32768, np.int16)) == pytest.approx(0)


def test_the_meter_rises_at_once_falls_slowly_and_holds_its_peak() -> None:
    meter = Meter().moved(-10, 0.02)
    assert (meter.level, meter.peak) == (-10, -10)
    for _ in range(50):
        meter = meter.moved(-80, 0.02)
    assert meter.level == pytest.approx(-30)
    assert meter.peak == -10
    for _ in range(50):
        meter = meter.moved(-80, 0.02)
    assert meter.peak == pytest.approx(-20)
    for _ in range(500):
        meter = meter.moved(-80, 0.02)
    assert (meter.level, meter.peak) == (-80, -80)


@given(st.lists(st.tuples(levels, st.floats(0.001, 2)), max_size=50))
def test_the_peak_is_never_below_the_level_nor_the_level_below_the_sound(
    sounds: list[tuple[float, float]],
) -> None:
    meter = Meter()
    for level, seconds in sounds:
        meter = meter.moved(level, seconds)
        assert 0 >= meter.peak >= meter.level >= level
        assert 0 <= shown(meter.level) <= shown(meter.peak) <= 1


def test_the_whole_meter_is_60_db() -> None:
    assert [shown(level) for level in (0, -30, -60, QUIETEST)] == [1, 0.5, 0, 0]
