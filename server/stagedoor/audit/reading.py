"""Reading a log for an audit: the file alone, without changing it, while a server may use it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from stagedoor.log import Forwarded, LogError, Stopped
from stagedoor.log.record import read as read_record
from stagedoor.log.row import Row
from stagedoor.log.schema import APPLICATION_ID, COLUMNS, FORMAT


@dataclass(frozen=True)
class Stored:
    """All that a file has of one room, as of one moment."""

    rows: list[Row]
    forwarded: list[Forwarded]
    stopped: list[Stopped]


def read(path: Path, room: str) -> Stored:
    """Raises LogError if there is no such log, or it cannot be read."""
    if not path.is_file():
        raise LogError(f"There is no event log {path}.")
    try:
        file = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)
        try:
            return _read(file, path, room)
        finally:
            file.close()
    except sqlite3.Error as error:
        raise LogError(f"The event log {path} cannot be read: {error}.") from error


def _read(file: sqlite3.Connection, path: Path, room: str) -> Stored:
    file.execute("BEGIN")
    (application,) = file.execute("PRAGMA application_id").fetchone()
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID or version > FORMAT:
        raise LogError(f"{path} is not an event log that this version of Stagedoor knows.")
    if version < FORMAT:
        raise LogError(f"The event log {path} is an old one; start the server with it once.")
    rows = file.execute(
        f"SELECT {COLUMNS} FROM events WHERE room = ? ORDER BY number", (room,)
    ).fetchall()
    return Stored([Row(*one) for one in rows], *read_record(file, room))
