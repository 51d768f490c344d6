"""Over the limits of a real server: a refusal with a sentence, when to come back, then the end."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.log import SqliteLog
from stagedoor.rooms import House
from stagedoor.rules.commands import RaiseHand
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.commands import Say
from stagedoor.signalling import Tokens
from stagedoor.signalling import socket as socket_module
from stagedoor.signalling.callers import read_networks
from stagedoor.signalling.guard import listen
from stagedoor.signalling.keys import SOCKETS
from stagedoor.signalling.limiter import Limiter, Limits
from stagedoor.signalling.limits import Counts, Rate
from stagedoor.signalling.requests import Request, read_request
from tests.rooms.fakes import FakeEngine

from .conftest import OPERATOR, PATIENCE, RING, Client, Server

KEY = {"Authorization": f"Bearer {OPERATOR}"}


class Place:
    """A server whose clock stands still, with these limits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.now = 1000.0
        self.server: Server

    async def open(self, trusted: tuple[str, ...] = (), **limits: Any) -> Server:
        self._log = await SqliteLog.open(self._folder / "log.db")
        house = await House.open(self._log, engine := FakeEngine())
        await house.create(rules.create("room", "The room", now=house.clock()))
        self.server = Server(house, engine, Tokens(RING))
        usual = {name: getattr(Limits.of(), name) for name in Limits.__struct_fields__}
        limiter = Limiter(Limits(**{**usual, **limits}), lambda: self.now)
        await self.server.start(limiter=limiter, trusted=read_networks(trusted))
        return self.server

    async def close(self) -> None:
        await self.server.stop()
        await self._log.close()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(tmp_path)
    yield place
    await place.close()


async def test_too_many_requests_are_told_when_to_come_back(place: Place) -> None:
    server = await place.open(requests=Rate(0.25, 2))
    for _ in range(2):
        async with server.http.get(f"{server.url}/api/health") as response:
            assert response.status == 200
    async with server.http.get(f"{server.url}/api/health") as response:
        refusal = await response.json()
        assert (response.status, response.headers["Retry-After"]) == (429, "4")
        assert response.headers["Connection"] == "close"
        assert (refusal["code"], refusal["sentence"][-1]) == (Code.TOO_MANY, ".")
    place.now += 4
    async with server.http.get(f"{server.url}/api/health") as response:
        assert response.status == 200


