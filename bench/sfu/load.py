"""How long packets take through the engine as it gets busier, and how many viewers are too many.

Delay is from just before the publisher's send(2) to the kernel's time stamp at the viewer's socket,
so that it has nothing of the viewers' waiting for the processor.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from .engine import Stagedoor
from .namespace import Namespace
from .stage import Run, Stage
from .stream import Stream

SHARES = (0.25, 0.5, 0.9)
FIRST = 100  # viewers to begin with
TIMED = 10  # viewers whose packets are timed
TAIL = 32  # bytes at a packet's end that tell it from others, whatever is done to its header
TOO_MANY = 0.001  # of the packets lost
STEP, MOST = 1.25, 4000


class Delays:
    """By a packet's content, when it was sent; from then to its arrival, in milliseconds."""

    def __init__(self, stream: Stream) -> None:
        self.all: list[float] = []
        self._sent: dict[bytes, int] = {}
        stream.on_send = self._note

    def _note(self, packet: bytes) -> None:
        self._sent[packet[-TAIL:]] = time.time_ns()

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
        ordered = sorted(self.all)
        half, most = (ordered[int((len(ordered) - 1) * share)] for share in (0.5, 0.99))
        return f"median {half:.2f} ms, 99th percentile {most:.2f} ms"


async def measure(namespace: Namespace, seconds: float, mbit: float) -> None:
    """Print delays at each share of a core, then the largest number of viewers."""
    async with Stagedoor(namespace) as server:
        stream = Stream(mbit * 1e6)
        delays = Delays(stream)
        stage = Stage(server, namespace.ours, stream)
        await stage.open()
        await stage.grow(FIRST)
        run = await stage.measure(seconds)
        passed = await _delays(stage, delays, run, seconds, SHARES)
        await _most(stage, passed, seconds)
        stage.close()


async def _delays(
    stage: Stage, delays: Delays, run: Run, seconds: float, shares: Sequence[float]
) -> list[tuple[int, Run]]:
    """At each share of a core; the number of viewers by which it was reached."""
    runs = []
    for share in shares:
        viewers = len(stage.crowd.members)
        await stage.grow(min(MOST, max(viewers, int(viewers * share / run.share))))
        delays.time(stage)
        delays.all.clear()
        run = await stage.measure(seconds)
        viewers = len(stage.crowd.members)
        runs.append((viewers, run))
        print(
            f"delay  {run.share:.0%} of a core, {viewers} viewers: {delays.words()}"
            f"  ({run.loss:.2%} lost)",
            flush=True,
        )
    return runs


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
