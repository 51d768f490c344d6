"""Everybody's sound in one: a short buffer a person against jitter, and their sum. No I/O."""

from __future__ import annotations

import threading

import av
import numpy as np
import numpy.typing as npt

from .clocks import RATE, Samples, stretched

AHEAD = RATE * 60 // 1000
MOST_AHEAD = RATE * 200 // 1000
STEP = RATE * 20 // 1000
KEPT = RATE  # samples
CALM = 10 * RATE  # samples without a gap, after which less is gathered ahead
LATE = RATE // 2  # samples: a gap that is shorter is jitter, a longer one a pause
CONCEALED = RATE // 5  # samples
IDLE = 10 * RATE  # samples
NEAR, OFF = RATE * 2 // 1000, RATE * 10 // 1000  # of the level wanted: correct from OFF to NEAR
EXCESS = RATE * 250 // 1000
FASTEST = 0.005  # of the samples
SMOOTHING = 2 * RATE  # samples
FADE = RATE * 5 // 1000
KNEE = 0.75  # of full scale: what is louder is bent


class Voice:
    """One person's sound, gathered a little ahead so that what is late makes no hole.

    Their clock and ours differ: the level is kept near what is wanted by stretching by less than
    one can hear. What is wanted grows with each gap, and shrinks in calm. ``ahead`` is in samples;
    so is everything here, time included: it passes by taking.
    """

    def __init__(self, channels: int = 2, ahead: int = AHEAD) -> None:
        self._data: Samples = np.zeros((2 * KEPT, channels), np.int16)
        self._start = self._end = 0
        self._least = self.ahead = ahead
        self._flowing = False
        self._correcting = False
        self._mean = float(ahead)
        self._calm = 0
        self.silent = 0

    @property
    def level(self) -> int:
        """How many samples are gathered."""
        return self._end - self._start

    def put(self, samples: Samples) -> None:
        """Add samples of shape (n, channels); if nobody takes them, the oldest go."""
        samples = samples[-KEPT:]
        if 0 < self.silent < LATE and self._calm:
            self.ahead = max(self.ahead, min(self.ahead + STEP, MOST_AHEAD))
            self._calm = 0  # learnt from this gap
        if self._end + len(samples) > len(self._data):
            kept = self._data[self._start : self._end].copy()
            self._start, self._end = 0, len(kept)
            self._data[: len(kept)] = kept
        self._data[self._end : self._end + len(samples)] = samples
        self._end += len(samples)
        self._start = max(self._start, self._end - KEPT)

    def conceal(self, count: int) -> None:
        """Put something in the place of samples that were lost: what was last, fading away."""
        last = self._data[max(self._start, self._end - count) : self._end]
        hidden = np.zeros((count, self._data.shape[1]), np.int16)
        hidden[: len(last)] = last[::-1]
        _fade(hidden[: len(last)], 1, 0)
        self.put(hidden)

    def take(self, count: int) -> Samples | None:
        """The next samples, shape (count, channels), silence at the end of them; None for none."""
        if not self._flowing:
            return self._begin(count)
        if self.level > self.ahead + max(EXCESS, 2 * count):
            return self._skip(count)
        used = count + self._correction(count)
        if self.level < used + FADE:
            return self._run_out(count)
        taken = self._data[self._start : self._start + used]
        self._start += used
        self._calm += count
        if self._calm > CALM:
            self._calm = 1
            self.ahead = max(self._least, self.ahead - STEP // 2)
        return np.array(stretched(taken, count))

    def _begin(self, count: int) -> Samples | None:
        """Start to flow, fading in, once there is enough."""
        if self.level < max(self.ahead, count):
            self.silent += count
            return None
        if self.level > self.ahead + EXCESS:
            self._start = self._end - max(self.ahead, count)
        self._flowing = True
        self._mean = float(self.level)
        self.silent = 0
        taken = self._data[self._start : self._start + count].copy()
        self._start += count
        _fade(taken[:FADE], 0, 1)
        return taken

    def _correction(self, count: int) -> int:
        """How many samples to take beyond ``count``, below zero for fewer."""
        self._mean += (self.level - self._mean) * min(1.0, count / SMOOTHING)
        error = self._mean - self.ahead
        self._correcting = abs(error) > (NEAR if self._correcting else OFF)
        most = max(1, int(count * FASTEST))
        return int(np.sign(error)) * most if self._correcting else 0

    def _run_out(self, count: int) -> Samples:
        """What is left, faded out, before a gap."""
        self._flowing = False
        self.silent = count
        ending = np.zeros((count, self._data.shape[1]), np.int16)
        rest = min(count, self.level)
        ending[:rest] = self._data[self._start : self._start + rest]
        self._start = self._end
        _fade(ending[max(0, rest - FADE) : rest], 1, 0)
        return ending

    def _skip(self, count: int) -> Samples:
        """Leave out what is too much, as after a burst, from one place in the sound to another."""
        old = self._data[self._start : self._start + min(FADE, count)].copy()
        self._start = self._end - max(self.ahead, count)
        new = self._data[self._start : self._start + count].copy()
        self._start += count
        self._mean = float(self.level)
        _fade(old, 1, 0)
        _fade(new[:FADE], 0, 1)
        new[: len(old)] += old
        return new


def _fade(samples: Samples, start: float, end: float) -> None:
    """Make samples louder or quieter in place, evenly from ``start`` to ``end``, of 0 to 1."""
    samples[:] = samples * np.linspace(start, end, len(samples), dtype=np.float32)[:, None]


class Mixer:
    """Everybody's sound, put by the event loop and pulled by a sound system's thread."""

    def __init__(self, channels: int = 2, ahead: int = AHEAD) -> None:
        self._channels = channels
        self._ahead = ahead
        self._voices: dict[str, Voice] = {}
        self._expected: dict[str, int] = {}
        self._lock = threading.Lock()

    def put(self, person: str, frame: av.AudioFrame) -> None:
        """Add what was received of a person: 16 bits at 48 kHz, interleaved."""
        samples = self._samples(frame)
        with self._lock:
            voice = self._voices.get(person)
            if voice is None:
                voice = self._voices[person] = Voice(self._channels, self._ahead)
            if frame.pts is not None:
                lost = frame.pts - self._expected.get(person, frame.pts)
                if 0 < lost <= CONCEALED:
                    voice.conceal(lost)
                self._expected[person] = frame.pts + len(samples)
            voice.put(samples)

    def _samples(self, frame: av.AudioFrame) -> Samples:
        received = frame.to_ndarray().reshape(-1, len(frame.layout.channels))
        if self._channels == 1 < received.shape[1]:
            received = received.mean(axis=1, keepdims=True)
        return np.broadcast_to(received.astype(np.int16), (len(received), self._channels))

    def pull(self, count: int) -> Samples:
        """The next samples of all, shape (count, channels). From any one thread."""
        total = np.zeros((count, self._channels), np.float32)
        with self._lock:
            for person, voice in list(self._voices.items()):
                taken = voice.take(count)
                if taken is not None:
                    total += taken
                elif voice.silent > IDLE:
                    del self._voices[person]
                    self._expected.pop(person, None)
        return bent(total)


def bent(total: npt.NDArray[np.float32]) -> Samples:
    """A sum of 16-bit samples as 16-bit samples: what is too loud is bent, not cut off."""
    knee = KNEE * 32767
    if np.abs(total).max(initial=0.0) > knee:
        over = np.maximum(np.abs(total) - knee, 0) / (32767 - knee)
        loud = np.sign(total) * (knee + (32767 - knee) * np.tanh(over))
        total = np.where(over > 0, loud, total)
    return np.rint(total).astype(np.int16)
