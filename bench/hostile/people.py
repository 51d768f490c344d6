"""A room full of people, one of each role in each seat state, who are put back after each try."""

from __future__ import annotations

import asyncio
import random
from itertools import product
from typing import Any

import aiohttp

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.values import Entry
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Mode, Person, Role, Seat
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client

from .shadow import NOBODY, Shadow, seats_taken

LONG = 300_000  # ms that offers stand and seats are held
SEATS = 50  # the most that there may be
SWITCHES = (
    *("chat", "questions", "reactions"),
    *("may_raise_hand", "may_rename", "may_leave_stage"),
)
SLOWER = 0.3  # seconds to wait where the server takes no more messages at once
LOST = (AssertionError, ConnectionError, aiohttp.ClientError)


class Somebody(Client):
    """A person of a role who belongs in a seat state; ``id`` is that of the newest session."""

    def __init__(self, role: Role, seat: Seat) -> None:
        self.role, self.seat = role, seat
        self.id = ""
        self.session = ""

    @property
    def name(self) -> str:
        """As everybody sees it."""
        return f"{self.role} {self.seat}".replace("_", " ")

    async def patiently(self, request: m.AnyRequest) -> Any:
        """The answer, once the server takes messages again."""
        while True:
            answer = await self.ask(request)
            if not isinstance(answer, m.Refused) or answer.code is not Code.TOO_MANY:
                return answer
            await asyncio.sleep(SLOWER)


def possible(mode: Mode, role: Role, seat: Seat) -> bool:
    """What can be brought about: nobody waits or is offered anything in some modes (rule 10)."""
    if seat is Seat.REQUESTED:
        return mode is Mode.REQUEST
    if seat is Seat.OFFERED:
        return mode is not Mode.CLOSED
    return seat is not Seat.BACKSTAGE or role is not Role.HOST


