"""The client's window in a room, watched while it shows the stage; ``bench.tiles`` starts it.

``python -m bench.watcher LINK SECONDS PEOPLE`` prints a line of figures.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPaintEvent
from qasync import QEventLoop

from stagedoor_client.devices import Device
from stagedoor_client.hardware import Failed, Machine
from stagedoor_client.slot import Openable
from stagedoor_client.speaker import Pull
from stagedoor_client.window.app import make_application
from stagedoor_client.window.main_window import MainWindow
from stagedoor_client.window.tile import Tile

PATIENCE = 60.0
WARM_UP = 3.0
PROBE = 5  # milliseconds between two events that are timed
BLOCK, RATE = 480, 48000


class Silent:
    """A speaker that pulls what it plays as a sound system does, and plays nothing."""

    def __init__(self, pull: Pull) -> None:
        self._pull = pull
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    async def open(self) -> None:
        """See Openable."""
        self._thread.start()

    async def close(self) -> None:
        """See Openable."""
        self._stop.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        due = time.monotonic()
        while not self._stop.wait(max(0.0, due - time.monotonic())):
            self._pull(BLOCK)
            due += BLOCK / RATE


class Quiet(Machine):
    """A machine whose speaker is silent, and which has no other devices."""

    def cameras(self) -> list[Device]:
        """None."""
        return []

    microphones = speakers = screens = cameras

    def speaker(self, device: Device | None, pull: Pull, failed: Failed) -> Openable:
        """A silent one."""
        return Silent(pull)


class Probe:
    """Times how late the window's event loop comes to a timer, again and again."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self._due = 0.0
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, singleShot=True)
        self._timer.timeout.connect(self._fired)
        self._arm()

    def _arm(self) -> None:
        self._due = time.perf_counter() + PROBE / 1000
        self._timer.start(PROBE)

    def _fired(self) -> None:
        self.late.append(max(0.0, time.perf_counter() - self._due) * 1000)
        self._arm()

    def stop(self) -> str:
        """Median, 99th percentile and worst, in words."""
        self._timer.stop()
        ordered = sorted(self.late)
        median, high = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
        return f"event loop late by {median:.1f} ms, 99 % {high:.1f} ms, worst {ordered[-1]:.1f} ms"


class Paintings:
    """Counts the pictures that tiles paint, each once."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self._last: dict[str, int] = {}
        paint: Callable[[Tile, QPaintEvent], None] = Tile.paintEvent

        def counting(tile: Tile, event: QPaintEvent) -> None:
            paint(tile, event)
            person, picture = tile.person.id, tile.picture
            if picture is not None and self._last.get(person) != picture.cacheKey():
                self._last[person] = picture.cacheKey()
                self.count[person] += 1

        Tile.paintEvent = counting  # type: ignore[method-assign]


async def watch(link: str, seconds: float, people: int, shot: str) -> str:
    """Show the stage in a window; the line to print."""
    paintings = Paintings()
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Path(folder) / "settings.json", Quiet())
        await window.begin(link, "Watcher")
        window.show()
        async with asyncio.timeout(PATIENCE):
            while len(paintings.count) < people:  # noqa: ASYNC110 - painting tells nobody
                await asyncio.sleep(0.1)
        await asyncio.sleep(WARM_UP)
        painted, start, spent = paintings.count.total(), time.perf_counter(), cpu()
        probe = Probe()
        await asyncio.sleep(seconds)
        late = probe.stop()
        elapsed, spent = time.perf_counter() - start, cpu() - spent
        painted = paintings.count.total() - painted
        if shot:
            window.grab().save(shot)
        window.close()
        await window.finish()
    return (
        f"{people} tiles, {QGuiApplication.platformName()}: painted "
        f"{painted / elapsed / people:.1f} a second and tile, {late}, "
        f"client's CPU {spent / elapsed * 100:.0f} % of a core"
    )


def cpu() -> float:
    """CPU seconds that this process has used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Watch as the command line says; a fourth argument is a file for a picture of the window."""
    logging.getLogger("aiortc").setLevel(logging.ERROR)
    link, seconds, people, shot = [*sys.argv[1:], ""][:4]
    with QEventLoop(make_application()) as loop:
        print(loop.run_until_complete(watch(link, float(seconds), int(people), shot)), flush=True)


if __name__ == "__main__":
    main()
