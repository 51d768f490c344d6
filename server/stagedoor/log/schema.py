"""The log's file: its tables, its versions, and how rows are put in, read and erased.

Version 1 had each event's JSON whole and no chain; ``_chain`` computes it once, in one transaction.
What a chain says of the time before is in docs/audit.md. Version 2 had no record of the media
engine's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import msgspec

from .chain import GENESIS, link
from .interface import LogError
from .record import RECORD
from .row import Row, split

APPLICATION_ID = 0x53444F52  # "SDOR"; sqlite.org/pragma.html#pragma_application_id
FORMAT = 3
CACHE = 512  # KiB of the file in memory: appending needs each room's last page, reading none

AT_ONCE = 64  # rows in one statement; SQLite takes 32,766 values (sqlite.org/limits.html)

COLUMNS = 'room, number, at, "by", type, event, seal, salt, personal, hash'

_EVENTS = """
CREATE TABLE events (
    room TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    type TEXT NOT NULL,
    event TEXT NOT NULL,
    seal BLOB NOT NULL,
    salt BLOB,
    personal TEXT,
    hash BLOB NOT NULL,
    PRIMARY KEY (room, number)
) WITHOUT ROWID, STRICT
"""


def connect(path: Path) -> sqlite3.Connection:
    """The file, made or brought up to date if need be. Raises LogError."""
    try:
        connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise LogError(f"The event log {path} cannot be opened: {error}.") from error
    return connection


def head(connection: sqlite3.Connection, room: str) -> tuple[int, bytes]:
    """The number and the hash of the room's last event."""
    found: tuple[int, bytes] | None = connection.execute(
        "SELECT number, hash FROM events WHERE room = ? ORDER BY number DESC LIMIT 1", (room,)
    ).fetchone()
    return found or (0, GENESIS)


def insert(connection: sqlite3.Connection, rows: Iterable[Row], previous: bytes) -> None:
    """Put a room's rows in, chained to the hash ``previous`` that is before the first.

    Many with one statement: after each the thread waits for the interpreter's lock again, which
    takes milliseconds while the event loop is busy (``sys.getswitchinterval``).
    """
    values = _chained(rows, previous)
    while some := [*islice(values, AT_ONCE)]:
        row = f"({', '.join('?' * len(some[0]))})"
        connection.execute(
            f"INSERT INTO events VALUES {', '.join([row] * len(some))}", [*chain(*some)]
        )


def erase(connection: sqlite3.Connection, room: str, numbers: Sequence[int]) -> None:
    """Overwrite what is personal in these events, in the file and in the write-ahead log."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(
            "UPDATE events SET salt = NULL, personal = NULL WHERE room = ? AND number = ?",
            [(room, number) for number in numbers],
        )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    # A reader of an older state keeps the log's pages: then it is said, and can be tried again.
    (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise LogError("Another program reads the event log; what was erased is still in its WAL.")


def _chained(rows: Iterable[Row], previous: bytes) -> Iterator[tuple[Any, ...]]:
    for one in rows:
        previous = link(previous, one)
        yield (
            one.room,
            one.number,
            one.at,
            one.by,
            one.type,
            one.event,
            one.seal,
            one.salt,
            one.personal,
            previous,
        )


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and application != APPLICATION_ID:
        raise LogError(f"{path} is a database of another program, not Stagedoor's event log.")
    if version > FORMAT:
        raise LogError(f"The event log {path} was written by a newer version of Stagedoor.")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA cache_size = -{CACHE}")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
    # A file that can be read but not written is found out now, not at the first command.
    connection.execute("BEGIN IMMEDIATE")
    if not tables:
        connection.execute(_EVENTS)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    elif version == 1:
        _chain(connection)
    if not tables or version < FORMAT:
        for table in RECORD:
            connection.execute(table)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute("COMMIT")


def _chain(connection: sqlite3.Connection) -> None:
    """From version 1: set apart what is personal, and compute the chain."""
    connection.execute("ALTER TABLE events RENAME TO version_1")
    connection.execute(_EVENTS)
    rooms = connection.execute("SELECT DISTINCT room FROM version_1").fetchall()
    for (room,) in rooms:
        rows = connection.execute(
            'SELECT room, number, at, "by", type, event FROM version_1 WHERE room = ? '
            "ORDER BY number",
            (room,),
        )
        insert(connection, (_apart(Row(*row)) for row in rows), GENESIS)
    connection.execute("DROP TABLE version_1")


def _apart(whole: Row) -> Row:
    """A damaged event stays as it is, so that reading it says so as before."""
    try:
        record = msgspec.json.decode(whole.event, type=dict[str, Any])
    except msgspec.MsgspecError:
        return whole
    return split(whole, record)
