"""The lobby, removal and bans over real sockets, links and sessions."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.values import Entry
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Role
from stagedoor.signalling import socket as socket_module

from .conftest import OPERATOR, Client, Server


async def banned(server: Server, person: Client, **more: object) -> Client:
    """A moderator who bans the person."""
    mod = await server.enter("Mo", Role.MODERATOR)
    assert person.welcome is not None
    await mod.do(e.Ban(person.welcome.view.you, "noise", **more))  # type: ignore[arg-type]
    return mod


async def test_the_lobby_is_an_answer_and_its_end_an_invitation_to_enter(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "ENTER_TIMEOUT", 0.05)
    mod = await server.enter("Mo", Role.MODERATOR)
    await mod.do(e.SetEntry(Entry.LOBBY))
    ann = await server.connect()
    answer = await ann.ask(m.Enter("Ann"))
    assert isinstance(answer, m.Lobby)
    assert (answer.room, answer.opens_at, answer.open) == ("The room", None, False)
    for request in (c.RaiseHand(), m.Watch(), m.Publish("sdp")):
        refused = await ann.ask(request)
        assert isinstance(refused, m.Refused)
        assert refused.code is Code.NOT_ENTERED
    assert isinstance(await ann.ask(m.Ping()), m.Ok)
    assert isinstance(await ann.ask(m.Enter("Ann")), m.Lobby), "asking again changes nothing"
    await mod.do(e.SetEntry(Entry.OPEN))
    told = await ann.until(m.Lobby)
    assert (told.open, told.id) == (True, 0)
    assert isinstance(await ann.ask(m.Enter("Ann")), m.Welcome)
    kinds = {type(one) for one in ann.heard[:-1]}
    assert kinds == {m.Lobby, m.Refused, m.Ok}


async def test_a_ban_cuts_off_and_the_session_is_of_no_use(server: Server) -> None:
    ann = await server.enter("Ann")
    assert ann.welcome is not None
    await ann.do(m.Watch())
    mod = await banned(server, ann)
    reason, code = await ann.closing()
    assert reason == m.Closing(
        Code.BANNED,
        "Mo banned you from this room: “noise”.",
        again=False,
        template="{name} banned you from this room: “{reason}”.",
        values={"name": "Mo", "reason": "noise"},
    )
    assert code == 4007
    assert not server.engine.watching
    again = await server.connect()
    answer = await again.ask(m.Enter("Ann", session=ann.welcome.session))
    assert isinstance(answer, m.Refused)
    assert (answer.code, answer.sentence) == (Code.BANNED, reason.sentence)
    await mod.do(e.Unban(ann.welcome.view.you))
    assert isinstance(await again.ask(m.Enter("Ann", session=ann.welcome.session)), m.Welcome)


async def test_a_link_is_banned_by_its_own_id(server: Server) -> None:
    mine, another = (server.tokens.link("room", Role.ATTENDEE) for _ in range(2))
    ann = await server.connect()
    assert isinstance(await ann.ask(m.Enter("Ann", token=mine)), m.Welcome)
    await banned(server, ann)
    for token, let_in in ((mine, False), (another, True), ("", True)):
        someone = await server.connect()
        answer = await someone.ask(m.Enter("Ann", token=token))
        assert isinstance(answer, m.Welcome) is let_in
    refused = await (await server.connect()).ask(m.Enter("Ann", token=mine))
    assert isinstance(refused, m.Refused)
    assert refused.sentence == "Mo banned this link from the room: “noise”."


async def test_removed_from_the_room_and_back(server: Server) -> None:
    ann = await server.enter("Ann")
    assert ann.welcome is not None
    mod = await server.enter("Mo", Role.MODERATOR)
    await mod.do(e.RemoveFromRoom(ann.welcome.view.you))
    reason, code = await ann.closing()
    assert reason is not None
    assert (reason.code, code) == (Code.REMOVED, 4006)
    again = await server.connect()
    answer = await again.ask(m.Enter("Ann", session=ann.welcome.session))
    assert isinstance(answer, m.Welcome)


async def test_a_locked_room_refuses_with_a_sentence(server: Server) -> None:
    mod = await server.enter("Mo", Role.MODERATOR)
    await mod.do(e.SetEntry(Entry.LOCKED))
    answer = await (await server.connect()).ask(m.Enter("Ann"))
    assert isinstance(answer, m.Refused)
    assert answer.code is Code.LOCKED
    assert isinstance((await server.enter("May", Role.MODERATOR)).welcome, m.Welcome)


async def report(server: Server, name: str, headers: dict[str, str]) -> tuple[int, str]:
    url = f"{server.url}/api/rooms/room/reports/{name}"
    async with server.http.get(url, headers=headers) as answer:
        return answer.status, (await answer.read()).decode("utf-8-sig")


def bearer(client: Client) -> dict[str, str]:
    assert client.welcome is not None
    return {"Authorization": f"Bearer {client.welcome.session}"}


ENGLISH = {"stage": "Name,From,", "rundown": "Number,Time,", "attendance": "Name,Role,"}


@pytest.mark.parametrize("name", ["stage", "rundown", "attendance"])
async def test_reports_are_for_moderators_by_their_session_alone(server: Server, name: str) -> None:
    mod, ann = await server.enter("Mo", Role.MODERATOR), await server.enter("=HYPERLINK(1)")
    status, text = await report(server, f"{name}.csv", bearer(mod))
    assert status == 200
    assert "\n=" not in text
    assert ",=" not in text
    assert text.startswith(ENGLISH[name])
    text = (await report(server, f"{name}.csv?lang=de", bearer(mod)))[1]
    assert text.split(",")[name == "rundown"] in ("So heißt wer", "Zeit")
    for tag in ("xx", "../de", ""):
        text = (await report(server, f"{name}.csv?lang={tag}", bearer(mod)))[1]
        assert text.startswith(ENGLISH[name])
    status, text = await report(server, f"{name}.json", bearer(mod))
    document = msgspec.json.decode(text)
    assert (status, document["room"], document["name"]) == (200, "room", "The room")
    for headers, expected in (
        (bearer(ann), 403),
        ({}, 401),
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Authorization": f"Bearer {OPERATOR}"}, 401),
    ):
        assert (await report(server, f"{name}.csv", headers))[0] == expected
    token = bearer(mod)["Authorization"].split()[1]
    assert (await report(server, f"{name}.csv?session={token}", {}))[0] == 401
    assert (await report(server, "secrets.csv", bearer(mod)))[0] == 404


async def test_attendance_over_http(server: Server) -> None:
    mod, ann = await server.enter("Mo", Role.MODERATOR), await server.enter("=HYPERLINK(1)")
    await ann.do(c.RaiseHand())
    _, text = await report(server, "attendance.csv", bearer(mod))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Name"], row["Hands"]) for row in rows] == [("Mo", "0"), ("'=HYPERLINK(1)", "1")]


async def test_reports_are_there_after_the_end_and_not_for_the_banned(server: Server) -> None:
    host, mod = await server.enter("Hal", Role.HOST), await server.enter("Mo", Role.MODERATOR)
    may = await server.enter("May", Role.MODERATOR)
    assert may.welcome is not None
    await host.do(e.Ban(may.welcome.view.you, link=False))
    await host.do(c.EndRoom())
    assert (await report(server, "rundown.csv", bearer(mod)))[0] == 200
    assert (await report(server, "rundown.csv", bearer(may)))[0] == 403
