"""The chain over a room's events: whatever is done to them is found, and named."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from msgspec.structs import replace

from stagedoor.log import SqliteLog
from stagedoor.log.breaks import Broken, check
from stagedoor.log.chain import GENESIS, Head, link
from stagedoor.log.row import KINDS, Row, event, row, tag
from stagedoor.log.schema import APPLICATION_ID, AT_ONCE, COLUMNS, FORMAT
from stagedoor.rules.base import ERASED
from stagedoor.rules.events import AnyEvent, Entered, HandRaised, RoomCreated
from stagedoor.rules.talk.events import Said
from stagedoor.rules.values import Mode, Role, Settings


def chained(rows: list[Row], number: int = 1, previous: bytes = GENESIS) -> list[Row]:
    """As somebody would who computes the chain anew, with numbers from ``number`` on."""
    done = []
    for place, one in enumerate(rows, number):
        previous = link(previous, one, place)
        done.append(replace(one, number=place, hash=previous))
    return done


def renumbered(rows: list[Row]) -> list[Row]:
    """As somebody would who cannot, or forgets to."""
    return [replace(one, number=number) for number, one in enumerate(rows, 1)]


def said(at: int, text: str = "") -> Row:
    return row("a", 0, Said(at=at, by="p", text=text or f"words {at}"))


ROWS = chained([said(at) for at in range(1, 11)])
HEAD = Head(10, ROWS[-1].hash)


def found(rows: list[Row], *heads: Head) -> list[tuple[str, int, int]]:
    return [(one.what.value, one.first, one.last) for one in check(rows, heads).breaks]


def without(*numbers: int) -> list[Row]:
    return [one for one in ROWS if one.number not in numbers]


def changed(*numbers: int) -> list[Row]:
    return [replace(one, by="q") if one.number in numbers else one for one in ROWS]


def swapped(one: int, other: int) -> list[Row]:
    rows = list(ROWS)
    rows[one - 1], rows[other - 1] = rows[other - 1], rows[one - 1]
    return renumbered(rows)


def with_one_more(place: int, stranger: Row) -> list[Row]:
    return renumbered([*ROWS[: place - 1], stranger, *ROWS[place - 1 :]])


def forged(place: int) -> Row:
    """One that fits where it is put in, though what follows does not fit on it."""
    before = ROWS[place - 2].hash if place > 1 else GENESIS
    (one,) = chained([said(99, "never said")], place, before)
    return one


def test_a_chain_that_nobody_touched_holds() -> None:
    checked = check(ROWS, [HEAD, Head(4, ROWS[3].hash), Head(None, ROWS[0].hash)])
    assert checked.breaks == []
    assert checked.head == HEAD
    assert check([]).head == Head(0, GENESIS)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (changed(1), [("changed", 1, 1)]),
        (changed(5), [("changed", 5, 5)]),
        (changed(10), [("changed", 10, 10)]),
        (changed(3, 4, 7), [("changed", 3, 3), ("changed", 4, 4), ("changed", 7, 7)]),
        (without(1), [("removed", 1, 1)]),
        (without(5), [("removed", 5, 5)]),
        (without(4, 5, 6, 9), [("removed", 4, 6), ("removed", 9, 9)]),
        (renumbered(without(5)), [("removed", 5, 5)]),
        (renumbered(without(1, 2, 6)), [("removed", 1, 2), ("removed", 6, 6)]),
        (swapped(4, 5), [("moved", 5, 4)]),
        (swapped(3, 8), [("moved", 3, 8), ("moved", 8, 3)]),
        (with_one_more(5, said(99)), [("put_in", 5, 5)]),
        (with_one_more(1, said(99)), [("put_in", 1, 1)]),
        (with_one_more(5, forged(5)), [("put_in", 5, 5)]),
        (with_one_more(1, forged(1)), [("put_in", 1, 1)]),
        (with_one_more(6, ROWS[1]), [("put_in", 6, 6)]),
        ([replace(one, number=one.number + 3) for one in ROWS], [("moved", 1, 4)]),
        ([replace(one, hash=bytes(32)) if one.number == 5 else one for one in ROWS],
         [("hash_changed", 5, 5)]),
        ([replace(one, personal='{"text":"no"}') if one.number == 5 else one for one in ROWS],
         [("personal_changed", 5, 5)]),
        ([replace(one, salt=None) if one.number == 5 else one for one in ROWS],
         [("personal_changed", 5, 5)]),
    ],
)  # fmt: skip
def test_what_was_done_is_named(rows: list[Row], expected: list[Any]) -> None:
    assert found(rows) == expected
    assert all(one.sentence.endswith(".") for one in check(rows).breaks)


@pytest.mark.parametrize(
    "what", [lambda one: replace(one, at=0), lambda one: replace(one, type="x"),
             lambda one: replace(one, room="b"), lambda one: replace(one, event=one.event + " "),
             lambda one: replace(one, seal=bytes(32), salt=None, personal=None),
             lambda one: replace(one, seal=b"", salt=None, personal=None)],
)  # fmt: skip
def test_all_that_is_kept_is_in_the_chain(what: Callable[[Row], Row]) -> None:
    rows = [what(one) if one.number == 5 else one for one in ROWS]
    assert ("changed", 5, 5) in found(rows)


def test_only_a_head_kept_elsewhere_shows_a_cut_end() -> None:
    assert found(ROWS[:7]) == []
    assert found(ROWS[:7], HEAD) == [("cut_off", 8, 10)]
    assert found(ROWS[:7], Head(None, HEAD.hash)) == [("rewritten", 0, 7)]


def test_only_a_head_kept_elsewhere_shows_a_chain_computed_anew() -> None:
    rows = chained(changed(5))
    assert found(rows) == []
    assert found(rows, HEAD, Head(3, ROWS[2].hash)) == [("rewritten", 3, 10)]
    assert found(rows, Head(9, ROWS[2].hash)) == [("rewritten", 3, 9)], "a head of another event"


def test_a_log_of_which_everything_is_changed_is_checked_in_bearable_time() -> None:
    rows = [replace(one, by="q") for one in chained([said(at) for at in range(3000)])]
    assert [one.what for one in check(rows).breaks] == [Broken.CHANGED] * 3000


@pytest.mark.parametrize("text", ["", "x", "5:", "5:" + "a" * 62, "-5:" + "a" * 64, ":" + "a" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"head|hex"):
        Head.parse(text)


def test_a_head_is_read_as_it_is_written() -> None:
    assert Head.parse(str(HEAD)) == HEAD
    assert Head.parse(HEAD.hash.hex()) == Head(None, HEAD.hash)


def test_every_kind_of_event_can_be_read_once_what_was_personal_is_erased() -> None:
    with_some = [kind for kind in get_args(AnyEvent) if kind.personal and kind.logged]
    assert len(with_some) >= 8
    for kind in with_some:
        fields = {one.name: one for one in msgspec.structs.fields(kind)}
        assert kind.personal.keys() <= fields.keys(), kind
        for name, blank in kind.personal.items():
            assert msgspec.convert(blank, fields[name].type) == blank
    stored = row("a", 1, Entered(at=1, by="p", person="p", name="Ann", role=Role.HOST))
    blank = event(replace(stored, salt=None, personal=None))
    assert blank == Entered(at=1, by="p", person="p", name=ERASED, role=Role.HOST)
    assert KINDS[tag(Entered)] is Entered


# -- in the file


@pytest.fixture
async def log(tmp_path: Path) -> AsyncIterator[SqliteLog]:
    log = await SqliteLog.open(tmp_path / "log.db")
    yield log
    await log.close()


EVENTS: list[AnyEvent] = [
    RoomCreated(at=1, room="a", name="A", mode=Mode.OPEN, settings=Settings()),
    Entered(at=2, by="p", person="p", name="Anneliese", role=Role.HOST),
    HandRaised(at=3, by="p", person="p"),
    Said(at=4, by="p", text="Something of mine"),
    Said(at=5, by="p", text="Something else"),
]


def bytes_in(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.iterdir())


def stored(path: Path, room: str = "a") -> list[Row]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as file:
        rows = file.execute(
            f"SELECT {COLUMNS} FROM events WHERE room = ? ORDER BY number", (room,)
        ).fetchall()
    return [Row(*one) for one in rows]


async def test_appends_are_chained_room_by_room(log: SqliteLog, tmp_path: Path) -> None:
    await log.append("a", 0, EVENTS[:2])
    await log.append("b", 0, EVENTS[:1])
    await log.append("a", 2, EVENTS[2:])
    checked = check(stored(tmp_path / "log.db"))
    assert checked.breaks == []
    assert checked.head == await log.head("a")
    assert (await log.head("a")).number == 5
    assert (await log.head("c")) == Head(0, GENESIS)


async def test_more_events_than_one_statement_takes_are_in_order_and_chained(
    log: SqliteLog, tmp_path: Path
) -> None:
    events = [HandRaised(at=at, by="p", person="p") for at in range(1, 2 * AT_ONCE + 2)]
    await log.append("a", 0, events[:1])
    await log.append("a", 1, events[1:])
    assert await log.read("a") == events
    await log.close()
    rows = stored(tmp_path / "log.db")
    assert found(rows) == []
    assert [one.at for one in rows] == [one.at for one in events]


async def test_what_is_personal_can_be_erased_and_the_chain_holds(
    log: SqliteLog, tmp_path: Path
) -> None:
    await log.append("a", 0, EVENTS)
    head = await log.head("a")
    await log.erase("a", [2, 3, 4])
    events = await log.read("a")
    assert events[1] == Entered(at=2, by="p", person="p", name=ERASED, role=Role.HOST)
    assert events[2] == EVENTS[2], "there is nothing personal in it"
    assert events[3] == Said(at=4, by="p", text=ERASED)
    assert events[4] == EVENTS[4]
    checked = check(stored(tmp_path / "log.db"), [head])
    assert checked.breaks == []
    assert checked.erased == 2
    files = bytes_in(tmp_path)
    assert b"Anneliese" not in files
    assert b"of mine" not in files
    assert b"Something else" in files


_VERSION_1 = """
CREATE TABLE events (
    room TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, "by" TEXT NOT NULL,
    type TEXT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (room, number)
) WITHOUT ROWID, STRICT
"""


def version_1(path: Path, events: list[tuple[int, str]]) -> None:
    """A file as it was before there was a chain."""
    with sqlite3.connect(path) as file:
        file.execute(_VERSION_1)
        file.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        file.execute("PRAGMA user_version = 1")
        for room in ("a", "b"):
            file.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                [(room, n, n, "p", msgspec.json.decode(it)["type"], it) for n, it in events],
            )
    file.close()


async def test_a_log_from_before_the_chain_is_brought_up_to_date(tmp_path: Path) -> None:
    whole = [msgspec.json.encode(one).decode() for one in EVENTS]
    version_1(tmp_path / "log.db", [*enumerate(whole, 1)])
    log = await SqliteLog.open(tmp_path / "log.db")
    assert await log.read("a") == await log.read("b") == EVENTS
    await log.append("a", 5, EVENTS[2:])
    head = await log.head("a")
    await log.close()
    log = await SqliteLog.open(tmp_path / "log.db")
    assert await log.head("a") == head, "the chain is computed once"
    await log.close()
    for room in "ab":
        checked = check(stored(tmp_path / "log.db", room))
        assert checked.breaks == []
    with sqlite3.connect(tmp_path / "log.db") as file:
        assert file.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert file.execute("SELECT name FROM sqlite_schema").fetchall() == [
            ("events",),
            ("forwarded",),
            ("stopped",),
        ]


async def test_a_damaged_log_is_brought_up_to_date_as_it_is(tmp_path: Path) -> None:
    whole = [msgspec.json.encode(one).decode() for one in EVENTS]
    odd = [(1, whole[0]), (2, '{"type":"of a newer version","at":2}'), (4, whole[3])]
    version_1(tmp_path / "log.db", odd)
    log = await SqliteLog.open(tmp_path / "log.db")
    await log.close()
    rows = stored(tmp_path / "log.db")
    assert [one.event for one in rows[:2]] == [odd[0][1], odd[1][1]]
    assert found(rows) == [("removed", 3, 3)]
