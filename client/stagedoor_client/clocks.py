"""Sound by two clocks: a device's samples kept in step with our own clock. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import av
import numpy as np
import numpy.typing as npt

RATE = 48000
BLOCK = RATE // 50  # 20 ms
BANDWIDTH = 0.02  # Hz: slower changes are the device's clock, faster ones the scheduler's
JUMP = 0.1  # seconds
MOST = 0.005  # of the samples

Samples = npt.NDArray[np.int16]


def stretched(samples: Samples, count: int) -> Samples:
    """The same sound in ``count`` samples, by cubic interpolation; shape (n,) or (n, channels).

    Made for counts that are nearly the same: it does not filter.
    """
    if len(samples) == count or not len(samples):
        return samples
    at = np.arange(count) * (len(samples) / count)
    whole = at.astype(np.intp)
    part = (at - whole).astype(np.float32).reshape(-1, *[1] * (samples.ndim - 1))
    padded = np.concatenate([samples[:1], samples, samples[-1:], samples[-1:]]).astype(np.float32)
    a, b, c, d = (padded[whole + step] for step in range(4))
    curve = c - a + part * (2 * a - 5 * b + 4 * c - d + part * (3 * (b - c) + d - a))
    return np.clip(np.rint(b + part / 2 * curve), -32768, 32767).astype(np.int16)


class Pace:
    """How many samples a device's clock owes ours, or has given too many.

    A delay-locked loop of the second order smooths the times at which samples arrive: it follows
    the device's clock, whatever its constant error, and not the jitter of callbacks.
    """

    def __init__(self) -> None:
        self._due = 0.0
        self._ratio = 1.0
        self._produced = 0
        self.begin: float | None = None

    @property
    def ratio(self) -> float:
        """Our seconds in one of the device's, as far as it is known."""
        return self._ratio

    def step(self, count: int, now: float) -> int:
        """How many samples to add (or to take out, below zero), as ``count`` arrive at ``now``.

        Where ``begin`` differs afterwards the count starts anew: the device had a pause, or lost
        samples. It is our time at which the first sample counted was taken.
        """
        seconds = count / RATE
        error = now - self._due
        if self.begin is None or abs(error) > JUMP:
            self.begin, self._due, self._produced = now - seconds, now, 0
            error = 0.0
        turn = 2 * math.pi * BANDWIDTH * seconds
        end = self._due + math.sqrt(2) * turn * error
        if seconds:
            self._ratio += turn * turn * error / seconds
        self._due = end + seconds * self._ratio
        owed = (end - self.begin) * RATE - self._produced - count
        most = math.ceil(count * MOST)
        extra = max(-most, min(most, int(owed)))
        self._produced += count + extra
        return extra

    def restart(self) -> None:
        """Samples were lost: count anew, by the same clock."""
        self.begin = None


class Blocks:
    """Exact blocks of 20 ms at 48 kHz by our clock, of what a device gives by its own."""

    def __init__(self, rate: int = RATE) -> None:
        self._rate = rate
        self._resampler = None if rate == RATE else av.AudioResampler("s16", "mono", RATE)
        self._waiting: Samples = np.zeros(0, np.int16)
        self._given = 0
        self.pace = Pace()

    def put(self, samples: Samples, now: float) -> Iterator[tuple[Samples, float]]:
        """Take mono samples that have just arrived; the blocks, each with the time of its start."""
        begin = self.pace.begin
        extra = self.pace.step(round(len(samples) * RATE / self._rate), now)
        if begin != self.pace.begin:
            self._waiting, self._given = self._waiting[:0], 0
        begin = self.pace.begin or now
        if self._resampler is not None:
            samples = self._resampled(self._resampler, samples)
        samples = stretched(samples, len(samples) + extra)
        waiting = np.concatenate([self._waiting, samples])
        while len(waiting) >= BLOCK:
            yield waiting[:BLOCK], begin + self._given / RATE
            waiting = waiting[BLOCK:]
            self._given += BLOCK
        self._waiting = waiting

    def _resampled(self, resampler: av.AudioResampler, samples: Samples) -> Samples:
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate = self._rate
        parts = [one.to_ndarray()[0] for one in resampler.resample(frame)]
        return np.concatenate([np.zeros(0, np.int16), *parts])
