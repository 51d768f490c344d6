"""Tokens: expired, foreign, garbled, of another kind or room; and the doors they open."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.keyring import Key, KeyRing, read_ring, write_ring
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Role
from stagedoor.signalling.links import room_links
from stagedoor.signalling.tokens import Link, Tokens, token_id

from .conftest import RING, SECRET, Server

TOKENS = Tokens(RING)
FAR = int(time.time()) + 3600


#: Of a link that is good.
CLAIMS = {
    "kind": "link",
    "room": "room",
    "role": "host",
    "exp": FAR,
    "iat": FAR - 3600,
    "jti": "j",
}


def signed(
    secret: bytes = SECRET,
    algorithm: str = "HS256",
    header: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    said = {k: v for k, v in {**CLAIMS, **claims}.items() if v is not None}
    return jwt.encode(said, secret, algorithm=algorithm, headers=header)


def unsigned(algorithm: str = "none", secret: bytes | None = None, **header: Any) -> str:
    """A token made by hand: without a signature, or with one that says what it likes."""

    def part(value: dict[str, Any]) -> str:
        return text(json.dumps(value).encode())

    def text(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    said = f"{part({'alg': algorithm, 'typ': 'JWT', **header})}.{part(CLAIMS)}"
    signature = b"" if secret is None else hmac.digest(secret, said.encode(), "sha256")
    return f"{said}.{text(signature)}"


BAD = {
    "garbled": "abc",
    "three parts of nothing": "..",
    "unsigned": unsigned(),
    "signed by another server": signed(secret=b"another secret of another server....."),
    "another algorithm": signed(algorithm="HS512"),
    "a key of a name that is nobody's": signed(header={"kid": "nobody"}),
    "a key whose name is a list": unsigned("HS256", SECRET, kid=["", ""]),
    "signed with no key": unsigned("HS256", b""),
    "from the future": signed(iat=FAR, exp=FAR + 3600),
    "good for longer than a year": signed(exp=FAR + 400 * 24 * 3600),
    "issued at no time": signed(iat=None),
    "issued at a text": signed(iat="now"),
    "another room": signed(room="other"),
    "a session, not a link": signed(kind="session", person="p"),
    "no kind": signed(kind=None),
    "no room": signed(room=None),
    "no role": signed(role=None),
    "no expiry": signed(exp=None),
    "an expiry that is no time": signed(exp="later"),
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


def test_the_tokens_are_as_good_as_those_that_are_refused() -> None:
    """So that what is refused above is refused for what its name says."""
    for good in (signed(), unsigned("HS256", SECRET)):
        assert isinstance(TOKENS.read_link(good, "room"), Link)


def test_an_algorithm_of_the_tokens_own_choice_is_not_taken() -> None:
    """A public key is no secret: whoever signs HMAC with it must not be believed (RFC 8725)."""
    key = ec.generate_private_key(ec.SECP256R1())
    for token in (jwt.encode(CLAIMS, key, "ES256"), *(signed(algorithm=a) for a in ("HS384",))):
        assert isinstance(TOKENS.read_link(token, "room"), Refusal)
    for none in ("none", "None", "NONE", "nOnE"):
        assert isinstance(TOKENS.read_link(unsigned(none), "room"), Refusal)


def test_old_links_are_good_until_their_key_is_retired() -> None:
    now = int(time.time())
    tokens = Tokens(RING)
    old = tokens.link("room", Role.HOST)
    rotated = RING.rotated(Key.new(), now, keep=3600)
    tokens.use(rotated)
    new = tokens.link("room", Role.HOST)
    assert jwt.get_unverified_header(new)["kid"] == rotated.signing.id
    for token in (old, new):
        assert isinstance(tokens.read_link(token, "room"), Link)
    # Neither is one key's name good with another's signature.
    assert rotated.find("", now + 3599) is not None
    assert rotated.find("", now + 3600) is None
    forged = signed(header={"kid": rotated.signing.id})
    assert isinstance(tokens.read_link(forged, "room"), Refusal)

    again = rotated.rotated(Key.new(), now, keep=0)
    assert len(again.keys) == 1
    tokens.use(again)
    for token in (old, new):
        refused = tokens.read_link(token, "room")
        assert isinstance(refused, Refusal)
        assert refused.code is Code.BAD_TOKEN
    thrice = rotated.rotated(Key.new(), now, keep=7200)
    assert [key.until for key in thrice.keys] == [None, now + 7200, now + 3600]


def test_a_ring_is_read_as_it_was_written() -> None:
    ring = RING.rotated(Key.new(), 1000, keep=60)
    assert read_ring(write_ring(ring)) == ring
    assert read_ring(b"k" * 43 + b"\n") == KeyRing((Key("", "k" * 43),))
    for bad in (
        b"",
        b"short",
        b"{}",
        b'{"keys":[]}',
        b'{"keys":[{"id":"","secret":"s"}]}',
        b"\xff" * 40,
    ):
        assert read_ring(bad) is None
    assert ring.signing.secret not in repr(ring)


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


def test_a_link_says_when_it_was_made_and_for_whom() -> None:
    before = round(time.time() * 1000)
    token = TOKENS.link("room", Role.MODERATOR, once=True, name="Robin", token_id="mine")
    link = TOKENS.read_link(token, "room")
    assert isinstance(link, Link)
    assert (link.id, link.once, link.name) == ("mine", True, "Robin")
    assert before - 1 <= link.made_at <= time.time() * 1000 + 1
    for text in (token, f" https://x/r/room#token={token} ", "mine"):
        assert token_id(text) == "mine"


def test_tokens_are_read_by_the_clock_that_they_are_made_by() -> None:
    """Which the rooms share, so that no machine's clock that is set makes any of them bad."""
    now = 4_000_000_000_000
    tokens = Tokens(RING, lambda: now)
    link = tokens.link("room", Role.HOST, life=60)
    assert isinstance(tokens.read_link(link, "room"), Link)
    now += 59_000
    assert isinstance(tokens.read_link(link, "room"), Link)
    now += 1_000
    over = tokens.read_link(link, "room")
    assert isinstance(over, Refusal)
    assert over.code is Code.EXPIRED_TOKEN


@given(st.text(max_size=200), st.integers(0, 200))
def test_no_text_is_a_token(text: str, place: int) -> None:
    good = TOKENS.link("room", Role.HOST)
    for token in (text, good[:place] + text + good[place:]):
        if token != good:
            assert isinstance(TOKENS.read_link(token, "room"), Refusal)
