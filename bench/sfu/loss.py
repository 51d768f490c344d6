"""Whether the picture keeps moving in Chromium when packets are lost: Stagedoor's, and Janus'.

Both send the same stream at the same time, each to a page of its own, through relays that lose
alike: of what goes to the viewer, retransmissions as well. What the publisher is asked for it
heeds: a keyframe comes within 40 ms, unless there was one a third of a second ago.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from playwright.async_api import Browser

from .engine import Stagedoor
from .janus import Janus
from .namespace import Namespace
from .screen import Offering, chromium, watching
from .stage import Stage
from .stream import FRAMES_A_SECOND, Stream

SHARES = (0.02, 0.05, 0.10)
DELAY = 0.05  # seconds, each way
WARM_UP = 4.0
COUNTERS = (
    "framesDecoded",
    "freezeCount",
    "totalFreezesDuration",
    "retransmittedPacketsReceived",
    "nackCount",
    "pliCount",
    "packetsLost",
    "packetsReceived",
)


async def measure(namespace: Namespace, seconds: float, mbit: float) -> None:
    """Print the figures of each share of loss."""
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(chromium())
        servers: list[Stagedoor | Janus] = [Stagedoor(namespace), Janus(namespace)]
        for server in servers:
            await stack.enter_async_context(server)
            stage = Stage(server, namespace.ours, Stream(mbit * 1e6))
            stack.callback(stage.close)
            await stage.open(heeding=True)
            await stack.enter_async_context(stage.running())
        for lose in SHARES:
            found = await asyncio.gather(
                *(_watch(opened, server, namespace.ours, lose, seconds) for server in servers)
            )
            for server, counted in zip(servers, found, strict=True):
                for line in _lines(counted, seconds):
                    print(f"loss  {lose:.0%}, {DELAY * 1000:.0f} ms  {server.name}: {line}")


async def _watch(
    browser: Browser, server: Offering, host: str, lose: float, seconds: float
) -> dict[str, float]:
    """What a viewer counts in so many seconds."""
    async with watching(browser, server, host, lose=lose, delay=DELAY) as screen:
        await asyncio.sleep(WARM_UP)
        before = (await screen.figures())["video"]
        await asyncio.sleep(seconds)
        after = (await screen.figures())["video"]
    return {name: _number(after, name) - _number(before, name) for name in COUNTERS}


def _number(report: dict[str, Any], name: str) -> float:
    return float(report.get(name, 0))


def _lines(counted: dict[str, float], seconds: float) -> list[str]:
    pictures = counted["framesDecoded"] / seconds
    return [
        f"{pictures:.1f} pictures a second decoded, of {FRAMES_A_SECOND}",
        f"{counted['freezeCount']:.0f} freezes in {seconds:.0f} s",
        f"{counted['totalFreezesDuration']:.2f} s frozen",
        f"{counted['retransmittedPacketsReceived']:.0f} packets retransmitted"
        f"  ({counted['packetsReceived']:.0f} came, {counted['packetsLost']:.0f} lost at first,"
        f" {counted['nackCount']:.0f} NACKs, {counted['pliCount']:.0f} keyframes asked for)",
    ]
