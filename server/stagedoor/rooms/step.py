"""One step of a room: the wishes that it takes from the queue, and what it has decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from stagedoor.rules.event.values import Entry
from stagedoor.rules.events import Entered, Returned, RoleSet
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Room

from .connection import Connection, Visitor
from .draft import Decision, Draft

NEWCOMERS = 8  # people that one step lets in

Answer = Callable[[int | Refusal], None]


@dataclass
class Job:
    """A wish in the queue. ``answer`` is called once, in the step, before anything later."""

    decide: Callable[[Room, int], Decision]
    answer: Answer
    done: asyncio.Future[None]
    entry: tuple[Visitor, Connection] | None = None
    outcome: int | Refusal = 0

    def waits(self, room: Room) -> bool:
        """Whether this entry has to wait; the room may have been opened in the same step."""
        refused = isinstance(self.outcome, Refusal) and self.outcome.code is Code.NOT_OPEN
        return refused and room.entrance.entry is Entry.LOBBY


def next_step(waiting: Sequence[Job], newcomers: int = NEWCOMERS) -> tuple[list[Job], list[Job]]:
    """Whom the next step takes of those who wait, and who waits on, in the order they came. Pure.

    Whoever is shown a whole room costs more than a command, and many may come at once: so that
    those who are in do not wait for all of them, these alone take turns.
    """
    taken: list[Job] = []
    left: list[Job] = []
    for job in waiting:
        if job.entry is None:
            taken.append(job)
        elif newcomers:
            newcomers -= 1
            taken.append(job)
        else:
            left.append(job)
    return taken, left


@dataclass
class Step:
    """What one step has decided. ``forget``: people whose connections to the engine are over."""

    draft: Draft
    jobs: list[Job]
    forget: set[str] = field(default_factory=set)
    spoken: dict[str, int] = field(default_factory=dict)

    @property
    def somebody_is_new(self) -> bool:
        """Whether somebody may be a moderator who was none, or was not there."""
        return any(isinstance(event, Entered | Returned | RoleSet) for event in self.draft.events)
