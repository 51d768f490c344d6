"""What viewers and tracks cost the engine in memory, and whether it grows with time."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bench.peer import Peer

from .engine import Stagedoor
from .namespace import Namespace
from .processes import descriptors, memory
from .stage import Stage, background
from .stream import Stream, publish

VIEWERS = (100, 300)
PUBLISHERS = (2, 10)
WATCHING = 10  # viewers while there are more and more publishers
FULL = 8.0  # seconds until the packets that are kept of a track of 2 Mbit/s are as many as may be
KIB = 1024
TIMES = 12  # that a long run is looked at
STAY = 0.5  # seconds that each of those stays who come and go


async def measure(namespace: Namespace, mbit: float) -> None:
    """Print what another viewer takes, and what another publisher does, in separate engines."""
    stream = Stream(mbit * 1e6)
    async with Stagedoor(namespace) as server:
        stage = Stage(server, namespace.ours, stream)
        await stage.open()
        sizes = []
        for count in VIEWERS:
            await stage.grow(count)
            await stage.measure(FULL)
            sizes.append(memory(server.pids))
        stage.close()
    _say("viewers", VIEWERS, sizes, "a viewer, who is sent one person's sound and picture")
    sizes = await _publishers(namespace, stream)
    _say("publishers", PUBLISHERS, sizes, "a publisher's two tracks, of sound and picture")


def _say(what: str, counts: Sequence[int], sizes: Sequence[int], each: str) -> None:
    (few, many), (before, after) = counts, sizes
    difference = (after - before) / (many - few) / KIB
    print(
        f"memory  {difference:.0f} KiB {each}  ({few} {what}: {before / KIB**2:.1f} MiB,"
        f" {many}: {after / KIB**2:.1f} MiB)",
        flush=True,
    )


async def _publishers(namespace: Namespace, stream: Stream) -> list[int]:
    """The engine's memory with each number of publishers, all of whom send."""
    sizes: list[int] = []
    async with Stagedoor(namespace) as server, AsyncExitStack() as stack:
        stage = Stage(server, namespace.ours, stream)
        stack.callback(stage.close)
        await stage.grow(WATCHING)
        await stack.enter_async_context(background(stage.crowd.run()))
        seated = 0
        for count in PUBLISHERS:
            for _ in range(count - seated):
                peer = await Peer.open(host=namespace.ours)
                stack.callback(peer.close)
                await server.publish(peer, f"publisher-{seated}")
                seated += 1
                sending = publish(peer, copy.copy(stream))
                await stack.enter_async_context(background(sending))
            await asyncio.sleep(FULL)
            sizes.append(memory(server.pids))
    return sizes


class Visitors:
    """Viewers who come one after the other, and go again."""

    def __init__(self) -> None:
        self.gone = 0

    async def run(self, server: Stagedoor, host: str) -> None:
        """Send one after the other until cancelled."""
        while True:
            await server.subscribe(await Peer.open(host=host))
            await asyncio.sleep(STAY)
            await server.leave()
            self.gone += 1


async def soak(namespace: Namespace, viewers: int, seconds: float, mbit: float) -> None:
    """Print memory and descriptors now and then, while others come and go all the time.

    The engine looks for what is left of those who went once in a while only (its GARBAGE), so that
    memory rises over the first few hundred of them, by some 15 MiB, before it stays.
    """
    async with Stagedoor(namespace) as server:
        stage, visitors = Stage(server, namespace.ours, Stream(mbit * 1e6)), Visitors()
        await stage.open()
        await stage.grow(viewers)
        async with stage.running(), background(visitors.run(server, namespace.ours)):
            for number in range(TIMES):
                run = await stage.watch(seconds / TIMES)
                print(
                    f"soak  {seconds / TIMES * (number + 1):.0f} s, {viewers} viewers, and"
                    f" {visitors.gone} who went: {memory(server.pids) / KIB**2:.1f} MiB,"
                    f" {descriptors(server.pids)} descriptors, {run.loss:.2%} lost,"
                    f" {run.share:.0%} of a core",
                    flush=True,
                )
        stage.close()
