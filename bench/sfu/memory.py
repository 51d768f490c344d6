"""What viewers and tracks cost the engine in memory."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Sequence
from contextlib import AsyncExitStack

from bench.peer import Peer

from .engine import Stagedoor
from .namespace import Namespace
from .processes import memory
from .stage import Stage, background
from .stream import Stream, publish

VIEWERS = (100, 300)
PUBLISHERS = (2, 10)
WATCHING = 10  # viewers while there are more and more publishers
FULL = 8.0  # seconds until the packets that are kept of a track of 2 Mbit/s are as many as may be
KIB = 1024


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
