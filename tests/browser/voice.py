"""A voice for browsers that have no microphone: nothing anybody would take for noise or a hum."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 48_000


def write_voice(path: Path, seconds: float = 8.0) -> Path:
    """Write syllables with a gliding pitch and many harmonics, as a mono WAV of 16 bits."""
    time = np.arange(int(RATE * seconds)) / RATE
    pitch = 150 + 50 * np.sin(2 * np.pi * 0.7 * time) + 20 * np.sin(2 * np.pi * 3.1 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = sum(np.sin(phase * n) / n for n in range(1, 20))
    syllables = 0.5 - 0.5 * np.cos(2 * np.pi * 3.5 * time)
    samples = 0.35 * sound * syllables / np.abs(sound).max()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path
