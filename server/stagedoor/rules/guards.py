"""What several decisions check first, each with the sentence a person reads (rule 22)."""

from __future__ import annotations

from typing import NoReturn

from . import events as ev
from .refusals import Code, Refusal, Value, refusal
from .values import Matter, Person, Role, Room, Seat
from .words import REMOVED


class Refuse(Exception):  # noqa: N818 - not an error: the rules' way of saying no
    """Carries a refusal up to ``decide``."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


def refuse(code: Code, template: str, **values: Value) -> NoReturn:
    """Refuse, and change nothing; ``{name}`` in the template stands for the value of that name."""
    raise Refuse(refusal(code, template, **values))


def actor(room: Room, who: str) -> Person:
    """The person who gives the command: known, connected, in a room that goes on."""
    if room.ended:
        refuse(Code.ROOM_ENDED, "This room has ended.")
    person = room.people.get(who)
    if person is None or not person.present:
        refuse(Code.NO_SUCH_PERSON, "You are not in this room any more.")
    if person.away_until is not None:
        refuse(Code.AWAY, "You are not connected.")
    return person


def target(room: Room, person_id: str) -> Person:
    """The person whom a decision is about."""
    person = room.people.get(person_id)
    if person is None:
        refuse(Code.NO_SUCH_PERSON, "There is nobody of that id in this room.")
    if not person.present:
        refuse(Code.NO_SUCH_PERSON, "{name} has left the room.", name=person.name)
    return person


def moderator(person: Person) -> None:
    """Only moderators decide on others."""
    if not person.moderates:
        refuse(Code.NOT_ALLOWED, "Only a moderator can do that.")


def host(person: Person) -> None:
    """Rule 17."""
    if person.role is not Role.HOST:
        refuse(Code.NOT_ALLOWED, "Only the host can do that.")


def not_the_host(by: Person, person: Person, what: str) -> None:
    """The host is out of the moderators' reach (rule 17)."""
    if person.role is Role.HOST and by.role is not Role.HOST:
        template = "{name} is the host, whom a moderator cannot {what}."
        refuse(Code.NOT_ALLOWED, template, name=person.name, what=what)


def handled(by: Person, person: Person, matter: Matter, *whats: str) -> None:
    """Refuse if another decided first in this matter (rule 8); ``whats`` narrows down how."""
    decision = person.decisions.get(matter)
    if decision is None or decision.by == by.id or (whats and decision.what not in whats):
        return
    already_handled(decision.by_name, decision.what)


def already_handled(name: str, what: str) -> NoReturn:
    """The sentence of rule 8."""
    refuse(Code.ALREADY_HANDLED, "Already handled by {name} ({what}).", name=name, what=what)


def not_on_stage(by: Person, person: Person) -> NoReturn:
    """What ``by`` decided needs a seat, which the person has not, or no more."""
    handled(by, person, Matter.SEAT, REMOVED)
    refuse(Code.WRONG_STATE, "{name} is not on stage.", name=person.name)


def seats_taken(room: Room) -> int:
    """Seats in use or reserved by an offer (rule 7)."""
    return sum(person.has_seat or person.seat is Seat.OFFERED for person in room.people.values())


def seats_used(room: Room) -> int:
    """Seats in use on stage and backstage, held ones included."""
    return sum(person.has_seat for person in room.people.values())


def make_room(room: Room, by: str, now: int) -> list[ev.AnyEvent]:
    """Nothing if a seat is free; else, where the room has it so, bump the longest silent (11)."""
    if seats_taken(room) < room.settings.capacity:
        return []
    silent = [
        person
        for person in room.people.values()
        if person.has_seat
        and not (person.is_backstage or person.moderates or person.microphone or person.screen)
    ]
    over = seats_taken(room) - room.settings.capacity
    if not room.settings.bump_longest_silent or not silent or over > 0:
        refuse(
            Code.STAGE_FULL,
            "The stage is full: every seat is taken or offered (seats: {capacity}).",
            capacity=room.settings.capacity,
        )
    longest = min(silent, key=lambda person: (person.silent_since, person.id))
    return [ev.Bumped(at=now, by=by, rule=11, person=longest.id)]
