"""Credentials for the TURN server: whose they are, how long they are good, and who gets them."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from stagedoor import messages as m
from stagedoor.signalling import turn as module
from stagedoor.signalling.keys import TURN
from stagedoor.signalling.turn import Turn

from .conftest import Server

URL = "turn:turn.example.org:3478"


def test_the_name_has_its_end_and_the_password_proves_it() -> None:
    """As coturn computes it: base64(HMAC-SHA1(secret, username))."""
    turn = Turn((URL,), "north", clock=lambda: 1_000_500)
    (server,) = turn.servers("p1")
    assert (server.urls, server.username) == ([URL], f"{1_000 + module.LIFE}:p1")
    expected = hmac.new(b"north", server.username.encode(), hashlib.sha1).digest()
    assert base64.b64decode(server.credential) == expected
    assert "north" not in repr(turn)


async def test_who_is_let_in_gets_them_and_nobody_else(server: Server) -> None:
    assert server._runner is not None
    ann = await server.enter("Ann")
    assert ann.welcome is not None
    assert ann.welcome.ice_servers == [], "without a TURN server there are none"
    server._runner.app._state[TURN] = Turn((URL,), "north")  # type: ignore[misc]
    ben = await server.enter("Ben")
    assert ben.welcome is not None
    (given,) = ben.welcome.ice_servers
    assert given.username.endswith(f":{ben.me.id}")
    eve = await server.connect()
    refused = await eve.ask(m.Enter("Eve", token="no token"))
    assert isinstance(refused, m.Refused)
    assert "credential" not in repr(eve.heard)


@pytest.mark.parametrize("text", ["turn:a", "turn:a:1?transport=tcp", "turns:[::1]:443"])
def test_addresses_of_turn_servers(text: str) -> None:
    from stagedoor.options import turn_url

    assert turn_url(text) == text
