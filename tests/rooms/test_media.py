"""The engine is asked to forget whoever it may know of, and is left alone about all others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from stagedoor.log import SqliteLog
from stagedoor.media.interface import Grant
from stagedoor.rooms.house import House
from stagedoor.rooms.media import Media
from stagedoor.rooms.record import Record

from .fakes import FakeClock, FakeEngine
from .stage import ROOM, Stage


@pytest.fixture
async def media(tmp_path: Path) -> AsyncIterator[Media]:
    log = await SqliteLog.open(tmp_path / "log.db")
    engine = FakeEngine()
    media = Media(engine, Record(log, FakeClock()))
    house = await House.open(log, engine, FakeClock())
    await media.start(house)
    yield media
    await house.close()
    await log.close()


def forgotten(media: Media) -> list[str]:
    assert isinstance(media.engine, FakeEngine)
    return [entry[2] for entry in media.engine.diary.entries if entry[:2] == ("engine", "leave")]


async def test_whoever_receives_sends_or_may_send_is_forgotten_once(media: Media) -> None:
    await media.subscribe(ROOM, "ann")
    await media.grant(ROOM, [("ben", Grant.prepare()), ("dee", None)])
    await media.publish(ROOM, "ben", "offer")
    for _ in range(2):
        await media.leave(ROOM, ["ann", "ben", "cal", "dee"])
    assert sorted(forgotten(media)) == ["ann", "ben", "dee"]
    await media.leave("another", ["ann"])
    await media.subscribe(ROOM, "ann")
    await media.leave(ROOM, ["ann"])
    assert sorted(forgotten(media)) == ["ann", "ann", "ben", "dee"]


async def test_an_engine_that_did_not_forget_is_asked_again(media: Media) -> None:
    assert isinstance(media.engine, FakeEngine)
    await media.subscribe(ROOM, "ann")
    media.engine.down = True
    await media.leave(ROOM, ["ann"])
    media.engine.down = False
    assert forgotten(media) == []
    await media.leave(ROOM, ["ann"])
    assert forgotten(media) == ["ann"]


@pytest.mark.parametrize("call", ["subscribe", "grant", "publish"])
async def test_what_the_engine_does_after_it_forgot_somebody_is_forgotten_too(
    media: Media, call: str
) -> None:
    engine = media.engine
    assert isinstance(engine, FakeEngine)
    if call == "publish":
        await media.grant(ROOM, [("ann", Grant.prepare())])
    engine.hold(call)
    calls = {
        "subscribe": lambda: media.subscribe(ROOM, "ann"),
        "grant": lambda: media.grant(ROOM, [("ann", Grant.prepare())]),
        "publish": lambda: media.publish(ROOM, "ann", "bad"),
    }
    slow = asyncio.ensure_future(calls[call]())
    await engine.reached[call].wait()
    await media.leave(ROOM, ["ann"])
    engine.release(call)
    await asyncio.wait([slow])
    await media.leave(ROOM, ["ann"])
    assert forgotten(media) == ["ann", "ann"]
    slow.exception()


async def test_12_who_only_looked_in_costs_the_engine_nothing(crowd: Stage) -> None:
    connection = await crowd.enter("dee")
    crowd.diary.entries.clear()
    crowd.keeper.lost("dee", connection)
    await crowd.diary.until(lambda: crowd.diary.has("mod", "told"))
    assert not crowd.diary.has("engine")
