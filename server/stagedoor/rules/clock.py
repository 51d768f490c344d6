"""What the clock brings about in a room. Every part says for itself when, and what then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from . import presence
from .event import entrance
from .events import AnyEvent
from .evolve import evolve
from .polls import clock as polls
from .quizzes import clock as quizzes
from .reactions import decide as reactions
from .talk import questions
from .values import Room


class Timed(Protocol):
    """A part of the rules that the clock has to do with."""

    def deadline(self, room: Room) -> int | None:
        """When ``due`` has something next, in milliseconds of the server's clock."""

    def due(self, room: Room, now: int) -> Sequence[AnyEvent]:
        """What the clock has decided by ``now``, in the order of its time."""


_PARTS: tuple[Timed, ...] = (presence, questions, entrance, polls, quizzes, reactions)


def next_deadline(room: Room) -> int | None:
    """When ``due`` has something next, in milliseconds of the server's clock; None: never."""
    if room.ended:
        return None
    found = [at for part in _PARTS if (at := part.deadline(room)) is not None]
    return min(found, default=None)


def due(room: Room, now: int) -> list[AnyEvent]:
    """What the clock has decided by ``now``; each part sees what the parts before it decided."""
    events: list[AnyEvent] = []
    for part in _PARTS:
        if room.ended:
            break
        new = part.due(room, now)
        for event in new:
            room = evolve(room, event)
        events += new
    return events


def before_the_end(room: Room, now: int) -> list[AnyEvent]:
    """What is to be kept of all that is not logged, as the server stops."""
    return [] if room.ended else [*polls.before_the_end(room, now), *reactions.count(room, "", now)]


def after_a_return(room: Room, now: int) -> list[AnyEvent]:
    """What it means for the room that the server was away."""
    return [] if room.ended else [*polls.after_a_return(room, now)]
