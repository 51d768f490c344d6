"""What is left in a server's memory of each person who came, watched, said something, and went.

The stage is a small one, with a performer; people come some at a time and stay for a moment. What
all of them leave behind once grows until it is as large as it gets (history, caches, the most that
was needed at a time): so what counts is what the later ones add.
"""

from __future__ import annotations

import asyncio

from bench.growth import Counts, processes_of, watched_server

from .audience import Performer, Visitor
from .crowd import Crowd
from .limited import Layered
from .stage import background
from .stream import publish

AT_ONCE = 20
TIMES = 6  # that a line is printed
HOLD = 5_000  # milliseconds until somebody who is away has gone: the least that may be set
SETTLE = HOLD / 1000 + 1.5  # seconds
STAY = 0.2
READ = 0.5  # seconds in which each visitor's socket is read once
PATIENCE = 60.0
KIB = 1024


async def visits(people: int, mbit: float) -> None:
    """Print what server and engine have, now and then while so many people come and go."""
    with watched_server(collecting=True) as (server, folder):
        processes = processes_of(server, folder)
        created = server.create_room(mode="open", settings={"hold_ms": HOLD})
        address = ("127.0.0.1", server.port, f"/api/rooms/{created['room']['id']}/socket")
        stream, performer, crowd = Layered(mbit * 1e6), Performer(), Crowd(READ)
        await performer.enter(address, "Performer")
        await performer.perform(stream)
        async with background(publish(performer.peer, stream)), background(crowd.run()):
            each = people // TIMES
            before: list[Counts] = []
            for number in range(TIMES + 1):
                if number:
                    await _come_and_go(address, crowd, range((number - 1) * each, number * each))
                await asyncio.sleep(SETTLE)
                now = [await process.counts() for process in processes]
                said = [
                    f"{process.name} {_words(counts, earlier, each)}"
                    for process, counts, earlier in zip(processes, now, before or now, strict=True)
                ]
                print(f"visits  {number * each} came and went: {'; '.join(said)}", flush=True)
                before = now
        performer.close()
        crowd.close()


def _words(now: Counts, before: Counts, came: int) -> str:
    """What there is, and what each of those who came since ``before`` has added."""
    if now is before:
        return f"{now.rss / KIB**2:.1f} MiB"
    rss, given = (now.rss - before.rss) / came, (now.given - before.given) / came
    return f"{now.rss / KIB**2:.1f} MiB, {rss / KIB:+.2f} KiB each, in small objects {given:+.0f} B"


async def _come_and_go(address: tuple[str, int, str], crowd: Crowd, numbers: range) -> None:
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        await asyncio.gather(*(_visit(address, crowd, number) for number in some))


async def _visit(address: tuple[str, int, str], crowd: Crowd, number: int) -> None:
    visitor = Visitor()
    async with asyncio.timeout(PATIENCE):
        await visitor.enter(address, f"Visitor {number}")
        await visitor.watch(crowd)
    text = f"This is what I wanted to say, number {number}."
    visitor.line.ask("say", text=text, key=str(number))
    await asyncio.sleep(STAY)
    visitor.leave(crowd)
