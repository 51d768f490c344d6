"""What each person may send, as it follows from the room's state (rules 12, 13 and 14). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from stagedoor.media.interface import Grant
from stagedoor.rules.memo import worked_out
from stagedoor.rules.values import Person, Room, Seat


def grant_of(person: Person) -> Grant | None:
    """A seat's devices if on stage or backstage, a bare connection if offered, or None.

    HELD is None: whoever is not connected sends nothing, and comes back muted (rule 12).
    """
    if not person.present or person.away_until is not None:
        return None
    if person.seat in (Seat.ON_STAGE, Seat.BACKSTAGE):
        return Grant(
            forward=True,
            microphone=person.microphone,
            camera=person.camera,
            screen=person.screen,
            backstage=person.seat is Seat.BACKSTAGE,
        )
    if person.seat is Seat.OFFERED:
        return Grant.prepare()
    return None


def grants(room: Room) -> Mapping[str, Grant]:
    """Everybody who may send now; nobody in a room that has ended."""
    return {} if room.ended else _grants(room.people)


@worked_out
def _grants(people: Mapping[str, Person]) -> Mapping[str, Grant]:
    found = {key: grant_of(person) for key, person in people.items()}
    return {person: grant for person, grant in found.items() if grant is not None}


def insiders(room: Room) -> frozenset[str]:
    """To whom people backstage are shown: those who moderate."""
    return frozenset() if room.ended else _moderating(room.people)


@worked_out
def _moderating(people: Mapping[str, Person]) -> frozenset[str]:
    return frozenset(key for key, one in people.items() if one.present and one.moderates)


def may_publish(room: Room, person: str) -> bool:
    """Whether a publishing offer of this person is taken at all (rule 14)."""
    somebody = room.people.get(person)
    return not room.ended and somebody is not None and grant_of(somebody) is not None


Change = tuple[str, Grant | None]


def changes(
    before: Mapping[str, Grant], after: Mapping[str, Grant]
) -> tuple[list[Change], list[Change]]:
    """What to tell the engine: first the changes that take something away, then the others."""
    taking: list[Change] = [(person, None) for person in before if person not in after]
    giving: list[Change] = []
    for person, grant in after.items():
        old = before.get(person)
        if old == grant:
            continue
        (taking if old is not None and _takes(old, grant) else giving).append((person, grant))
    return taking, giving


def _takes(old: Grant, new: Grant) -> bool:
    what = ("forward", "public", "microphone", "camera", "screen")
    return any(getattr(old, one) and not getattr(new, one) for one in what)
