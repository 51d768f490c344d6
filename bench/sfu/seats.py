"""What a change of seat costs: how much is said to all who watch, and the CPU of server and engine.

The stage has a person on each of its seats, who send nothing, as nothing but what is said is of
interest; whoever goes makes room for the next who waits. All of it is said by WebSocket, and
counted as it lies there: what the server tells, what they answer.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter

from bench.growth import Process, processes_of, watched_server

from .audience import Person, Visitor
from .crowd import Crowd
from .stage import background

SEATS, CHANGES = 12, 6
TURN = 3.0  # seconds in which a change is over, and in which as much is measured without one
READ = 0.5  # seconds in which each visitor's socket is read once
PATIENCE = 60.0


class Listener(Visitor):
    """Who watches, and notes what they are told and answer in ``said``, by kind, in bytes."""

    def __init__(self, said: Counter[str], offers: Counter[str]) -> None:
        super().__init__()
        self._said, self._offers = said, offers
        self.told = b""

    def take(self, payload: bytes) -> None:
        """A message."""
        kind = payload[9 : payload.index(b'"', 9)].decode()
        self._said[kind] += len(payload)
        self._offers[kind] += 1
        if kind.startswith("subscribe"):
            self.told = payload
        super().take(payload)

    def knows(self, person: Person) -> bool:
        """Whether the newest that they were told of the m-lines has this person's."""
        return person.id.encode() in self.told

    def _answer(self, offer: dict[str, object]) -> None:
        sdp = self.peer.answer(str(offer["sdp"]))
        body = {"type": "subscribe_answer", "id": 0, "revision": offer["revision"], "sdp": sdp}
        self._said["subscribe_answer"] += len(json.dumps(body))
        self._offers["subscribe_answer"] += 1
        self.line.ask("subscribe_answer", revision=offer["revision"], sdp=sdp)


class Scene:
    """The room: who is on stage, the first the one who is longest there, and who watches."""

    def __init__(self, address: tuple[str, int, str], viewers: int) -> None:
        self._address = address
        self._viewers = viewers
        self._on_stage: list[Person] = []
        self.crowd = Crowd(READ)
        self.viewers: list[Listener] = []
        self.said: Counter[str] = Counter()
        self.messages: Counter[str] = Counter()

    async def open(self) -> None:
        """Fill the stage, one seat with one who goes and one who comes, and have all watch."""
        for _ in range(SEATS):
            await self._up()
        for number in range(self._viewers):
            viewer = Listener(self.said, self.messages)
            self.viewers.append(viewer)
            async with asyncio.timeout(PATIENCE):
                await viewer.enter(self._address, f"Viewer {number}")
                await viewer.watch(self.crowd)
        for _ in range(SEATS + 1):  # each place has been used
            await self.change()

    async def _up(self) -> Person:
        person = Person()
        await person.enter(self._address, "Speaker")
        ok = person.awaited(b'{"type":"ok"')
        person.line.ask("join_stage", microphone=False, camera=False)
        await ok
        self._on_stage.append(person)
        return person

    async def change(self) -> None:
        """Somebody goes, and the next one comes; returns when all who watch know it."""
        gone = self._on_stage.pop(0)
        ok = gone.awaited(b'{"type":"ok"')
        gone.line.ask("leave_stage")
        await ok
        come = await self._up()
        async with asyncio.timeout(PATIENCE):
            while not all(one.knows(come) for one in self.viewers):  # noqa: ASYNC110 - of many
                await asyncio.sleep(0.02)
        gone.close()

    def close(self) -> None:
        """All hang up."""
        for one in [*self.viewers, *self._on_stage]:
            one.close()
        self.crowd.close()


async def seats(viewers: int) -> None:
    """Print what a change of seat costs with so many viewers."""
    with watched_server() as (server, folder):
        settings = {"may_leave_stage": True, "capacity": SEATS}
        room = server.create_room(mode="open", settings=settings)["room"]["id"]
        scene = Scene(("127.0.0.1", server.port, f"/api/rooms/{room}/socket"), viewers)
        async with background(scene.crowd.run()):
            await scene.open()
            await asyncio.sleep(TURN)
            processes = processes_of(server, folder)
            idle, spent = {one.name: 0.0 for one in processes}, Counter[str]()
            await _turn(processes, idle)
            scene.said.clear()
            scene.messages.clear()
            for _ in range(CHANGES):
                await asyncio.gather(_turn(processes, spent), scene.change())
        scene.close()
    print(
        f"seats  {viewers} viewers, {SEATS} seats: a change of seat (one goes, the next comes) is"
        f" said in {sum(scene.said.values()) / CHANGES / 1e3:.0f} kB"
    )
    for kind, size in scene.said.most_common():
        count = scene.messages[kind]
        print(f"seats    {kind}: {count / CHANGES:.0f} of {size / count / 1e3:.2f} kB")
    for one in processes:
        cpu = spent[one.name] / CHANGES - idle[one.name]
        print(f"seats    CPU of the {one.name}: {cpu * 1e3:.0f} ms")


async def _turn(processes: list[Process], spent: dict[str, float] | Counter[str]) -> None:
    """Add what the processes take in a turn."""
    for process in processes:
        process.spent()
    await asyncio.sleep(TURN)
    for process in processes:
        spent[process.name] += process.spent()
