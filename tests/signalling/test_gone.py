"""What the server has of people who came, did all they could, and went: nothing beside the room."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
import weakref
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stagedoor import messages as m
from stagedoor import rules
from stagedoor.log import SqliteLog
from stagedoor.rooms import House
from stagedoor.rooms.happenings import Told
from stagedoor.rules import commands as c
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.commands import AskQuestion, Say
from stagedoor.rules.values import Mode, Role, Room
from stagedoor.signalling import Tokens
from stagedoor.signalling.keys import LIMITER, SOCKETS
from stagedoor.signalling.limiter import Limiter
from stagedoor.signalling.limits import Buckets
from stagedoor.signalling.requests import Request, read_request
from tests.rooms.fakes import FakeEngine

from .conftest import PATIENCE, RING, Client, Server

PEOPLE = 6
CONTAINERS = (Mapping, list, tuple, set, frozenset, deque)
KEPT = (Room, Told)  # what is there for those who come back, and has its own bounds


class Hands:
    """A clock whose hands are put forward, in milliseconds."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
async def clock() -> Hands:
    return Hands()


@pytest.fixture
async def house_with_a_clock(tmp_path: Path, clock: Hands) -> AsyncIterator[Server]:
    log = await SqliteLog.open(tmp_path / "log.db")
    engine = FakeEngine()
    house = await House.open(log, engine, clock)
    await house.create(rules.create("room", "The room", now=clock(), mode=Mode.OPEN))
    server = Server(house, engine, Tokens(RING))
    await server.start(static=tmp_path, limiter=Limiter(clock=lambda: clock() / 1000))
    yield server
    await server.stop()
    await log.close()


async def test_nothing_is_left_of_those_who_have_gone(
    house_with_a_clock: Server, clock: Hands
) -> None:
    server = house_with_a_clock
    host = await server.enter("Hal", Role.HOST)
    gone = {await _visit(server, host, number, clock) for number in range(PEOPLE)}
    clock.now += server.keeper.room.settings.hold_ms + 60_000
    await host.do(React("heart"))  # a step of the room, which sees what time it is
    people = server.keeper.room.people
    assert gone < people.keys()
    assert not any(people[one].present for one in gone)
    limiter = server.app[LIMITER]
    assert _naming(gone, limiter, "limiter"), "they had asked for things"
    for buckets in (one for one in vars(limiter).values() if isinstance(one, Buckets)):
        for _ in range(PEOPLE):
            buckets.take("somebody else", limiter.clock())
    left = [*_naming(gone, server.house, "house"), *_naming(gone, limiter, "limiter")]
    assert left == []
    assert len(server.app[SOCKETS]) == 1
    assert (server.engine.watching, server.engine.granted) == (set(), {})


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("how", ["goodbye", "silence", "a reset", "bad frames", "the server"])
async def test_a_connection_that_ends_is_free_at_once(server: Server, how: str) -> None:
    """Without the garbage collector, which comes seldom: by then there would be hundreds."""
    visitor = await server.enter("Ann")
    (line,) = server.app[SOCKETS]
    gone = [_gone(one) for one in (line, line._socket)]
    del line
    match how:
        case "goodbye":
            await visitor.socket.close()
        case "silence" | "a reset":
            if how == "a reset":  # which the system sends where the socket does not linger
                known = _tcp(visitor).get_extra_info("socket")
                known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            _tcp(visitor).abort()
        case "bad frames":
            _tcp(visitor).write(b"\xff" * 16)
        case "the server":
            server.keeper.close_all(m.Closing(Code.SERVER_ERROR, "It ends.", again=True))
            await visitor.closing()
    async with asyncio.timeout(PATIENCE):
        for one in gone:
            await one.wait()


async def test_of_a_message_that_was_done_nothing_is_kept(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer's SDP has tens of KiB, and whoever sent it may be silent for hours."""
    seen: list[str] = []

    def reading(text: str) -> Request | m.Refused:
        seen.append(text)
        return read_request(text)

    async def answer(room: str, person: str, revision: int, sdp: str) -> None:
        seen.append(sdp)

    visitor = await server.enter("Ann")
    monkeypatch.setattr("stagedoor.signalling.socket.read_request", reading)
    monkeypatch.setattr(server.engine, "answer", answer)
    await visitor.do(m.SubscribeAnswer(1, "v=0\r\n" * 4000))
    alone = [str(visitor)]
    assert len(seen) == 2
    assert [*map(sys.getrefcount, seen)] == [*map(sys.getrefcount, alone)] * 2


def _gone(one: object) -> asyncio.Event:
    """Set once nobody has it any more."""
    event = asyncio.Event()
    weakref.finalize(one, event.set)
    return event


def _tcp(visitor: Client) -> asyncio.Transport:
    connection = visitor.socket._response.connection
    assert connection is not None
    assert connection.transport is not None
    return connection.transport


async def _visit(server: Server, host: Any, number: int, clock: Hands) -> str:
    """Come, watch, go up and be heard, talk, and hang up; who that was."""
    visitor = await server.enter(f"Visitor {number}")
    who = visitor.me.id
    await visitor.do(m.Watch())
    await visitor.do(m.ViewTiles([]))
    await visitor.do(c.RaiseHand())
    await visitor.do(c.JoinStage(microphone=True))
    assert isinstance(await visitor.ask(m.Publish("offer")), m.Published)
    assert server.engine.listener is not None
    server.engine.listener.speaking("room", [who])
    clock.now += 20_000
    server.engine.listener.speaking("room", [])
    await visitor.do(Say("What I wanted to say", key="a mark"))
    await visitor.do(AskQuestion("May I?", key="another"))
    await visitor.do(React("heart"))
    await visitor.socket.close()
    while who not in host.people or not host.people[who].away:
        await host.until(m.Update)
    return who


def _naming(people: set[str], root: object, path: str) -> list[str]:
    """Where in these objects of ours, and in what they have, one of these people is named."""
    seen: dict[int, object] = {}
    todo: list[tuple[str, object]] = [(path, root)]
    found = []
    while todo:
        path, one = todo.pop()
        if id(one) in seen or isinstance(one, KEPT):
            continue
        seen[id(one)] = one
        if isinstance(one, str):
            found += [path] if one in people else []
            continue
        todo += [(f"{path}{step}", inner) for step, inner in _inside(one)]
    return found


def _inside(one: object) -> Iterator[tuple[str, object]]:
    if isinstance(one, Mapping):
        for key, value in one.items():
            yield ".key", key
            yield f"[{key!r}]", value
    elif isinstance(one, CONTAINERS):
        yield from (("[]", inner) for inner in one)  # type: ignore[attr-defined]
    elif type(one).__module__.startswith(("stagedoor", "tests")):
        names = msgspec.structs.fields(one) if isinstance(one, msgspec.Struct) else ()
        slots = [field.name for field in names]
        for name in [*slots, *getattr(one, "__dict__", {})]:
            if name != "diary":
                yield f".{name}", getattr(one, name)
