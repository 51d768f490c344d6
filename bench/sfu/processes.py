"""CPU time, memory and descriptors of processes with all that they have started."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


def children(pid: int) -> set[int]:
    """The processes that this one has started and that run still."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found |= {int(text) for text in task.read_text().split()}
    return found


def tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for child in children(pid):
        yield from tree(child)


def _all(pids: set[int], below: bool) -> set[int]:
    return {one for pid in pids for one in tree(pid)} if below else pids


def cpu_seconds(pids: set[int], *, below: bool = True) -> float:
    """CPU time of these and all below them, from the scheduler's nanoseconds."""
    spent = 0
    for pid in _all(pids, below):
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):
                spent += int(task.read_text().split()[0])
    return spent / 1e9


def memory(pids: set[int], *, below: bool = True) -> int:
    """Their resident memory, in bytes."""
    total = 0
    for pid in _all(pids, below):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
    return total * 1024


def descriptors(pids: set[int], *, below: bool = True) -> int:
    """How many descriptors they have open."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in _all(pids, below))
