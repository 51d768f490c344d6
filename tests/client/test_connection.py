"""The connection against a scripted server: resuming, being forgotten, being sent away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from stagedoor.messages import AnyMessage
from stagedoor.rules.commands import RaiseHand
from stagedoor_client import connection as module
from stagedoor_client.connection import Connection
from stagedoor_client.errors import ConnectionLostError, EndedError, RefusedError
from stagedoor_client.link import Link

PATIENCE = 30.0
Script = Callable[[web.WebSocketResponse, dict[str, Any]], Awaitable[None]]


def welcome(enter: dict[str, Any], session: str, number: int) -> dict[str, Any]:
    room = {"id": "r", "name": "R", "mode": "open", "settings": {}, "ended": False}
    view = {"number": number, "you": "me", "room": room, "people": []}
    return {
        "type": "welcome", "id": enter["id"], "session": session, "now": 0, "view": view,
        "missed": [],
    }  # fmt: skip


def refused(request: dict[str, Any], code: str) -> dict[str, Any]:
    return {"type": "refused", "id": request["id"], "code": code, "sentence": f"No: {code}."}


class Scripted:
    """A server that plays one script a connection, and notes each ``enter``."""

    def __init__(self, scripts: list[Script]) -> None:
        self.enters: list[dict[str, Any]] = []
        self._scripts = scripts

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        script = self._scripts.pop(0)
        async for frame in socket:
            message = frame.json()
            if message["type"] == "enter":
                self.enters.append(message)
            await script(socket, message)
        return socket


Serve = Callable[..., Awaitable[tuple[Scripted, Link]]]


@pytest.fixture
async def serve(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Serve]:
    """Starts a scripted server; the client loses no time between its tries."""
    monkeypatch.setattr(module, "DELAYS", (0.0,))
    started: list[TestServer] = []

    async def start(*scripts: Script) -> tuple[Scripted, Link]:
        scripted = Scripted(list(scripts))
        app = web.Application()
        app.router.add_get("/socket", scripted.handle)
        server = TestServer(app)
        await server.start_server()
        started.append(server)
        return scripted, Link(str(server.make_url("/socket")), "r", "secret")

    yield start
    for server in started:
        await server.close()


async def let_in(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
    """Welcomes, and drops the connection at any other message."""
    if message["type"] != "enter":
        await socket.close()
        return
    await socket.send_json(welcome(message, message.get("session") or "s1", 7))


async def forgets(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
    """Knows no session, but lets newcomers in, and ends the room for them."""
    if message.get("session"):
        await socket.send_json(refused(message, "bad_session"))
        return
    await socket.send_json(welcome(message, "s2", 3))
    closing = {"type": "closing", "code": "room_ended", "sentence": "Over.", "again": False}
    await socket.send_json(closing)


def script_of(code: str) -> Script:
    async def refuses(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        await socket.send_json(refused(message, code))

    return refuses


async def run(link: Link) -> None:
    """Until it ends, dropping the first connection at once after the welcome."""
    messages: list[AnyMessage] = []
    tasks = set()

    def took(message: AnyMessage) -> None:
        messages.append(message)
        if len(messages) == 1:
            tasks.add(asyncio.create_task(hand()))

    async def hand() -> None:
        with pytest.raises(ConnectionLostError):
            await connection.command(RaiseHand())

    connection = Connection(link, "Robin", took, lambda seconds: None)
    try:
        async with asyncio.timeout(PATIENCE):
            await connection.run()
    finally:
        await asyncio.gather(*tasks)
    raise AssertionError("it ended without a reason")


async def test_it_comes_back_with_its_session_and_number_and_anew_when_forgotten(
    serve: Serve,
) -> None:
    scripted, link = await serve(let_in, script_of("server_error"), forgets)
    with pytest.raises(EndedError, match=r"Over\."):
        await run(link)
    first, second, third, fourth = scripted.enters
    assert (first["name"], first["token"], first["session"]) == ("Robin", "secret", "")
    assert (second["session"], second["last_event"]) == ("s1", 7)
    assert (third["session"], third["last_event"]) == ("s1", 7)
    assert (fourth["session"], fourth["last_event"], fourth["token"]) == ("", 0, "secret")


async def test_it_knows_that_the_server_restarts_until_it_is_back(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loss after that is one like any other."""
    monkeypatch.setattr(module, "RESTART", (0.0,))

    async def restarts(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        await let_in(socket, message)
        closing = {"type": "closing", "code": "shutting_down", "sentence": "…", "again": True}
        await socket.send_json(closing)
        await socket.close(code=1012)

    async def lost(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        await let_in(socket, message)
        await socket.close()

    _, link = await serve(restarts, script_of("shutting_down"), lost, forgets)
    known: list[bool] = []
    connection = Connection(
        link, "Robin", lambda _: None, lambda _: known.append(connection.restarting)
    )
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(EndedError, match=r"Over\."):
            await connection.run()
    assert known == [True, True, False]


async def lobby(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
    """Lets nobody in yet."""
    waiting = {"type": "lobby", "id": message["id"], "room": "R", "now": 1, "opens_at": 9}
    await socket.send_json(waiting)


async def test_it_waits_in_the_lobby_enters_when_the_room_opens_and_survives_a_loss(
    serve: Serve,
) -> None:
    async def lost(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        await lobby(socket, message)
        await socket.close()

    async def opens(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        if len(scripted.enters) == 2:
            await lobby(socket, message)
            await socket.send_json({"type": "lobby", "room": "R", "now": 9, "open": True})
        else:
            await forgets(socket, message)

    scripted, link = await serve(lost, opens)
    messages: list[AnyMessage] = []
    connection = Connection(link, "Robin", messages.append, lambda seconds: None)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(EndedError, match=r"Over\."):
            await connection.run()
    assert len(scripted.enters) == 3
    assert [type(one).__name__ for one in messages] == ["Lobby", "Lobby", "Lobby", "Welcome"]


async def test_a_refusal_that_will_not_pass_ends_it(serve: Serve) -> None:
    _, link = await serve(let_in, script_of("expired_token"))
    with pytest.raises(RefusedError, match="expired_token"):
        await run(link)


async def test_a_first_try_that_fails_is_the_last(serve: Serve) -> None:
    """So that a mistake in the link is seen at once."""

    async def silent(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        await socket.close()

    _, link = await serve(silent)
    with pytest.raises(ConnectionLostError):
        await run(link)
    _, link = await serve(script_of("bad_token"))
    with pytest.raises(RefusedError, match="bad_token"):
        await run(link)


async def test_messages_it_does_not_know_are_no_reason_to_leave(serve: Serve) -> None:
    async def newer(socket: web.WebSocketResponse, message: dict[str, Any]) -> None:
        await socket.send_str('{"type": "hologram", "data": 1}')
        await socket.send_str("no JSON at all")
        await let_in(socket, message)

    scripted, link = await serve(newer, forgets)
    with pytest.raises(EndedError):
        await run(link)
    assert len(scripted.enters) == 3
