"""Raised hands, apart from the seat (rules 19 and 20)."""

from __future__ import annotations

from . import commands as cmd
from . import events as ev
from .guards import handled, moderator, refuse, target
from .refusals import Code
from .values import Matter, Person, Room


def may_raise(room: Room, by: Person) -> None:
    """Refuse where raising hands is turned off for attendees."""
    if not room.settings.may_raise_hand and not by.moderates:
        refuse(Code.TURNED_OFF, "Raising hands is turned off in this room.")


def raise_own(room: Room, by: Person, now: int) -> list[ev.AnyEvent]:
    """Raise one's hand; one that is up stays where it is in the order."""
    may_raise(room, by)
    if by.hand_at is not None:
        return []
    return [ev.HandRaised(at=now, by=by.id, rule=20, person=by.id)]


def lower(room: Room, command: cmd.LowerHand, by: Person, now: int) -> list[ev.AnyEvent]:
    """Lower one's own hand, or as a moderator anybody's."""
    person = by
    if command.person is not None and command.person != by.id:
        moderator(by)
        person = target(room, command.person)
    if person.hand_at is None:
        handled(by, person, Matter.HAND)
        return []
    return [ev.HandLowered(at=now, by=by.id, rule=20, person=person.id)]


def lower_all(room: Room, by: Person, now: int) -> list[ev.AnyEvent]:
    """Lower every hand, in the order in which they went up."""
    moderator(by)
    return [ev.HandLowered(at=now, by=by.id, rule=20, person=one.id) for one in raised(room)]


def raised(room: Room) -> list[Person]:
    """Everybody with a hand up, in order (rule 19)."""
    found = [person for person in room.people.values() if person.hand_at is not None]
    return sorted(found, key=lambda person: person.hand_at or 0)
