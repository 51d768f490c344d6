"""Whether a microphone hears what a speaker plays: then others would hear themselves. No I/O."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from .clocks import RATE, Samples

WINDOW = 3.0  # seconds
LONGEST = 0.5  # seconds: from pulling to hearing, both devices' buffers included
STEP = 6  # 48 kHz to 8 kHz
FRAME, HOP = 256, 80  # samples of 8 kHz: 32 and 10 ms
STRONGEST = 0.9  # of what is played: only where that is do we listen
ALIKE = 0.53  # talk that nothing played reaches 0.5, what comes back is above 0.55
FAINT = 3.0  # of 32767: nothing at all

Loudness = npt.NDArray[np.float32]


def likeness(played: Samples, heard: Samples) -> float:
    """How far what was heard is what was played, somewhat later: from 0 to 1.

    Both 48 kHz, mono, of the same time. It is how loudness at each frequency changes with time that
    is compared, not the waves: a room changes phases, and adds noise at other frequencies.
    """
    was, now = _loudness(played), _loudness(heard)
    length = min(len(was), len(now))
    lags = min(int(LONGEST * RATE / STEP / HOP), length // 2)
    if not lags or np.abs(played).max() < FAINT or np.abs(heard).max() < FAINT:
        return 0.0
    bins = _strongest(was)
    was, now = was[:length, bins], now[:length, bins]
    best = max(_correlation(was[: length - lag], now[lag:]) for lag in range(lags))
    return max(0.0, best)


def _loudness(samples: Samples) -> Loudness:
    """Roots of the amplitudes by time and frequency: so that single loud moments do not decide."""
    whole = len(samples) // STEP * STEP
    slow = samples[:whole].reshape(-1, STEP).astype(np.float32).mean(axis=1)
    if len(slow) < FRAME:
        return np.zeros((0, FRAME // 2 + 1), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(slow, FRAME)[::HOP]
    spectrum = np.fft.rfft(frames * np.hanning(FRAME).astype(np.float32), axis=1)
    return np.sqrt(np.abs(spectrum)).astype(np.float32)


def _strongest(loudness: Loudness) -> npt.NDArray[np.intp]:
    """The fewest frequencies that have nearly all of the power."""
    power = (loudness**4).sum(axis=0)
    order = np.argsort(power)[::-1]
    enough = np.searchsorted(np.cumsum(power[order]), STRONGEST * power.sum())
    return order[: int(enough) + 1]


def _correlation(one: Loudness, other: Loudness) -> float:
    one, other = one - one.mean(axis=0), other - other.mean(axis=0)
    scale = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / scale if scale else 0.0


class Echo:
    """Keeps what was played and heard last, and compares it when asked to.

    ``played`` and ``heard`` may come from any threads.
    """

    def __init__(self) -> None:
        self._played = _Recent()
        self._heard = _Recent()

    def played(self, samples: Samples) -> None:
        """Take what a speaker has just pulled, shape (n, channels)."""
        self._played.put(samples.mean(axis=1, dtype=np.float32).astype(np.int16))

    def heard(self, block: Samples) -> None:
        """Take what a microphone has just given, shape (n,)."""
        self._heard.put(block)

    def there(self) -> bool:
        """Whether the microphone heard the speaker in the last three seconds."""
        return likeness(self._played.last(), self._heard.last()) >= ALIKE


class _Recent:
    """The last samples, silence before there were any."""

    def __init__(self) -> None:
        self._samples: Samples = np.zeros(int(WINDOW * RATE), np.int16)
        self._at = 0
        self._lock = threading.Lock()

    def put(self, samples: Samples) -> None:
        samples = samples[-len(self._samples) :]
        with self._lock:
            first = min(len(samples), len(self._samples) - self._at)
            self._samples[self._at : self._at + first] = samples[:first]
            self._samples[: len(samples) - first] = samples[first:]
            self._at = (self._at + len(samples)) % len(self._samples)

    def last(self) -> Samples:
        with self._lock:
            return np.concatenate([self._samples[self._at :], self._samples[: self._at]])
