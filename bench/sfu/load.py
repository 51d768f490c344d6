"""How long packets take through the engine as it gets busier, and how many viewers are too many.

Delay is from just before the publisher's send(2) to the kernel's time stamp at the viewer's socket,
so that it has nothing of the viewers' waiting for the processor. What is sent to viewers as they
come is of some seconds before, and is read before anything is timed.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bench.delays import median_and_tail
from bench.peer import Peer

from .answers import Asker
from .engine import Stagedoor
from .losses import Losses
from .namespace import Namespace
from .stage import Run, Stage, background
from .stream import Stream

SHARES = (0.25, 0.5, 0.9)
FIRST = 100  # viewers to begin with
TIMED = 10  # viewers whose packets are timed
ASKING = 8  # viewers besides that ask all the time
TAIL = 32  # bytes at a packet's end that tell it from others, whatever is done to its header
TOO_MANY = 0.001  # of the packets lost
STEP, MOST = 1.25, 4000


class Delays:
    """By a packet's content, when it was sent; from then to its arrival, in milliseconds."""

    def __init__(self) -> None:
        self.all: list[float] = []
        self._sent: dict[bytes, int] = {}

    def note(self, packet: bytes) -> None:
        """A packet is sent now."""
        self._sent[packet[-TAIL:]] = time.time_ns()

    def clear(self) -> None:
        """Begin anew, with what is sent from now on.

        Of what had arrived before its socket was asked for time stamps, the kernel gives the time
        at which it is read.
        """
        self.all.clear()
        self._sent.clear()

    def take(self, packet: bytes, stamp: int) -> None:
        """A packet that arrived; the sound, which is always the same, is not timed."""
        end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)  # without padding
        sent = self._sent.get(packet[end - TAIL : end])
        if sent is not None:
            self.all.append((stamp - sent) / 1e6)

    def time(self, stage: Stage) -> None:
        """Time some of the viewers, from the first to the last."""
        members = stage.crowd.members
        for number in range(TIMED):
            member = members[number * (len(members) - 1) // (TIMED - 1)]
            member.time(self.take)

    def words(self) -> str:
        """Median and 99th percentile."""
        if not self.all:
            return "none arrived"
        half, most = median_and_tail(self.all)
        return f"median {half:.2f} ms, 99th percentile {most:.2f} ms"


async def measure(namespace: Namespace, seconds: float, mbit: float) -> None:
    """Print delays at each share of a core, then the largest number of viewers."""
    async with Stagedoor(namespace) as server:
        stream = Stream(mbit * 1e6)
        stage = Stage(server, namespace.ours, stream)
        await stage.open()
        await stage.grow(FIRST)
        asking = [await Peer.open(host=namespace.ours) for _ in range(ASKING)]
        await asyncio.gather(*(server.subscribe(peer) for peer in asking))
        watch = Watch(server, stage, Delays(), Asker(asking))
        stream.on_send = watch.sent
        async with background(watch.asker.run()):
            run = await stage.measure(seconds)
            passed: list[tuple[int, Run]] = []
            for share in SHARES:
                passed.append(await watch.at(share, run, seconds))
                run = passed[-1][1]
            await _most(stage, passed, seconds)
        watch.asker.close()
        stage.close()


@dataclass
class Watch:
    """What is looked at while a stage runs: delays, answers, and where packets are lost."""

    server: Stagedoor
    stage: Stage
    delays: Delays
    asker: Asker

    def sent(self, packet: bytes) -> None:
        """The publisher sends a packet now."""
        self.delays.note(packet)
        self.asker.sent(packet)

    async def at(self, share: float, run: Run, seconds: float) -> tuple[int, Run]:
        """At a share of a core, as it follows from another run; how many viewers these are."""
        stage = self.stage
        viewers = len(stage.crowd.members)
        await stage.grow(min(MOST, max(viewers, int(viewers * share / run.share))))
        self.delays.time(stage)
        async with stage.running():
            stage.crowd.begin()  # has read what was sent to those who came
            self.delays.clear()
            self.asker.clear()
            before = await Losses.now(self.server)
            run = await stage.watch(seconds)
            losses = (await Losses.now(self.server)).since(before)
        viewers = len(stage.crowd.members)
        rate = run.delivered / run.seconds / viewers
        print(
            f"delay  {run.share:.0%} of a core, {viewers} viewers, {rate:.0f} packets a second for"
            f" each: {self.delays.words()}  ({run.loss:.2%} lost; {losses})"
        )
        for line in self.asker.lines():
            print(f"delay  {run.share:.0%} of a core, {line}", flush=True)
        return viewers, run


async def _most(stage: Stage, runs: list[tuple[int, Run]], seconds: float) -> None:
    """More and more viewers until too much is lost."""
    while runs[-1][1].loss < TOO_MANY and len(stage.crowd.members) < MOST:
        await stage.grow(min(MOST, int(len(stage.crowd.members) * STEP)))
        runs.append((len(stage.crowd.members), await stage.measure(seconds)))
    good = [viewers for viewers, run in runs if run.loss < TOO_MANY]
    viewers, run = runs[-1]
    print(
        f"most  {max(good, default=0)} viewers of a 2 Mbit/s stage with under 0.1 % lost"
        f"  ({viewers}: {run.loss:.2%} lost, {run.share:.0%} of a core)",
        flush=True,
    )
