"""A server with its publisher and its crowd, run for a while at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from bench.peer import Peer

from .crowd import Crowd
from .engine import Server
from .processes import cpu_seconds
from .stream import Source, publish

AT_ONCE = 50  # viewers that connect at the same time
SETTLE = 0.5  # seconds between the first packet and the measuring


@dataclass(frozen=True)
class Run:
    """What came of some seconds: CPU seconds, packets.

    ``left``: of the same seconds, how many packets an interface has sent, where that is known.
    """

    seconds: float
    cpu: float
    delivered: int
    lost: int
    left: int = 0

    @property
    def share(self) -> float:
        """Of one core."""
        return self.cpu / self.seconds

    @property
    def loss(self) -> float:
        """Of all that should have come."""
        return self.lost / max(self.delivered + self.lost, 1)


class Stage:
    """A server with its publisher and its crowd.

    The crowd is at ``host``; all but those who decrypt everything at ``away``, where that is given.
    ``sampled``: only these are reached at present, and stand for all. ``left``: how many packets an
    interface has sent. ``reporting``: everybody sends receiver reports.
    """

    def __init__(
        self,
        server: Server,
        host: str,
        stream: Source,
        *,
        away: str = "",
        left: Callable[[], int] = lambda: 0,
        reporting: bool = False,
    ) -> None:
        self.server = server
        self.sampled = False
        self._away = away or host
        self._left = left
        self._reporting = reporting
        self.crowd = Crowd()
        self._host = host
        self._stream = stream
        self._publisher: Peer | None = None

    async def open(self, *, heeding: bool = False) -> None:
        """Connect the publisher; ``heeding``: who sends keyframes when asked for them."""
        self._publisher = await Peer.open(host=self._host)
        if heeding:
            self._publisher.on_rtcp = self._stream.heed
        await self.server.publish(self._publisher)

    async def grow(self, count: int) -> None:
        """Have so many viewers, while nothing is published."""
        while (missing := count - len(self.crowd.members)) > 0:
            there = len(self.crowd.members)
            hosts = [
                self._host if self.crowd.sampled(index) else self._away
                for index in range(there, there + min(missing, AT_ONCE))
            ]
            peers = [await Peer.open(host=host) for host in hosts]
            await asyncio.gather(*(self.server.subscribe(peer) for peer in peers))
            for peer in peers:
                self.crowd.add(peer)

    @asynccontextmanager
    async def running(self, *, paced: bool = False) -> AsyncIterator[None]:
        """Publish and watch meanwhile."""
        assert self._publisher is not None
        sending = publish(self._publisher, self._stream, paced=paced)
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(background(sending))
            await stack.enter_async_context(background(self.crowd.run()))
            if self._reporting:
                await stack.enter_async_context(background(self.crowd.report()))
            await asyncio.sleep(SETTLE)
            yield

    async def measure(self, seconds: float, *, paced: bool = False) -> Run:
        """What comes of so many seconds."""
        async with self.running(paced=paced):
            return await self.watch(seconds)

    async def watch(self, seconds: float) -> Run:
        """What comes of so many seconds of what is running."""
        self.crowd.begin()
        left, before = self._left(), cpu_seconds(self.server.pids)
        await asyncio.sleep(seconds)
        spent, left = cpu_seconds(self.server.pids) - before, self._left() - left
        self.crowd.end()
        came, dropped = self.crowd.delivered, self.crowd.dropped
        if dropped or not came:
            raise RuntimeError(f"{self.server.name}: {came} came, {dropped} cannot be decrypted")
        return Run(seconds, spent, *self.crowd.counts(self.sampled), left)

    def close(self) -> None:
        """Hang up."""
        self.crowd.close()
        if self._publisher is not None:
            self._publisher.close()


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do this meanwhile; if it fails, so does all of it."""
    task = asyncio.create_task(work)
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
