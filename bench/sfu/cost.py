"""Server CPU a delivered packet: Stagedoor, Janus, aiortc's MediaRelay, and the floor."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from bench.peer import RECEIVE_BUFFER
from stagedoor.sfu.transport.batch import SEGMENTS

from .aiortc_relay import AiortcRelay
from .crowd import Crowd
from .engine import Stagedoor
from .janus import Janus
from .namespace import Namespace
from .stage import Run, Stage, background
from .stream import Stream

AIORTC_VIEWERS = 2


@dataclass
class Figure:
    """One number of several rounds: microseconds a packet, and what was lost."""

    name: str
    rounds: list[Run] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Of all rounds."""
        return statistics.median(self._each())

    def _each(self) -> list[float]:
        return [one.cpu / one.delivered * 1e6 for one in self.rounds]

    def line(self, viewers: int) -> str:
        """As it is printed."""
        rate, loss, share = (
            statistics.median(values)
            for values in zip(
                *((one.delivered / one.seconds, one.loss, one.share) for one in self.rounds),
                strict=True,
            )
        )
        return (
            f"cost  {viewers} viewers  {self.name}: {self.median:.2f} us of CPU a delivered packet"
            f"  (rounds {' '.join(f'{one:.2f}' for one in self._each())};"
            f" {rate:.0f} packets a second, {loss:.2%} lost, {share:.0%} of a core)"
        )


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

    async def measure(self, seconds: float, segments: int) -> Run:
        """What comes of so many seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self.crowd.begin()
        self._process.stdin.write(f"{seconds} {segments}\n".encode())
        async with background(self.crowd.run()):
            done = json.loads(await self._process.stdout.readline())
            self.crowd.end()
        lost = done["packets"] - self.crowd.delivered
        return Run(seconds, done["cpu"], self.crowd.delivered, lost)


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
            figure.rounds.append(await stage.measure(seconds))
        paced.rounds.append(await ours[0].measure(seconds, paced=True))
        least.rounds.append(await floor.measure(seconds, SEGMENTS))
        single.rounds.append(await floor.measure(seconds, 1))
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
            figure.rounds.append(await stage.measure(seconds))
        print(figure.line(AIORTC_VIEWERS), flush=True)
        stage.close()
