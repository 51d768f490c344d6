"""The media engine as the rooms use it: never waited for without end, restarted if it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from typing import TypeVar

from stagedoor.media.interface import Listener, MediaEngine, MediaError, Tile
from stagedoor.rules.refusals import Code

from .grants import Change
from .record import Record

logger = logging.getLogger(__name__)

T = TypeVar("T")

GRANT_TIMEOUT = 5.0  # seconds; a room's commands wait this long for a revocation at most
CALL_TIMEOUT = 15.0  # seconds; for offers and answers, which only their person waits for
RESTART_TIMEOUT = 20.0


class Media:
    """Calls to one engine. A call that takes too long counts as an engine that is down.

    Such an engine is closed, which ends its forwarding, and started again; ``listener.restarted``
    follows, so that all grants are repeated.
    """

    def __init__(self, engine: MediaEngine, record: Record) -> None:
        self.engine = engine
        self.record = record
        self._listener: Listener | None = None
        self._restarting: asyncio.Task[None] | None = None
        self._known: set[tuple[str, str]] = set()  # whom the engine has been told of, by room

    async def start(self, listener: Listener) -> None:
        """Start the engine. Raises what it raises."""
        self._listener = listener
        await self.engine.start(listener)

    async def close(self) -> None:
        """Stop the engine."""
        if self._restarting is not None:
            await asyncio.wait([self._restarting])
        await self.engine.close()

    async def leave(self, room: str, people: Iterable[str]) -> None:
        """Forget these people: nothing of theirs is forwarded when this returns.

        Of whom the engine was never told, as of most who only look in, there is nothing to forget.
        """
        told = [one for one in people if (room, one) in self._known]
        await asyncio.gather(*(self._forget(room, one) for one in told))

    async def grant(self, room: str, changes: Iterable[Change]) -> list[Change]:
        """Set what these people may send; returns the changes that the engine took.

        Those it did not take are no danger: an engine that is down forwards nothing.
        """
        changes = list(changes)
        with self._knowing(room, *(person for person, _ in changes)):
            taken = await asyncio.gather(
                *(self._quick(self.engine.grant(room, person, grant)) for person, grant in changes)
            )
        return [change for change, ok in zip(changes, taken, strict=True) if ok]

    async def show_backstage(self, room: str, people: Iterable[str]) -> bool:
        """Set to whom people backstage are shown; whether the engine took it."""
        return await self._quick(self.engine.show_backstage(room, sorted(people)))

    async def close_room(self, room: str) -> None:
        """Forget a room."""
        self._known = {one for one in self._known if one[0] != room}
        await self._quick(self.engine.close_room(room))
        self.record.room_over(room)

    async def publish(self, room: str, person: str, sdp: str) -> str:
        """See MediaEngine.publish."""
        with self._knowing(room, person):
            return await self._patient(self.engine.publish(room, person, sdp))

    async def subscribe(self, room: str, person: str) -> None:
        """See MediaEngine.subscribe."""
        with self._knowing(room, person):
            await self._patient(self.engine.subscribe(room, person))

    async def answer(self, room: str, person: str, revision: int, sdp: str) -> None:
        """See MediaEngine.answer."""
        await self._patient(self.engine.answer(room, person, revision, sdp))

    async def view(self, room: str, person: str, tiles: Sequence[Tile]) -> None:
        """See MediaEngine.view."""
        await self._patient(self.engine.view(room, person, tiles))

    async def stats(self) -> dict[str, object]:
        """See MediaEngine.stats."""
        return await self._patient(self.engine.stats())

    @contextlib.contextmanager
    def _knowing(self, room: str, *people: str) -> Iterator[None]:
        """Both before and after: they may be forgotten meanwhile, and a slow engine not do so."""
        keys = {(room, person) for person in people}
        self._known |= keys
        try:
            yield
        finally:
            self._known |= keys

    async def _forget(self, room: str, person: str) -> None:
        self._known.discard((room, person))
        done = False
        try:
            done = await self._quick(self.engine.leave(room, person))
            self.record.over(room, person)
        finally:
            if not done:
                self._known.add((room, person))

    async def _quick(self, call: Awaitable[None]) -> bool:
        """Whether the engine did it. If it hangs, it has been ended when this returns."""
        try:
            async with asyncio.timeout(GRANT_TIMEOUT):
                await call
        except Exception as error:
            if isinstance(error, MediaError) and error.code == Code.MEDIA_DOWN:
                logger.warning("media engine: %s", error.sentence)
            else:
                # Whether it still forwards cannot be known, so that it must be ended.
                logger.error("media engine failed: %r", error)
                await self._restart()
            return False
        return True

    async def _patient(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                return await call
        except TimeoutError:
            raise MediaError(Code.MEDIA_DOWN, "The media engine takes too long.") from None

    async def _restart(self) -> None:
        """End the engine and start it again, once for all who found it hanging."""
        if self._restarting is None or self._restarting.done():
            self._restarting = asyncio.create_task(self._end_and_start())
        await asyncio.wait([self._restarting])

    async def _end_and_start(self) -> None:
        listener = self._listener
        if listener is None:
            return  # never started, so that it forwards nothing
        logger.error("media engine: ending it and starting it again")
        await self._bounded(self.engine.close(), "end")
        await self._bounded(self.engine.start(listener), "start")
        listener.restarted()

    async def _bounded(self, call: Awaitable[None], doing: str) -> None:
        try:
            async with asyncio.timeout(RESTART_TIMEOUT):
                await call
        except Exception as error:
            logger.error("media engine does not %s: %r", doing, error)
