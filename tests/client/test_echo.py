"""Whether a microphone hears the speaker, in rooms made of numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor_client.clocks import BLOCK, RATE, Samples
from stagedoor_client.echo import ALIKE, WINDOW, Echo, likeness
from stagedoor_client.speaker import chime

LENGTH = int(WINDOW * RATE)


def played(begin: float = 0.05) -> Samples:
    """The chime, on its way through the window."""
    whole = np.zeros(LENGTH, np.int16)
    first = int(begin * RATE)
    sound = chime()[: LENGTH - first, 0]
    whole[first : first + len(sound)] = sound
    return whole


def speech(seed: int) -> Samples:
    """Somebody talks: a voice of harmonics whose pitch and loudness change by syllables."""
    chance = np.random.default_rng(seed)
    times = np.arange(LENGTH) / RATE
    whole = np.zeros(LENGTH)
    at = 0.0
    while at < WINDOW:
        long = chance.uniform(0.08, 0.3)
        pitch = chance.uniform(90, 250)
        part = (times >= at) & (times < at + long)
        for harmonic in range(1, 15):
            loud = chance.uniform(0, 1) / harmonic
            whole[part] += loud * np.sin(2 * np.pi * pitch * harmonic * times[part])
        at += long + chance.uniform(0, 0.15)
    return np.rint(whole / np.abs(whole).max() * 12000).astype(np.int16)


def room(
    sound: Samples, delay: float, gain: float, noise: float, seed: int = 0, decay: float = 0.15
) -> Samples:
    """What is heard of a sound: later, quieter, with the room's own echoes and noise."""
    chance = np.random.default_rng(seed)
    times = np.arange(int(0.4 * RATE)) / RATE
    answer: npt.NDArray[np.float64] = chance.normal(0, 0.02, len(times)) * np.exp(-times / decay)
    answer[0] += 1
    wet = np.fft.irfft(
        np.fft.rfft(sound, 2 * LENGTH) * np.fft.rfft(answer, 2 * LENGTH), 2 * LENGTH
    )[:LENGTH]
    late = np.roll(wet, int(delay * RATE))
    late[: int(delay * RATE)] = 0
    whole = gain * late + chance.normal(0, noise * 32767, LENGTH)
    return np.clip(np.rint(whole), -32768, 32767).astype(np.int16)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 0.4), st.floats(0.02, 1.0), st.integers(0, 2**32))
def test_the_chime_is_recognised_in_any_room(delay: float, gain: float, seed: int) -> None:
    """With noise as loud as what is heard of it."""
    heard = room(played(), delay, gain, noise=0.15 * gain, seed=seed)
    assert likeness(played(), heard) >= ALIKE


@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.3), st.integers(0, 2**32))
def test_a_quiet_or_noisy_room_is_not_taken_for_it(noise: float, seed: int) -> None:
    silence = np.zeros(LENGTH, np.int16)
    assert likeness(played(), room(silence, 0, 1, noise, seed)) < ALIKE


@pytest.mark.parametrize("seed", range(40))
def test_somebody_who_talks_meanwhile_is_not_taken_for_it(seed: int) -> None:
    assert likeness(played(), room(speech(seed), 0.1, 1, 0.001, seed)) < ALIKE


@pytest.mark.parametrize("seed", range(40))
def test_of_speech_it_is_known_whose_it_is(seed: int) -> None:
    """What others say is recognised when it comes back, and not when somebody here talks."""
    delay = seed / 100
    assert likeness(speech(seed), room(speech(seed), delay, 0.1, 0.002, seed)) >= ALIKE
    assert likeness(speech(seed), room(speech(seed + 1), delay, 1, 0.001, seed)) < ALIKE


@pytest.mark.parametrize("hertz", [50, 523.25, 1000])
def test_a_hum_is_not_taken_for_it(hertz: float) -> None:
    hum = np.rint(np.sin(2 * np.pi * hertz * np.arange(LENGTH) / RATE) * 8000).astype(np.int16)
    assert likeness(played(), hum) < ALIKE


def test_silence_is_like_nothing() -> None:
    silence = np.zeros(LENGTH, np.int16)
    assert likeness(silence, silence) == likeness(played(), silence) == 0.0
    assert likeness(silence, played()) == likeness(played()[:10], played()[:10]) == 0.0


def test_block_by_block_it_is_heard_and_later_forgotten() -> None:
    """By the sizes that speakers and microphones really use."""
    echo = Echo()
    sound = chime()
    heard = room(played(0.0), 0.12, 0.2, 0.001)
    assert not echo.there()
    for number in range(LENGTH // BLOCK):
        for half in (2 * number, 2 * number + 1):
            part = sound[half * 480 : half * 480 + 480]
            echo.played(np.concatenate([part, np.zeros((480 - len(part), 2), np.int16)]))
        echo.heard(heard[number * BLOCK : (number + 1) * BLOCK])
    assert echo.there()
    for _ in range(LENGTH // BLOCK):
        echo.played(np.zeros((BLOCK, 2), np.int16))
        echo.heard(np.zeros(BLOCK, np.int16))
    assert not echo.there()
