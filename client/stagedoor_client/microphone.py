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

from .devices import Device
from .errors import DeviceError

RATE = 48000
BLOCK = RATE // 50
CLOCK = Fraction(1, RATE)
KEPT = 10  # blocks
DRIFT = RATE // 10  # samples


Hear = Callable[[bytes, int], None]


class Microphone:
    """A microphone: ``device.index`` as PortAudio counts.

    ``hear`` gets each block, 16-bit mono samples, and their rate: 48 kHz, or what the device does
    where it does not do that. ``failed`` is told if it fails while open. Both in the event loop.
    """

    def __init__(self, device: Device, hear: Hear, failed: Callable[[DeviceError], None]) -> None:
        self._device = device
        self._hear = hear
        self._failed = failed
        self._stream: Any = None
        self._closed = False

    async def open(self) -> None:
        """Start recording. Raises DeviceError."""
        opening = asyncio.to_thread(self._open, asyncio.get_running_loop())
        task = asyncio.create_task(opening)
        try:
            await asyncio.shield(task)
        except BaseException:
            # On cancelling, too, the thread goes on: let it come to its end, and close at once.
            await asyncio.wait([task])
            await self.close()
            raise

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            raise DeviceError(
                f"Sound needs sounddevice and PortAudio's library: {error}"
            ) from error

        def block(data: Any, frames: int, times: Any, status: Any) -> None:
            loop.call_soon_threadsafe(self._take, bytes(data), rate)

        def finished() -> None:
            if not self._closed:
                loop.call_soon_threadsafe(self._finished)

        try:
            rate = self._rate(sounddevice)
            self._stream = sounddevice.RawInputStream(
                samplerate=rate,
                blocksize=rate // 50,
                device=self._device.index,
                channels=1,
                dtype="int16",
                callback=block,
                finished_callback=finished,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceError(
                f"The microphone {self._device.name} cannot be opened; it may be in use "
                f"elsewhere: {error}"
            ) from error

    def _rate(self, sounddevice: Any) -> int:
        index = self._device.index
        try:
            sounddevice.check_input_settings(index, channels=1, dtype="int16", samplerate=RATE)
        except (sounddevice.PortAudioError, ValueError):
            return int(sounddevice.query_devices(index)["default_samplerate"])
        return RATE

    def _take(self, block: bytes, rate: int) -> None:
        if not self._closed:
            self._hear(block, rate)

    def _finished(self) -> None:
        if not self._closed:
            self._failed(DeviceError(f"The microphone {self._device.name} stopped recording."))

    async def close(self) -> None:
        """Release the microphone; nothing of it is heard any more from the call on."""
        self._closed = True
        stream, self._stream = self._stream, None
        if stream is not None:
            await asyncio.to_thread(stream.close)


class MicrophoneTrack(MediaStreamTrack):
    """An audio track of what was heard; waits while nothing is.

    Time stamps count samples; a clock that drifts from ours by more than 100 ms, or a pause, sets
    them right. Of blocks that nobody takes, the oldest are dropped.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()
        self._pts = 0
        self._frames: deque[av.AudioFrame] = deque(maxlen=KEPT)
        self._there = asyncio.Event()
        self._resampler: tuple[int, av.AudioResampler] | None = None

    def hear(self, block: bytes, rate: int) -> None:
        """Take a block of 16-bit mono samples."""
        samples = np.frombuffer(block, np.int16)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = rate
        self._frames.extend([frame] if rate == RATE else self._resample(frame))
        if self._frames:
            self._there.set()

    def _resample(self, frame: av.AudioFrame) -> list[av.AudioFrame]:
        if self._resampler is None or self._resampler[0] != frame.sample_rate:
            resampler = av.AudioResampler("s16", "mono", RATE, frame_size=BLOCK)
            self._resampler = (frame.sample_rate, resampler)
        return self._resampler[1].resample(frame)

    def forget(self) -> None:
        """Say nothing any more, not even what was heard already."""
        self._frames.clear()
        self._resampler = None
        self._there.clear()

    async def recv(self) -> av.AudioFrame:
        """The next block at 48 kHz, when there is one."""
        while not self._frames:
            self._there.clear()
            await self._there.wait()
        frame = self._frames.popleft()
        now = int((time.monotonic() - self._start) * RATE)
        if abs(now - self._pts) > DRIFT:
            self._pts = now
        frame.pts, frame.time_base = self._pts, CLOCK
        self._pts += frame.samples
        return frame
