"""What the server keeps of people is shown to the operator, and forgotten when they say so."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.rooms.care import people, personal
from stagedoor.rules import commands as c
from stagedoor.rules.event.commands import Rename
from stagedoor.rules.polls.commands import CastVote, CreatePoll, OpenPoll
from stagedoor.rules.polls.values import Kind, PollForm
from stagedoor.rules.talk.commands import AskQuestion, Say
from stagedoor.rules.talk.events import Said
from stagedoor.rules.talk.values import Channel
from stagedoor.rules.values import Role, Settings

from .conftest import PATIENCE, Client, Server
from .test_http import KEY, call

HALL = "/api/rooms/hall/people"
TEXTS = ("a canary is yellow", "is a canary yellow", "yes, they are yellow")


async def leave(server: Server, *clients: Client) -> None:
    """They close their windows."""
    for client in clients:
        await client.socket.close()


async def some_talk(server: Server) -> tuple[Client, Client]:
    """Zenobia renames herself, writes, asks and votes; Quirin answers. Both are still there."""
    host = await server.enter("Quirin", Role.HOST)
    zen = await server.enter("Zenobia")
    await zen.do(Rename("Zenobia the Great"))
    await zen.do(Say(TEXTS[0], key="1"))
    await zen.do(AskQuestion(TEXTS[1], key="2"))
    await host.do(Say(TEXTS[2], key="3"))
    form = PollForm(Kind.SINGLE, "Which colour?", ("Yellow", "Blue"), anonymous=False)
    made = await host.do(CreatePoll(form))
    await host.do(OpenPoll(made.number))
    await zen.do(CastVote(made.number, choices=(0,)))
    return host, zen


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def test_a_person_s_data_is_shown_and_forgotten_and_the_others_stays(
    server: Server, tmp_path: Path
) -> None:
    host, zen = await some_talk(server)
    her, his = zen.me.id, host.me.id
    _, listed = await call(server, "GET", "/api/rooms/room/people", headers=KEY)
    names = {one["person"]: one["names"] for one in listed["people"]}
    assert names == {her: ["Zenobia", "Zenobia the Great"], his: ["Quirin"]}
    _, export = await call(server, "GET", f"/api/rooms/room/people/{her}", headers=KEY)
    text = str(export["events"])
    assert all(one in text for one in ("Zenobia the Great", *TEXTS[:2], "vote_cast"))
    assert TEXTS[2] not in text
    assert "Quirin" not in text

    path = f"/api/rooms/room/people/{her}"
    status, error = await call(server, "DELETE", path, headers=KEY)
    assert (status, error["code"]) == (409, "wrong_state"), "people are there"
    await host.do(c.EndRoom())
    status, answer = await call(server, "DELETE", path, headers=KEY)
    assert (status, answer) == (200, {"erased": 5})

    stored = on_disk(tmp_path)
    assert b"Zenobia" not in stored
    assert TEXTS[0].encode() not in stored
    assert TEXTS[1].encode() not in stored
    assert TEXTS[2].encode() in stored
    _, listed = await call(server, "GET", "/api/rooms/room/people", headers=KEY)
    assert {one["person"]: one["names"] for one in listed["people"]} == {her: [], his: ["Quirin"]}
    assert server.keeper.room.people[her].name == "—", "the room is as the log says"
    status, answer = await call(server, "DELETE", path, headers=KEY)
    assert (status, answer) == (200, {"erased": 0})
    status, _ = await call(server, "DELETE", "/api/rooms/room/people", headers=KEY)
    assert b"Quirin" not in on_disk(tmp_path)


async def test_a_room_that_was_left_lives_on_after_it_was_loaded_anew(server: Server) -> None:
    settings = Settings(hold_ms=1000)
    await server.house.create(
        rules.create("hall", "The hall", now=server.house.clock(), settings=settings)
    )
    zen = await server.connect("hall")
    await zen.ask(m.Enter(name="Zenobia"))
    await zen.do(Say(TEXTS[0], key="1"))
    await zen.socket.close()
    async with asyncio.timeout(PATIENCE):  # until the grace is over, which nobody is told
        while (await call(server, "DELETE", HALL, headers=KEY))[0] == 409:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    again = await server.connect("hall")
    welcome = await again.ask(m.Enter(name="Quirin"))
    assert isinstance(welcome, m.Welcome)
    await again.do(Say(TEXTS[2], key="2"))
    keeper = server.house.keeper("hall")
    assert keeper is not None
    said = [one.text for one in await keeper.history() if isinstance(one, Said)]
    assert said == ["—", TEXTS[2]]
    assert [one.text for one in keeper.room.talk.room.values()] == said


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", ["people", "people/nobody"])
async def test_strangers_are_refused(server: Server, method: str, path: str) -> None:
    status, error = await call(server, method, f"/api/rooms/room/{path}")
    assert (status, error["code"]) == (401, "bad_key")
    status, error = await call(server, method, f"/api/rooms/nowhere/{path}", headers=KEY)
    assert (status, error["code"]) == (404, "no_such_room")


async def test_nobody_of_that_id(server: Server) -> None:
    for method in ("GET", "DELETE"):
        status, error = await call(server, method, "/api/rooms/room/people/x", headers=KEY)
        assert (status, error["code"]) == (404, "no_such_person")


async def test_what_is_old_is_forgotten_and_what_is_new_is_not(
    server: Server, tmp_path: Path
) -> None:
    zen = await server.enter("Zenobia")
    host = await server.enter("Quirin", Role.HOST)
    await host.do(c.EndRoom())
    last = (await server.keeper.history())[-1].at
    await server.house.forget_quiet(last - 1)
    assert b"Zenobia" in on_disk(tmp_path)
    await server.house.forget_quiet(last)
    assert b"Zenobia" not in on_disk(tmp_path)
    assert await server.house._log.quiet(last) == []
    await leave(server, zen, host)


async def test_nobody_is_forgotten_under_their_feet(server: Server, tmp_path: Path) -> None:
    zen = await server.enter("Zenobia")
    await server.house.forget_quiet(server.house.clock() + 1)
    assert b"Zenobia" in on_disk(tmp_path)
    await zen.do(Say("still here", key="1"))


async def test_a_private_thread_is_its_person_s(server: Server) -> None:
    host, zen = await some_talk(server)
    await host.do(Say("between us", Channel.PRIVATE, to=zen.me.id, key="4"))
    events = await server.keeper.history()
    last = len(events)
    assert last in personal(events, zen.me.id)
    assert last in personal(events, host.me.id)
    assert people(events)[zen.me.id].last_at == events[-1].at
