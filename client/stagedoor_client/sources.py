"""Pictures and sound that a program makes, in the place of a camera and a microphone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from .clocks import BLOCK, RATE
from .filming import Picture, Show, picture
from .microphone import Hear

KEPT = 60 * RATE  # samples
LATE = 0.1  # seconds


class Pictures:
    """A camera that shows what a program gives it.

    pictures = Pictures()
    Options("Robot", capture=Capture(camera=pictures), …)
    pictures.show(array)
    """

    name = "Pictures"

    def __init__(self) -> None:
        self._show: Show | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def on(self) -> bool:
        """Whether what is shown goes anywhere now."""
        return self._show is not None

    def show(self, array: npt.NDArray[np.uint8]) -> bool:
        """Show a picture, BGR of shape (height, width, 3), taken now; whether it is looked at.

        From any thread. The array may be used again.
        """
        loop, at = self._loop, time.monotonic()
        if loop is None:
            return False
        taken = picture(array)
        return _call(loop, lambda: self._pass(taken, at))

    def _pass(self, picture: Picture, at: float) -> None:
        if self._show is not None:
            self._show(picture, at)

    def opening(self, show: Show) -> _Opening:
        """What a Slot opens and closes."""

        def on() -> None:
            self._show, self._loop = show, asyncio.get_running_loop()

        def off() -> None:
            self._show = self._loop = None

        return _Opening(on, off)


class Sounds:
    """A microphone that says what a program gives it, in real time."""

    name = "Sounds"

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._samples: npt.NDArray[np.int16] = np.zeros(0, np.int16)
        self._there = asyncio.Event()
        self._saying: asyncio.Task[None] | None = None

    @property
    def on(self) -> bool:
        """Whether what is said goes anywhere now."""
        return self._loop is not None

    def say(self, samples: npt.NDArray[np.int16]) -> bool:
        """Say 16-bit mono samples at 48 kHz, after what is not said yet; whether it is heard.

        As many as one likes at once, up to a minute: they are sent as time passes. From any thread.
        """
        loop = self._loop
        return loop is not None and _call(loop, lambda: self._add(samples))

    def _add(self, samples: npt.NDArray[np.int16]) -> None:
        if self._loop is not None:
            self._samples = np.concatenate([self._samples, samples.astype(np.int16)])[:KEPT]
            self._there.set()

    def opening(self, hear: Hear) -> _Opening:
        """What a Slot opens and closes."""

        def on() -> None:
            self._loop = asyncio.get_running_loop()
            self._saying = asyncio.create_task(self._run(hear))

        def off() -> None:
            self._loop = None
            self._samples = self._samples[:0]
            if self._saying is not None:
                self._saying.cancel()
                self._saying = None

        return _Opening(on, off)

    async def _run(self, hear: Hear) -> None:
        """Hand on a block each 20 ms while there is one; the last is filled up with silence."""
        due = 0.0
        while True:
            if not len(self._samples):
                self._there.clear()
                await self._there.wait()
            now = time.monotonic()
            if due < now - LATE:
                due = now  # after a pause
            await asyncio.sleep(max(0.0, due - now))
            block, self._samples = self._samples[:BLOCK], self._samples[BLOCK:]
            hear(np.pad(block, (0, BLOCK - len(block))), due)
            due += BLOCK / RATE


class _Opening:
    """One opening of a source."""

    def __init__(self, on: Callable[[], None], off: Callable[[], None]) -> None:
        self._on = on
        self._off = off

    async def open(self) -> None:
        self._on()

    async def close(self) -> None:
        self._off()


def _call(loop: asyncio.AbstractEventLoop, job: Callable[[], None]) -> bool:
    """Do it in the event loop, at once if one is there; whether the loop still runs."""
    try:
        running: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
    except RuntimeError:
        running = None
    if running is loop:
        job()
        return True
    try:
        loop.call_soon_threadsafe(job)
    except RuntimeError:  # it is closed
        return False
    return True
