"""Whether a server grows with time: a real one, with a stage in layers, and people who come and go.

One performs; visitors are there for a while each, one going and one coming every few seconds; now
and then one shows the picture in another size, or says something. So that an hour of it disturbs
nobody, the stage is a small one: about a tenth of a core together, the visitors included.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Sequence

from bench.growth import TIMES, Process, looks, processes_of, watched_server
from stagedoor.sfu.packets import rtcp
from tests.server_process import ServerProcess

from .audience import Performer, Visitor
from .crowd import Crowd
from .limited import Layered
from .stage import background
from .stream import publish

TURN, SWITCH, SAY, REPORT = 2.0, 1.0, 10.0, 2.0  # seconds between two of each
LINES = (0, 90, 180, 360)  # that visitors show the picture in; of the layers, and not at all
READ = 0.5  # seconds in which each visitor's socket is read once
PATIENCE = 30.0


class House:
    """The room's people, and what they do."""

    def __init__(self, server: ServerProcess, viewers: int, mbit: float) -> None:
        self._viewers = viewers
        room = server.create_room(mode="open")["room"]["id"]
        self._address = ("127.0.0.1", server.port, f"/api/rooms/{room}/socket")
        self._server = server
        self.stream = Layered(mbit * 1e6)
        self.performer = Performer()
        self.crowd = Crowd(READ)
        self.visitors: list[Visitor] = []
        self.gone = self.failed = self.switched = self.said = 0
        self.delivered = self.lost = 0
        self._chance = random.Random(5)
        self._names = itertools.count(1)

    def __str__(self) -> str:
        return (
            f"{len(self.visitors)} viewers, {self.gone} have gone, {self.failed} could not connect,"
            f" {self.switched} changes of size, {self.said} messages"
        )

    async def open(self) -> None:
        """The performer, and everybody who is there at the beginning."""
        await self.performer.enter(self._address, "Performer")
        await self.performer.perform(self.stream)
        while len(self.visitors) < self._viewers:
            await self._come()

    async def _come(self) -> None:
        visitor = Visitor()
        try:
            async with asyncio.timeout(PATIENCE):
                await visitor.enter(self._address, f"Visitor {next(self._names)}")
                await visitor.watch(self.crowd)
        except TimeoutError:
            self.failed += 1
            return
        self.visitors.append(visitor)

    async def turn_over(self) -> None:
        """One goes and one comes, again and again."""
        while True:
            await asyncio.sleep(TURN)
            visitor = self.visitors.pop(self._chance.randrange(len(self.visitors)))
            self._count(visitor)
            visitor.leave(self.crowd)
            self.gone += 1
            while len(self.visitors) < self._viewers:
                await self._come()

    async def switch(self) -> None:
        """Somebody shows the picture in another size."""
        while True:
            await asyncio.sleep(SWITCH)
            visitor = self._chance.choice(self.visitors)
            visitor.show(self.performer.id, self._chance.choice(LINES))
            self.switched += 1

    async def talk(self) -> None:
        """Somebody says something."""
        while True:
            await asyncio.sleep(SAY)
            self.said += 1
            self._chance.choice(self.visitors).line.ask(
                "say", text=f"This is what I wanted to say, number {self.said}.", key=str(self.said)
            )

    async def report(self) -> None:
        """Everybody's receiver report, and that their way takes all there is (REMB)."""
        bears = rtcp.receiver_report(1, []) + rtcp.remb(1, 50_000_000, [1])
        for number in itertools.count():
            for visitor in self.visitors[number % 10 :: 10]:
                visitor.peer.send_rtcp(bears)
            await asyncio.sleep(REPORT / 10)

    def counted(self) -> tuple[int, int]:
        """Packets that came and that were lost since the last call."""
        for visitor in self.visitors:
            self._count(visitor)
        found = self.delivered, self.lost
        self.delivered = self.lost = 0
        return found

    def _count(self, visitor: Visitor) -> None:
        self.crowd.read(visitor.member)
        self.delivered += visitor.member.delivered
        self.lost += visitor.member.lost
        visitor.member.begin()

    async def dropped(self) -> int:
        """Datagrams that the engine has given up, as they were too late."""
        stats = await asyncio.to_thread(self._server.api, "GET", "/api/stats")
        return int(stats["media"]["workers"][0]["datagrams_dropped"])

    def close(self) -> None:
        """Everybody goes."""
        for person in (self.performer, *self.visitors):
            person.close()
        self.crowd.close()


async def soak(viewers: int, seconds: float, mbit: float) -> None:
    """Print what server and engine have now and then, and at the end if their memory is flat."""
    with watched_server() as (server, folder):
        processes = processes_of(server, folder)
        house = House(server, viewers, mbit)
        await house.open()
        doing = (house.turn_over(), house.switch(), house.talk(), house.report())
        async with (
            background(publish(house.performer.peer, house.stream)),
            background(house.crowd.run()),
            background(_all(*doing)),
        ):
            await _watch(house, processes, seconds)
        house.close()


async def _all(*doing: object) -> None:
    async with asyncio.TaskGroup() as group:
        for work in doing:
            group.create_task(work)  # type: ignore[arg-type]


async def _watch(house: House, processes: Sequence[Process], seconds: float) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    mine = time.process_time()
    every = seconds / TIMES
    for number in range(TIMES):
        for at in looks(every * number, every * (number + 1)):
            await asyncio.sleep(start + at - loop.time())
            for process in processes:
                process.look(at, house.gone)
        came, lost = house.counted()
        used, mine = time.process_time() - mine, time.process_time()
        shares = (*(process.spent() / every for process in processes), used / every)
        counts = [f"{process.name} {await process.counts()}" for process in processes]
        print(
            f"soak  {every * (number + 1):.0f} s: {'; '.join(counts)}; {house};"
            f" {came / every:.0f} packets a second, {lost} of {came + lost} lost,"
            f" {await house.dropped()} given up by the engine so far;"
            f" of a core {' + '.join(f'{share:.1%}' for share in shares)}"
            " (server, engine, these viewers)",
            flush=True,
        )
    for process in processes:
        print(f"soak  {process.verdict()}", flush=True)
