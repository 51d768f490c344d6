"""The event log in one SQLite file, on a thread of its own.

The event loop never waits for the disk. Appends that queue up while one is being written are
committed together (group commit). WAL with synchronous=FULL: what was acknowledged survives the
process being killed and the machine losing power.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from stagedoor.rules.events import AnyEvent

from .chain import Head
from .interface import LogBusyError, LogConflictError, LogError
from .record import Forwarded, Stopped, keep
from .row import Row, row
from .row import event as event_of
from .schema import COLUMNS, connect, erase, head, insert

GROUP = 256  # the most appends in one transaction
BUSY = 2.0  # seconds to wait for another process that writes to the file; people wait as long
IMPATIENT = 100  # milliseconds, from when that was in vain until something could be written


@dataclass(frozen=True)
class _Append:
    """One append that waits for its commit."""

    room: str
    after: int
    events: Sequence[AnyEvent]
    done: asyncio.Future[Any]


@dataclass(frozen=True)
class _Query:
    """Anything else to be done with the connection, after the appends before it."""

    work: Callable[[sqlite3.Connection], Any]
    done: asyncio.Future[Any]


class SqliteLog:
    """An EventLog in the file ``path``; made by ``open``, one process at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: int) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Append | _Query | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="event log", daemon=True)
        self._closed = False
        self._patient = False
        self._be_patient(True)
        self._thread.start()

    @classmethod
    async def open(cls, path: Path) -> SqliteLog:
        """Open the file, or make it. Raises LogError if that is not possible, saying why."""
        lock = await asyncio.to_thread(_take_lock, path)
        try:
            connection = await asyncio.to_thread(connect, path)
        except BaseException:
            os.close(lock)
            raise
        return cls(path, connection, lock)

    async def append(self, room: str, after: int, events: Sequence[AnyEvent]) -> None:
        """See EventLog.append."""
        if not all(event.logged for event in events):
            raise ValueError("an event that is not to be kept must not reach the log")
        await self._put(lambda done: _Append(room, after, tuple(events), done))

    async def check(self) -> None:
        """See EventLog.check."""

        def work(connection: sqlite3.Connection) -> None:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")  # written though it is the same

        await self._put(lambda done: _Query(work, done))

    async def read(self, room: str, after: int = 0) -> list[AnyEvent]:
        """See EventLog.read."""

        def work(connection: sqlite3.Connection) -> list[AnyEvent]:
            rows = connection.execute(
                f"SELECT {COLUMNS} FROM events WHERE room = ? AND number > ? ORDER BY number",
                (room, after),
            )
            return [
                self._decode(Row(*one), expected) for expected, one in enumerate(rows, after + 1)
            ]

        events: list[AnyEvent] = await self._put(lambda done: _Query(work, done))
        return events

    async def rooms(self) -> list[str]:
        """See EventLog.rooms."""

        def work(connection: sqlite3.Connection) -> list[str]:
            rows = connection.execute("SELECT room FROM events WHERE number = 1 ORDER BY at, room")
            return [room for (room,) in rows]

        rooms: list[str] = await self._put(lambda done: _Query(work, done))
        return rooms

    async def record(self, forwarded: Sequence[Forwarded], stopped: Sequence[Stopped]) -> None:
        """See EventLog.record."""
        await self._put(lambda done: _Query(lambda it: keep(it, forwarded, stopped), done))

    async def head(self, room: str) -> Head:
        """The end of the room's chain; number 0 for a room without events."""

        def work(connection: sqlite3.Connection) -> Head:
            return Head(*head(connection, room))

        found: Head = await self._put(lambda done: _Query(work, done))
        return found

    async def erase(self, room: str, numbers: Sequence[int]) -> None:
        """Forget what is personal in these events; the chain over them still holds.

        Once it returns neither the file nor its write-ahead log has it. Raises LogError.
        """
        wanted = tuple(numbers)
        await self._put(lambda done: _Query(lambda it: erase(it, room, wanted), done))

    async def personal(self, room: str) -> list[int]:
        """See EventLog.personal."""

        def work(connection: sqlite3.Connection) -> list[int]:
            rows = connection.execute(
                "SELECT number FROM events WHERE room = ? AND personal IS NOT NULL", (room,)
            )
            return [number for (number,) in rows]

        numbers: list[int] = await self._put(lambda done: _Query(work, done))
        return numbers

    async def quiet(self, since: int) -> list[str]:
        """See EventLog.quiet."""

        def work(connection: sqlite3.Connection) -> list[str]:
            rows = connection.execute(
                "SELECT room FROM events GROUP BY room HAVING max(at) <= ? AND count(personal) > 0",
                (since,),
            )
            return [room for (room,) in rows]

        rooms: list[str] = await self._put(lambda done: _Query(work, done))
        return rooms

    async def close(self) -> None:
        """See EventLog.close."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    async def _put(self, job: Callable[[asyncio.Future[Any]], _Append | _Query]) -> Any:
        if self._closed:
            raise LogError("The event log is closed.")
        done: asyncio.Future[Any] = self._loop.create_future()
        self._jobs.put(job(done))
        return await done

    def _decode(self, row: Row, expected: int) -> AnyEvent:
        if row.number != expected:
            raise LogError(
                f"Event {expected} of room {row.room} is missing in {self._path}; "
                "restore the file from a copy."
            )
        try:
            return event_of(row)
        except msgspec.MsgspecError as error:
            raise LogError(
                f"Event {row.number} of room {row.room} in {self._path} cannot be understood "
                f"({error}); it may come from a newer version of Stagedoor."
            ) from error

    # -- the thread

    def _run(self) -> None:
        waiting: list[_Append] = []
        while True:
            job = self._jobs.get()
            while True:
                if isinstance(job, _Append):
                    waiting.append(job)
                else:
                    self._commit(waiting)
                    waiting = []
                    if job is None:
                        self._connection.close()
                        os.close(self._lock)
                        return
                    self._query(job)
                if len(waiting) >= GROUP or self._jobs.empty():
                    break
                job = self._jobs.get()
            self._commit(waiting)
            waiting = []

    def _commit(self, appends: list[_Append]) -> None:
        """Write a group in one transaction; a conflict fails one, a disk error fails all."""
        if not appends:
            return
        results: list[tuple[asyncio.Future[Any], Any]] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for append in appends:
                results.append((append.done, self._insert(append)))
            self._connection.execute("COMMIT")
            self._be_patient(True)
        except Exception as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._be_patient(getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_BUSY)
            failure = self._failure(error, "written")
            results = [(append.done, failure) for append in appends]
        self._tell(results)

    def _be_patient(self, patient: bool) -> None:
        """Wait for another process that writes to the file, but not all the time it takes."""
        if patient != self._patient:
            self._patient = patient
            wait = round(1000 * BUSY) if patient else IMPATIENT
            self._connection.execute(f"PRAGMA busy_timeout = {wait}")

    def _insert(self, append: _Append) -> LogConflictError | None:
        last, previous = head(self._connection, append.room)
        if last != append.after:
            return LogConflictError(append.room, append.after, last)
        rows = [
            row(append.room, number, event) for number, event in enumerate(append.events, last + 1)
        ]
        insert(self._connection, rows, previous)
        return None

    def _query(self, query: _Query) -> None:
        try:
            result = query.work(self._connection)
        except Exception as error:
            result = self._failure(error, "read")
        self._tell([(query.done, result)])

    def _failure(self, error: Exception, doing: str) -> LogError:
        if isinstance(error, LogError):
            return error
        return LogError(f"The event log {self._path} cannot be {doing}: {error}.")

    def _tell(self, results: list[tuple[asyncio.Future[Any], Any]]) -> None:
        def tell() -> None:
            for done, result in results:
                if done.done():
                    continue  # the one who asked was cancelled
                if isinstance(result, Exception):
                    done.set_exception(result)
                else:
                    done.set_result(result)

        # The loop may be gone when the process ends in the middle of a command.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(tell)


def _take_lock(path: Path) -> int:
    """One process at a time: an advisory lock, freed by the system when the process dies."""
    name = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LogError(f"The event log {path} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise LogBusyError(
            f"The event log {path} is in use by another Stagedoor process; stop that one first."
        ) from error
    return lock
