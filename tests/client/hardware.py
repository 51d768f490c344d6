"""A layer of devices that are counted: what is open, and whether it was allowed to be opened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from stagedoor_client.devices import Device
from stagedoor_client.errors import DeviceError
from stagedoor_client.filming import Show, picture
from stagedoor_client.hardware import Failed
from stagedoor_client.microphone import BLOCK, RATE, Hear

LENS, SPARE = Device(0, "Lens"), Device(1, "Spare")
DESK, CLIP = Device(0, "Desk"), Device(1, "Clip")
SCREEN, SPEAKER = Device(0, "Screen"), Device(0, "Speaker")
TONES = {"Desk": 440.0, "Clip": 880.0}
SIZE = (64, 48)
FPS = 10


class Handle:
    """One opening of a device. While open it gives pictures that change, or a tone."""

    def __init__(
        self, hardware: Counting, kind: str, device: Device, give: Give, failed: Failed
    ) -> None:
        self.kind = kind
        self.device = device
        self.fail = failed
        self._hardware = hardware
        self._give = give
        self._given = 0
        self._giving: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """See Openable."""
        self._hardware.opening(self)
        await self._hardware.gate.wait()
        trouble = self._hardware.troubles.get(self.device.name)
        if trouble is not None:
            raise DeviceError(trouble)
        self._hardware.opened(self)
        if self._hardware.lively:
            self._giving = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while True:
            wait = self.give()
            await asyncio.sleep(wait)

    def give(self) -> float:
        """Give one picture, or one block of sound; the seconds until the next is due."""
        self._given += 1
        return self._give(self._given)

    async def close(self) -> None:
        """See Openable."""
        if self._giving is not None:
            self._giving.cancel()
        await asyncio.sleep(0)
        self._hardware.closed(self)

    def pull_out(self) -> None:
        """Unplug it."""
        if self._giving is not None:
            self._giving.cancel()
        self.fail(DeviceError(f"{self.device.name} was pulled out."))


class Played(Handle):
    """A speaker, and what was played on it."""

    def __init__(self, hardware: Counting, device: Device, pull: Any, failed: Failed) -> None:
        super().__init__(hardware, "speaker", device, self._play, failed)
        self._pull = pull
        self._sound = [np.zeros(0)]

    def _play(self, number: int) -> float:
        self._sound.append(self._pull(BLOCK).mean(axis=1))
        self._hardware.news.set()
        return BLOCK / RATE

    def played(self) -> Any:
        """All samples so far, both channels' mean."""
        return np.concatenate(self._sound)


Give = Callable[[int], float]
"""Gives what is captured; the seconds until the next."""


class Counting:
    """See Hardware. ``allowed`` judges each opening; ``wrong`` keeps those it did not allow.

    ``troubles``: why a device, by name, cannot be opened. While ``gate`` is cleared, opening takes.
    ``lively`` devices give by themselves what is captured, others when told to.
    """

    def __init__(self, lively: bool = True) -> None:
        self.lively = lively
        self.handles: list[Handle] = []
        self.total = 0
        self.wrong: list[str] = []
        self.troubles: dict[str, str] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.news = asyncio.Event()
        self.allowed: Callable[[str], bool] = lambda kind: True

    # -- counting

    def opening(self, handle: Handle) -> None:
        """Somebody begins to open a device."""
        if not self.allowed(handle.kind):
            self.wrong.append(handle.kind)
        self.news.set()

    def opened(self, handle: Handle) -> None:
        """A device is open."""
        self.total += 1
        if not self.allowed(handle.kind):
            self.wrong.append(handle.kind)
        self.handles.append(handle)
        self.news.set()

    def closed(self, handle: Handle) -> None:
        """A device is released."""
        self.handles.remove(handle)
        self.news.set()

    def open_now(self) -> list[str]:
        """The kinds of the open handles."""
        return sorted(handle.kind for handle in self.handles)

    def handle(self, kind: str) -> Handle:
        """The one open handle of a kind."""
        (found,) = [handle for handle in self.handles if handle.kind == kind]
        return found

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait, opening by opening and closing by closing."""
        while not condition():
            self.news.clear()
            await self.news.wait()

    # -- as Hardware

    def cameras(self) -> list[Device]:
        return [LENS, SPARE]

    def microphones(self) -> list[Device]:
        return [DESK, CLIP]

    def speakers(self) -> list[Device]:
        return [SPEAKER]

    def screens(self) -> list[Device]:
        return [SCREEN]

    def camera(
        self, source: Device, size: tuple[int, int], fps: int, show: Show, failed: Failed
    ) -> Handle:
        return Handle(self, "camera", source, pictures(source, size, show), failed)

    def microphone(self, device: Device, hear: Hear, failed: Failed) -> Handle:
        return Handle(self, "microphone", device, tone(device, hear), failed)

    def screen(self, source: Device, fps: int, show: Show, failed: Failed) -> Handle:
        return Handle(self, "screen", source, pictures(source, SIZE, show), failed)

    def speaker(self, device: Device | None, pull: Any, failed: Failed) -> Played:
        return Played(self, device or SPEAKER, pull, failed)


def pictures(device: Device, size: tuple[int, int], show: Show) -> Give:
    """A bar that wanders; the second camera's is on a bright ground."""
    width, height = size

    def give(number: int) -> float:
        array = np.full((height, width, 3), 160 if device.index else 0, np.uint8)
        left = number * 16 % width
        array[:, left : left + 16] = 255
        show(picture(array), time.monotonic())
        return 1 / FPS

    return give


def tone(device: Device, hear: Hear) -> Give:
    """A tone of the device's own frequency."""
    times = np.arange(RATE) / RATE
    samples = (np.sin(2 * np.pi * TONES[device.name] * times) * 8000).astype(np.int16)
    start = time.monotonic()

    def give(number: int) -> float:
        at = number % 50 * BLOCK
        hear(samples[at : at + BLOCK], start + number * BLOCK / RATE)
        return max(0.0, start + (number + 1) * BLOCK / RATE - time.monotonic())

    return give