class Cast:
    """The people of one room in one mode. ``dora``, its host, brings about what is missing."""

    def __init__(
        self, server: ServerProcess, http: aiohttp.ClientSession, mode: Mode, dice: random.Random
    ) -> None:
        self.server, self.http, self.mode = server, http, mode
        self.settings: dict[str, object] = {"offer_ms": LONG, "hold_ms": LONG}
        self.settings |= {"capacity": SEATS, "backstage": True}
        self.settings |= {name: dice.random() < 0.7 for name in SWITCHES}
        self.room = ""
        self.dora = Somebody(Role.HOST, Seat.VIEWER)
        self.people = [
            Somebody(role, seat) for role, seat in product(Role, Seat) if possible(mode, role, seat)
        ]
        self.shadow: Shadow

    async def open(self) -> None:
        """Make the room, and have everybody in place."""
        made = await asyncio.to_thread(
            self.server.create_room, name=f"Hostile {self.mode}", settings=self.settings
        )
        self.room = made["room"]["id"]
        self.shadow = Shadow(self.server.data, self.room)
        await self.enter(self.dora)
        for one in self.people:
            await self.place(one)

    async def socket(self, room: str = "") -> aiohttp.ClientWebSocketResponse:
        """A connection that has not entered yet."""
        url = self.server.socket_url(room or self.room)
        return await self.http.ws_connect(url, origin=self.server.url, max_msg_size=0)

    async def token(self, role: Role) -> str:
        """Of a new link, as moderators may ban each other's; attendees come by the open door."""
        if role is Role.ATTENDEE:
            return ""
        links = await asyncio.to_thread(self.server.links, self.room)
        return links[role.value].partition("#token=")[2]

    async def enter(self, one: Somebody) -> None:
        """Come in anew."""
        Client.__init__(one, await self.socket())
        answer = await one.ask(m.Enter(one.name, await self.token(one.role)))
        assert isinstance(answer, m.Welcome), answer
        one.id, one.session = answer.view.you, answer.session
        self.shadow.catch_up()

    def state(self, one: Somebody) -> Person:
        """As the log has them."""
        return self.shadow.room.people.get(one.id, NOBODY)

    async def direct(self, command: m.AnyRequest) -> None:
        """Dora does it, if it can be done."""
        await self.dora.patiently(command)
        self.shadow.catch_up()

    async def does(self, one: Somebody, command: m.AnyRequest) -> None:
        """Somebody does it, if it can be done."""
        await one.patiently(command)
        self.shadow.catch_up()

    # -- putting back what tries have changed

    async def place(self, one: Somebody) -> bool:
        """Have the room in its mode and somebody where they belong; whether they are."""
        for _ in range(3):
            self.shadow.catch_up()
            if self._right(one):
                return True
            try:
                await self._place(one)
            except LOST:
                one.id = ""
        return False

    def _right(self, one: Somebody) -> bool:
        state, room = self.state(one), self.shadow.room
        connected = state.away_until is None and one.id != "" and not one.socket.closed
        return (
            state.present
            and (state.role, state.seat) == (one.role, one.seat)
            and connected == (one.seat is not Seat.HELD)
            and room.mode is self.mode
            and room.entrance.entry is Entry.OPEN
            and room.settings.backstage
        )

    async def _place(self, one: Somebody) -> None:
        room = self.shadow.room
        if room.entrance.entry is not Entry.OPEN:
            await self.direct(e.SetEntry(Entry.OPEN))
        if not room.settings.backstage:
            await self.direct(c.ChangeSettings(backstage=True))
        if self.state(one).role is not one.role or self._gone(one):
            await self.enter(one)
        if self.state(one).seat is not one.seat:
            if self.mode is Mode.CLOSED:
                await self._set_mode(Mode.INVITE)
            await self._sit(one)
        await self._set_mode(self.mode)

    def _gone(self, one: Somebody) -> bool:
        state = self.state(one)
        return one.id == "" or not state.present or (one.socket.closed and one.seat != state.seat)

    async def _set_mode(self, mode: Mode) -> None:
        if self.shadow.room.mode is not mode:
            await self.direct(c.SetMode(mode))

    async def _sit(self, one: Somebody) -> None:
        """From wherever they are to the seat state where they belong."""
        if self.state(one).has_seat:
            await self.direct(c.RemoveFromStage(one.id))
        match self.state(one).seat:
            case Seat.REQUESTED:
                await self.does(one, c.CancelRequest())
            case Seat.OFFERED if one.seat is not Seat.OFFERED:
                await self.does(one, c.DeclineOffer())
        if one.seat is Seat.REQUESTED:
            await self._set_mode(Mode.REQUEST)
            await self.does(one, c.AskToJoinStage())
        elif one.seat is not Seat.VIEWER:
            await self._up(one)

    async def _up(self, one: Somebody) -> None:
        if self.state(one).seat is not Seat.OFFERED:
            await self.direct(c.Invite(one.id))
        if one.seat is Seat.OFFERED:
            return
        if one.seat is Seat.BACKSTAGE and one.role is Role.MODERATOR:
            await self.direct(c.DemoteModerator(one.id))  # moderators go on stage directly
        await self.does(one, c.AcceptOffer(microphone=True, camera=True))
        if one.seat is Seat.BACKSTAGE:
            if one.role is Role.MODERATOR:
                await self.direct(c.AppointModerator(one.id))
            return
        if self.state(one).seat is Seat.BACKSTAGE:
            await self.direct(c.BringOn((one.id,)))
        if one.seat is Seat.HELD:
            await one.socket.close()
            async with asyncio.timeout(20):
                await self.shadow.until_held(one.id)


class Tight(Cast):
    """The same with a full stage before each try, slow mode, and a wait for who was declined."""

    def __init__(
        self, server: ServerProcess, http: aiohttp.ClientSession, mode: Mode, dice: random.Random
    ) -> None:
        super().__init__(server, http, mode, dice)
        self.settings |= {"slow_ms": LONG, "cooldown_ms": LONG, "chat": True, "questions": True}

    def _right(self, one: Somebody) -> bool:
        return super()._right(one) and self.shadow.room.settings.capacity == self._full

    @property
    def _full(self) -> int:
        """As many seats as are taken, but one at least."""
        return max(1, seats_taken(self.shadow.room))

    async def _place(self, one: Somebody) -> None:
        await super()._place(one)
        await self.direct(c.ChangeSettings(capacity=self._full))
        if one.seat is Seat.REQUESTED and self.state(one).seat is Seat.VIEWER:
            one.id = ""  # declined just now: somebody new has not to wait

    async def _up(self, one: Somebody) -> None:
        await self.direct(c.ChangeSettings(capacity=SEATS))
        await super()._up(one)
