"""Stagedoor's media engine in the namespace, as one of the servers to measure."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import NamedTuple, Protocol, Self

from bench.peer import Peer
from bench.viewers import Listener, layered
from stagedoor.media.interface import Grant
from stagedoor.sfu.workers.supervisor import FULL, EmbeddedEngine

from .namespace import Namespace
from .processes import children
from .stream import AUDIO_SSRC, VIDEO_SSRC

ROOM, PUBLISHER = "bench", "publisher"


class Offer(NamedTuple):
    """What is offered to a viewer who is no Peer: SDP, what takes the answer's, the way out."""

    sdp: str
    answer: Callable[[str], Awaitable[None]]
    leave: Callable[[], Awaitable[None]]


class Server(Protocol):
    """What is measured: a media server with one publisher."""

    name: str

    @property
    def pids(self) -> set[int]:
        """Its processes, but for those that they have started."""

    async def publish(self, peer: Peer) -> None:
        """Connect the publisher."""

    async def subscribe(self, peer: Peer) -> None:
        """Connect a viewer."""


class Stagedoor:
    """An engine of our own with one room, in the namespace; an async context manager.

    The publisher sends so many ``layers``. There are so many ``workers``; one with so many viewers
    is ``full``.
    """

    name = "Stagedoor"

    def __init__(
        self, namespace: Namespace, layers: int = 1, workers: int = 1, full: int = FULL
    ) -> None:
        self._namespace = namespace
        self._layers = layers
        self.engine = EmbeddedEngine(
            port=0, announced=(namespace.host,), workers=workers, full=full
        )
        self._listener = Listener(self.engine)
        self._count = 0
        self.pids: set[int] = set()

    async def __aenter__(self) -> Self:
        before = children(os.getpid())
        with self._namespace.inside():
            await self.engine.start(self._listener)
        self.pids = children(os.getpid()) - before
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.engine.close()

    async def publish(self, peer: Peer, person: str = PUBLISHER) -> None:
        """Connect the publisher, or another one, who may send everything."""
        await self.engine.grant(ROOM, person, Grant(forward=True, microphone=True, camera=True))
        offer = layered(peer.offer(AUDIO_SSRC, VIDEO_SSRC), self._layers)
        await peer.connect(await self.engine.publish(ROOM, person, offer))

    async def subscribe(self, peer: Peer) -> None:
        """Connect a viewer."""
        person = self._somebody()
        self._listener.expect(person, peer)
        await self.engine.subscribe(ROOM, person)
        await self._listener.connected[person].wait()

    async def offer(self) -> Offer:
        """Have somebody subscribe."""
        person = self._somebody()
        offered = self._listener.offered[person] = asyncio.get_running_loop().create_future()
        await self.engine.subscribe(ROOM, person)
        offer = await offered

        async def answer(sdp: str) -> None:
            await self.engine.answer(ROOM, person, offer.revision, sdp)

        async def leave() -> None:
            await self.engine.leave(ROOM, person)

        return Offer(offer.sdp, answer, leave)

    async def leave(self) -> None:
        """Have the viewer go who came last."""
        person = f"viewer-{self._count}"
        await self.engine.leave(ROOM, person)
        self._listener.peers.pop(person).close()

    def _somebody(self) -> str:
        self._count += 1
        return f"viewer-{self._count}"
