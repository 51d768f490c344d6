"""Trying everything in one room: each command by each role in each seat state, on everybody."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter

import aiohttp

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.base import Command
from stagedoor.rules.event.commands import Ban
from stagedoor.rules.permissions import TABLE
from stagedoor.rules.talk.commands import AskQuestion, Say
from stagedoor.rules.values import Mode, Role, Seat
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client

from .people import LOST, Cast, Somebody, Tight
from .score import Score
from .shadow import may, moment, situation
from .wishes import wish

WHO = (
    (Role.ATTENDEE, Seat.VIEWER),
    (Role.MODERATOR, Seat.VIEWER),
    (Role.ATTENDEE, Seat.REQUESTED),
)
STRANGERS = ("", "nobody", "000000000000", "hal'; --")
MAY_PUBLISH = (Seat.OFFERED, Seat.BACKSTAGE, Seat.ON_STAGE)
SDP = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=sendonly\r\n"
    "a=rtcp-mux\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdef01234567\r\n"
    f"a=fingerprint:sha-256 {':'.join(['AB'] * 32)}\r\na=rtpmap:111 opus/48000/2\r\n"
)
KINDS: tuple[type[Command], ...] = tuple(TABLE)
TIGHT = (Mode.OPEN, Mode.REQUEST)  # modes that are tried with a full stage, too
EVERY = 8  # each so many tries are on somebody who is not there


class Tries:
    """One room's tries; ``outsider`` is the id of somebody in another room."""

    def __init__(self, cast: Cast, score: Score, seed: int, outsider: str) -> None:
        self.cast, self.score = cast, score
        self._dice = random.Random(seed)
        self._outsider = outsider
        self._tried: Counter[tuple[object, ...]] = Counter()

    async def run(self, number: int) -> None:
        """So many tries, each by the next person, of what they have tried least."""
        doers = [one for one in self.cast.people if one.seat is not Seat.HELD]
        for turn in range(number):
            one = doers[turn % len(doers)]
            if not await self.cast.place(one):
                raise RuntimeError(f"{one.name} cannot be put in place in mode {self.cast.mode}")
            if turn % 25 == 24:
                await self._publish(one)
                continue
            kind = self._least(
                [(kind, one.role, one.seat) for kind in KINDS if self._fits(kind, one)]
            )
            await self._try(one, kind)

    async def pressed(self) -> None:
        """What a full stage, slow mode and a wait after a request forbid, once for sure."""
        cast = self.cast
        viewer, other, asking = (self._who(*which) for which in WHO)
        for text in ("one", "two"):
            await self._placed(viewer, Say(text))
            await self._placed(viewer, AskQuestion(text))
        await self._placed(viewer, c.JoinStage())
        if await cast.place(viewer) and await cast.place(other):
            await self._judge(other, c.Invite(viewer.id), viewer.id)
        if asking is not viewer and await cast.place(asking) and await cast.place(other):
            await self._judge(other, c.Approve(asking.id), asking.id)
            await cast.direct(c.Decline(asking.id))
            await self._judge(asking, c.AskToJoinStage(), "")

    def _who(self, role: Role, seat: Seat) -> Somebody:
        """Somebody of that role and seat; a viewer where that seat cannot be."""
        of_role = [one for one in self.cast.people if one.role is role]
        return next((one for one in of_role if one.seat is seat), of_role[0])

    async def _placed(self, one: Somebody, command: c.AnyCommand) -> None:
        if await self.cast.place(one):
            await self._judge(one, command, "")

    def _fits(self, kind: type[Command], one: Somebody) -> bool:
        """A room that is over is of no more use."""
        return kind is not c.EndRoom or one.role is not Role.HOST

    def _least(self, keys: list[tuple[type[Command], Role, Seat]]) -> type[Command]:
        fewest = min(self._tried[key] for key in keys)
        return self._dice.choice([key for key in keys if self._tried[key] == fewest])[0]

    async def _whom(self, kind: type[Command], one: Somebody) -> str:
        """The id of whom it is about: somebody of the role and seat that had least of it."""
        if self._dice.randrange(EVERY) == 0:
            return self._dice.choice((*STRANGERS, self._outsider))
        people = self.cast.people
        keys = [(kind, one.role, one.seat, you.role, you.seat) for you in people]
        fewest = min(self._tried[key] for key in keys)
        which = [you for you, key in zip(people, keys, strict=True) if self._tried[key] == fewest]
        you = self._dice.choice(which)
        await self.cast.place(you)
        self._tried[kind, one.role, one.seat, you.role, you.seat] += 1
        return you.id

    async def _try(self, one: Somebody, kind: type[Command]) -> None:
        self._tried[kind, one.role, one.seat] += 1
        whom = await self._whom(kind, one) if TABLE[kind].person or kind.__name__ == "Say" else ""
        command = wish(kind, self.cast.shadow.room, whom, self._dice)
        if isinstance(command, c.BringOn) and not command.people:
            whom = ""  # everybody who is backstage
        if not await self.cast.place(one):
            return
        for _ in range(1 + (self._dice.randrange(10) == 0)):  # now and then the same once more
            await self._judge(one, command, whom)

    async def _judge(self, one: Somebody, command: c.AnyCommand, whom: str) -> None:
        shadow = self.cast.shadow
        before, wrote = shadow.room, shadow.wrote.get(one.id)
        try:
            answer = await one.patiently(command)
        except LOST:
            return  # put out, or banned, with the answer on its way
        new = shadow.catch_up()
        own = [(room, event) for room, event in new if event.by == one.id]
        room = own[0][0] if own else before
        if one.id not in room.people:
            return
        accepted = isinstance(answer, m.Ok)
        now = own[0][1].at if own else time.time_ns() // 1_000_000
        at = moment(room, one.id, now, wrote)
        which = situation(room, command, one.id, whom, at)
        self.score.situations[type(command), which] += 1
        self.score.judge(
            str(type(command).__struct_config__.tag),
            accepted or bool(own),
            may(room, command, one.id, whom, at),
            f"{command} by {which}",
        )

    async def _publish(self, one: Somebody) -> None:
        """A description, whoever it is."""
        answer = await one.patiently(m.Publish(SDP))
        accepted = isinstance(answer, m.Published)
        self.cast.shadow.catch_up()
        seat = self.cast.state(one).seat
        self.score.situations["publish", one.role, seat, self.cast.mode] += 1
        self.score.judge("publish", accepted, seat in MAY_PUBLISH, f"by {one.name}")


