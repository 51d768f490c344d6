"""Sessions over the wire: no guess, no copy of a hash and no old secret is anybody's way in."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from stagedoor import messages as m
from stagedoor.log import SqliteLog
from stagedoor.rooms import House
from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Role

from .conftest import Client, Server


async def back(server: Server, session: str, name: str = "Ann") -> tuple[Client, Any]:
    client = await server.connect()
    return client, await client.ask(m.Enter(name, session=session))


def session(client: Client) -> str:
    assert client.welcome is not None
    return client.welcome.session


async def test_each_return_brings_a_new_secret_and_lost_answers_do_no_harm(server: Server) -> None:
    ann = await server.enter("Ann")
    me, first = ann.me.id, session(ann)
    _, second = await back(server, first)
    _, third = await back(server, first)  # as if the answer had been lost
    assert len({first, second.session, third.session}) == 3
    client, fourth = await back(server, second.session)
    assert (client.me.id, len(server.keeper.room.people)) == (me, 1)
    for old in (first, third.session):
        _, refused = await back(server, old)
        assert refused.code is Code.BAD_SESSION
    assert isinstance((await back(server, fourth.session))[1], m.Welcome)


async def test_whoever_is_taken_over_is_told(server: Server) -> None:
    ann = await server.enter("Ann")
    _, taken = await back(server, session(ann), "Eve")
    assert isinstance(taken, m.Welcome)
    reason, code = await ann.closing()
    assert reason is not None
    assert (reason.code, code) == (Code.ALREADY_ENTERED, 4001)
    # The owner takes it back: what the other was given leads nowhere from then on.
    _, mine = await back(server, session(ann))
    _, mine = await back(server, mine.session)
    assert isinstance(mine, m.Welcome)
    assert (await back(server, taken.session))[1].code is Code.BAD_SESSION


async def test_no_guess_is_a_session(server: Server) -> None:
    ann = await server.enter("Ann")
    person, _, secret = session(ann).partition(".")
    assert len(secret) >= 43
    other, _, others = session(await server.enter("Ben")).partition(".")
    known = server.keeper.room.people[person].sessions
    for guess in (
        *(person, f"{person}.", f"{person}.{secret[:-1]}", f"{person}.{secret}x", f".{secret}"),
        *(f"{other}.{secret}", f"{person}.{others}", secret, f"{person}.{known.fresh[0]}"),
        *(f"{person}.{known.shown}", f"{person}.ü", f"{person}." + "x" * 10_000),
    ):
        _, refused = await back(server, guess)
        assert refused.code in (Code.BAD_SESSION, Code.BAD_MESSAGE), guess[:80]
    assert server.keeper.room.people[person].away_until is None, "nobody was put off"
    assert isinstance((await back(server, session(ann)))[1], m.Welcome)


async def test_only_a_hash_is_kept_and_a_restart_knows_it(server: Server, tmp_path: Path) -> None:
    ann = await server.enter("Ann")
    _, answer = await back(server, session(ann))
    texts = [session(ann), answer.session]
    log = sqlite3.connect(tmp_path / "log.db")
    stored = " ".join(str(row) for row in log.execute("SELECT * FROM events"))
    log.close()
    for text in texts:
        assert text.partition(".")[2] not in stored
    fresh = server.keeper.room.people[ann.me.id].sessions.fresh
    assert all(one in stored for one in fresh)
    await server.house.close()
    await server.log.close()
    log2 = await SqliteLog.open(tmp_path / "log.db")
    house = await House.open(log2, server.engine)
    keeper = house.keeper("room")
    assert keeper is not None
    assert keeper.room.people[ann.me.id].sessions.fresh == fresh
    await house.close()
    await log2.close()


async def test_a_session_is_of_its_room_and_of_its_link(server: Server) -> None:
    mod = await server.enter("Mod", Role.MODERATOR)
    client = await server.connect()
    token = server.tokens.link("room", Role.HOST)
    refused = await client.ask(m.Enter("Mod", token=token, session=session(mod)))
    assert refused.code is Code.BAD_SESSION
    # Who is demoted has a session still, and it gives no more than they may.
    host = await server.enter("Host", Role.HOST)
    await host.do(c.DemoteModerator(mod.me.id))
    headers = {"Authorization": f"Bearer {session(mod)}"}
    url = f"{server.url}/api/rooms/room/reports/stage.json"
    async with server.http.get(url, headers=headers) as answer:
        assert answer.status == 403
    _, again = await back(server, session(mod), "Mod")
    assert again.view.people
    assert server.keeper.room.people[mod.me.id].role is Role.ATTENDEE


async def test_reports_are_for_whoever_has_the_session(server: Server) -> None:
    mod = await server.enter("Mod", Role.MODERATOR)
    url = f"{server.url}/api/rooms/room/reports/stage.json"
    person, _, secret = session(mod).partition(".")
    for bearer, status in (
        (session(mod), 200),
        (f"{person}.{secret[:-1]}", 401),
        (person, 401),
        (f"{person}.{server.keeper.room.people[person].sessions.fresh[0]}", 401),
    ):
        async with server.http.get(url, headers={"Authorization": f"Bearer {bearer}"}) as answer:
            assert answer.status == status
    async with server.http.get(f"{url}?session={session(mod)}") as answer:
        assert answer.status == 401, "never by an address"
