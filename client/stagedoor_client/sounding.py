"""What a microphone and a speaker have in common: opened by name, watched while open."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Callable
from typing import Any

from .devices import Device
from .errors import DeviceError
from .portaudio import Stream
from .words import marked, told

LATENCY = 0.04  # seconds
GAP = 0.15  # seconds
SILENCE = 4.0
WATCH = 2.0
# Names that stand for whatever the sound server chooses, and may go on with.
CHOSEN_ELSEWHERE = ("default", "sysdefault", "pulse", "pipewire")

Failed = Callable[[DeviceError], None]


THE = {"microphone": marked("The microphone"), "speaker": marked("The speaker")}
NAMES = {
    "microphone": marked("The microphone {name}"),
    "speaker": marked("The speaker {name}"),
}


class Sounding:
    """A device of PortAudio's; None is the system's choice. See ``Microphone`` and ``Speaker``.

    Where a device is pulled out, a sound server may go on with another one, without a word: with a
    microphone that nobody chose. So after a gap the device is looked for, in what is ``listed``
    then, and is in doubt meanwhile; and as there need be no gap, now and then as well, if it is
    a sound server's.
    """

    def __init__(
        self,
        what: str,
        device: Device | None,
        listed: Callable[[], list[Device]],
        failed: Failed,
    ) -> None:
        self._what = (
            told(NAMES[what], {"name": device.name}) if device is not None else told(THE[what])
        )
        self._device = device
        self._listed = listed
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._stream = Stream(self._what, device, self._make, self._ended)
        self._closed = False
        self._doubted = False
        self._beaten = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._check: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start. Raises DeviceError."""
        task = asyncio.create_task(asyncio.to_thread(self._stream.open))
        try:
            await asyncio.shield(task)
        except BaseException:
            # On cancelling, too, the thread goes on: let it come to its end, and close at once.
            await asyncio.wait([task])
            await self.close()
            raise
        self._beaten = self._beaten or time.monotonic()
        self._look()

    async def close(self) -> None:
        """Release it; from the call on it is not listened to any more, nor told of."""
        self._closed = True
        if self._watch is not None:
            self._watch.cancel()
        if self._check is not None:
            self._check.cancel()
        await asyncio.to_thread(self._stream.close)

    def _make(self, sounddevice: Any, index: int | None) -> Any:
        """A stream that is not started. In a thread, under PortAudio's lock."""
        raise NotImplementedError

    def _beat(self) -> None:
        """To be called in each callback."""
        now = time.monotonic()
        gap, self._beaten = now - self._beaten, now
        if self._device is not None and GAP < gap < now and not self._doubted:
            self._doubted = True
            self._call(self._verify)

    def _verify(self) -> None:
        if self._check is None and not self._closed:
            self._check = asyncio.create_task(self._look_for_it())

    async def _look_for_it(self) -> None:
        try:
            found = await asyncio.to_thread(self._listed)
        except DeviceError:
            found = [self._device] if self._device is not None else []
        if any(self._device is not None and one.name == self._device.name for one in found):
            self._doubted = False
            self._check = None
        else:
            self._fail(marked("{device} was pulled out."))

    def _look(self) -> None:
        """Notice a device whose callbacks have stopped, or that is another one now."""
        if time.monotonic() - self._beaten > SILENCE:
            self._stopped()
            return
        if self._device is not None and may_be_moved(self._device):
            self._verify()
        self._watch = self._loop.call_later(WATCH, self._look)

    def _ended(self) -> None:
        self._call(self._stopped)

    def _stopped(self) -> None:
        self._fail(marked("{device} stopped."))

    def _fail(self, template: str) -> None:
        """Tell it, once."""
        if not self._closed:
            self._closed = True
            self._failed(DeviceError(template, device=self._what))

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """In the event loop, unless it is closed already."""
        if not self._closed and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)


def may_be_moved(device: Device) -> bool:
    """Whether a sound server could replace it: on Linux alone, and no hardware opened directly."""
    direct = re.search(r"\bhw:", device.name)
    return sys.platform == "linux" and not direct and device.name not in CHOSEN_ELSEWHERE
