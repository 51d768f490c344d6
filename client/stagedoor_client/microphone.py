"""A microphone by sounddevice: 20 ms blocks from PortAudio's thread, and a track of them."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import numpy as np
from aiortc import MediaStreamTrack

from .clocks import BLOCK, RATE, Blocks, Samples
from .devices import Device, microphones
from .portaudio import extra, rate_of
from .sounding import LATENCY, Failed, Sounding

CLOCK = Fraction(1, RATE)
KEPT = 10  # blocks
DRIFT = RATE // 100  # samples

Hear = Callable[[Samples, float], None]


class Microphone(Sounding):
    """A microphone, found by its name.

    ``hear`` gets exact blocks of 20 ms at 48 kHz, 16-bit mono samples of shape (BLOCK,), each with
    the time of its beginning by the monotonic clock, however the device's own clock runs.
    ``failed`` is told if it fails while open. Both in the event loop. ``overflows`` counts how
    often the system had to throw sound away.
    """

    def __init__(self, device: Device, hear: Hear, failed: Failed) -> None:
        super().__init__("microphone", device, microphones, failed)
        self._hear = hear
        self._blocks: deque[tuple[Samples, float]] = deque(maxlen=KEPT)
        self.overflows = 0

    def _make(self, sounddevice: Any, index: int | None) -> Any:
        settings = {"channels": 1, "extra_settings": extra(sounddevice)}
        rate = rate_of(sounddevice, index, "input", **settings)
        blocks = Blocks(rate)

        def arrived(data: Any, frames: int, times: Any, status: Any) -> None:
            now = time.monotonic()
            if status and status.input_overflow:
                self.overflows += 1
                blocks.pace.restart()
            self._beat()
            # A copy: PortAudio uses its buffer again.
            for block, at in blocks.put(np.array(np.frombuffer(data, np.int16)), now):
                self._call(self._take, block, at)

        return sounddevice.RawInputStream(
            samplerate=rate,
            blocksize=rate // 50,
            device=index,
            dtype="int16",
            latency=LATENCY,
            callback=arrived,
            finished_callback=self._stream.finished,
            **settings,
        )

    def _take(self, block: Samples, at: float) -> None:
        self._blocks.append((block, at))
        while self._blocks and not self._closed and not self._doubted:
            self._hear(*self._blocks.popleft())


class MicrophoneTrack(MediaStreamTrack):
    """An audio track of what was heard; waits while nothing is.

    Time stamps count samples; a pause sets them right. Of blocks that nobody takes, the oldest are
    dropped.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()
        self._pts = 0
        self._blocks: deque[tuple[Samples, float]] = deque(maxlen=KEPT)
        self._there = asyncio.Event()

    def hear(self, block: Samples, at: float) -> None:
        """Take a block, as ``Microphone`` gives it."""
        self._blocks.append((block, at))
        self._there.set()

    def forget(self) -> None:
        """Say nothing any more, not even what was heard already."""
        self._blocks.clear()
        self._there.clear()

    async def recv(self) -> av.AudioFrame:
        """The next block at 48 kHz, when there is one."""
        while not self._blocks:
            self._there.clear()
            await self._there.wait()
        block, at = self._blocks.popleft()
        frame = av.AudioFrame.from_ndarray(block[None], format="s16", layout="mono")
        due = round((at - self._start) * RATE)
        if abs(due - self._pts) > DRIFT:
            self._pts = max(self._pts, due)
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._pts, CLOCK
        self._pts += BLOCK
        return frame
