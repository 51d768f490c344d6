"""What the processes of a server have as time passes, and whether that grows."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.sfu.processes import children, cpu_seconds, descriptors, memory
from tests.server_process import ServerProcess

LOOK = 15.0  # seconds between two looks at the memory
TIMES = 12  # that a line is printed
LATER = 0.25  # of the time, from which on memory should stay
FLAT = 0.02  # of the memory, by which it may rise from then on and still be called flat
PATIENCE = 30.0
COUNTING = Path(__file__).with_name("counting")


@contextlib.contextmanager
def watched_server(*, collecting: bool = False) -> Iterator[tuple[ServerProcess, Path]]:
    """A server whose processes answer signals (``counting``), and the folder where they do.

    ``collecting``: they collect their garbage before they count.
    """
    with tempfile.TemporaryDirectory(prefix="stagedoor-counts-") as folder:
        path = [str(COUNTING), os.environ.get("PYTHONPATH")]
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, path)), "BENCH_COUNTS": folder}
        environment |= {"BENCH_COLLECT": "1"} if collecting else {}
        with ServerProcess(demo=False, environment=environment) as server:
            yield server, Path(folder)


def processes_of(server: ServerProcess, folder: Path) -> list[Process]:
    """The server and its engine."""
    assert server.process is not None
    pid = server.process.pid
    engines = [Process("engine", one, folder) for one in children(pid)]
    return [Process("server", pid, folder), *engines]


async def answer(pid: int, asked: signal.Signals, told: Path) -> bytes:
    """What a watched process writes to ``told`` on this signal."""
    told.unlink(missing_ok=True)  # noqa: ASYNC240 - here and below a file in memory, and small
    os.kill(pid, asked)
    async with asyncio.timeout(PATIENCE):
        while not told.exists():  # noqa: ASYNC110, ASYNC240 - it has no event to wait on
            await asyncio.sleep(0.05)
    return told.read_bytes()  # noqa: ASYNC240


@dataclass(frozen=True)
class Counts:
    """What a process has at a moment."""

    rss: int
    descriptors: int
    threads: int
    tasks: int
    given: int  # bytes that Python's own allocator has given out, to objects of up to 512 bytes

    def __str__(self) -> str:
        return (
            f"{self.rss / 2**20:.1f} MiB, {self.descriptors} descriptors, {self.threads} threads,"
            f" {self.tasks} tasks"
        )


class Look(NamedTuple):
    """When the memory was looked at, in seconds, how much it was, and how many had gone by then."""

    at: float
    rss: int
    gone: int


class Process:
    """One of the processes that are watched."""

    def __init__(self, name: str, pid: int, counts: Path) -> None:
        self.name = name
        self._pid = pid
        self._told = counts / str(pid)
        self.looks: list[Look] = []
        self._spent = self.cpu()

    def cpu(self) -> float:
        """CPU seconds until now, of it alone."""
        return cpu_seconds({self._pid}, below=False)

    def look(self, at: float, gone: int) -> None:
        """Note the memory."""
        self.looks.append(Look(at, memory({self._pid}, below=False), gone))

    async def counts(self) -> Counts:
        """All of it, the tasks by asking."""
        tasks, given = (await answer(self._pid, signal.SIGUSR1, self._told)).split()
        return Counts(
            memory({self._pid}, below=False),
            descriptors({self._pid}, below=False),
            len(os.listdir(f"/proc/{self._pid}/task")),
            int(tasks),
            int(given),
        )

    def spent(self) -> float:
        """CPU seconds since the last call."""
        before, self._spent = self._spent, self.cpu()
        return self._spent - before

    def verdict(self) -> str:
        """How the memory went from LATER on: the slope of a straight line through all looks."""
        looks = [look for look in self.looks if look.at >= self.looks[-1].at * LATER]
        times, sizes, gone = (np.array(values, float) for values in zip(*looks, strict=True))
        slope, _ = np.polyfit(times, sizes, 1)
        span = times[-1] - times[0]
        grown, visits = slope * span / sizes.mean(), max(1, gone[-1] - gone[0])
        said = "flat" if grown < FLAT else "growing"
        least, most = sizes.min() / 2**20, sizes.max() / 2**20
        return (
            f"{self.name}: {said}, {slope * 3600 / 2**20:+.2f} MiB an hour over the last"
            f" {span / 60:.0f} minutes ({grown:+.1%}; {least:.1f} to {most:.1f} MiB in"
            f" {len(looks)} looks; {slope * span / visits / 2**10:+.1f} KiB for each who went)"
        )


def looks(start: float, end: float) -> Iterator[float]:
    """When to look at the memory between two times."""
    count = max(1, round((end - start) / LOOK))
    for number in range(1, count + 1):
        yield start + (end - start) * number / count
