"""A speaker by sounddevice, which plays what it pulls, and the tone to try it with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av
import numpy as np

from .clocks import RATE, Samples
from .devices import Device, speakers
from .portaudio import extra, rate_of
from .sounding import LATENCY, Failed, Sounding

Pull = Callable[[int], Samples]

CHUNK = RATE // 100
NOTES = (523.25, 659.26, 783.99)  # C, E and G, in Hz
NOTE = 0.3  # seconds
LOUDNESS = 0.3  # of full scale


class Speaker(Sounding):
    """A speaker, found by its name; the system's own choice for None.

    ``pull`` is asked for so many frames at 48 kHz, and gives 16-bit samples of shape (frames, 2);
    it is called in PortAudio's thread. ``failed`` is told if the device fails while open, in the
    event loop.
    """

    def __init__(self, device: Device | None, pull: Pull, failed: Failed) -> None:
        super().__init__("speaker", device, speakers, failed)
        self._pull = pull

    def _make(self, sounddevice: Any, index: int | None) -> Any:
        most = sounddevice.query_devices(index, "output")["max_output_channels"]
        settings = {"channels": min(2, most), "extra_settings": extra(sounddevice)}
        rate = rate_of(sounddevice, index, "output", **settings)
        pull = self._pull if rate == RATE else Resampled(self._pull, rate)

        def wanted(data: Any, frames: int, times: Any, status: Any) -> None:
            self._beat()
            samples = pull(frames)
            if settings["channels"] == 1:
                samples = samples.mean(axis=1, dtype=np.float32).astype(np.int16)
            data[:] = samples.tobytes()

        return sounddevice.RawOutputStream(
            samplerate=rate,
            blocksize=rate // 100,
            device=index,
            dtype="int16",
            latency=LATENCY,
            callback=wanted,
            finished_callback=self._stream.finished,
            **settings,
        )


class Resampled:
    """Pulls at 48 kHz, and gives at another rate."""

    def __init__(self, pull: Pull, rate: int) -> None:
        self._pull = pull
        self._resampler = av.AudioResampler("s16", "stereo", rate)
        self._waiting: Samples = np.zeros((0, 2), np.int16)

    def __call__(self, count: int) -> Samples:
        """The next frames, shape (count, 2)."""
        parts = [self._waiting]
        there = len(self._waiting)
        while there < count:
            samples = np.ascontiguousarray(self._pull(CHUNK)).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
            frame.sample_rate = RATE
            for one in self._resampler.resample(frame):
                parts.append(one.to_ndarray().reshape(-1, 2).astype(np.int16))
                there += len(parts[-1])
        whole = np.concatenate(parts)
        self._waiting = whole[count:]
        return whole[:count]


def chime() -> Samples:
    """The tone to try a speaker with: three notes that rise, 48 kHz, 16-bit, shape (n, 2)."""
    times = np.arange(int(NOTE * RATE)) / RATE
    edge = np.minimum(1, np.minimum(times, NOTE - times) / 0.02)
    notes = [LOUDNESS * edge * np.sin(2 * np.pi * note * times) for note in NOTES]
    sound = np.rint(np.concatenate(notes) * 32767).astype(np.int16)
    return np.repeat(sound[:, None], 2, axis=1)


class Playing:
    """Adds a sound, once, to what another pull gives; ``done`` is set when it was played."""

    def __init__(self, sound: Samples, under: Pull | None = None) -> None:
        self._sound = sound
        self._under = under
        self.done = False

    def __call__(self, count: int) -> Samples:
        """The next frames, shape (count, 2)."""
        part, self._sound = self._sound[:count], self._sound[count:]
        mixed = np.zeros((count, 2), np.int32)
        if self._under is not None:
            mixed += self._under(count)
        mixed[: len(part)] += part
        self.done = not len(self._sound)
        return np.clip(mixed, -32768, 32767).astype(np.int16)
