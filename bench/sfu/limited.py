"""A viewer whose way takes 300 kbit/s among others whose ways take everything.

The stage comes in three layers, real VP8; the limited viewer is Chromium, behind a relay that has
a queue of 200 ms. Once it gets the largest layer its way becomes narrow, and wide again; a second
one has come by a narrow way from the beginning, which becomes wide.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Coroutine
from typing import Any

from bench.viewers import RID_EXTENSION, bear_anything

from .engine import Stagedoor
from .namespace import Namespace
from .relay import QUEUE
from .screen import Screen, chromium, watching
from .stage import Stage, background
from .stream import SIZE, VIDEO_SSRC, Stream

OTHERS = 20
RATE = 300_000
LAYERS = 3
PATIENCE = 90.0
LOOK = 0.1  # seconds between two looks at a page's figures
LOW = SIZE[1] >> LAYERS - 1  # lines of the smallest layer


class Layered:
    """Three streams of the same pictures, as a browser sends them; otherwise like Stream.

    Each has twice the lines of the one below, and three times its bits.
    """

    def __init__(self, bits_a_second: float) -> None:
        self.bits_a_second = bits_a_second
        self.on_send: Callable[[bytes], None] = lambda packet: None
        width, height = SIZE
        parts = [3**layer for layer in range(LAYERS)]
        self._layers = [
            Stream(
                bits_a_second * part / sum(parts),
                (width >> LAYERS - 1 - layer, height >> LAYERS - 1 - layer),
                VIDEO_SSRC + layer,
            )
            for layer, part in enumerate(parts)
        ]

    def heed(self, compound: bytes) -> None:
        """See Stream."""
        for layer in self._layers:
            layer.heed(compound)

    def frame(self) -> list[bytes]:
        """The next picture's packets, each with the name of its layer (RFC 8852)."""
        return [
            _named(packet, number)
            for number, layer in enumerate(self._layers)
            for packet in layer.frame()
        ]

    def sound(self) -> bytes:
        """See Stream."""
        return self._layers[0].sound()


def _named(packet: bytes, layer: int) -> bytes:
    rid = struct.pack("!HHB1sH", 0xBEDE, 1, RID_EXTENSION << 4, b"%d" % layer, 0)
    return bytes([packet[0] | 0x10]) + packet[1:12] + rid + packet[12:]


class Watch:
    """What a limited viewer gets from now on: when, in seconds, and how many lines."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time()
        self.seen: list[tuple[float, int]] = []

    async def lines(self) -> int:
        """Of the picture decoded last; 0 before the first."""
        video = (await self._screen.figures()).get("video", {})
        return int(video.get("frameHeight", 0))

    async def look(self, seconds: float) -> None:
        """Look again and again for so long."""
        while (now := self._loop.time() - self._start) < seconds:
            if lines := await self.lines():
                self.seen.append((now, lines))
            await asyncio.sleep(LOOK)

    async def largest(self) -> float:
        """Look until there is the largest layer, and how long that took."""
        async with asyncio.timeout(PATIENCE):
            while await self.lines() != SIZE[1]:  # noqa: ASYNC110 - a page to ask
                await asyncio.sleep(LOOK)
        return self._loop.time() - self._start

    def words(self) -> str:
        """When the low layer came first, and how much of the time from then on."""
        first = next((index for index, (_, lines) in enumerate(self.seen) if lines == LOW), None)
        if first is None:
            return "never the low layer"
        later = [lines == LOW for _, lines in self.seen[first:]]
        return (
            f"the low layer after {self.seen[first][0]:.1f} s"
            f"  (from then on {sum(later) / len(later):.0%} of the time)"
        )


async def measure(namespace: Namespace, seconds: float, mbit: float) -> None:
    """Print when the limited viewers get the low layer, their sound, and what the others lose."""
    async with chromium() as browser, Stagedoor(namespace, LAYERS) as server:
        stage = Stage(server, namespace.ours, Layered(mbit * 1e6))
        await stage.open(heeding=True)
        await stage.grow(OTHERS)
        peers = [member.peer for member in stage.crowd.members if member.peer is not None]
        async with stage.running(), background(bear_anything(peers)):
            async with watching(browser, server, namespace.ours) as screen:
                await _narrowed(stage, screen, seconds)
            async with watching(browser, server, namespace.ours, rate=RATE) as screen:
                await _watch(screen, "a way narrow from the beginning", seconds)
                await _widen(screen)
        stage.close()


async def _narrowed(stage: Stage, screen: Screen, seconds: float) -> None:
    """Begin with a wide way, which becomes narrow when the largest layer has come."""
    took = await Watch(screen).largest()
    print(f"limited  a wide way: the largest layer {took:.1f} s after connecting", flush=True)
    before = await _lost_by_others(stage, asyncio.sleep(seconds))
    screen.relay.rate = RATE
    after = await _lost_by_others(stage, _watch(screen, "a way that becomes narrow", seconds))
    print(f"limited  {OTHERS} others before: {before:.3%} of packets lost")
    print(f"limited  {OTHERS} others meanwhile: {after:.3%} of packets lost", flush=True)
    await _widen(screen)


async def _widen(screen: Screen) -> None:
    """End the limit, and see how soon the largest layer is there again."""
    screen.relay.rate = None
    took = await Watch(screen).largest()
    print(f"limited  without a limit again: the largest layer after {took:.1f} s", flush=True)


async def _lost_by_others(stage: Stage, work: Coroutine[Any, Any, None]) -> float:
    stage.crowd.begin()
    await work
    stage.crowd.end()
    lost = stage.crowd.lost
    return lost / max(1, stage.crowd.delivered + lost)


async def _watch(screen: Screen, way: str, seconds: float) -> None:
    before = (await screen.figures()).get("audio", {})
    watch = Watch(screen)
    await watch.look(seconds)
    after = (await screen.figures())["audio"]
    lost, came = (after[name] - before.get(name, 0) for name in ("packetsLost", "packetsReceived"))
    about = f"{way}, {RATE // 1000} kbit/s, queue of {QUEUE * 1000:.0f} ms"
    print(f"limited  {about}: {watch.words()}")
    print(f"limited  {about}: {lost} of {lost + came} packets of sound lost", flush=True)
