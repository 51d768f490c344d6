"""Kills a server, its media worker or both, again and again, at random moments under load.

Light people in one room write, ask, vote, go up and are removed, all the time; two are heard on
stage, and somebody hears them. What was acknowledged must be in the log, once, when all is over;
everybody is to be back by themselves, and those on stage heard again. The time to recover is from
the kill until then, the start of the server and the clients' own waiting included.
``python -m bench.kills --kills 100``; with ``--restarts 10`` the server is stopped by SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import signal
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stagedoor.rules.polls.commands import CreatePoll, OpenPoll
from stagedoor.rules.polls.values import Kind, PollForm
from stagedoor_client import parse
from tests.server_process import ServerProcess

from .ledger import Audit, Ledger
from .person import Moderator, Performer, Person, Visitor, Watcher, Writer

WRITERS, VISITORS, PERFORMERS = 4, 3, 2
EARLIEST, LATEST = 0.2, 2.0  # seconds after everybody is back, or after the server is ready
AGAIN = 0.2  # the share of kills that do not wait until everybody is back
PATIENCE = 60.0
SERVER, WORKER, BOTH, TERM = "server", "worker", "server and worker", "restart by SIGTERM"


@dataclass
class Result:
    """``recovered``: seconds by what was killed; ``late``: what was not there again in time."""

    audit: Audit
    recovered: dict[str, list[float]]
    kills: dict[str, int]
    late: list[str]
    off_stage: int
    others: int
    seconds: float

    @property
    def good(self) -> bool:
        """Whether nothing was lost and everybody came back as who they were."""
        audit = self.audit
        wrong = audit.lost or audit.twice or audit.gaps or self.late
        return not (wrong or self.off_stage or self.others)


@dataclass
class Scene:
    """The server, and the people in its room."""

    server: ServerProcess
    watcher: Watcher
    performers: list[Performer]
    people: list[Person]
    kills: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    async def kill(self, what: str) -> None:
        """Kill it, and start again what does not start by itself."""
        self.kills[what] += 1
        assert self.server.process is not None
        pid = self.server.process.pid
        if what in (WORKER, BOTH):
            _kill_children(pid)
        if what != WORKER:
            stop = self.server.stop if what == TERM else self.server.kill
            await asyncio.to_thread(stop)
            await asyncio.to_thread(self.server.start)

    def marks(self, what: str) -> list[int]:
        """Numbers that are all to grow until everything is well again."""
        inside = [0 if what == WORKER else one.welcomes for one in self.people]
        return inside + [one.connections for one in self.performers]

    def well(self, what: str, before: Sequence[int]) -> bool:
        """Whether everybody is in again, and who was heard is heard, over new connections."""
        heard = [self.watcher.heard.get(one.name, 0) for one in self.performers]
        inside = [len(self.people) if what == WORKER else one.welcomes for one in self.people]
        return all(now > was for now, was in zip([*inside, *heard], before, strict=True))


def _kill_children(pid: int) -> None:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)


@contextlib.asynccontextmanager
async def scene(ledger: Ledger) -> AsyncIterator[Scene]:
    """A server, and a room in which everything goes on."""
    server = ServerProcess(demo=False)
    await asyncio.to_thread(server.start)
    links = server.create_room(id="kills", mode="request")["links"]
    link = parse(links["attendee"])
    moderator = Moderator(parse(links["moderator"]), "Moderator", ledger)
    writers = [Writer(link, f"Writer {one}", ledger) for one in range(WRITERS)]
    performers = [Performer(link, f"Performer {one}", ledger) for one in range(PERFORMERS)]
    watcher = Watcher(link, "Watcher", ledger)
    visitors = [Visitor(link, f"Visitor {one}", ledger) for one in range(VISITORS)]
    people: list[Person] = [moderator, *writers, *performers, watcher, *visitors]
    living = [asyncio.create_task(one.live()) for one in people]
    try:
        await moderator.until(lambda view: len(view.people) == len(people))
        form = PollForm(Kind.SINGLE, "Yes?", ("Yes", "No"), anonymous=False)
        poll = await moderator.surely(CreatePoll(form))
        assert poll is not None
        await moderator.surely(OpenPoll(poll))
        for writer in writers:
            writer.poll = poll
        yield Scene(server, watcher, performers, people)
    finally:
        for one in living:
            one.cancel()
        ends = await asyncio.gather(*living, return_exceptions=True)
        await asyncio.to_thread(server.stop)
        for end in ends:
            if not isinstance(end, asyncio.CancelledError):
                print("somebody ended:", repr(end), file=sys.stderr)


async def recovery(what: str, here: Scene, before: Sequence[int], since: float) -> float | None:
    """Seconds from the kill until all is well; None if that does not happen."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not here.well(what, before):  # noqa: ASYNC110 - packets tell nobody
                await asyncio.sleep(0.02)
        return time.monotonic() - since
    return None


async def run(whats: Sequence[str], chance: random.Random, *, again: float = AGAIN) -> Result:
    """Kill each of ``whats`` in turn."""
    ledger = Ledger()
    recovered: dict[str, list[float]] = defaultdict(list)
    late = []
    begun = time.monotonic()
    async with scene(ledger) as here:
        if await recovery(WORKER, here, [0] * len(here.marks(WORKER)), begun) is None:
            raise RuntimeError("the people did not get going")
        for number, what in enumerate(whats, 1):
            await asyncio.sleep(chance.uniform(EARLIEST, LATEST))
            before, since = here.marks(what), time.monotonic()
            await here.kill(what)
            if number < len(whats) and chance.random() < again:
                continue  # the next one comes while they are on their way back
            took = await recovery(what, here, before, since)
            if took is None:
                late.append(f"{number}: {what}")
            else:
                recovered[what].append(took)
        audit = ledger.audit(here.server.data / "stagedoor.db", "kills")
    people = here.people
    return Result(
        audit,
        recovered,
        here.kills,
        late,
        off_stage=sum(one.off_stage for one in here.performers),
        others=sum(one.others for one in people),
        seconds=time.monotonic() - begun,
    )


def report(result: Result) -> str:
    """The result in words."""
    audit, kills = result.audit, result.kills
    each = ", ".join(f"{what} {count}" for what, count in kills.items())
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in audit.acknowledged.most_common())
    lines = [
        f"{sum(kills.values())} kills ({each}) in {result.seconds:.0f} s, {audit.events:,} events",
        f"acknowledged: {audit.acknowledged.total():,} ({kinds})",
        f"acknowledged and lost: {len(audit.lost)}; keys that are in the log twice: "
        f"{len(audit.twice)}; gaps in the numbers: {audit.gaps}",
        f"came back as somebody else: {result.others}; seats on stage lost: {result.off_stage}; "
        f"not all back within {PATIENCE:.0f} s: {len(result.late)} {result.late or ''}".rstrip(),
    ]
    for what, times in result.recovered.items():
        ordered = sorted(times)
        lines.append(
            f"until everybody is back and heard, after {what}: median "
            f"{ordered[len(ordered) // 2]:.1f} s, worst {ordered[-1]:.1f} s, of {len(ordered)}"
        )
    return "\n".join(lines)


def main() -> int:
    """Kill as the command line says; the exit code is 1 if anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--restarts", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    whats = [chance.choice((SERVER, WORKER, BOTH)) for _ in range(options.kills)]
    if options.restarts:
        whats = [TERM] * options.restarts
    result = asyncio.run(run(whats, chance, again=0 if options.restarts else AGAIN))
    print(report(result), flush=True)
    return 0 if result.good else 1


if __name__ == "__main__":
    sys.exit(main())
