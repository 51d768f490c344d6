"""A server for whose certificate nobody vouches: entered by its fingerprint, or not at all."""

from __future__ import annotations

import argparse
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from stagedoor.messages import AnyMessage, Welcome
from stagedoor.tls import Gate
from stagedoor_client import cli
from stagedoor_client.connection import Connection
from stagedoor_client.errors import EndedError, LinkError, UntrustedError
from stagedoor_client.link import parse, read_fingerprint, trusting
from tests.tls.test_certificates import made

from .test_connection import welcome

OTHER = ":".join(["AB"] * 32)


class Secure:
    """A server with a certificate made here, which notes who asks it anything."""

    def __init__(self, gate: Gate, server: TestServer, asked: list[str]) -> None:
        self.gate, self.server, self.asked = gate, server, asked

    @property
    def link(self) -> str:
        return f"https://127.0.0.1:{self.server.port}/r/room#token=secret"


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[Secure]:
    asked: list[str] = []

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for frame in socket:
            asked.append(frame.data)
            await socket.send_json(welcome(frame.json(), "s", 1))
            over = {"type": "closing", "code": "removed", "sentence": "Enough.", "again": False}
            await socket.send_json(over)
        return socket

    file = made(tmp_path)
    gate = Gate(file, file, own=False)
    app = web.Application()
    app.router.add_get("/api/rooms/room/socket", handle)
    server = TestServer(app)
    await server.start_server(ssl=gate.context)
    yield Secure(gate, server, asked)
    await server.close()


async def enter(link: str) -> list[AnyMessage]:
    heard: list[AnyMessage] = []
    connection = Connection(parse(link), "Robin", heard.append, lambda seconds: None)
    try:
        await connection.run()
    except EndedError:
        return heard
    raise AssertionError("it ends by the server's word")


async def test_nothing_is_said_to_a_server_that_is_not_trusted(secure: Secure) -> None:
    with pytest.raises(UntrustedError) as refused:
        await enter(secure.link)
    assert refused.value.fingerprint == secure.gate.fingerprint
    assert secure.gate.fingerprint in str(refused.value)
    with pytest.raises(UntrustedError) as changed:
        await enter(trusting(secure.link, OTHER))
    assert changed.value.fingerprint == secure.gate.fingerprint
    assert "another certificate" in str(changed.value)
    assert secure.asked == []


async def test_it_is_entered_by_its_fingerprint(secure: Secure) -> None:
    heard = await enter(trusting(secure.link, secure.gate.fingerprint))
    assert isinstance(heard[0], Welcome)
    assert '"token":"secret"' in secure.asked[0].replace(" ", "")


def test_a_fingerprint_is_read_however_it_is_written() -> None:
    for text in (
        OTHER,
        OTHER.lower(),
        OTHER.replace(":", ""),
        f" SHA-256 {OTHER} ",
        f"sha256:{OTHER}",
    ):
        assert read_fingerprint(text) == OTHER
    for text in ("", "AB", OTHER + ":AB", OTHER.replace("A", "G")):
        with pytest.raises(ValueError, match=r".*"):
            read_fingerprint(text)
    with pytest.raises(LinkError, match="fingerprint"):
        parse("https://host/r/room#fingerprint=AB")


def test_a_link_keeps_its_token_beside_the_fingerprint() -> None:
    link = parse(trusting(trusting("https://host/r/room#token=a.b-c_d", "AA" * 32), OTHER))
    assert (link.token, link.fingerprint) == ("a.b-c_d", OTHER)
    assert parse("https://host/r/room#token=t").fingerprint == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_is_asked_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    options = argparse.Namespace(control=False, json=False)
    error = UntrustedError("Nobody vouches: {fingerprint}", fingerprint=OTHER)

    def asked(stdin: io.StringIO, **more: Any) -> str:
        monkeypatch.setattr("sys.stdin", stdin)
        return cli._asked(error, argparse.Namespace(**{**vars(options), **more}))

    assert asked(Terminal("yes\n")) == OTHER
    for answer in ("", "\n", "y\n", "no\n"):
        with pytest.raises(UntrustedError):
            asked(Terminal(answer))
    for stdin, more in ((io.StringIO("yes\n"), {}), (Terminal("yes\n"), {"control": True})):
        with pytest.raises(UntrustedError, match=f"--fingerprint {OTHER}"):
            asked(stdin, **more)
