"""Somebody at the desktop client: reads what is on the screen, clicks and types."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .screen import READER, Box, Screen

PATIENCE = 60.0  # seconds
PAUSE = 0.1
PROGRAM = str(Path(sys.executable).with_name("stagedoor-client"))
LIBRARIES = ("ALSA lib ", "Expression '")  # what ALSA and PortAudio say of what they cannot open
SHOTS = "STAGEDOOR_SCREENSHOTS"  # the environment's name for a folder to put pictures in


@dataclass(frozen=True)
class Part:
    """Something that is showing, as a screen reader tells it."""

    role: str
    name: str
    value: str
    states: frozenset[str]
    box: Box
    window: int

    def __str__(self) -> str:
        states = ", ".join(sorted(self.states))
        return f"{self.role} “{self.name}” {self.value!r} ({states}) {self.box}"


class Person:
    """The program in a process of its own, and who sits before it.

    All waiting is for what is on the screen; AssertionError, with all that is there, if it does
    not come.
    """

    def __init__(self, screen: Screen, folder: Path, link: str) -> None:
        self._screen, self._folder = screen, folder
        environment = {
            **screen.environment,
            "XDG_CONFIG_HOME": str(folder),
            "PYTHONFAULTHANDLER": "1",  # should it crash, it says where
        }
        self._errors = folder / "errors.txt"
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                ["pw-v4l2", PROGRAM, link],
                env=environment,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
            )
        self._reader = subprocess.Popen(
            [*READER, str(self.process.pid)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    # -- what is there

    def look(self) -> list[Part]:
        """All that is showing now."""
        assert self._reader.stdin is not None
        assert self._reader.stdout is not None
        self._reader.stdin.write("\n")
        self._reader.stdin.flush()
        return [
            Part(**{**one, "states": frozenset(one["states"]), "box": tuple(one["box"])})
            for one in json.loads(self._reader.stdout.readline())
        ]

    def sees(self, name: str, role: str = "", *states: str) -> Part:
        """Wait until something has this in its name, in these states; it.

        What has just this name comes first, and what is in a window over another.
        """

        def found(parts: list[Part]) -> Part | None:
            same = [one for one in parts if name in one.name and role in ("", one.role)]
            same.sort(key=lambda one: (one.name != name, -one.window))
            return next((one for one in same if one.states.issuperset(states)), None)

        part = self._until(found, f"“{name}” {role} {' '.join(states)}")
        assert isinstance(part, Part)
        return part

    def sees_no(self, name: str) -> None:
        """Wait until nothing has this in its name."""
        self._until(
            lambda parts: bool(parts) and not any(name in one.name for one in parts),
            f"the end of “{name}”",
        )

    def picture(self, name: str) -> Any:
        """What is shown there, shape (height, width, 3)."""
        return self._screen.pixels(self._still(name, "").box).astype(int)

    def sees_move(self, name: str) -> None:
        """Wait until what is shown there changes."""
        self.sees_change(name, self.picture(name))

    def sees_change(self, name: str, before: Any) -> None:
        """Wait until what is shown there is something else than this."""

        def changed(_: list[Part]) -> bool:
            return bool((np.abs(self.picture(name) - before).max(axis=2) > 40).mean() > 0.001)

        self._until(changed, f"change of “{name}”")

    def _until(self, found: Callable[[list[Part]], Any], what: str) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not (it := found(parts := self.look())):
            if time.monotonic() > deadline or self.process.poll() is not None:
                self._screen.save(self._folder / "failed.png")
                there = "\n".join(f"  {part}" for part in parts if part.name or part.value)
                log = self._errors.read_text(errors="replace")
                code = self.process.poll()
                raise AssertionError(f"not seen: {what}; ended: {code}. There is:\n{there}\n{log}")
            time.sleep(PAUSE)
        return it

    # -- what one does

    def press(self, name: str, role: str = "push button") -> None:
        """Click on something."""
        left, top, width, height = self._still(name, role).box
        self._screen.hand("mousemove", str(left + width // 2), str(top + height // 2), "click", "1")

    def _still(self, name: str, role: str) -> Part:
        """Something that is enabled, once it has come to its place."""
        part = self.sees(name, role, "enabled")
        while True:
            again = self.sees(name, role, "enabled")
            if again.box == part.box:
                return part
            part = again

    def write(self, name: str, text: str) -> None:
        """Click into a field and type."""
        self.press(name, "text")
        self.sees(name, "text", "focused")
        self._screen.hand("type", text)
        self._until(
            lambda parts: any(name in one.name and one.value == text for one in parts),
            f"“{text}” in “{name}”",
        )

    def key(self, name: str) -> None:
        """Press a key, as xdotool names it."""
        self._screen.hand("key", name)

    def choose(self, kind: str, device: str) -> None:
        """Choose a device of "Camera" or "Microphone" from its list."""
        self.press(kind, "combo box")
        self.press(device, "list item")
        self._until(
            lambda parts: any(
                one.role == "combo box" and one.name == kind and one.value == device
                for one in parts
            ),
            f"{device} chosen",
        )

    def enter(self, name: str) -> None:
        """Give a name, and go in."""
        self.write("Your name", name)
        self.press("Enter")
        self.sees("What you can do")

    def switch_on(self, *devices: str) -> None:
        """Switch "Camera" or "Microphone" on in the ready window."""
        for device in devices:
            self.press(device, "check box")
            self.sees(device, "check box", "checked")

    def go_up(self, *devices: str) -> None:
        """Join an open stage with these on."""
        self.press("Join stage")
        self.sees("Get ready to join the stage", "dialog")
        self.switch_on(*devices)
        self.press("Join stage")
        self.sees_no("Get ready to join the stage")
        self.sees(", you, microphone")

    def photograph(self, name: str) -> None:
        """Keep a picture of the screen, where the environment says to."""
        folder = os.environ.get(SHOTS)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._screen.save(Path(folder) / f"{name}.png")

    # -- the end

    def close(self) -> None:
        """Close the window as window managers do; the program ends well, and without complaint."""
        self._screen.hand("key", "alt+F4")
        code = self.process.wait(PATIENCE)
        printed = self._errors.read_text(errors="replace").splitlines()
        own = [line for line in printed if not line.startswith(LIBRARIES)]
        assert (code, "\n".join(own).strip()) == (0, "")

    def end(self) -> None:
        """See that nothing is left of it."""
        self._reader.kill()
        self._reader.communicate()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
