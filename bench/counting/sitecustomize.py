"""In the path of a server that is watched: what a process tells of itself, when it is signalled.

On SIGUSR1 it writes how many tasks it has, and how many bytes Python's own allocator has given
out, to a file that is called as the process is numbered, in ``BENCH_COUNTS``; all garbage is
collected before, with ``BENCH_COLLECT``. On SIGUSR2 its rooms' states, as they are at that moment,
to one that ends in ``.rooms``. The server starts its engine with the same environment, so that both
do. Python loads this by its name.
"""

from __future__ import annotations

import gc
import os
import pickle
import re
import signal
import sys
import tempfile
from pathlib import Path


def _tell(*_: object) -> None:
    asyncio = sys.modules.get("asyncio")
    tasks = len(asyncio.all_tasks()) if asyncio is not None else 0
    if "BENCH_COLLECT" in os.environ:
        gc.collect()
    _write("", f"{tasks} {_given()}".encode())


def _given() -> int:
    """What CPython says of its allocator, which it says on standard error alone."""
    with tempfile.TemporaryFile() as file:
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            sys._debugmallocstats()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        file.seek(0)
        found = re.search(rb"# bytes in allocated blocks\s+=\s+([\d,]+)", file.read())
    return int(found.group(1).replace(b",", b"")) if found else 0


def _tell_rooms(*_: object) -> None:
    kind = getattr(sys.modules.get("stagedoor.rooms.keeper"), "Keeper", None)
    keepers = [one for one in gc.get_objects() if type(one) is kind]
    _write(".rooms", pickle.dumps([one.room for one in keepers if hasattr(one, "room")]))


def _write(ending: str, told: bytes) -> None:
    whole = Path(os.environ["BENCH_COUNTS"], f"{os.getpid()}{ending}")
    part = whole.with_suffix(".part")
    part.write_bytes(told)
    part.rename(whole)


if "BENCH_COUNTS" in os.environ:
    signal.signal(signal.SIGUSR1, _tell)
    signal.signal(signal.SIGUSR2, _tell_rooms)
