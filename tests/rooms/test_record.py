"""The media engine's record: when a period began, by the rooms' clock, while it goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from stagedoor.log import SqliteLog
from stagedoor.log.record import read
from stagedoor.log.schema import connect
from stagedoor.media.interface import Forwarded, Grant
from stagedoor.rooms.media import Media
from stagedoor.rooms.record import Record

from .fakes import FakeClock, FakeEngine
from .stage import ROOM

LATER = 3_600_000  # milliseconds by which somebody sets the clock


class Account:
    """A record, with the clocks that it goes by, and what of it is in the log."""

    def __init__(self, log: SqliteLog, path: Path) -> None:
        self.clock = FakeClock()
        self.began = self.clock()
        self.media = Media(FakeEngine(), Record(log, self.clock, lambda: 0))
        self._path = path

    async def say(self, first: int, last: int, worker: int = 0, kind: str = "audio") -> None:
        """The engine tells of one of Ann's periods, by its own clock."""
        one = Forwarded("ann", kind, backstage=False, first=first, last=last, packets=last)
        self.media.record.forwarded(ROOM, [replace(one, worker=worker)])
        await self.media.record.flush()

    def kept(self) -> list[tuple[str, int, int]]:
        """Kind, worker, and when it began, from the start of the test."""
        connection = connect(self._path)
        forwarded, _ = read(connection, ROOM)
        connection.close()
        return [(one.kind, one.worker, one.first - self.began) for one in forwarded]


@pytest.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    path = tmp_path / "log.db"
    log = await SqliteLog.open(path)
    yield Account(log, path)
    await log.close()


async def test_a_period_that_goes_on_began_when_it_did_though_the_clock_is_set(
    account: Account,
) -> None:
    await account.say(100, 200)
    await account.say(150, 250, worker=1)
    await account.say(120, 260, kind="video")
    account.clock.now += LATER
    await account.say(100, 300)
    await account.say(150, 350, worker=1)
    await account.say(120, 360, kind="video")
    assert account.kept() == [("audio", 0, 100), ("video", 0, 120), ("audio", 1, 150)]


async def test_the_next_period_begins_by_the_clock_as_it_is_then(account: Account) -> None:
    await account.say(100, 200)
    account.clock.now += LATER
    await account.say(400, 500)
    await account.say(400, 600)
    assert account.kept() == [("audio", 0, 100), ("audio", 0, 400 + LATER)]


async def test_of_whoever_has_gone_nothing_is_kept_beside_the_log(account: Account) -> None:
    await account.media.grant(ROOM, [("ann", Grant.prepare())])
    await account.say(100, 200)
    assert account.media.record._began
    await account.media.leave(ROOM, ["ann"])
    assert not account.media.record._began
    assert account.kept() == [("audio", 0, 100)]


async def test_nor_of_a_room_that_has_ended(account: Account) -> None:
    await account.say(100, 200)
    await account.media.close_room("another")
    assert account.media.record._began
    await account.media.close_room(ROOM)
    assert not account.media.record._began
