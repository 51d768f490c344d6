"""The media engine's record, beside the events: what was forwarded when, for the audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec import Struct, convert
from msgspec.structs import astuple


class Forwarded(Struct, frozen=True, array_like=True):
    """What one of the engine's workers sent of a person's "audio", "video" or "screen".

    That is under one grant, from ``first`` to ``last``, in milliseconds since 1970 by the engine's
    clock. ``packets``: counted for each viewer.
    """

    room: str
    person: str
    kind: str
    worker: int
    first: int
    last: int
    packets: int
    backstage: bool


class Stopped(Struct, frozen=True):
    """At ``at`` the engine had stopped what the events after ``after``, to ``number``, took away.

    By the server's clock, before any of it was acknowledged (rule 13).
    """

    room: str
    number: int
    after: int
    at: int


RECORD = (
    """
CREATE TABLE forwarded (
    room TEXT NOT NULL,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    worker INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    packets INTEGER NOT NULL,
    backstage INTEGER NOT NULL,
    PRIMARY KEY (room, person, kind, worker, first)
) WITHOUT ROWID, STRICT
""",
    """
CREATE TABLE stopped (
    room TEXT NOT NULL,
    number INTEGER NOT NULL,
    after INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (room, number)
) WITHOUT ROWID, STRICT
""",
)


def keep(
    connection: sqlite3.Connection, forwarded: Sequence[Forwarded], stopped: Sequence[Stopped]
) -> None:
    """Put in what is new, and what goes on in the place of what was known of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany(
            "INSERT OR REPLACE INTO forwarded VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [astuple(one) for one in forwarded],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO stopped VALUES (?, ?, ?, ?)", [astuple(one) for one in stopped]
        )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def read(connection: sqlite3.Connection, room: str) -> tuple[list[Forwarded], list[Stopped]]:
    """All that there is of a room, in order of time."""
    forwarded = connection.execute(
        "SELECT room, person, kind, worker, first, last, packets, backstage FROM forwarded "
        "WHERE room = ? ORDER BY first, person, kind, worker",
        (room,),
    )
    stopped = connection.execute(
        "SELECT room, number, after, at FROM stopped WHERE room = ? ORDER BY number", (room,)
    )
    return (
        [convert(one, Forwarded, strict=False) for one in forwarded],
        [Stopped(*one) for one in stopped],
    )