async def strangers(cast: Cast, score: Score, other: Cast) -> None:
    """Without entering, with others' links and old sessions, and after having been put out."""
    someone = Somebody(Role.ATTENDEE, Seat.VIEWER)
    for kind in KINDS:
        Client.__init__(someone, await cast.socket())
        command = wish(kind, cast.shadow.room, cast.dora.id, random.Random(1))
        answer = await someone.ask(command)
        score.judge("before entering", not isinstance(answer, m.Refused), False, str(command))
        await someone.socket.close()
    banned = next(
        one for one in cast.people if one.role is Role.ATTENDEE and one.seat is Seat.VIEWER
    )
    await cast.place(banned)
    token, session = await other.token(Role.HOST), banned.session
    await cast.direct(Ban(banned.id, link=False))
    cases = [
        ("another room's link", m.Enter("Mallory", token)),
        ("another room's session", m.Enter("Mallory", session=other.dora.session)),
        ("a banned session", m.Enter("Mallory", session=session)),
        ("a made-up link", m.Enter("Mallory", "x" * 40)),
        ("a made-up session", m.Enter("Mallory", session="x" * 40)),
        ("a token as a session", m.Enter("Mallory", session=token)),
        ("a session as a link", m.Enter("Mallory", other.dora.session)),
    ]
    for what, enter in cases:
        Client.__init__(someone, await cast.socket())
        try:
            accepted = isinstance(await someone.ask(enter), m.Welcome | m.Lobby)
        except LOST:
            accepted = False
        score.judge(what, accepted, False, "entered")
        await someone.socket.close()


async def replaced(cast: Cast, score: Score) -> None:
    """By a connection whose session has been taken up by another one."""
    for one in cast.people:
        if one.seat is Seat.HELD or not await cast.place(one):
            continue
        new = Client(await cast.socket())
        assert isinstance(await new.ask(m.Enter(one.name, session=one.session)), m.Welcome)
        for command in (c.RaiseHand(), m.Watch(), c.SetMode(Mode.OPEN)):
            try:
                accepted = isinstance(await one.ask(command), m.Ok)
            except LOST:
                accepted = False
            score.judge("an old connection", accepted, False, f"{command} by {one.name}")
        await new.socket.close()


async def over(cast: Cast, score: Score) -> None:
    """In a room that has ended nothing is done any more."""
    people = [one for one in cast.people if one.seat is not Seat.HELD]
    for one in people:
        await cast.place(one)
    await cast.direct(c.EndRoom())
    for one in people:
        for kind in (c.JoinStage, c.RaiseHand, c.AcceptOffer):
            try:
                answer = await one.ask(kind())
            except LOST:
                score.judge("after the end", False, False, "")
                break
            score.judge("after the end", isinstance(answer, m.Ok), False, f"{kind} by {one.name}")


async def everything(
    server: ServerProcess, http: aiohttp.ClientSession, score: Score, number: int, seed: int
) -> list[str]:
    """So many tries in each mode, side by side; the ids of the rooms."""
    dice = random.Random(seed)
    casts = [Cast(server, http, mode, dice) for mode in Mode]
    casts += [Tight(server, http, mode, dice) for mode in TIGHT]
    await asyncio.gather(*(cast.open() for cast in casts))
    tries = [
        Tries(cast, score, seed + place, casts[place - 1].dora.id)
        for place, cast in enumerate(casts)
    ]
    await asyncio.gather(*(one.run(number // len(casts)) for one in tries))
    await asyncio.gather(*(one.pressed() for one in tries if isinstance(one.cast, Tight)))
    await strangers(casts[0], score, casts[1])
    await replaced(casts[2], score)
    await asyncio.gather(*(over(cast, score) for cast in casts))
    for cast in casts:
        cast.shadow.close()
    return [cast.room for cast in casts]
