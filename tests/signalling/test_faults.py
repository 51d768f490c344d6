"""A fault in our own code, which prints what it worked on, prints no secret."""

from __future__ import annotations

import logging
import secrets
from typing import Any

import pytest

from stagedoor import messages as m
from stagedoor.keyring import Key, KeyRing
from stagedoor.rules.values import Role
from stagedoor.signalling import socket as socket_module

from .conftest import Server


async def test_a_fault_in_our_own_code_does_not_print_them(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The worst there can be: an error that has what was worked on in its text."""
    token, session, key = (secrets.token_urlsafe(32) for _ in range(3))

    def fail(room: Any, wish: m.Enter, *others: Any) -> Any:
        raise RuntimeError(f"no luck with {wish!r}")

    monkeypatch.setattr(socket_module, "admit", fail)
    with caplog.at_level(logging.DEBUG):
        client = await server.connect()
        answer = await client.ask(m.Enter("Ann", token=token, session=session, key=key))
    assert answer.code == "server_error"
    assert "no luck with" in caplog.text
    made = Key.new()
    for text in (caplog.text, repr(answer), repr(KeyRing((made,)))):
        for secret in (token, session, key, made.secret):
            assert secret not in text
    monkeypatch.undo()
    ann = await server.enter("Ann", Role.HOST)
    assert ann.welcome is not None
    assert ann.welcome.session not in repr(ann.welcome)
