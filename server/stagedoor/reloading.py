"""Files that are read again when they change, or at SIGHUP: certificates and keys."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .config import StartError

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds

_Stamp = tuple[tuple[int, int, int] | None, ...]


class Watched:
    """Some files and what reads them again, which raises StartError if they are of no use."""

    def __init__(self, files: Iterable[Path], load: Callable[[], None]) -> None:
        self._files = tuple(files)
        self._load = load
        self._seen = self._stamp()

    def look(self, *, anyway: bool = False) -> bool:
        """Read the files if they have changed, or ``anyway``; whether they were read well.

        What was read before stays in use if they are of no use. They are tried again when they
        change again: who writes two of them may be between the one and the other.
        """
        stamp = self._stamp()
        if stamp == self._seen and not anyway:
            return False
        self._seen = stamp
        try:
            self._load()
        except StartError as error:
            logger.error("%s What was read before stays in use.", error.sentence)
            return False
        logger.info("read again: %s", ", ".join(str(file) for file in self._files))
        return True

    def _stamp(self) -> _Stamp:
        return tuple(_stamp(file) for file in self._files)


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What is another once a file was written or put in its place; links are followed."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size


async def watch(watched: Iterable[Watched], every: float = EVERY) -> None:
    """Look at the files from time to time, and at once at SIGHUP, until cancelled."""
    watched = list(watched)
    with _hangup() as hung_up:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every):
                    await hung_up.wait()
            anyway = hung_up.is_set()
            hung_up.clear()
            for one in watched:
                one.look(anyway=anyway)


@contextlib.contextmanager
def _hangup() -> Iterator[asyncio.Event]:
    """Set at SIGHUP, which ends nothing then."""
    hung_up = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, hung_up.set)
    try:
        yield hung_up
    finally:
        loop.remove_signal_handler(signal.SIGHUP)
