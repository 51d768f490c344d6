"""Server CPU a delivered packet: Stagedoor, Janus, aiortc's MediaRelay, and the floor.

It is measured in three ways. With the receivers on the same machine, the sender's system call goes
on into their network stack, and that is on the sender's bill. So the same again with packets that
are gone once they have left the server's interface, as on a machine of its own: only every fiftieth
viewer is reached then, and stands for all. The interface does what the kernel can leave to it
(checksums, and cutting up messages); once more with the kernel cutting, for cards that cannot.
"""

from __future__ import annotations

import copy
import os
import statistics
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from stagedoor.sfu.transport.batch import SEGMENTS

from .aiortc_relay import AiortcRelay
from .bare import Floor
from .engine import Server, Stagedoor
from .janus import Janus
from .namespace import Namespace
from .stage import Run, Stage
from .stream import Stream

AIORTC_VIEWERS = 2
OURS, PACED, FLOOR, SINGLE = (
    "Stagedoor",
    "Stagedoor, packets paced as Chromium does",
    "floor",
    "floor, a message a packet",
)


@dataclass(frozen=True)
class Way:
    """What becomes of packets that a server has sent, and who cuts up messages."""

    name: str
    gone: bool
    cut: bool = False

    def begin(self, namespace: Namespace, candidates: Sequence[Stage | Floor]) -> None:
        """Have it so from now on."""
        namespace.lose(self.gone)
        namespace.cut(self.cut)
        for candidate in candidates:
            candidate.sampled = self.gone


HERE = Way("receivers on the same machine", gone=False)
GONE = Way("gone once sent", gone=True)
CUT = Way("gone once sent, cut by the kernel", gone=True, cut=True)


@dataclass
class Figure:
    """One number of several rounds: microseconds a packet, and what was lost."""

    name: str
    rounds: list[Run] = field(default_factory=list)

    @property
    def each(self) -> list[float]:
        """By round."""
        return [one.cpu / one.delivered * 1e6 for one in self.rounds]

    @property
    def median(self) -> float:
        """Of all rounds."""
        return statistics.median(self.each)

    def line(self, part: str, viewers: int, way: Way) -> str:
        """As it is printed."""
        rate, loss, share, left = (
            statistics.median(values)
            for values in zip(
                *(
                    (one.delivered / one.seconds, one.loss, one.share, one.left / one.delivered)
                    for one in self.rounds
                ),
                strict=True,
            )
        )
        rounds = " ".join(f"{one:.2f}" for one in self.each)
        counted = f", {left:.3f} counted by the interface for each" if way.cut else ""
        return (
            f"{part}  {viewers} viewers, {way.name}: {self.name}"
            f" {self.median:.2f} us of CPU a packet  (rounds {rounds};"
            f" {rate:.0f} packets a second, {loss:.2%} lost, {share:.0%} of a core{counted})"
        )


Measure = Callable[[], Awaitable[Run]]


@dataclass
class Candidates:
    """All that are measured with so many viewers."""

    ours: Stage
    peers: Sequence[Stage]
    floor: Floor
    seconds: float

    @property
    def all(self) -> Sequence[Stage | Floor]:
        """Each of them."""
        return [self.ours, *self.peers, self.floor]

    def of(self, way: Way) -> dict[str, Measure]:
        """By name, what is measured in a way: peers send packets one by one, cut or not."""
        ours, floor, seconds = self.ours, self.floor, self.seconds
        found: dict[str, Measure] = {OURS: lambda: ours.measure(seconds)}
        if way.gone:
            found[PACED] = lambda: ours.measure(seconds, paced=True)
        if not way.cut:
            for peer in self.peers:
                found[peer.server.name] = lambda peer=peer: peer.measure(seconds)
        found[FLOOR] = lambda: floor.measure(seconds, SEGMENTS)
        if way is GONE:
            found[SINGLE] = lambda: floor.measure(seconds, 1)
        return found


def stage_of(server: Server, namespace: Namespace, stream: Stream) -> Stage:
    """A stage whose viewers may be out of reach, with a stream of its own like this one."""
    return Stage(
        server,
        namespace.ours,
        copy.copy(stream),
        away=namespace.away,
        left=lambda: namespace.left().packets,
        reporting=True,
    )


async def compare(
    namespace: Namespace, viewers: Sequence[int], seconds: float, rounds: int, mbit: float
) -> None:
    """Print the figures of Stagedoor, Janus and the floor, each with so many viewers."""
    loops, stream = os.cpu_count() or 1, Stream(mbit * 1e6)
    async with AsyncExitStack() as stack:
        stages = []
        for made in (Stagedoor(namespace), Janus(namespace), Janus(namespace, loops)):
            server = await stack.enter_async_context(made)
            stage = stage_of(server, namespace, stream)
            stack.callback(stage.close)
            await stage.open()
            stages.append(stage)
        for count in viewers:
            HERE.begin(namespace, stages)
            for stage in stages:
                await stage.grow(count)
            async with Floor(namespace, mbit, count) as floor:
                candidates = Candidates(stages[0], stages[1:], floor, seconds)
                await _rounds(namespace, candidates, count, rounds)


async def _rounds(namespace: Namespace, candidates: Candidates, count: int, rounds: int) -> None:
    ways = (HERE, GONE, CUT)
    measures = {way: candidates.of(way) for way in ways}
    figures = {way: {name: Figure(name) for name in measures[way]} for way in ways}
    for _ in range(rounds):
        for way in ways:
            way.begin(namespace, candidates.all)
            for name, measure in measures[way].items():
                figures[way][name].rounds.append(await measure())
    HERE.begin(namespace, candidates.all)
    for way in ways:
        for figure in figures[way].values():
            print(figure.line("cost", count, way), flush=True)
        _ratios(count, way, figures[way])
    if dropped := namespace.left().dropped:
        print(f"cost  {count} viewers: the interface has dropped {dropped} so far", flush=True)


def _ratios(count: int, way: Way, figures: dict[str, Figure]) -> None:
    base = figures[OURS].median
    for name, figure in figures.items():
        about = f"cost  {count} viewers, {way.name}:"
        if name == FLOOR:
            print(f"{about} Stagedoor / floor {base / figure.median:.2f}", flush=True)
        elif name.startswith("Janus"):
            print(f"{about} {name} / Stagedoor {figure.median / base:.1f}", flush=True)


async def mixing(namespace: Namespace, seconds: float, rounds: int, mbit: float) -> None:
    """Print the figure of aiortc's MediaRelay, whose packets' way is no matter."""
    HERE.begin(namespace, [])
    stream = Stream(mbit * 1e6)
    async with AiortcRelay(namespace) as server:
        stage = stage_of(server, namespace, stream)
        await stage.open()
        await stage.grow(AIORTC_VIEWERS)
        figure = Figure(server.name)
        for _ in range(rounds):
            figure.rounds.append(await stage.measure(seconds))
        print(figure.line("cost", AIORTC_VIEWERS, HERE), flush=True)
        stage.close()
