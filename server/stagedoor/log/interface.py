"""What the rooms need of any event log; and how it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from stagedoor.rules.events import AnyEvent

from .record import Forwarded, Stopped


class LogError(Exception):
    """The log cannot be read or written; ``sentence`` says why, for a person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class LogConflictError(LogError):
    """Somebody else appended first: ``last`` is the number of the room's last event."""

    def __init__(self, room: str, after: int, last: int) -> None:
        super().__init__(f"Room {room} is at event {last}, not at {after}.")
        self.room = room
        self.after = after
        self.last = last


class LogBusyError(LogError):
    """Another process has the log."""


class EventLog(Protocol):
    """Append-only, one numbered sequence of events a room, from 1, without gaps."""

    async def append(self, room: str, after: int, events: Sequence[AnyEvent]) -> None:
        """Put the events after number ``after``, if that is the room's last; all or none.

        Returns once they would survive the process being killed.
        Raises LogConflictError if ``after`` is not the last number, LogError if it cannot write.
        """

    async def check(self) -> None:
        """Write something that changes nothing. Raises LogError if that cannot be done."""

    async def read(self, room: str, after: int = 0) -> list[AnyEvent]:
        """The events after number ``after``, in order: the first is number ``after + 1``.

        Raises LogError if they cannot be read or understood.
        """

    async def rooms(self) -> list[str]:
        """The ids of all rooms that have events, in order of their creation."""

    async def record(self, forwarded: Sequence[Forwarded], stopped: Sequence[Stopped]) -> None:
        """Keep what the media engine says, beside the events. Raises LogError."""

    async def erase(self, room: str, numbers: Sequence[int]) -> None:
        """Forget for good what is personal in these events (``Event.personal``).

        Raises LogError.
        """

    async def personal(self, room: str) -> list[int]:
        """The numbers of the events that have something personal which is not erased."""

    async def quiet(self, since: int) -> list[str]:
        """Rooms that have something personal, and in which nothing happened after ``since``.

        ``since``: milliseconds since 1970.
        """

    async def close(self) -> None:
        """Finish what was begun and free the store."""
