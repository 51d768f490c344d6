"""Offers whose time is over: what their people and moderators try around that moment, and after it.

The room's offers stand for five seconds, the least that may be set. Some accept while the last
milliseconds pass, and what the log says of the time decides; others act once it is over.
"""

from __future__ import annotations

import asyncio
import time

import aiohttp

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.events import OfferMade, WentOnStage
from stagedoor.rules.values import Device, Mode
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client

from .people import LOST
from .score import Score
from .shadow import Shadow
from .tries import SDP

OFFER = 5_000  # milliseconds
AROUND = range(-40, 41, 10)  # milliseconds from the end of the offer at which it is accepted
LATER = 4  # people who act only once it is over
AFTER = 0.02  # seconds from then on
MODES = (Mode.OPEN, Mode.REQUEST, Mode.INVITE)  # in the other nobody is offered anything


class Invited(Client):
    """Somebody with an offer, which stands until ``until``, in milliseconds of the server's clock.

    That is ``ahead`` of ours, or a little more, as the answer that said so took its time.
    """

    session = ""
    until = 0
    ahead = 0.0

    async def over(self, after: float) -> None:
        """Wait until so many seconds from the end, or before it."""
        await asyncio.sleep((self.until - self.ahead) / 1000 + after - time.time())


class Late:
    """One room in one mode."""

    def __init__(
        self, server: ServerProcess, http: aiohttp.ClientSession, score: Score, mode: Mode
    ) -> None:
        self._server, self._http, self._score, self._mode = server, http, score, mode
        self.room = ""
        self.host: Invited
        self._hosting = asyncio.Lock()  # one answer is awaited at a time
        self.people: list[Invited] = []

    async def run(self) -> str:
        """All of it; the room's id."""
        await self._open()
        shadow = Shadow(self._server.data, self.room)
        for one in self.people:
            await self.host.do(c.Invite(one.me.id))
        ends = {e.person: e.expires_at for _, e in shadow.catch_up() if isinstance(e, OfferMade)}
        for one in self.people:
            one.until = ends[one.me.id]
        around, later = self.people[: len(AROUND)], self.people[len(AROUND) :]
        accepted = await asyncio.gather(
            *(self._around(one, after) for one, after in zip(around, AROUND, strict=True)),
            *(self._later(one, number) for number, one in enumerate(later)),
        )
        went_up = {e.by: e.at for _, e in shadow.catch_up() if isinstance(e, WentOnStage)}
        shadow.close()
        for one, said in zip(around, accepted, strict=False):
            at = went_up.get(one.me.id)
            story = f"at {at}, and it stood until {one.until}"
            in_time = at is not None and at < one.until
            self._judge("accepting an offer as it ends", said or at is not None, in_time, story)
        return self.room

    async def _open(self) -> None:
        settings = {"offer_ms": OFFER, "capacity": 50}
        made = await asyncio.to_thread(
            self._server.create_room,
            name=f"Late {self._mode}",
            mode=self._mode,
            settings=settings,
        )
        self.room = made["room"]["id"]
        self.host = await self._enter("Host", made["links"]["host"].partition("#token=")[2])
        guests = range(len(AROUND) + LATER)
        self.people = [await self._enter(f"Guest {number}") for number in guests]

    async def _enter(self, name: str, token: str = "", session: str = "") -> Invited:
        url = self._server.socket_url(self.room)
        one = Invited(await self._http.ws_connect(url, origin=self._server.url, max_msg_size=0))
        answer = await one.ask(m.Enter(name, token, session=session))
        assert isinstance(answer, m.Welcome), answer
        one.session, one.ahead = answer.session, answer.now - time.time() * 1000
        return one

    def _judge(self, what: str, accepted: bool, may: bool, story: str) -> None:
        self._score.situations["late", what, self._mode] += 1
        self._score.judge(what, accepted, may, f"{story}, in mode {self._mode}")

    async def _try(self, one: Client, request: m.AnyRequest, *, may: bool = False) -> bool:
        try:
            answer = await one.ask(request)
        except LOST:
            answer = None
        accepted = isinstance(answer, m.Ok | m.Published)
        what = f"{request.__struct_config__.tag} after the offer's end"
        self._judge(what, accepted, may, f"{request}"[:60])
        return accepted

    async def _around(self, one: Invited, after: int) -> bool:
        """Accept so many milliseconds after the end; whether the server said that it is done."""
        await one.over(after / 1000)
        answer = await one.ask(c.AcceptOffer(microphone=True, camera=True))
        return isinstance(answer, m.Ok)

    async def _later(self, one: Invited, number: int) -> bool:
        """All that an offer allows, once it is over; the first two published in time.

        The others' connection is gone when it ends, one of them comes back just then.
        """
        if number < 2:
            await one.ask(m.Publish(SDP))
        else:
            await one.socket.close()
        await one.over(AFTER)
        if number >= 2:
            back, back.until = await self._enter("Guest", session=one.session), one.until
            one = back
        for request in (
            *(c.AcceptOffer(), c.AcceptOffer(microphone=True, camera=True), m.Publish(SDP)),
            *(c.SetDevice(Device.MICROPHONE, True), c.LeaveStage(), c.DeclineOffer()),
        ):
            await self._try(one, request)
        for command in (c.RevokeOffer, c.Approve, c.RemoveFromStage, c.AskToUnmute):
            async with self._hosting:
                await self._try(self.host, command(one.me.id))
        await self._try(one, c.JoinStage(), may=self._mode is Mode.OPEN)
        await self._try(one, c.AskToJoinStage(), may=self._mode is Mode.REQUEST)
        return False


async def late(server: ServerProcess, http: aiohttp.ClientSession, score: Score) -> list[str]:
    """In each mode at the same time; the rooms' ids."""
    rooms = (Late(server, http, score, mode).run() for mode in MODES)
    return [*await asyncio.gather(*rooms)]
