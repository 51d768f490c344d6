"""One capture device, open exactly while it is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from .errors import DeviceError


class Openable(Protocol):
    """A device that is not open yet."""

    async def open(self) -> None:
        """Open it. Raises DeviceError; if it raises, or is cancelled, nothing stays open."""

    async def close(self) -> None:
        """Release it; it is not used any more when this returns."""


class Missing:
    """A device that cannot be opened, and why."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def open(self) -> None:
        """Raises DeviceError."""
        raise DeviceError(self._why)

    async def close(self) -> None:
        """There is nothing to release."""


class Slot:
    """Opens and closes one device, one step at a time, as ``want`` says.

    ``make`` makes the device, given whom to tell if it fails while open. ``failed`` is told of
    each failure, on opening too; the device is then closed, and only tried again after it was
    unwanted in between, or renewed. ``changed`` is told each time it was opened or closed.
    """

    def __init__(
        self,
        make: Callable[[Callable[[DeviceError], None]], Openable],
        failed: Callable[[DeviceError], None],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._make = make
        self._failed = failed
        self._tell_changed = changed
        self._device: Openable | None = None
        self._arriving: Openable | None = None
        self._early: DeviceError | None = None
        self._error: DeviceError | None = None
        self._stale = False
        self._opening: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._worker: asyncio.Task[None] | None = None
        self.wanted = False

    @property
    def usable(self) -> bool:
        """Whether it is wanted, and has not failed since."""
        return self.wanted and self._error is None

    @property
    def is_open(self) -> bool:
        """Whether the device is open now."""
        return self._device is not None

    def want(self, on: bool) -> None:
        """Have it open, or not, from now on. Returns at once."""
        if on == self.wanted:
            return
        self.wanted = on
        self._error = None
        if not on and self._opening is not None:
            self._opening.cancel()
        self._wake()

    def renew(self) -> None:
        """If it is wanted, close what is open and open what ``make`` makes now. Returns at once."""
        if not self.wanted:
            return
        self._error = None
        self._stale = True
        if self._opening is not None:
            self._opening.cancel()
        self._wake()

    async def settled(self) -> None:
        """Wait until it is as wanted. Raises DeviceError if it failed."""
        await self._settled.wait()
        if self._error is not None:
            raise self._error

    async def close(self) -> None:
        """Close the device, if it is open; the slot can be used again."""
        self.want(False)
        await self._settled.wait()
        if self._worker is not None:
            self._worker.cancel()
            self._worker = None

    def _wake(self) -> None:
        self._settled.clear()
        self._changed.set()
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self._device is not None and (self._stale or not self.usable):
                closing, self._device = self._device, None
                await self._close(closing)
                self._tell_changed()
            if self.usable and self._device is None:
                await self._open()
                self._tell_changed()
            if not self._changed.is_set():
                self._settled.set()

    async def _close(self, device: Openable) -> None:
        try:
            await device.close()
        except Exception as error:  # a driver's; the slot has to go on
            self._failed(DeviceError("The device cannot be released: {error}", error=str(error)))

    async def _open(self) -> None:
        self._stale = False
        device = self._make(lambda error: self._fail(device, error))
        self._arriving, self._early = device, None
        self._opening = asyncio.create_task(device.open())
        await asyncio.wait([self._opening])
        opening, self._opening = self._opening, None
        self._arriving = None
        if opening.cancelled():
            return
        error = opening.exception()
        if error is None:
            self._device = device
            if self._early is not None:
                self._fail(device, self._early)
        elif self._stale:
            return  # it is another device that is wanted now
        elif isinstance(error, DeviceError):
            self._note(error)
        else:
            self._note(DeviceError("The device cannot be opened: {error}", error=str(error)))

    def _fail(self, device: Openable, error: DeviceError) -> None:
        if device is self._arriving:
            self._early = error  # it is told as soon as we know that it was open
        elif device is self._device and self._error is None and not self._stale:
            self._note(error)
            self._wake()

    def _note(self, error: DeviceError) -> None:
        if self.wanted:
            self._error = error
            self._failed(error)
