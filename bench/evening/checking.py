"""Whether the server's state is what its log says, and whether everybody sees just that.

Looked at while nobody does anything. Three things are held against the room that the pure rules
make of the log in the file: the room in the server's memory, as its process writes it down
when it is signalled (``bench/counting``); the views that are really sent to a moderator
and a viewer who enter now; and the view of everybody in the room, as they have followed it by
updates since they came. So is whose the m-lines are by which everybody receives the stage.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench.growth import answer
from bench.hostile.shadow import Shadow
from stagedoor import messages as m
from stagedoor.rooms.views import view
from stagedoor.rules.values import Room
from stagedoor_client.view import whole
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client

from .comparing import by_the_log, comparable, differences, in_memory, is_still, receivable
from .person import Guest
from .tally import Tally

PAUSE, PATIENCE = 0.3, 60.0  # seconds; the clock may have something to say in between
TRIES = 30  # after so many pauses everybody knows whose the m-lines are
SHOWN = 10  # differences of each pair


@dataclass(frozen=True)
class Compared:
    """``state``: the room's size in the server's memory, written down, in bytes."""

    number: int
    views: int
    state: int
    different: list[str]


class Checker:
    """Reads the log beside the server. ``shadow.room`` is as of the last look."""

    def __init__(
        self, server: ServerProcess, room: str, folder: Path, tally: Tally, tokens: Sequence[str]
    ) -> None:
        self.shadow = Shadow(server.data, room)
        self._at: dict[int, Room] = {}
        self._server, self._room, self._folder = server, room, folder
        self._tally = tally
        self._tokens = tokens
        self._size = 0

    def catch_up(self) -> Room:
        """Read what has happened, and judge what was refused meanwhile."""
        steps = self.shadow.catch_up()
        for before, event in steps:
            self._at[before.number] = before
            if not event.by or event.by != getattr(event, "person", event.by):
                self._tally.happened[str(event.__struct_config__.tag)] += 1
        last = self.shadow.room
        self._at[last.number] = last
        self._tally.judge(steps, last)
        return last

    async def live(self) -> Room:
        """The room as the server has it in its memory."""
        assert self._server.process is not None
        pid = self._server.process.pid
        told = await answer(pid, signal.SIGUSR2, self._folder / f"{pid}.rooms")
        rooms = [one for one in pickle.loads(told) if one.id == self._room]
        self._size = len(told)
        return max(rooms, key=lambda one: one.number)

    async def compare(self, guests: Sequence[Guest]) -> Compared:
        """Hold everything against the log. ``guests``: whoever is in the room."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as http:
                await self._still(guests)
                self._at.clear()
                fresh = await self._fresh(http)
                live = await self._still(guests)
                return await self._compare(live, fresh, guests)
        return Compared(self.shadow.room.number, 0, self._size, ["the room never was still"])

    async def _still(self, guests: Sequence[Guest]) -> Room:
        """The room in memory, once all of it is in the log, and everybody was told."""
        while True:
            before = await self.live()
            told = await asyncio.gather(*(one.caught_up() for one in guests))
            live = await self.live()  # nothing has happened while everybody was told
            same = live == before and live.number == self.catch_up().number
            if all(told) and same and is_still(live):
                return live
            await asyncio.sleep(PAUSE)

    async def _compare(
        self, live: Room, fresh: Sequence[m.View], guests: Sequence[Guest]
    ) -> Compared:
        replayed = by_the_log(self.shadow.room)
        apart = differences(in_memory(live), replayed)
        different = [f"in memory and by the log: {one}" for one in apart[:SHOWN]]
        seen = [
            (f"fresh view of {one.you}", one, by_the_log(self._at[one.number])) for one in fresh
        ]
        seen += [(one.name, one.view, replayed) for one in guests if one.view is not None]
        for name, shown, room in seen:
            await asyncio.sleep(0)  # two hundred of these take a while, and people have pings
            wanted = comparable(whole(view(room, shown.you)))
            apart = differences(comparable(shown), wanted)
            different += [f"{name} and by the log: {one}" for one in apart[:SHOWN]]
        different += await self._received(live, guests)
        return Compared(replayed.number, len(seen), self._size, different)

    async def _received(self, live: Room, guests: Sequence[Guest]) -> list[str]:
        """Who has others' m-lines than they must, once the engine has had time to tell it."""
        wrong = misled(live, guests)
        for _ in range(TRIES):
            if not wrong:
                break
            await asyncio.sleep(PAUSE)
            wrong = misled(live, guests)
        return wrong[:SHOWN]

    async def _fresh(self, http: aiohttp.ClientSession) -> list[m.View]:
        """The views of those who enter now."""
        views = []
        for number, token in enumerate(self._tokens):
            url = self._server.socket_url(self._room)
            line = Client(await http.ws_connect(url, origin=self._server.url, max_msg_size=0))
            welcome = await line.ask(m.Enter(f"Inspector {number}", token))
            views.append(whole(welcome.view))
        return views


def misled(room: Room, guests: Sequence[Guest]) -> list[str]:
    """Who in a still room is told of others' m-lines than of those whom they are to receive."""
    wanted = {one.view.you: receivable(room, one.view.you) for one in guests if one.view}
    return [
        f"{one.name} has m-lines of {sorted(one.received)}, not of {sorted(wanted[one.view.you])}"
        for one in guests
        if one.view is not None and one.received != wanted[one.view.you]
    ]
