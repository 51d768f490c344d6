"""Moderators' decisions on a person's way to the stage (rules 2, 3, 8, 9, 11, 13 and 17)."""

from __future__ import annotations

from . import commands as cmd
from . import events as ev
from .backstage import step_back
from .guards import (
    already_handled,
    handled,
    make_room,
    moderator,
    not_on_stage,
    not_the_host,
    refuse,
    target,
)
from .refusals import Code, marked
from .values import Matter, Mode, Offer, OfferReason, Person, Room, Seat
from .words import OFFERED, REMOVED, REVOKED


def _requested(room: Room, command: cmd.Approve | cmd.Decline, by: Person) -> Person:
    """The person whose request is meant, if it is still the one that waits (rule 8)."""
    moderator(by)
    person = target(room, command.person)
    _not_offered_by_another(room, by, person.offer)
    if person.seat is not Seat.REQUESTED:
        handled(by, person, Matter.SEAT)
        refuse(Code.WRONG_STATE, "{name} has no request waiting.", name=person.name)
    if command.request is not None and command.request != person.requested_at:
        handled(by, person, Matter.SEAT)
        template = "{name} has taken that request back and asked again."
        refuse(Code.WRONG_STATE, template, name=person.name)
    return person


def _not_offered_by_another(room: Room, by: Person, offer: Offer | None) -> None:
    """Refuse if another made the open offer, be it to themselves (rule 8)."""
    if offer is not None and offer.by != by.id:
        already_handled(room.people[offer.by].name, OFFERED[offer.reason])


def _offer(
    room: Room, by: Person, person: Person, reason: OfferReason, now: int, rule: int = 2
) -> ev.OfferMade:
    expires_at = now + room.settings.offer_ms
    return ev.OfferMade(
        at=now, by=by.id, rule=rule, person=person.id, reason=reason, expires_at=expires_at
    )


def approve(room: Room, command: cmd.Approve, by: Person, now: int) -> list[ev.AnyEvent]:
    """A request becomes an offer (rule 2), if a seat can be reserved (rules 7 and 11)."""
    person = _requested(room, command, by)
    return [
        *make_room(room, by.id, now),
        _offer(room, by, person, OfferReason.APPROVED, now),
    ]


def decline(room: Room, command: cmd.Decline, by: Person, now: int) -> list[ev.AnyEvent]:
    """The person is told, and may ask again after the room's cool-down (rule 3)."""
    person = _requested(room, command, by)
    may_ask_at = now + room.settings.cooldown_ms if room.settings.cooldown_ms else 0
    return [ev.RequestDeclined(at=now, by=by.id, rule=3, person=person.id, may_ask_at=may_ask_at)]


def invite(room: Room, command: cmd.Invite, by: Person, now: int) -> list[ev.AnyEvent]:
    """Offer a seat unasked; inviting someone who has asked is approving (rules 2 and 9)."""
    moderator(by)
    person = target(room, command.person)
    if person.has_seat:
        if person.is_backstage:
            refuse(Code.WRONG_STATE, "{name} is backstage already.", name=person.name)
        refuse(Code.WRONG_STATE, "{name} is on stage already.", name=person.name)
    if person.seat is Seat.OFFERED:
        _not_offered_by_another(room, by, person.offer)
        refuse(Code.WRONG_STATE, "{name} holds an offer already.", name=person.name)
    if room.mode is Mode.CLOSED:
        refuse(Code.WRONG_MODE, "The stage is closed: nobody new comes up.")
    if person.seat is Seat.VIEWER and person.away_until is not None:
        refuse(Code.AWAY, "{name} is not connected just now.", name=person.name)
    if person.seat is Seat.REQUESTED:
        offer = _offer(room, by, person, OfferReason.APPROVED, now, rule=9)
    else:
        offer = _offer(room, by, person, OfferReason.INVITED, now)
    return [*make_room(room, by.id, now), offer]


def revoke(room: Room, command: cmd.RevokeOffer, by: Person, now: int) -> list[ev.AnyEvent]:
    """Take an open offer back (rule 3)."""
    moderator(by)
    person = target(room, command.person)
    if person.seat is not Seat.OFFERED:
        handled(by, person, Matter.SEAT, REVOKED, REMOVED)
        refuse(Code.WRONG_STATE, "{name} holds no offer.", name=person.name)
    return [ev.OfferRevoked(at=now, by=by.id, rule=3, person=person.id)]


def remove(room: Room, command: cmd.RemoveFromStage, by: Person, now: int) -> list[ev.AnyEvent]:
    """Take somebody off the stage or backstage, held seats too (rules 4, 12, 13 and 17)."""
    moderator(by)
    person = target(room, command.person)
    not_the_host(by, person, marked("remove"))
    if not person.has_seat:
        not_on_stage(by, person)
    if person.id == by.id and person.is_backstage:
        return step_back(by, now)
    if person.id == by.id:
        return [ev.LeftStage(at=now, by=by.id, rule=4, person=by.id)]
    return [ev.RemovedFromStage(at=now, by=by.id, rule=13, person=person.id)]
