"""Server CPU a delivered packet: Stagedoor, Janus, aiortc's MediaRelay, and the floor."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from bench.peer import RECEIVE_BUFFER, Peer
from stagedoor.sfu.batch import SEGMENTS

from .aiortc_relay import AiortcRelay
from .crowd import Crowd
from .engine import Server, Stagedoor
from .janus import Janus
from .namespace import Namespace
from .processes import cpu_seconds
from .stream import Stream, publish

AT_ONCE = 50  # viewers that connect at the same time
SETTLE = 0.5  # seconds between the first packet and the measuring
AIORTC_VIEWERS = 2


@dataclass
class Figure:
    """One number of several rounds: microseconds a packet, and what was lost of how many."""

    name: str
    rounds: list[float] = field(default_factory=list)
    delivered: int = 0
    lost: int = 0
    spent: float = 0.0
    seconds: float = 0.0

    def add(self, cpu: float, delivered: int, lost: int, seconds: float) -> None:
        """Add a round."""
        self.rounds.append(cpu / max(delivered, 1) * 1e6)
        self.delivered += delivered
        self.lost += lost
        self.spent += cpu
        self.seconds += seconds

    @property
    def median(self) -> float:
        """Of all rounds."""
        return statistics.median(self.rounds)

    def line(self, viewers: int) -> str:
        """As it is printed."""
        share = self.lost / max(self.delivered + self.lost, 1)
        return (
            f"cost  {viewers} viewers  {self.name}: {self.median:.2f} us of CPU a delivered packet"
            f"  (rounds {' '.join(f'{one:.2f}' for one in self.rounds)};"
            f" {self.delivered / self.seconds:.0f} packets a second, {share:.2%} lost,"
            f" {self.spent / self.seconds:.0%} of a core)"
        )


class Stage:
    """A server with its publisher and its crowd."""

    def __init__(self, server: Server, host: str, stream: Stream) -> None:
        self.server = server
        self.crowd = Crowd()
        self._host = host
        self._stream = stream
        self._publisher: Peer | None = None

    async def open(self) -> None:
        """Connect the publisher."""
        self._publisher = await Peer.open(host=self._host)
        await self.server.publish(self._publisher)

    async def grow(self, count: int) -> None:
        """Have so many viewers, while nothing is published."""
        while (missing := count - len(self.crowd.members)) > 0:
            peers = [await Peer.open(host=self._host) for _ in range(min(missing, AT_ONCE))]
            await asyncio.gather(*(self.server.subscribe(peer) for peer in peers))
            for peer in peers:
                self.crowd.add(peer)

    @asynccontextmanager
    async def running(self, *, paced: bool = False) -> AsyncIterator[None]:
        """Publish and watch meanwhile."""
        assert self._publisher is not None
        sending = publish(self._publisher, self._stream, paced=paced)
        async with background(sending), background(self.crowd.run()):
            await asyncio.sleep(SETTLE)
            yield

    async def measure(self, figure: Figure, seconds: float, *, paced: bool = False) -> None:
        """One round."""
        async with self.running(paced=paced):
            self.crowd.begin()
            before = cpu_seconds(self.server.pids)
            await asyncio.sleep(seconds)
            spent = cpu_seconds(self.server.pids) - before
            self.crowd.end()
        figure.add(spent, self.crowd.delivered, self.crowd.lost, seconds)
        if self.crowd.dropped or not self.crowd.delivered:
            raise RuntimeError(f"{self.server.name}: nothing came, or what cannot be decrypted")

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


class Floor:
    """The floor's process, in the namespace, and the sockets that it sends to."""

    def __init__(self, namespace: Namespace, mbit: float, count: int) -> None:
        self._namespace = namespace
        self._mbit = mbit
        self._count = count
        self.crowd = Crowd()

    async def __aenter__(self) -> Floor:
        addresses = []
        for _ in range(self._count):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            sock.bind((self._namespace.ours, 0))
            self.crowd.add_socket(sock)
            addresses.append("{}:{}".format(*sock.getsockname()))
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "bench.sfu.floor", str(self._mbit), *addresses]
        with self._namespace.inside():
            self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()
        self.crowd.close()

    async def measure(self, figure: Figure, seconds: float, segments: int) -> None:
        """One round."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.crowd.begin()
        self._process.stdin.write(f"{seconds} {segments}\n".encode())
        async with background(self.crowd.run()):
            done = json.loads(await self._process.stdout.readline())
            self.crowd.end()
        lost = done["packets"] - self.crowd.delivered
        figure.add(done["cpu"], self.crowd.delivered, lost, seconds)


async def compare(
    namespace: Namespace, viewers: Sequence[int], seconds: float, rounds: int, mbit: float
) -> None:
    """Print the figures of Stagedoor, Janus and the floor, each with so many viewers."""
    loops = os.cpu_count() or 1
    async with AsyncExitStack() as stack:
        stages = []
        for made in (Stagedoor(namespace), Janus(namespace), Janus(namespace, loops)):
            server = await stack.enter_async_context(made)
            stage = Stage(server, namespace.ours, Stream(mbit * 1e6))
            stack.callback(stage.close)
            await stage.open()
            stages.append(stage)
        for count in viewers:
            for stage in stages:
                await stage.grow(count)
            async with Floor(namespace, mbit, count) as floor:
                await _rounds(stages, floor, count, seconds, rounds)


async def _rounds(
    stages: Sequence[Stage], floor: Floor, count: int, seconds: float, rounds: int
) -> None:
    ours, *peers = [(stage, Figure(stage.server.name)) for stage in stages]
    paced = Figure("Stagedoor, packets paced as Chromium does")
    least, single = Figure("floor"), Figure("floor without UDP segmentation")
    for _ in range(rounds):
        for stage, figure in (ours, *peers):
            await stage.measure(figure, seconds)
        await ours[0].measure(paced, seconds, paced=True)
        await floor.measure(least, seconds, SEGMENTS)
        await floor.measure(single, seconds, 1)
    for figure in (ours[1], paced, *(figure for _, figure in peers), least, single):
        print(figure.line(count), flush=True)
    base = ours[1].median
    for _, figure in peers:
        print(f"cost  {count} viewers  {figure.name} / Stagedoor: {figure.median / base:.1f}")
    print(f"cost  {count} viewers  Stagedoor / floor: {base / least.median:.2f}", flush=True)


async def mixing(namespace: Namespace, seconds: float, rounds: int, mbit: float) -> None:
    """Print the figure of aiortc's MediaRelay."""
    async with AiortcRelay(namespace) as server:
        stage = Stage(server, namespace.ours, Stream(mbit * 1e6))
        await stage.open()
        await stage.grow(AIORTC_VIEWERS)
        figure = Figure(server.name)
        for _ in range(rounds):
            await stage.measure(figure, seconds)
        print(figure.line(AIORTC_VIEWERS), flush=True)
        stage.close()
