"""The real application over real sockets, with a double for the media engine alone."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.keyring import Key, KeyRing, OperatorKey
from stagedoor.log import SqliteLog
from stagedoor.rooms import House, Keeper
from stagedoor.rules.values import Role
from stagedoor.signalling import Tokens, make_app
from stagedoor.signalling.guard import listen
from stagedoor.signalling.keys import LIMITER, TRUSTED
from tests.rooms.fakes import FakeEngine

OPERATOR = "operator-key-for-the-tests-0123456789"
SECRET = b"a secret for the tests, long enough for every algorithm that signs them"
RING = KeyRing((Key("", SECRET.decode()),))
PATIENCE = 20.0  # seconds


class Client:
    """A person's WebSocket that keeps a view up to date and remembers what was said."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.heard: list[m.AnyMessage] = []
        self.people: dict[str, m.PersonView] = {}
        self.room: m.RoomInfo | None = None
        self.welcome: m.Welcome | None = None
        self.number = 0
        self._id = 0

    async def hear(self) -> m.AnyMessage:
        """The next message. AssertionError if the socket is closed instead."""
        async with asyncio.timeout(PATIENCE):
            frame = await self.socket.receive()
        assert frame.type is aiohttp.WSMsgType.TEXT, (frame, self.socket.close_code)
        message = m.decode_message(frame.data)
        self.heard.append(message)
        if isinstance(message, m.Welcome):
            self.welcome = message
            self.people = {one.id: one for one in message.view.people}
            self.room = message.view.room
            self.number = message.view.number
        elif isinstance(message, m.Update):
            self.people.update({one.id: one for one in message.people})
            for gone in message.gone:
                self.people.pop(gone)
            self.room = message.room or self.room
            self.number = message.number
        return message

    async def until(self, kind: type[Any]) -> Any:
        """The next message of that kind."""
        while not isinstance(message := await self.hear(), kind):
            pass
        return message

    async def answer(self, number: int) -> m.AnyMessage:
        """The answer with that id."""
        while getattr(message := await self.hear(), "id", None) != number:
            pass
        return message

    async def ask(self, request: m.AnyRequest) -> Any:
        """The answer to a request."""
        self._id += 1
        await self.socket.send_str(m.encode_request(request, self._id))
        return await self.answer(self._id)

    async def do(self, request: m.AnyRequest) -> m.Ok:
        """A request that must be done."""
        answer = await self.ask(request)
        assert isinstance(answer, m.Ok), answer
        return answer

    async def closing(self) -> tuple[m.Closing | None, int | None]:
        """Read to the end: why it was closed, and the WebSocket's close code."""
        reason = None
        async with asyncio.timeout(PATIENCE):
            async for frame in self.socket:
                message = m.decode_message(frame.data)
                self.heard.append(message)
                reason = message if isinstance(message, m.Closing) else reason
        return reason, self.socket.close_code

    @property
    def me(self) -> m.PersonView:
        assert self.welcome is not None
        return self.people[self.welcome.view.you]


class Server:
    """The application on a free port."""

    def __init__(self, house: House, engine: FakeEngine, tokens: Tokens) -> None:
        self.house = house
        self.engine = engine
        self.tokens = tokens
        self.log: SqliteLog
        self.http = aiohttp.ClientSession()
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._listening: asyncio.Server | None = None

    async def start(self, **options: Any) -> None:
        self.app = app = make_app(
            self.house,
            self.tokens,
            operator_key=OperatorKey(OPERATOR),
            public_url="https://stage.example.org",
            **options,
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        listener = socket.create_server(("127.0.0.1", 0))
        logger = logging.getLogger("http")
        connections, trusted = app[LIMITER].connections, app[TRUSTED]
        self._listening = await listen(self._runner, listener, connections, trusted, logger=logger)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    async def stop(self) -> None:
        await self.http.close()
        await self.house.close()
        if self._listening is not None:
            self._listening.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def keeper(self) -> Keeper:
        keeper = self.house.keeper("room")
        assert keeper is not None
        return keeper

    async def connect(self, room: str = "room", **options: Any) -> Client:
        url = f"{self.url}/api/rooms/{room}/socket"
        return Client(await self.http.ws_connect(url, max_msg_size=0, **options))

    async def enter(self, name: str, role: Role = Role.ATTENDEE, **more: Any) -> Client:
        """Somebody who is in."""
        client = await self.connect()
        token = "" if role is Role.ATTENDEE else self.tokens.link("room", role)
        answer = await client.ask(m.Enter(name=name, token=token, **more))
        assert isinstance(answer, m.Welcome), answer
        return client


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    log = await SqliteLog.open(tmp_path / "log.db")
    engine = FakeEngine()
    house = await House.open(log, engine)
    await house.create(rules.create("room", "The room", now=house.clock()))
    server = Server(house, engine, Tokens(RING))
    server.log = log
    static = tmp_path / "static"
    static.mkdir()
    (static / "index.html").write_text("<!doctype html><title>front</title>")
    (static / "room.html").write_text("<!doctype html><title>room</title>")
    (static / "missing.html").write_text("<!doctype html><title>missing</title>")
    (static / "room.js").write_text("// a module")
    (static / "locales").mkdir()
    (static / "locales" / "de.json").write_text('{"Name": "So heißt wer", "Time": "Zeit"}')
    (tmp_path / "secret.txt").write_text("not for anybody")
    await server.start(static=static)
    yield server
    await server.stop()
    await log.close()
