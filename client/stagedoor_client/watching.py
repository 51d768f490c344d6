"""Noticing devices that are plugged in or pulled out, for as long as somebody looks at a list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from .devices import Device
from .errors import DeviceError
from .hardware import Hardware
from .words import why

EVERY = 2.0  # seconds


@dataclass(frozen=True)
class Found:
    """The devices there are; ``errors`` says of each kind that cannot be listed why not."""

    cameras: tuple[Device, ...] = ()
    microphones: tuple[Device, ...] = ()
    speakers: tuple[Device, ...] = ()
    screens: tuple[Device, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)


def found(hardware: Hardware) -> Found:
    """What there is now. Opens nothing; blocks for a moment."""
    listings = {
        "cameras": hardware.cameras,
        "microphones": hardware.microphones,
        "speakers": hardware.speakers,
        "screens": hardware.screens,
    }
    kinds: dict[str, tuple[Device, ...]] = {}
    errors = {}
    for kind, listing in listings.items():
        try:
            kinds[kind] = tuple(listing())
        except DeviceError as error:
            errors[kind] = why(error)
    return Found(**kinds, errors=errors)


class Watcher:
    """Tells, in the event loop, which devices there are: at first, and when that changes."""

    def __init__(
        self, hardware: Hardware, changed: Callable[[Found], None], every: float = EVERY
    ) -> None:
        self._hardware = hardware
        self._changed = changed
        self._every = every
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Watch from now on."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Watch no more; nothing is told from the call on."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        last: Found | None = None
        while True:
            now = await asyncio.to_thread(found, self._hardware)
            if now != last:
                last = now
                self._changed(now)
            await asyncio.sleep(self._every)
