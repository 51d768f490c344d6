"""Tokens: expired, foreign, garbled, of another kind or room; and the doors they open."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role
from stagedoor.signalling.links import room_links
from stagedoor.signalling.tokens import Link, Session, Tokens

from .conftest import SECRET, Server

TOKENS = Tokens(SECRET)
FAR = 4_000_000_000


def signed(secret: bytes = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    good = {"kind": "link", "room": "room", "role": "host", "exp": FAR}
    return jwt.encode(
        {k: v for k, v in {**good, **claims}.items() if v is not None}, secret, algorithm=algorithm
    )


def unsigned() -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"kind": "link", "room": "room", "role": "host", "exp": FAR}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


BAD = {
    "garbled": "abc",
    "three parts of nothing": "..",
    "unsigned": unsigned(),
    "signed by another server": signed(secret=b"another secret of another server....."),
    "another algorithm": signed(algorithm="HS512"),
    "another room": signed(room="other"),
    "a session, not a link": signed(kind="session", person="p"),
    "no kind": signed(kind=None),
    "no room": signed(room=None),
    "no role": signed(role=None),
    "no expiry": signed(exp=None),
    "an unknown role": signed(role="king"),
    "a role that is a list": signed(role=["host"]),
    "cut short": signed()[:-3],
    "very long": "a" * 10_000,
    "not ASCII": "é.ü.ñ",
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD.keys())
async def test_a_bad_token_opens_nothing(server: Server, token: str) -> None:
    client = await server.connect()
    refused = await client.ask(m.Enter("Eve", token=token))
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.BAD_TOKEN
    assert server.keeper.room.people == {}
    assert isinstance(await client.ask(m.Enter("Eve")), m.Welcome), "the open door stays open"
    assert client.me.role is Role.ATTENDEE


async def test_an_expired_token_says_so(server: Server) -> None:
    client = await server.connect()
    refused = await client.ask(m.Enter("Ann", token=TOKENS.link("room", Role.HOST, life=-5)))
    assert refused.code is Code.EXPIRED_TOKEN
    assert "new one" in refused.sentence


async def test_a_closed_door_needs_a_link(server: Server) -> None:
    now = server.house.clock()
    await server.house.create(rules.create("closed", "Closed", now=now, open_door=False))
    client = await server.connect("closed")
    refused = await client.ask(m.Enter("Ann"))
    assert refused.code is Code.BAD_TOKEN
    links = room_links("https://example.org", "closed", TOKENS, open_door=False)
    token = links.attendee.partition("#token=")[2]
    assert isinstance(await client.ask(m.Enter("Ann", token=token)), m.Welcome)
    assert client.me.role is Role.ATTENDEE


def test_links_keep_tokens_in_the_fragment() -> None:
    links = room_links("https://example.org/", "room", TOKENS, open_door=True)
    assert links.attendee == "https://example.org/r/room"
    for link, role in ((links.host, Role.HOST), (links.moderator, Role.MODERATOR)):
        page, _, token = link.partition("#token=")
        assert page == "https://example.org/r/room"
        read = TOKENS.read_link(token, "room")
        assert isinstance(read, Link)
        assert (read.room, read.role) == ("room", role)


def test_a_session_is_good_for_its_room_alone() -> None:
    session = Session("room", "person", Role.ATTENDEE)
    token = TOKENS.session(session)
    assert TOKENS.read_session(token, "room") == session
    for other in (
        TOKENS.read_session(token, "other"),
        TOKENS.read_session(TOKENS.session(session, life=-1), "room"),
        Tokens(b"another secret, also of 32 bytes or more").read_session(token, "room"),
    ):
        assert isinstance(other, Refusal)
        assert other.code is Code.BAD_SESSION
    assert isinstance(TOKENS.read_link(token, "room"), Refusal)


@given(st.text(max_size=200), st.integers(0, 200))
def test_no_text_is_a_token(text: str, place: int) -> None:
    good = TOKENS.link("room", Role.HOST)
    for token in (text, good[:place] + text + good[place:]):
        if token != good:
            assert isinstance(TOKENS.read_link(token, "room"), Refusal)
            assert isinstance(TOKENS.read_session(token, "room"), Refusal)
