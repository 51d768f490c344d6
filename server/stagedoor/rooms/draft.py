"""One step of a room in the making: what is decided, not yet logged or applied."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor import rules
from stagedoor.rules.base import Repeated
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.values import Room

Decision = list[AnyEvent] | Repeated | Refusal


class Draft:
    """A room and the events that lead on from it. ``before`` stays, ``room`` moves.

    ``events`` are all that happened, ``logged`` those among them that the log is to keep.
    """

    def __init__(self, before: Room) -> None:
        self.before = before
        self.room = before
        self.events: list[AnyEvent] = []

    @property
    def logged(self) -> list[AnyEvent]:
        """The events that get a number, the first ``before.number + 1``."""
        return [event for event in self.events if event.logged]

    def add(self, events: Iterable[AnyEvent]) -> int:
        """Apply events to the draft; the number of the last one, or 0 if none has a number."""
        events = list(events)
        room = self.room
        for event in events:
            room = rules.evolve(room, event)
        number, self.room = self.room.number, room
        self.events += events
        return room.number if room.number > number else 0

    def take(self, decision: Decision) -> int | Refusal:
        """Apply what was decided, unless it was refused, or done before."""
        if isinstance(decision, Repeated):
            return decision.number
        return decision if isinstance(decision, Refusal) else self.add(decision)
