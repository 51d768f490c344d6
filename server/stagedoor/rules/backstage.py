"""Waiting backstage, seen and heard by moderators alone, and being brought on (rules 2 and 14)."""

from __future__ import annotations

from typing import NoReturn

from . import commands as cmd
from . import events as ev
from .guards import handled, moderator, not_on_stage, refuse, target
from .refusals import Code
from .values import Matter, Person, Room, Seat
from .words import BROUGHT_ON, REMOVED, SENT_BACKSTAGE


def go_up(
    room: Room, command: cmd.JoinStage | cmd.AcceptOffer, by: Person, now: int, rule: int
) -> ev.WentOnStage | ev.WentBackstage:
    """On stage; attendees wait backstage first, where the room has it so."""
    waits = room.settings.backstage and not by.moderates
    kind = ev.WentBackstage if waits else ev.WentOnStage
    return kind(
        at=now,
        by=by.id,
        rule=rule,
        person=by.id,
        microphone=command.microphone,
        camera=command.camera,
    )


def bring_on(room: Room, command: cmd.BringOn, by: Person, now: int) -> list[ev.AnyEvent]:
    """Bring people on together, by one event; nobody named: everybody who is backstage."""
    moderator(by)
    if command.people:
        people = [_waiting(room, by, one) for one in dict.fromkeys(command.people)]
    else:
        people = [one for one in room.people.values() if one.seat is Seat.BACKSTAGE]
        if not people:
            _nobody(room, by)
    return [ev.BroughtOn(at=now, by=by.id, rule=2, people=tuple(one.id for one in people))]


def _waiting(room: Room, by: Person, person_id: str) -> Person:
    person = target(room, person_id)
    if not person.is_backstage:
        handled(by, person, Matter.SEAT, BROUGHT_ON, REMOVED)
        refuse(Code.WRONG_STATE, "{name} is not backstage.", name=person.name)
    if person.seat is Seat.HELD:
        refuse(Code.AWAY, "{name} is not connected just now.", name=person.name)
    return person


def _nobody(room: Room, by: Person) -> NoReturn:
    """Say why nobody can be brought on: perhaps another was first (rule 8)."""
    people = room.people.values()
    if any(one.is_backstage for one in people):
        refuse(Code.AWAY, "Whoever is backstage is not connected just now.")
    for one in people:
        if one.has_seat:
            handled(by, one, Matter.SEAT, BROUGHT_ON)
    refuse(Code.WRONG_STATE, "Nobody is backstage.")


def send(room: Room, command: cmd.SendBackstage, by: Person, now: int) -> list[ev.AnyEvent]:
    """Send an attendee from the stage back to wait; what they send goes to moderators alone."""
    moderator(by)
    if not room.settings.backstage:
        refuse(Code.TURNED_OFF, "This room has no backstage just now.")
    person = target(room, command.person)
    if person.moderates:
        refuse(Code.WRONG_STATE, "{name} moderates, and does not wait backstage.", name=person.name)
    if not person.has_seat:
        not_on_stage(by, person)
    if person.is_backstage:
        handled(by, person, Matter.SEAT, SENT_BACKSTAGE)
        refuse(Code.WRONG_STATE, "{name} is backstage already.", name=person.name)
    if person.seat is Seat.HELD:
        refuse(Code.AWAY, "{name} is not connected just now.", name=person.name)
    return [ev.SentBackstage(at=now, by=by.id, rule=13, person=person.id)]


def step_back(by: Person, now: int) -> list[ev.AnyEvent]:
    """Whoever waits is not on stage, and may go at any time (rule 3)."""
    return [ev.LeftBackstage(at=now, by=by.id, rule=3, person=by.id)]
