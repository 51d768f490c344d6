"""The SQLite log: order, atomicity, group commit, and clear words when it cannot work."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import get_args

import pytest

from stagedoor.log import LogBusyError, LogConflictError, LogError, SqliteLog
from stagedoor.rules.events import AnyEvent, Entered, HandLowered, HandRaised, RoomCreated
from stagedoor.rules.values import Mode, Role, Settings


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = await SqliteLog.open(tmp_path / "log.db")
    yield log
    await log.close()


def created(room: str = "a", at: int = 1) -> RoomCreated:
    return RoomCreated(at=at, room=room, name="A", mode=Mode.OPEN, settings=Settings())


def hand(at: int, person: str = "p") -> HandRaised:
    return HandRaised(at=at, by=person, rule=20, person=person)


async def test_reads_back_what_was_appended_in_order(log: SqliteLog) -> None:
    events: list[AnyEvent] = [
        created(),
        hand(2),
        HandLowered(at=3, by="m", person="ü\u2028"),
        hand(4),
    ]
    await log.append("a", 0, events[:1])
    await log.append("a", 1, events[1:])
    assert await log.read("a") == events
    assert await log.read("a", after=2) == events[2:]
    assert await log.read("a", after=4) == []
    assert await log.read("nowhere") == []


async def test_survives_being_closed_and_opened(tmp_path: Path) -> None:
    for start in range(0, 9, 3):
        log = await SqliteLog.open(tmp_path / "log.db")
        assert await log.read("a") == [hand(at) for at in range(start)]
        await log.append("a", start, [hand(at) for at in range(start, start + 3)])
        await log.close()


@pytest.mark.parametrize("after", [0, 1, 3, 4, -1])
async def test_refuses_an_append_that_is_not_after_the_last(log: SqliteLog, after: int) -> None:
    await log.append("a", 0, [created(), hand(2)])
    with pytest.raises(LogConflictError) as conflict:
        await log.append("a", after, [hand(3)])
    assert conflict.value.last == 2
    assert await log.read("a") == [created(), hand(2)]


async def test_of_many_writers_at_the_same_number_one_is_first(log: SqliteLog) -> None:
    results = await asyncio.gather(
        *(log.append("a", 0, [hand(at), hand(at)]) for at in range(1, 50)), return_exceptions=True
    )
    assert results.count(None) == 1
    assert all(isinstance(one, LogConflictError) for one in results if one is not None)
    winner = results.index(None) + 1
    assert await log.read("a") == [hand(winner), hand(winner)]


async def test_appends_of_many_rooms_do_not_meet(log: SqliteLog) -> None:
    rooms = [f"room-{n}" for n in range(300)]  # more than one group

    async def fill(number: int, room: str) -> None:
        await log.append(room, 0, [created(room, at=number)])
        await log.append(room, 1, [hand(2, room)])

    await asyncio.gather(*(fill(number, room) for number, room in enumerate(rooms, 1)))
    assert await log.rooms() == rooms
    for room in (rooms[0], rooms[150], rooms[-1]):
        assert await log.read(room, after=1) == [hand(2, room)]


async def test_a_reader_sees_the_append_asked_before(log: SqliteLog) -> None:
    append = asyncio.ensure_future(log.append("a", 0, [created()]))
    await asyncio.sleep(0)  # the append is queued, not done
    assert await log.read("a") == [created()]
    await append


async def test_a_cancelled_caller_does_not_harm_the_others(log: SqliteLog) -> None:
    first = asyncio.ensure_future(log.append("a", 0, [created()]))
    await asyncio.sleep(0)
    first.cancel()
    await log.append("b", 0, [created("b")])
    assert await log.read("b") == [created("b")]


async def test_every_event_type_has_its_columns(log: SqliteLog, tmp_path: Path) -> None:
    entered = Entered(at=7, by="p", rule=6, person="p", name="Ann", role=Role.HOST)
    await log.append("a", 0, [entered])
    await log.close()
    row = sqlite3.connect(tmp_path / "log.db").execute("SELECT * FROM events").fetchone()
    assert row[:5] == ("a", 1, 7, "p", "entered")
    assert row[5] == '{"type":"entered","at":7,"by":"p","rule":6,"person":"p","role":"host"}'
    assert row[8] == '{"name":"Ann"}'
    tags = [one.__struct_config__.tag for one in get_args(AnyEvent)]
    assert len(tags) == len(set(tags))


async def test_one_process_at_a_time(log: SqliteLog, tmp_path: Path) -> None:
    with pytest.raises(LogBusyError, match="in use by another Stagedoor"):
        await SqliteLog.open(tmp_path / "log.db")
    await log.close()
    again = await SqliteLog.open(tmp_path / "log.db")
    await again.close()


async def test_a_closed_log_says_so(log: SqliteLog) -> None:
    await log.close()
    with pytest.raises(LogError, match="closed"):
        await log.append("a", 0, [created()])


async def test_says_that_a_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(LogError, match="not a database"):
        await SqliteLog.open(tmp_path / "log.db")


async def test_says_that_a_database_is_of_another_program(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "log.db")
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.commit()
    other.close()
    with pytest.raises(LogError, match="another program"):
        await SqliteLog.open(tmp_path / "log.db")
    other = sqlite3.connect(tmp_path / "log.db")
    assert other.execute("SELECT count(*) FROM bookmarks").fetchone() == (0,)


async def test_says_that_a_log_is_newer(log: SqliteLog, tmp_path: Path) -> None:
    await log.close()
    file = sqlite3.connect(tmp_path / "log.db")
    file.execute("PRAGMA user_version = 99")
    file.close()
    with pytest.raises(LogError, match="newer version"):
        await SqliteLog.open(tmp_path / "log.db")


async def test_says_that_the_folder_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LogError, match="cannot be written"):
        await SqliteLog.open(tmp_path / "file" / "log.db")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM events WHERE number = 2", "Event 2 of room a is missing"),
        ("UPDATE events SET event = '{' WHERE number = 2", "Event 2 of room a .* understood"),
        ('UPDATE events SET event = \'{"type":"x","at":1}\'', "newer version"),
    ],
)
async def test_says_which_event_is_damaged(
    log: SqliteLog, tmp_path: Path, statement: str, sentence: str
) -> None:
    await log.append("a", 0, [created(), hand(2), hand(3)])
    await log.close()
    file = sqlite3.connect(tmp_path / "log.db")
    file.execute(statement)
    file.commit()
    file.close()
    log = await SqliteLog.open(tmp_path / "log.db")
    with pytest.raises(LogError, match=sentence):
        await log.read("a")
    await log.close()


async def test_a_full_disk_fails_the_append_and_loses_nothing(
    log: SqliteLog, tmp_path: Path
) -> None:
    """SQLite's own limit on the file's size stands for the disk's."""
    await log.append("a", 0, [created()])

    def limit(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    await log._put(lambda done: _query(limit, done))
    many = [hand(at, "x" * 1000) for at in range(50)]
    with pytest.raises(LogError, match="full"):
        await log.append("a", 1, many)
    assert await log.read("a") == [created()]
    await log.append("a", 1, [hand(2)])
    assert await log.read("a") == [created(), hand(2)]


def _query(work, done):  # type: ignore[no-untyped-def]
    from stagedoor.log.sqlite import _Query

    return _Query(work, done)


_WRITER = """
import asyncio, sys
from pathlib import Path
from stagedoor.log import SqliteLog
from stagedoor.rules.events import HandRaised

async def main():
    log = await SqliteLog.open(Path(sys.argv[1]))
    number = len(await log.read("a"))
    while True:
        await log.append("a", number, [HandRaised(at=number, person="p")] * 3)
        number += 3
        print(number, flush=True)

asyncio.run(main())
"""


def test_what_was_acknowledged_survives_sigkill(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    for rounds in range(1, 4):
        command = [sys.executable, "-c", _WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ)) as writer:
            assert writer.stdout is not None
            acknowledged = 0
            for _ in range(20 * rounds):
                acknowledged = int(writer.stdout.readline())
            writer.kill()
            rest = writer.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged

        async def read() -> list[AnyEvent]:
            log = await SqliteLog.open(path)
            try:
                return await log.read("a")
            finally:
                await log.close()

        events = asyncio.run(read())
        assert len(events) >= acknowledged
        assert len(events) % 3 == 0, "an append is kept whole or not at all"


async def test_does_not_take_what_must_not_be_kept(
    log: SqliteLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.append("a", 0, [created()])
    monkeypatch.setattr(HandRaised, "logged", False)
    with pytest.raises(ValueError, match="not to be kept"):
        await log.append("a", 1, [hand(2)])
    assert len(await log.read("a")) == 1


async def test_another_process_that_writes_is_waited_for_and_not_for_ever(
    log: SqliteLog, tmp_path: Path
) -> None:
    await log.append("a", 0, [created()])
    other = sqlite3.connect(tmp_path / "log.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for _ in range(2):
        with pytest.raises(LogError, match="locked"):
            await log.append("a", 1, [hand(2)])
        with pytest.raises(LogError, match="locked"):
            await log.check()
    assert await log.read("a") == [created()], "it can be read meanwhile"
    other.execute("ROLLBACK")
    await log.check()
    await log.append("a", 1, [hand(2)])
    waiting = asyncio.create_task(log.append("a", 2, [hand(3)]))
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()
    await waiting
    assert await log.read("a") == [created(), hand(2), hand(3)]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a megabyte, where one may mount it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def taken(log: SqliteLog, number: int) -> bool:
    """Whether another event is taken; it may be refused as the disk is full."""
    try:
        await log.append("a", number, [hand(number)])
    except LogError as error:
        return "full" not in error.sentence
    return True


async def test_a_full_disk_takes_nothing_of_what_is_there_and_recovers(small_disk: Path) -> None:
    log = await SqliteLog.open(small_disk / "log.db")
    await log.append("a", 0, [created()])
    (small_disk / "rest").write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * 4096))
    number = 1
    while await taken(log, number):
        number += 1
    with pytest.raises(LogError, match="full"):
        await log.check()
    kept = [created(), *(hand(one) for one in range(1, number))]
    assert await log.read("a") == kept
    (small_disk / "rest").unlink()
    await log.check()
    await log.append("a", number, [hand(number)])
    await log.close()
    again = await SqliteLog.open(small_disk / "log.db")
    assert await again.read("a") == [*kept, hand(number)]
    await again.close()
