"""A microphone by sounddevice: 20 ms blocks from PortAudio's thread, as a track for aiortc."""

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

from .devices import DeviceError

RATE = 48000
BLOCK = RATE // 50
CLOCK = Fraction(1, RATE)
KEPT = 10
DRIFT = RATE // 10


class Microphone:
    """An open microphone: ``index`` as PortAudio counts. Mono, 16 bits, 48 kHz where it can.

    ``track`` gives the track that is to hear it, which may change while it is open.
    """

    def __init__(self, index: int, track: Callable[[], MicrophoneTrack]) -> None:
        self._index = index
        self._track = track
        self._stream: Any = None
        self._used_rate = RATE
        self.on_failure: Callable[[DeviceError], None] = _ignore

    async def open(self) -> None:
        """Start recording. Raises DeviceError."""
        await asyncio.to_thread(self._open, asyncio.get_running_loop())

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            raise DeviceError(
                f"Sound needs sounddevice and PortAudio's library: {error}"
            ) from error

        def block(data: Any, frames: int, times: Any, status: Any) -> None:
            loop.call_soon_threadsafe(self._hear, bytes(data))

        def finished() -> None:
            loop.call_soon_threadsafe(self._finished)

        try:
            rate = self._rate(sounddevice)
            self._used_rate = rate
            self._stream = sounddevice.RawInputStream(
                samplerate=rate,
                blocksize=rate // 50,
                device=self._index,
                channels=1,
                dtype="int16",
                callback=block,
                finished_callback=finished,
            )
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            raise DeviceError(
                f"Microphone {self._index} cannot be opened; it may be in use: {error}"
            ) from error

    def _hear(self, block: bytes) -> None:
        if self._stream is not None:
            self._track().hear(block, self._used_rate)

    def _rate(self, sounddevice: Any) -> int:
        """48 kHz, or what the device does where it does not do that."""
        try:
            sounddevice.check_input_settings(
                self._index, channels=1, dtype="int16", samplerate=RATE
            )
        except (sounddevice.PortAudioError, ValueError):
            return int(sounddevice.query_devices(self._index)["default_samplerate"])
        return RATE

    def _finished(self) -> None:
        if self._stream is not None:
            self.on_failure(DeviceError(f"Microphone {self._index} is gone."))

    async def close(self) -> None:
        """Release the device; nothing of it is heard any more when this returns."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await asyncio.to_thread(stream.abort)
            await asyncio.to_thread(stream.close)
        self._track().forget()


def _ignore(error: DeviceError) -> None:
    pass


class MicrophoneTrack(MediaStreamTrack):
    """An audio track of what was heard; waits while the microphone is off.

    Time stamps count samples; a clock that drifts from ours by more than 100 ms, or a pause, sets
    them right. Of blocks that nobody takes, the oldest are dropped.
    """

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()
        self._pts = 0
        self._blocks: deque[tuple[bytes, int]] = deque(maxlen=KEPT)
        self._there = asyncio.Event()
        self._resampler: av.AudioResampler | None = None

    def hear(self, block: bytes, rate: int) -> None:
        """Take a block of 16-bit mono samples, ``rate`` of them a second."""
        self._blocks.append((block, rate))
        self._there.set()

    def forget(self) -> None:
        """Say nothing any more, not even what was heard already."""
        self._blocks.clear()
        self._there.clear()

    async def recv(self) -> av.AudioFrame:
        """The next block, when there is one."""
        while True:
            while not self._blocks:
                self._there.clear()
                await self._there.wait()
            frame = self._frame(*self._blocks.popleft())
            if frame is not None:
                return frame

    def _frame(self, block: bytes, rate: int) -> av.AudioFrame | None:
        samples = np.frombuffer(block, np.int16)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = rate
        if rate != RATE:
            if self._resampler is None:
                self._resampler = av.AudioResampler("s16", "mono", RATE, frame_size=BLOCK)
            resampled = self._resampler.resample(frame)
            if not resampled:
                return None
            frame = resampled[0]
        now = int((time.monotonic() - self._start) * RATE)
        if abs(now - self._pts) > DRIFT:
            self._pts = now
        frame.pts, frame.time_base = self._pts, CLOCK
        self._pts += frame.samples
        return frame
