"""Links for one person, names that links give, and links that are revoked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from stagedoor import messages as m
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Role

from .conftest import OPERATOR, Client, Server

KEY = {"Authorization": f"Bearer {OPERATOR}"}
MY_KEY, OTHER_KEY = "m" * 40, "o" * 40


async def post(server: Server, path: str, body: Any, headers: Any = KEY) -> tuple[int, Any]:
    url = f"{server.url}/api/rooms/room/{path}"
    async with server.http.post(url, json=body, headers=headers) as answer:
        return answer.status, await answer.json()


async def invite(server: Server, **wanted: Any) -> dict[str, Any]:
    status, made = await post(server, "invitations", wanted)
    assert status == 201, made
    return dict(made)


async def come(server: Server, made: dict[str, Any], **more: Any) -> tuple[Client, Any]:
    client = await server.connect()
    token = made["link"].partition("#token=")[2]
    return client, await client.ask(m.Enter(more.pop("name", "X"), token=token, **more))


async def test_an_invitation_is_good_for_one_and_gives_the_name(server: Server) -> None:
    made = await invite(server, name="  Robin ", role="moderator")
    assert (made["name"], made["role"], made["once"]) == ("Robin", "moderator", True)
    client, welcome = await come(server, made)
    assert (client.me.name, client.me.role) == ("Robin", Role.MODERATOR)
    for key in ("", OTHER_KEY):
        _, refused = await come(server, made, key=key)
        assert refused.code is Code.USED_LINK
        assert "used already" in refused.sentence
    again, back = await come(server, made, session=welcome.session, name="Robin")
    assert isinstance(back, m.Welcome)
    assert (again.me.id, len(server.keeper.room.people)) == (client.me.id, 1)


async def test_of_two_at_once_one_comes_in(server: Server) -> None:
    made = await invite(server)
    answers = await asyncio.gather(*(come(server, made, key=f"{n}" * 40) for n in range(8)))
    refused = [one.code for _, one in answers if isinstance(one, m.Refused)]
    assert refused == [Code.USED_LINK] * 7
    assert len(server.keeper.room.people) == 1


async def test_a_lost_answer_does_not_use_the_invitation_up(server: Server) -> None:
    made = await invite(server, name="Robin")
    client, lost = await come(server, made, key=MY_KEY)
    again, welcome = await come(server, made, key=MY_KEY)
    assert isinstance(welcome, m.Welcome)
    assert (again.me.id, again.me.name) == (client.me.id, "Robin")
    # Once the session is used, the key is worth nothing, neither is the answer that was lost.
    _, back = await come(server, made, session=welcome.session, name="Robin")
    assert isinstance(back, m.Welcome)
    assert (await come(server, made, key=MY_KEY))[1].code is Code.USED_LINK
    assert (await come(server, made, session=lost.session))[1].code is Code.BAD_SESSION
    for short in ("k", "k" * 31, "k" * 101):
        assert (await come(server, made, key=short))[1].code is Code.BAD_MESSAGE


async def test_a_revoked_link_leads_nobody_in_and_puts_nobody_out(server: Server) -> None:
    made = await invite(server, once=False)
    other = await invite(server, once=False)
    client, welcome = await come(server, made)
    assert isinstance(welcome, m.Welcome)
    status, _ = await post(server, "revocations", {"links": [made["link"]]})
    assert status == 200
    assert (await come(server, made))[1].code is Code.REVOKED_LINK
    assert isinstance(await client.ask(m.Ping()), m.Ok)
    _, back = await come(server, made, session=welcome.session)
    assert isinstance(back, m.Welcome), "who is inside comes back"
    assert isinstance((await come(server, other))[1], m.Welcome), "another link is another"


async def test_with_put_out_they_are_gone_and_stay_gone(server: Server) -> None:
    made = await invite(server, once=False)
    client, welcome = await come(server, made)
    ben = await server.enter("Ben")
    await post(server, "revocations", {"links": [made["id"]], "put_out": True})
    reason, _ = await client.closing()
    assert reason is not None
    assert (reason.code, reason.again) == (Code.REVOKED_LINK, False)
    _, refused = await come(server, made, session=welcome.session)
    assert refused.code is Code.REVOKED_LINK
    assert isinstance(await ben.ask(m.Ping()), m.Ok)
    assert not server.keeper.room.people[client.me.id].present


async def test_all_links_of_a_role_end_and_new_ones_are_good(server: Server) -> None:
    mods = [await invite(server, role="moderator", once=False) for _ in range(2)]
    host = await server.enter("Host", Role.HOST)
    inside, welcome = await come(server, mods[0])
    await post(server, "revocations", {"role": "moderator", "put_out": True})
    assert (await inside.closing())[0].code is Code.REVOKED_LINK  # type: ignore[union-attr]
    for made in mods:
        assert (await come(server, made))[1].code is Code.REVOKED_LINK
    assert (await come(server, mods[0], session=welcome.session))[1].code is Code.REVOKED_LINK
    assert isinstance(await host.ask(m.Ping()), m.Ok)
    new = await invite(server, role="moderator")
    assert isinstance((await come(server, new))[1], m.Welcome)


@pytest.mark.parametrize("path", ["invitations", "revocations"])
async def test_only_the_operator_does_that(server: Server, path: str) -> None:
    mod = await server.enter("Mod", Role.MODERATOR)
    assert mod.welcome is not None
    for headers in ({}, {"Authorization": f"Bearer {mod.welcome.session}"}):
        status, refused = await post(server, path, {"role": "host"}, headers)
        assert (status, refused["code"]) == (401, Code.BAD_KEY)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("revocations", {}),
        ("revocations", {"links": [""]}),
        ("revocations", {"links": ["x" * 200]}),
        ("revocations", {"links": ["x"] * 1001}),
        ("revocations", {"role": "king"}),
        ("invitations", {"role": "king"}),
        ("invitations", {"name": "\u0007"}),
        ("invitations", {"expires_in_s": 0}),
        ("invitations", {"forever": True}),
    ],
)
async def test_what_makes_no_sense_is_refused(server: Server, path: str, body: Any) -> None:
    number = server.keeper.room.number
    status, refused = await post(server, path, body)
    assert status == 400
    assert refused["sentence"]
    assert server.keeper.room.number == number
