"""The room's people: who comes and goes, and who does something next."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from bench.kills.ledger import Ledger
from stagedoor.messages import AnyRequest
from stagedoor.rules.commands import SetMode
from stagedoor.rules.polls.commands import ClosePoll
from stagedoor.rules.polls.values import PollState
from stagedoor.rules.values import Mode, Role, Seat
from stagedoor_client import parse
from tests.server_process import ServerProcess

from .media import Hall
from .person import Guest
from .tally import Tally
from .wishes import about_the_queue, decision, polls, wish

SETTINGS = {"offer_ms": 15_000, "hold_ms": 15_000, "capacity": 12}
MODERATORS = 3
READ = 0.5  # seconds in which each viewer's socket is read once
GONE = (0.3, 8.0, 25.0)  # seconds that somebody is gone: the last is longer than a seat is held
SETTLING = 60.0  # seconds for everybody to have done what they do, and to be back
WEIGHTS = {Seat.OFFERED: 15.0, Seat.ON_STAGE: 5.0, Seat.BACKSTAGE: 3.0, Seat.REQUESTED: 1.5}
KINDS = {
    "somebody wishes": 54.0,
    "a moderator decides": 30.0,
    "two decide at once": 5.0,
    "lost the connection": 4.0,
    "went and came back": 4.0,
    "left for good": 3.0,
}


class House:
    """``people`` of them are there, or on their way back, with a deed ``rate`` times a second."""

    def __init__(self, server: ServerProcess, people: int, rate: float, seed: int) -> None:
        made = server.create_room(name="Evening", settings=SETTINGS)
        self.room: str = made["room"]["id"]
        self.links: dict[str, str] = made["links"]
        self.tally, self.ledger, self.hall = Tally(), Ledger(), Hall(READ)
        self.guests: list[Guest] = []
        self.gone = 0
        self.counts: Counter[str] = Counter()
        self._people, self._rate = people, rate
        self._dice = random.Random(seed)
        self._names = itertools.count(1)
        self._open = asyncio.Event()
        self._doing: set[asyncio.Task[None]] = set()
        self._away: set[asyncio.Task[None]] = set()
        self._failed: list[BaseException] = []

    @property
    def here(self) -> list[Guest]:
        """Everybody who is not away, and has not been put out."""
        return [one for one in self.guests if not one.absent and not one.removed]

    @property
    def moderators(self) -> list[Guest]:
        """Those who are here and moderate now."""
        return [one for one in self.here if one.online and one.me and one.me.role != Role.ATTENDEE]

    async def open(self) -> None:
        """The host, the moderators, and everybody else."""
        await self._come("host", "Host")
        for number in range(MODERATORS):
            await self._come("moderator", f"Moderator {number + 1}")
        await self._fill()
        self._open.set()

    async def _fill(self) -> None:
        while len(self.guests) < self._people:
            await self._come("attendee", f"Guest {next(self._names)}")

    async def _come(self, role: str, name: str) -> None:
        guest = Guest(parse(self.links[role]), name, self.ledger, self.tally, self.hall)
        self.guests.append(guest)
        await guest.come()

    async def close(self) -> None:
        """Everybody goes."""
        self._open.clear()
        for task in (*self._doing, *self._away):
            task.cancel()
        await asyncio.gather(*self._doing, *self._away, return_exceptions=True)
        await asyncio.gather(*(one.go() for one in self.guests))
        self.hall.close()

    # -- what goes on

    async def run(self) -> None:
        """Have somebody do something, again and again, while the house is open."""
        while True:
            await asyncio.sleep(self._dice.expovariate(self._rate))
            await self._open.wait()
            if self._failed:
                raise self._failed[0]
            kind = self._dice.choices([*KINDS], [*KINDS.values()])[0]
            if (deed := self._deed(kind)) is not None:
                self.counts[kind] += 1
                self._start(self._doing, deed)

    def _start(self, tasks: set[asyncio.Task[None]], deed: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(deed)
        tasks.add(task)

        def done(task: asyncio.Task[None]) -> None:
            tasks.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                self._failed.append(error)

        task.add_done_callback(done)

    def _deed(self, kind: str) -> Coroutine[Any, Any, None] | None:
        moderators = [one for one in self.moderators if not one.busy]
        match kind:
            case "a moderator decides" if moderators:
                return self._decide(self._dice.choice(moderators))
            case "two decide at once" if len(moderators) > 1:
                return self._race(*self._dice.sample(moderators, 2))
        free = [one for one in self.here if one.online and not one.busy and one.me is not None]
        if not free:
            return None
        if kind == "somebody wishes":
            weights = [WEIGHTS.get(one.seat or Seat.VIEWER, 1.0) for one in free]
            return self._wish(self._dice.choices(free, weights)[0])
        one = self._dice.choice(free)
        if kind == "lost the connection":
            return self._lose(one)
        if kind == "went and came back":
            return self._pause(one)
        attendees = [one for one in free if one.name.startswith("Guest")]
        if kind == "left for good" and attendees:
            return self._replace(self._dice.choice(attendees))
        return None

    async def _does(self, one: Guest, wanted: AnyRequest | None) -> None:
        if wanted is not None:
            one.busy = True
            await one.ask(wanted)
            one.busy = False

    async def _wish(self, one: Guest) -> None:
        assert one.view is not None
        assert one.me is not None
        await self._does(one, wish(one.view, one.me, self._dice))

    async def _decide(self, one: Guest) -> None:
        assert one.view is not None
        assert one.me is not None
        await self._does(one, decision(one.view, one.me, self._dice))

    async def _race(self, one: Guest, other: Guest) -> None:
        """Two moderators decide at the same time, mostly about the same person."""
        assert one.view is not None
        assert other.view is not None
        first = about_the_queue(one.view, self._dice)
        about = getattr(first, "person", "")
        second = about_the_queue(other.view, self._dice)
        for _ in range(5):  # until it is about the same one, if there are a few
            if getattr(second, "person", "") == about:
                break
            second = about_the_queue(other.view, self._dice)
        await asyncio.gather(self._does(one, first), self._does(other, second))

    async def _lose(self, one: Guest) -> None:
        one.drop()

    async def _pause(self, one: Guest) -> None:
        await one.go()
        self._start(self._away, self._return(one, self._dice.choice(GONE)))

    async def _return(self, one: Guest, after: float) -> None:
        await asyncio.sleep(after)
        await self._open.wait()
        await one.come()

    async def _replace(self, one: Guest) -> None:
        """Somebody leaves for good, and somebody else comes; as for those who were put out."""
        await one.go()
        for gone in (one, *(guest for guest in self.guests if guest.removed)):
            if gone in self.guests:
                self.guests.remove(gone)
                self.gone += 1
        await self._fill()

    # -- quiet

    async def quiet(self) -> None:
        """Have nobody do anything more, and all be back but those who are away."""
        self._open.clear()
        if self._doing:
            await asyncio.wait([*self._doing], timeout=SETTLING)
        await self.back()
        # What is held of anonymous votes is in no log until it is counted together.
        if (director := self._director()) is not None and director.view is not None:
            for poll in polls(director.view):
                if poll.anonymous and poll.state is PollState.OPEN:
                    await director.ask(ClosePoll(poll.id))

    async def liven(self) -> None:
        """Go on; where nobody may come up, have them ask again."""
        director = self._director()
        if director is not None and director.view and director.view.room.mode is Mode.CLOSED:
            await director.ask(SetMode(Mode.REQUEST))
        self._open.set()

    def _director(self) -> Guest | None:
        return next((one for one in self.moderators if one.name.startswith("Moderator")), None)

    async def back(self) -> None:
        """Until everybody is back by themselves."""
        try:
            async with asyncio.timeout(SETTLING):
                while not all(one.online for one in self.here):  # noqa: ASYNC110 - there are many
                    await asyncio.sleep(0.05)
        except TimeoutError:
            missing = ", ".join(one.name for one in self.here if not one.online)
            self.tally.unexpected.append(f"not back within {SETTLING:.0f} s: {missing}")

    def __str__(self) -> str:
        seats = Counter(str(one.seat) for one in self.here)
        there = ", ".join(f"{count} {seat}" for seat, count in seats.most_common())
        return f"{len(self.here)} of {len(self.guests)} here ({there}), {self.gone} gone for good"
