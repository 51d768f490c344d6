"""Which devices there are, and which the person chose: remembered by name."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..devices import Device
from ..hardware import Hardware
from ..watching import Found, Watcher, found
from ..words import marked, told

if TYPE_CHECKING:
    from .memory import Kept

KINDS = ("camera", "microphone", "speaker")
SIZES = ((320, 240), (640, 480), (960, 540), (1280, 720), (1920, 1080))
DEFAULT_SPEAKER = marked("Default speaker")


NONE_FOUND = {
    "camera": marked("No camera was found. Plug one in, then try again."),
    "microphone": marked("No microphone was found. Plug one in, then try again."),
}


@dataclass(frozen=True)
class Named:
    """A device, and a name that tells it from the others."""

    name: str
    device: Device


def named(devices: Sequence[Device]) -> list[Named]:
    """The devices with their names; of several of one name the later ones are numbered."""
    seen: Counter[str] = Counter()
    made = []
    for device in devices:
        seen[device.name] += 1
        number = seen[device.name]
        made.append(Named(f"{device.name} ({number})" if number > 1 else device.name, device))
    return made


def pick(there: Sequence[Named], wanted: str) -> Named | None:
    """The device of this name; the first one where it is not there; None where there is none."""
    same = (one for one in there if one.name == wanted)
    return next(same, there[0] if there else None)


class Choices:
    """What the device windows offer. What is there is looked for when one enters, again and again
    while such a window is open, and before a device is turned on that was not there at first.

    ``chosen`` is told a kind and its device whenever that is another one: because the person chose
    it, or because devices came or went. ``changed``: the lists are to be drawn anew.
    """

    def __init__(
        self,
        hardware: Hardware,
        kept: Callable[[], Kept],
        keep: Callable[[Kept], None],
        chosen: Callable[[str, Device | None], None],
        changed: Callable[[], None],
    ) -> None:
        self._kept, self._keep, self._chosen, self._changed = kept, keep, chosen, changed
        self._hardware = hardware
        self._watcher = Watcher(hardware, self._take)
        self._found = Found()
        self._used: dict[str, Device | None] = {}
        self.looked = False

    def start(self) -> None:
        """Look for devices from now on."""
        self._watcher.start()

    def stop(self) -> None:
        """Look no more."""
        self._watcher.stop()

    async def look(self) -> None:
        """Look for devices once. Opens none."""
        self._take(await asyncio.to_thread(found, self._hardware))

    def there(self, kind: str) -> list[Named]:
        """The devices of a kind."""
        return named(getattr(self._found, f"{kind}s"))

    def trouble(self, kind: str) -> str:
        """Why there is nothing of a kind to choose, in a sentence; empty if there is."""
        error = self._found.errors.get(f"{kind}s", "")
        if error or not self.looked or self.there(kind) or kind == "speaker":
            return error
        return told(NONE_FOUND[kind])

    def current(self, kind: str) -> Named | None:
        """The device that is used; of speakers None is the system's own choice."""
        wanted = getattr(self._kept(), kind)
        if kind == "speaker":
            return next((one for one in self.there(kind) if one.name == wanted), None)
        return pick(self.there(kind), wanted)

    def choose(self, kind: str, name: str) -> None:
        """Use the device of this name from now on."""
        self._keep(replace(self._kept(), **{kind: name}))
        self._follow()

    def _take(self, found: Found) -> None:
        self._found, self.looked = found, True
        self._follow()

    def _follow(self) -> None:
        for kind in KINDS:
            current = self.current(kind)
            device = current.device if current is not None else None
            if kind not in self._used or self._used[kind] != device:
                self._used[kind] = device
                self._chosen(kind, device)
        self._changed()
