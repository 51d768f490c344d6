"""A screen that nobody looks at, with a window manager and what screen readers need."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import mss
import mss.tools
import numpy as np

READER = ["/usr/bin/python3", str(Path(__file__).with_name("screen_reader.py"))]
TOOLS = ("Xvfb", "openbox", "xdotool", "dbus-daemon")
PACKAGES = "xvfb openbox xdotool dbus at-spi2-core python3-gi gir1.2-atspi-2.0"
SIZE = (1400, 960)

Box = tuple[int, int, int, int]
"""Left, top, width and height, in pixels of the screen."""


def missing() -> list[str]:
    """The tools that are not on this machine."""
    gone = [tool for tool in TOOLS if not shutil.which(tool)]
    script = "import gi; gi.require_version('Atspi', '2.0')"
    asked = subprocess.run([READER[0], "-c", script], check=False, capture_output=True)
    return gone + (["AT-SPI for Python"] if asked.returncode else [])


class Screen:
    """``environment`` leads programs to it, on top of the one that is given."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **environment,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
            "QT_LOGGING_RULES": "qt.accessibility.*=false",
        }

    def start(self) -> None:
        """Bring it up; returns when programs can use it."""
        width, height = SIZE
        screen = ["-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        number = self._says("Xvfb", *screen, "-displayfd")
        self.environment["DISPLAY"] = f":{number}"
        bus = self._says("dbus-daemon", "--session", "--nofork", "--print-address")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus
        self._start("openbox", "--sm-disable")
        self._camera = mss.MSS(display=self.environment["DISPLAY"])

    def stop(self) -> None:
        """Take it down."""
        self._camera.close()
        for process in reversed(self._processes):
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def hand(self, *words: str) -> None:
        """Move the pointer, press buttons and keys: xdotool's words."""
        subprocess.run(["xdotool", *words], env=self.environment, check=True, timeout=20)

    def pixels(self, box: Box) -> Any:
        """What is shown there, shape (height, width, 3)."""
        shot = self._grab(box)
        return np.frombuffer(shot.rgb, np.uint8).reshape(shot.height, shot.width, 3)

    def save(self, path: Path) -> None:
        """Write a picture of it all."""
        shot = self._grab((0, 0, *SIZE))
        mss.tools.to_png(shot.rgb, shot.size, output=str(path))

    def _grab(self, box: Box) -> Any:
        left, top, width, height = box
        return self._camera.grab({"left": left, "top": top, "width": width, "height": height})

    def _says(self, *command: str) -> str:
        """Start it, and give the line that it writes to the descriptor of its last option."""
        ours, its = os.pipe()
        try:
            self._start(*command, str(its), its=its)
        finally:
            os.close(its)
        with os.fdopen(ours) as words:
            return words.readline().strip()

    def _start(self, *command: str, its: int | None = None) -> None:
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=() if its is None else (its,),
        )
        self._processes.append(process)
