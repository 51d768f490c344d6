"""What comes by TCP: HTTP requests up to their answers, WebSockets and their frames."""

from __future__ import annotations

import asyncio
import logging
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.keyring import Key, KeyRing, OperatorKey
from stagedoor.log import Forwarded, Stopped
from stagedoor.rooms import House
from stagedoor.rules.commands import RaiseHand
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.sessions import Exchange
from stagedoor.rules.talk.commands import Say
from stagedoor.rules.values import Role
from stagedoor.signalling import Tokens, http_logger, make_app, sessions
from tests.rooms.fakes import FakeEngine

from .target import Run, Target, join, split

KEY = "the-operators-key-for-fuzzing-0123456789"  # pragma: allowlist secret
SECRET = "a secret for fuzzing that is long enough for every algorithm"  # pragma: allowlist secret
RING = KeyRing((Key("", SECRET),))
HOST = "hal"
GIVEN = sessions.give(HOST)
RENEW = 500  # inputs to one house
STEPS = 30  # of the event loop, for an answer


class MemoryLog:
    """An event log that keeps nothing."""

    async def append(self, room: str, after: int, events: Sequence[AnyEvent]) -> None:
        """Take it for kept."""

    async def read(self, room: str, after: int = 0) -> list[AnyEvent]:
        """What is there: nothing."""
        return []

    async def rooms(self) -> list[str]:
        """No rooms."""
        return []

    async def quiet(self, since: int) -> list[str]:
        """No rooms."""
        return []

    async def personal(self, room: str) -> list[int]:
        """Nothing."""
        return []

    async def check(self) -> None:
        """It could write."""

    async def record(self, forwarded: Sequence[Forwarded], stopped: Sequence[Stopped]) -> None:
        """Take it for kept."""

    async def erase(self, room: str, numbers: Sequence[int]) -> None:
        """Nothing is there."""

    async def close(self) -> None:
        """Nothing to close."""


class Wire(asyncio.Transport):
    """The server's side of a connection: what is written is kept."""

    def __init__(self) -> None:
        super().__init__({"peername": ("192.0.2.1", 40000)})
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        """See asyncio.WriteTransport."""
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        """It takes everything."""
        return 0

    def is_closing(self) -> bool:
        """Whether the server has hung up."""
        return self.closed

    def close(self) -> None:
        """The server hangs up."""
        self.closed = True

    abort = close

    def pause_reading(self) -> None:
        """The next piece comes when it is asked for anyway."""

    resume_reading = pause_reading


