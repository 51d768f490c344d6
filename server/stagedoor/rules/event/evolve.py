"""How the events of running the event change a room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ..base import Event
from ..values import Person, Room
from . import events as ev
from . import links
from .values import Ban, Entry, LoweredHand


def evolve(room: Room, event: ev.EventEvent) -> Room:
    """The room after ``event``."""
    match event:
        case ev.EntrySet():
            opens_at = event.opens_at if event.entry is Entry.LOBBY else None
            entrance = replace(room.entrance, entry=event.entry, opens_at=opens_at)
            return replace(room, entrance=entrance)
        case ev.RoomRenamed():
            return replace(room, name=event.name)
        case ev.Banned():
            room = replace(room, entrance=replace(room.entrance, bans=_bans(room, event)))
        case ev.LinksRevoked():
            return replace(room, entrance=links.revoked(room.entrance, event))
        case ev.Unbanned():
            bans = {key: one for key, one in room.entrance.bans.items() if key != event.person}
            return replace(room, entrance=replace(room.entrance, bans=bans))
    person = _PERSONAL[type(event)](room.people[event.person], event)
    return replace(room, people=room.people.with_({person.id: person}))


def _bans(room: Room, event: ev.Banned) -> dict[str, Ban]:
    ban = Ban(
        person=event.person,
        name=room.people[event.person].name,
        by=event.by,
        by_name=room.people[event.by].name,
        at=event.at,
        reason=event.reason,
        link=event.link,
    )
    return {**room.entrance.bans, event.person: ban}


def _renamed(person: Person, event: ev.Renamed) -> Person:
    return replace(person, name=event.name, name_given=event.by != person.id)


def _out(person: Person, event: ev.RemovedFromRoom | ev.Banned) -> Person:
    return person.gone()


def _spoke(person: Person, event: ev.SpokeFor) -> Person:
    return replace(person, spoke_ms=person.spoke_ms + event.ms)


def _lowered(person: Person, event: ev.HandLoweredOnceSpoken) -> Person:
    number = person.hand_at or 0
    lowered = LoweredHand(number=number, since=person.hand_since, until=event.until)
    return replace(person, hand_at=None, lowered_hand=lowered)


def _restored(person: Person, event: ev.HandRestored) -> Person:
    hand = person.lowered_hand
    assert hand is not None, "decided on a hand that was there"
    return replace(person, hand_at=hand.number, hand_since=hand.since, lowered_hand=None)


_PERSONAL: dict[type[Event], Callable[[Person, Any], Person]] = {
    ev.Renamed: _renamed,
    ev.RemovedFromRoom: _out,
    ev.Banned: _out,
    ev.SpokeFor: _spoke,
    ev.HandLoweredOnceSpoken: _lowered,
    ev.HandRestored: _restored,
}
