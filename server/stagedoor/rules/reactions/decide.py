"""Who may react (rule 20), and the counting: with hundreds at once everybody gets one message."""

from __future__ import annotations

from ..guards import refuse
from ..refusals import Code
from ..values import Person, Room
from . import events as ev
from .commands import ReactionCommand
from .values import MOST, WINDOW


def decide(room: Room, command: ReactionCommand, by: Person, now: int) -> list[ev.ReactionEvent]:
    """Decide on a reaction."""
    if not room.settings.reactions:
        refuse(Code.TURNED_OFF, "Reactions are turned off just now.")
    sender = room.reactions.lately.get(by.id)
    if sender is not None and sender.count >= MOST and now < sender.since + WINDOW:
        refuse(Code.TOO_MANY, "That was a lot of reactions; please wait a moment.")
    return [ev.Reacted(at=now, by=by.id, rule=20, reaction=command.reaction)]


def deadline(room: Room) -> int | None:
    """When the next counting is, in milliseconds of the server's clock."""
    return room.reactions.due


def due(room: Room, now: int) -> list[ev.ReactionEvent]:
    """Count, if it is time."""
    when = room.reactions.due
    return [] if when is None or now < when else count(room, "", now)


def count(room: Room, by: str, now: int) -> list[ev.ReactionEvent]:
    """Count what waits, be it time or not; nothing if nothing does."""
    waiting = room.reactions
    if not waiting.kinds:
        return []
    return [ev.ReactionsCounted(at=now, by=by, kinds=waiting.kinds, people=waiting.people)]