async def test_a_proxy_that_is_trusted_speaks_for_many(place: Place) -> None:
    server = await place.open(trusted=("127.0.0.1",), requests=Rate(0.25, 1))
    statuses = []
    for who in ("192.0.2.1", "192.0.2.2", "192.0.2.1", "2001:db8::1", "2001:db8::2"):
        headers = {"X-Forwarded-For": who}
        async with server.http.get(f"{server.url}/api/health", headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [200, 200, 429, 200, 429]


async def test_nobody_else_is_believed_whom_they_speak_for(place: Place) -> None:
    server = await place.open(requests=Rate(0.25, 1))
    for who, expected in (("192.0.2.1", 200), ("192.0.2.2", 429)):
        headers = {"X-Forwarded-For": who}
        async with server.http.get(f"{server.url}/api/health", headers=headers) as response:
            assert response.status == expected


async def test_joins_and_sockets_at_once_are_limited(place: Place) -> None:
    server = await place.open(joins=Rate(1, 3), sockets=2)
    first, second = [await server.connect() for _ in range(2)]
    for _ in range(2):  # one too many at once, then one too many within a moment
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await server.connect()
        assert refused.value.status == 429
    place.now += 10
    await first.socket.close()
    assert not second.socket.closed
    async with asyncio.timeout(PATIENCE):
        while True:  # until the server, too, knows that it is closed
            with suppress(aiohttp.WSServerHandshakeError):
                await server.connect()
                break
            place.now += 1


async def test_wrong_keys_are_not_tried_for_long(place: Place) -> None:
    server = await place.open(wrong_keys=Rate(0.1, 2))
    url = f"{server.url}/api/rooms"
    for expected in (401, 401, 429):
        async with server.http.get(url, headers={"Authorization": "Bearer x"}) as response:
            assert response.status == expected
    async with server.http.get(url, headers=KEY) as response:
        assert response.status == 429
    place.now += 10
    async with server.http.get(url, headers=KEY) as response:
        assert response.status == 200


async def test_rooms_are_not_made_by_the_thousand(place: Place) -> None:
    server = await place.open(rooms=Rate(0.1, 1))
    for expected in (201, 429):
        body = {"name": "Hall"}
        async with server.http.post(f"{server.url}/api/rooms", headers=KEY, json=body) as response:
            assert response.status == expected


async def test_what_is_said_is_limited_apart_from_the_rest_and_over_connections(
    place: Place,
) -> None:
    server = await place.open(talk=Rate(0.1, 2))
    ann = await server.enter("Ann")
    for text in ("one", "two"):
        await ann.do(Say(text))
    refused = await ann.ask(Say("three"))
    assert refused.code is Code.TOO_MANY
    await ann.do(RaiseHand())
    assert ann.welcome is not None
    again = await server.connect()
    await again.ask(m.Enter("Ann", session=ann.welcome.session))
    assert (await again.ask(Say("three"))).code is Code.TOO_MANY
    place.now += 10
    await again.do(Say("three"))


async def test_media_requests_are_limited(place: Place) -> None:
    server = await place.open(media=Rate(0.1, 2))
    ann = await server.enter("Ann")
    for _ in range(2):
        await ann.do(m.Watch())
    assert (await ann.ask(m.Watch())).code is Code.TOO_MANY


async def test_whoever_goes_on_is_cut_off(place: Place) -> None:
    server = await place.open(messages=Rate(1, 3), patience=Rate(1, 4))
    ann, ben = await server.enter("Ann"), await server.enter("Ben")
    reason, code = await flooded(ann)
    assert reason is not None
    assert (reason.code, reason.again, code) == (Code.TOO_MANY, False, 4010)
    assert [one.id for one in ann.heard if isinstance(one, m.Refused)] == [13, 14, 15, 16]
    await ben.do(RaiseHand())


async def test_what_is_over_the_limit_is_not_read(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = await place.open(messages=Rate(1, 3))
    read: list[str] = []

    def noting(text: str) -> Request | m.Refused:
        read.append(text)
        return read_request(text)

    monkeypatch.setattr(socket_module, "read_request", noting)
    ann = await server.enter("Ann")
    for _ in range(3):
        await ann.do(m.Ping())
    await ann.socket.send_str('{"id": 77, "type": ["nothing", "that", "there", "is"]}')
    refused = await ann.answer(77)
    assert isinstance(refused, m.Refused)
    assert refused.code is Code.TOO_MANY
    assert len(read) == 4


async def test_whoever_is_over_a_limit_is_not_read_for_a_moment(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_module, "REST", PATIENCE)
    server = await place.open(messages=Rate(1, 1))
    ann, ben = await server.enter("Ann"), await server.enter("Ben")
    (line,) = (one for one in server.app[SOCKETS] if one._person == ann.me.id)
    assert line._transport is not None
    await ann.do(m.Ping())
    assert (await ann.ask(m.Ping())).code is Code.TOO_MANY
    assert not line._transport.is_reading()
    await ben.do(m.Ping())
    place.now += 10
    monkeypatch.setattr(socket_module, "REST", 0.01)
    await ben.do(m.Ping())
    assert (await ben.ask(m.Ping())).code is Code.TOO_MANY
    place.now += 10
    await ben.do(m.Ping())


async def test_what_they_left_who_are_gone_is_not_refused_to_its_end(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    server = await place.open(messages=Rate(1, 3), patience=Rate(1, 4))
    ben = await server.enter("Ben")
    async with aiohttp.ClientSession() as other:
        ann = Client(await other.ws_connect(f"{server.url}/api/rooms/room/socket"))
        await ann.ask(m.Enter("Ann"))
        for number in range(10, 60):
            await ann.socket.send_str(m.encode_request(m.Ping(), number))
    while not any(one.away for one in ben.people.values()):
        await ben.until(m.Update)
    assert "cut off" not in caplog.text


async def test_before_entering_too(place: Place) -> None:
    server = await place.open(messages=Rate(1, 3), patience=Rate(1, 4))
    reason, _ = await flooded(await server.connect())
    assert reason is not None
    assert reason.code is Code.TOO_MANY


async def flooded(client: Client) -> tuple[m.Closing | None, int | None]:
    """Send on and on: why it was closed."""
    for number in range(10, 30):
        await client.socket.send_str(m.encode_request(m.Ping(), number))
    return await client.closing()


class Guard:
    """A small application behind the guard, and how many its addresses have."""

    def __init__(self) -> None:
        self.counts = Counts(2)
        self._runner = web.AppRunner(web.Application())

    async def open(self, trusted: tuple[str, ...] = (), idle: float = 60.0) -> int:
        await self._runner.setup()
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self._server = await listen(
            self._runner,
            listener,
            self.counts,
            read_networks(trusted),
            logger=logging.getLogger("guarded"),
            idle=idle,
        )
        port: int = listener.getsockname()[1]
        return port

    async def close(self) -> None:
        self._server.close()
        await self._runner.cleanup()


@pytest.fixture
async def guard() -> AsyncIterator[Guard]:
    guard = Guard()
    yield guard
    await guard.close()


async def ended(reader: asyncio.StreamReader) -> bytes:
    """What comes until the other side closes."""
    async with asyncio.timeout(PATIENCE):
        with suppress(ConnectionError):
            return await reader.read()
        return b""


async def answered(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that was answered once, and stays."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    async with asyncio.timeout(PATIENCE):
        assert b"404" in await reader.readline()
    return reader, writer


async def test_a_request_that_never_ends_is_cut_off(guard: Guard) -> None:
    port = await guard.open(idle=0.3)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a")
    assert await ended(reader) == b""
    reader, writer = await answered(port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a")
    await ended(reader)


async def test_connections_of_an_address_are_counted(guard: Guard) -> None:
    port = await guard.open()
    _, first = await answered(port)
    await answered(port)
    reader, _ = await asyncio.open_connection("127.0.0.1", port)
    assert await ended(reader) == b""
    first.close()
    await first.wait_closed()
    async with asyncio.timeout(PATIENCE):
        while True:  # until the server, too, knows that it is closed
            with suppress(ConnectionError, AssertionError):
                await answered(port)
                break


async def test_those_of_a_proxy_are_not(guard: Guard) -> None:
    port = await guard.open(trusted=("127.0.0.1",))
    for _ in range(4):
        await answered(port)
    assert len(guard.counts) == 0