class Errors(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.found.append(record)


class Site:
    """The application, on connections without a network."""

    def __init__(self) -> None:
        self._errors = Errors()
        self._static = Path(tempfile.mkdtemp())
        self._loop = asyncio.new_event_loop()
        self._count = 0
        self._house: House | None = None

    def take(self, data: bytes) -> None:
        """What one client sends, in pieces."""
        if self._count % RENEW == 0:
            self._loop.run_until_complete(self._open())
        self._count += 1
        self._errors.found.clear()
        loggers = [logging.getLogger(name) for name in ("aiohttp", "asyncio", "stagedoor")]
        for logger in loggers:
            logger.addHandler(self._errors)
        try:
            written = self._loop.run_until_complete(self._connection(data))
        finally:
            for logger in loggers:
                logger.removeHandler(self._errors)
        for record in self._errors.found:
            error = record.exc_info[1] if record.exc_info else None
            raise error or AssertionError(record.getMessage())
        # aiohttp itself fails where it quotes an Expect header that is no text.
        assert b"HTTP/1.1 500" not in written or b"xpect" in data.replace(b"E", b"e")

    async def _open(self) -> None:
        if self._house is not None:
            await self._house.close()
        self._house = house = await House.open(MemoryLog(), FakeEngine())
        keeper = await house.create(rules.create("room", "The room", now=house.clock()))
        assert not isinstance(keeper, Refusal)
        entered = rules.enter(
            keeper.room, HOST, "Hal", Role.HOST, house.clock(), session=Exchange("", GIVEN.hash)
        )
        assert isinstance(entered, list)
        for event in entered:
            keeper.room = rules.evolve(keeper.room, event)
        url = "https://stage.example.org"
        tokens = Tokens(RING)
        app = make_app(
            house, tokens, operator_key=OperatorKey(KEY), public_url=url, static=self._static
        )
        runner = web.AppRunner(app, access_log=None, logger=http_logger())
        await runner.setup()
        assert runner.server is not None
        self._server = runner.server

    async def _connection(self, data: bytes) -> bytes:
        transport = Wire()
        protocol = self._server()
        protocol.connection_made(transport)
        await self._idle(1)
        for piece in split(data, 6):
            if transport.closed:
                break
            protocol.data_received(piece)
            await self._idle(STEPS)
        protocol.connection_lost(None)
        await self._idle(STEPS)
        return b"".join(transport.written)

    async def _idle(self, steps: int) -> None:
        for _ in range(steps):
            await asyncio.sleep(0)


def _http() -> Run:
    return Site().take


def request(first: str, *headers: str, body: str = "") -> bytes:
    """An HTTP request."""
    lines = [f"{first} HTTP/1.1", "Host: stage.example.org", *headers]
    lines += [f"Content-Length: {len(body)}"] if body else []
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("latin-1")


def frame(data: bytes, kind: int = 0x81) -> bytes:
    """A WebSocket frame of a client, masked with zeros (RFC 6455, section 5.2)."""
    size = len(data)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
    return bytes([kind]) + length + bytes(4) + data


def _seeds() -> list[bytes]:
    operator = f"Authorization: Bearer {KEY}"
    upgrade = request(
        "GET /api/rooms/room/socket",
        *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Origin: https://stage.example.org",
    )
    said: list[Any] = [m.Enter("Ann"), RaiseHand(), Say("Hello"), m.Watch(), m.Publish("v=0")]
    frames = [frame(m.encode_request(one, 7).encode()) for one in said]
    moderator = f"Authorization: Bearer {GIVEN.text}"
    wanted = '{"name":"Hall","id":"hall","mode":"open","settings":{"capacity":5},"opens_at":7}'
    requests = [
        *(request(f"GET {path}") for path in ("/", "/r/room", "/r/%F0%9F%8E%AD", "/static/a.js")),
        *(request(f"GET /api/{path}") for path in ("health", "schema", "rooms/room")),
        *(request(f"GET /api/{path}", operator) for path in ("stats", "metrics", "rooms")),
        request("POST /api/rooms", operator, body=wanted),
        request("POST /api/rooms/room/links", operator, body='{"expires_in_s":60}'),
        request("GET /api/rooms/room/polls/1/results.csv", moderator),
        request("GET /api/rooms/room/quizzes/1/results.json", moderator),
        request("GET /api/rooms/room/reports/attendance.csv", moderator),
        request("DELETE /api/rooms/room", operator),
        request("GET /api/rooms", "Authorization: Bearer \xff"),
    ]
    return [
        *(join([one]) for one in requests),
        join([upgrade, frames[0], *frames[1:]]),
        join([upgrade, b"".join(frames), frame(b"", 0x89), frame(b"\x03\xe8", 0x88)]),
        join([upgrade[:40], upgrade[40:], frame(b"x", 0x82)]),
    ]


HTTP = Target(
    "http",
    _http,
    _seeds(),
    words=[
        *(b"GET /api/rooms/room/", b"POST ", b"%FF", b"%2F..", b"\r\n", b"Authorization: Bearer "),
        *(b"Origin: http://[", b"Host: [::1", b"Content-Length: ", b"Transfer-Encoding: chunked"),
        *(b"?x=%00", b"Range: bytes=0-", b"Expect: 100-continue", b"Cookie: a=b", b"socket"),
    ],
    longest=4096,
)
