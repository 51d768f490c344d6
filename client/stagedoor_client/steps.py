"""Doing what is to be done after each change, one thing at a time, for as long as it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from . import lines
from .connection import PASSING
from .errors import ConnectionLostError, RefusedError
from .lines import Line

RETRY = 2.0  # seconds


class Steps:
    """Takes ``step`` after every ``wake``; again a little later if it failed for the moment.

    ``step`` may raise RefusedError, which is told, and ConnectionLostError, which was told where
    it was noticed.
    """

    def __init__(self, step: Callable[[], Awaitable[None]], tell: Callable[[Line], None]) -> None:
        self._step = step
        self._tell = tell
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Something has changed."""
        self._changed.set()

    def later(self) -> None:
        """Try again in RETRY seconds."""
        asyncio.get_running_loop().call_later(RETRY, self._changed.set)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._step()
            except RefusedError as error:
                self._tell(lines.refused(error))
                if error.code in PASSING:
                    self.later()
            except ConnectionLostError:
                self.later()
