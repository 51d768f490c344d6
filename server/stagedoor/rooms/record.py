"""The media engine's record on its way to the log: gathered, and written every few seconds.

Nobody waits for it, and nothing is acknowledged by it; a crash of the server loses the last
seconds of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from stagedoor.log import EventLog, LogError, Stopped
from stagedoor.log import Forwarded as Kept
from stagedoor.media.interface import Forwarded

from .clock import elapsed

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds
MOST = 10_000  # that wait while the log cannot be written; the oldest are dropped then


class Record:
    """Made with the house; ``begin`` writing, and ``close`` after the engine."""

    def __init__(
        self, log: EventLog, clock: Callable[[], int], elapsed: Callable[[], int] = elapsed
    ) -> None:
        self._log = log
        self._clock = clock
        self._elapsed = elapsed
        # Of each person's kind at each worker, the period that goes on: when it began by the
        # engine's clock, and when by the rooms', which may be set meanwhile.
        self._began: dict[tuple[str, str], dict[tuple[str, int], tuple[int, int]]] = {}
        self._forwarded: dict[tuple[str, str, str, int, int], Kept] = {}
        self._stopped: list[Stopped] = []
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Write from now on."""
        self._task = asyncio.create_task(self._write(), name="record")

    async def close(self) -> None:
        """Write what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self.flush()

    def forwarded(self, room: str, periods: Iterable[Forwarded]) -> None:
        """Take what the engine says was forwarded; its times become those of the rooms' clock."""
        since = self._clock() - self._elapsed()
        for one in periods:
            periods_of = self._began.setdefault((room, one.person), {})
            first, began = periods_of.get((one.kind, one.worker), (None, 0))
            if first != one.first:
                began = one.first + since
                periods_of[one.kind, one.worker] = one.first, began
            self._forwarded[room, one.person, one.kind, one.worker, one.first] = Kept(
                room=room,
                person=one.person,
                kind=one.kind,
                worker=one.worker,
                first=began,
                last=max(began, one.last + since),
                packets=one.packets,
                backstage=one.backstage,
            )

    def over(self, room: str, person: str) -> None:
        """The engine has forgotten the person, and had said all of their periods."""
        self._began.pop((room, person), None)

    def room_over(self, room: str) -> None:
        """The engine has forgotten the room."""
        self._began = {key: one for key, one in self._began.items() if key[0] != room}

    def stopped(self, room: str, after: int, number: int) -> None:
        """The engine has stopped by now what these events have taken away, if there are any."""
        if number > after:
            self._stopped.append(Stopped(room, number, after, self._clock()))

    async def flush(self) -> None:
        """Write what there is; what could not be written waits for the next time."""
        forwarded, self._forwarded = self._forwarded, {}
        stopped, self._stopped = self._stopped, []
        if not forwarded and not stopped:
            return
        try:
            await self._log.record([*forwarded.values()], stopped)
        except LogError as error:
            logger.error("the media engine's record: %s", error.sentence)
            self._forwarded = dict([*(forwarded | self._forwarded).items()][-MOST:])
            self._stopped = (stopped + self._stopped)[-MOST:]

    async def _write(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            await self.flush()
