"""What being heard brings about: time spoken, and hands that go down by themselves (rule 20)."""

from __future__ import annotations

from ..events import AnyEvent
from ..guards import moderator, refuse, target
from ..hands import may_raise
from ..refusals import Code
from ..values import Person, Room
from . import commands as cmd
from . import events as ev

LONG_ENOUGH = 2_000  # milliseconds heard that count as having spoken; a cough does not
UNDO = 60_000  # milliseconds in which a hand may be restored


def spoke(room: Room, person_id: str, ms: int, now: int) -> list[AnyEvent]:
    """Somebody was heard for ``ms``; their hand goes down where the room has it so."""
    person = room.people.get(person_id)
    if room.ended or person is None or not person.present or ms <= 0:
        return []
    events: list[AnyEvent] = [ev.SpokeFor(at=now, rule=20, person=person.id, ms=ms)]
    if room.settings.lower_hand_once_spoken and person.hand_at is not None and ms >= LONG_ENOUGH:
        events.append(ev.HandLoweredOnceSpoken(at=now, rule=20, person=person.id, until=now + UNDO))
    return events


def restore(room: Room, command: cmd.RestoreHand, by: Person, now: int) -> list[AnyEvent]:
    """Undo that, in time; the hand is where it was in the order."""
    person = by
    if command.person is not None and command.person != by.id:
        moderator(by)
        person = target(room, command.person)
    else:
        may_raise(room, by)
    if person.hand_at is not None:
        return []
    if person.lowered_hand is None or now >= person.lowered_hand.until:
        refuse(Code.WRONG_STATE, "There is no hand to put up again.")
    return [ev.HandRestored(at=now, by=by.id, rule=20, person=person.id)]
