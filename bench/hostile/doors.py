"""Links, invitations and sessions that are good for nobody any more, or not for whoever shows them.

For each role: an invitation that another has used, or many use at once; links that were revoked,
alone or with all of their role, or are over; sessions of people who were put out or banned, and
secrets that newer ones have replaced.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

import aiohttp

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.event.commands import Ban
from stagedoor.rules.values import Mode, Role
from tests.server_process import ServerProcess
from tests.signalling.conftest import Client

from .people import LOST
from .score import Score

AT_ONCE = 6  # people who use one invitation at the same time
SHORT = 1  # seconds that a link is good for


@dataclass
class Way:
    """Somebody's: what they came by, and what they were given."""

    token: str
    key: str
    client: Client
    session: str = ""

    @property
    def id(self) -> str:
        """As the room knows them."""
        return self.client.me.id


class Doors:
    """A room with an open door, and what is shown at it."""

    def __init__(self, server: ServerProcess, http: aiohttp.ClientSession, score: Score) -> None:
        self._server, self._http, self._score = server, http, score
        self.room = ""

    async def open(self) -> None:
        """Make the room."""
        made = await asyncio.to_thread(self._server.create_room, name="Doors")
        self.room = made["room"]["id"]

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """What the operator does."""
        where = f"/api/rooms/{self.room}/{path}"
        done: dict[str, Any] = await asyncio.to_thread(self._server.api, "POST", where, body)
        return done

    async def link(self, role: Role, *, once: bool = False, life: int = 3600) -> str:
        """The token of a new one."""
        made = await self.post("invitations", role=role, once=once, expires_in_s=life)
        return str(made["link"]).partition("#token=")[2]

    async def come(self, **shown: str) -> tuple[Client, m.AnyMessage | None]:
        """Show this at the door; the answer, None if there was none."""
        url = self._server.socket_url(self.room)
        client = Client(await self._http.ws_connect(url, origin=self._server.url, max_msg_size=0))
        try:
            return client, await client.ask(m.Enter("Mallory", **shown))
        except LOST:
            return client, None

    async def enter(self, token: str) -> Way:
        """Come in by a good one."""
        key = secrets.token_hex(20)
        client, answer = await self.come(token=token, key=key)
        self._score.judge("a good link", isinstance(answer, m.Welcome), True, "")
        assert isinstance(answer, m.Welcome), answer
        return Way(token, key, client, answer.session)

    async def fails(self, what: str, **shown: str) -> None:
        """Nobody gets in with this."""
        client, answer = await self.come(**shown)
        accepted = isinstance(answer, m.Welcome | m.Lobby)
        self._score.judge(what, accepted, False, "entered")
        await client.socket.close()

    async def does_nothing(self, what: str, client: Client) -> None:
        """A connection that must be over."""
        for command in (c.RaiseHand(), m.Watch(), c.JoinStage(), c.SetMode(Mode.OPEN)):
            try:
                accepted = isinstance(await client.ask(command), m.Ok)
            except LOST:
                accepted = False
            self._score.judge(what, accepted, False, str(command))

    async def all_ways(self, what: str, way: Way, *, session: bool = True) -> None:
        """As another, as whoever it was from, and with the one in the place of the other."""
        other = secrets.token_hex(20)
        for key in ("", other, way.key):
            await self.fails(f"{what}: the link", token=way.token, key=key)
            if session:
                await self.fails(f"{what}: the session", session=way.session, key=key)
                both = {"token": way.token, "session": way.session}
                await self.fails(f"{what}: the link and the session", key=key, **both)
        await self.fails(f"{what}: the link as a session", session=way.token)
        await self.fails(f"{what}: the link, a letter off", token=_off(way.token))
        await self.fails(f"{what}: the session, a letter off", session=_off(way.session))


def _off(text: str) -> str:
    """Another letter in the middle of the last part, each of whose bits counts."""
    at = text.rfind(".") + 5
    return f"{text[:at]}{'A' if text[at] != 'A' else 'B'}{text[at + 1 :]}"


async def doors(server: ServerProcess, http: aiohttp.ClientSession, score: Score) -> str:
    """Try all of it; the room's id."""
    at = Doors(server, http, score)
    await at.open()
    await asyncio.gather(*(_of_each_kind(at, score, role) for role in Role))
    for role in (Role.MODERATOR, Role.ATTENDEE):
        await _banned(at, role)
    return at.room


async def _of_each_kind(at: Doors, score: Score, role: Role) -> None:
    over = await at.link(role, life=SHORT)
    await asyncio.sleep(SHORT)
    for key in ("", secrets.token_hex(20)):
        await at.fails("a link that is over", token=over, key=key)
    await _used(at, score, role)
    await _revoked(at, role)
    await _put_out(at, role)
    await _of_the_role(at, role)


async def _used(at: Doors, score: Score, role: Role) -> None:
    """An invitation is good for one person, who comes back by their session."""
    first = await at.enter(await at.link(role, once=True))
    _, back = await at.come(session=first.session)
    score.judge("one's own session", isinstance(back, m.Welcome), True, "")
    assert isinstance(back, m.Welcome)
    await at.does_nothing("a connection that was replaced", first.client)
    _, again = await at.come(session=back.session)
    assert isinstance(again, m.Welcome)
    await at.fails("a secret that was replaced", session=first.session)
    await at.all_ways("a used invitation", first, session=False)
    token = await at.link(role, once=True)
    keys = [secrets.token_hex(20) for _ in range(AT_ONCE)]
    answers = await asyncio.gather(*(at.come(token=token, key=key) for key in keys))
    entered = sum(isinstance(answer, m.Welcome) for _, answer in answers)
    for number in range(AT_ONCE):
        what = "an invitation at once"
        score.judge(what, number < entered, number == 0, f"{entered} of {AT_ONCE} entered")


async def _revoked(at: Doors, role: Role) -> None:
    """A link that was revoked, once as a link and once by its id, leads nobody new in."""
    for shown in ("link", "id"):
        made = await at.post("invitations", role=role, once=False)
        way = await at.enter(str(made["link"]).partition("#token=")[2])
        await at.post("revocations", links=[made[shown]])
        _, back = await at.come(session=way.session)
        assert isinstance(back, m.Welcome), "who is inside comes back"
        await at.all_ways("a revoked link", way, session=False)


async def _put_out(at: Doors, role: Role) -> None:
    """Whoever came by a link and was put out with it does not come back."""
    way = await at.enter(await at.link(role))
    await at.post("revocations", links=[way.token], put_out=True)
    await at.does_nothing("after being put out", way.client)
    await at.all_ways("put out", way)
    good = await at.link(role)
    await at.fails("put out, with a good link", token=good, session=way.session)


async def _of_the_role(at: Doors, role: Role) -> None:
    """All links of a role, used by nobody as yet or by somebody, and those of invitations."""
    way = await at.enter(await at.link(role))
    unused = [await at.link(role, once=once) for once in (False, True)]
    await at.post("revocations", role=role, put_out=True)
    await at.does_nothing("after being put out", way.client)
    await at.all_ways("put out with a role", way)
    for token in unused:
        await at.fails("a link of a role that was revoked", token=token)


async def _banned(at: Doors, role: Role) -> None:
    """Somebody who was banned, with the link, and who used it too."""
    host = await at.enter(await at.link(Role.HOST))
    way = await at.enter(await at.link(role))
    await host.client.do(Ban(way.id, "for the test", link=True))
    await at.does_nothing("after a ban", way.client)
    await at.all_ways("banned", way)
    await at.fails("banned, with a good link", token=await at.link(role), session=way.session)
