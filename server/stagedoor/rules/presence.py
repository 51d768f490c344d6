"""What connections and the clock bring about: entering, being away, expiry (rules 7 and 12)."""

from __future__ import annotations

from . import events as ev
from .event.entrance import turned_away
from .event.links import of_no_use
from .event.naming import name_on_return
from .memo import worked_out
from .refusals import Code, Refusal
from .sessions import Exchange
from .values import Person, Role, Room, Seat

_ENDED = Refusal(Code.ROOM_ENDED, "This room has ended.")


def enter(
    room: Room,
    person_id: str,
    name: str,
    role: Role,
    now: int,
    link: str = "",
    *,
    made_at: int | None = None,
    once: bool = False,
    session: Exchange | None = None,
) -> list[ev.AnyEvent] | Refusal:
    """A new session enters as a viewer, by the link of that id, made at that time, or by none.

    ``once``: the link is good for nobody else then. ``session``: what leads back.
    Refused with ``not_open``: whoever it is may wait in the lobby.
    """
    if room.ended:
        return _ENDED
    if person_id in room.people:
        return Refusal(Code.ALREADY_ENTERED, "This person is in the room already.")
    spent = of_no_use(room, role, link, now if made_at is None else made_at) if link else None
    entered = ev.Entered(
        at=now,
        by=person_id,
        person=person_id,
        name=name,
        role=role,
        link=link,
        once=once,
        session=session,
    )
    return spent or turned_away(room, role, link) or [entered]


def come_back(
    room: Room, person_id: str, name: str, now: int, session: Exchange | None = None
) -> list[ev.AnyEvent] | Refusal:
    """A session comes back; within its grace with its seat, request or offer (rule 12).

    ``session``: the secret that was shown, which has to be good, and the one that is given.
    What the clock has decided by now comes first, even if its timer has not run yet.
    """
    person = room.people.get(person_id)
    if room.ended:
        return _ENDED
    if person is None:
        return Refusal(Code.BAD_SESSION, "This session is not known in this room.")
    if session is not None and (
        stale := person.sessions.refusal(session.shown, now, here=person.present)
    ):
        return stale
    if person_id in room.entrance.bans:
        return room.entrance.bans[person_id].refusal
    inside = person.present and (person.away_until is None or now < person.away_until)
    refusal = None if inside else turned_away(room, person.role, person.link)
    if refusal is not None:
        return refusal
    name = name_on_return(room, person, name)
    here = person.present and person.away_until is None
    if here and person.name == name and session is None:
        return []
    returned = ev.Returned(
        at=now, by=person_id, rule=12, person=person_id, name=name, session=session
    )
    return [*(event for event in _due(room, now) if event.person == person_id), returned]


def disconnect(room: Room, person_id: str, now: int) -> list[ev.AnyEvent]:
    """A connection is lost; nothing if the person was away already, or the room has ended."""
    person = room.people.get(person_id)
    if room.ended or person is None or not person.present or person.away_until is not None:
        return []
    until = now + room.settings.hold_ms
    return [ev.Disconnected(at=now, by=person_id, rule=12, person=person_id, away_until=until)]


@worked_out
def _deadlines(people: dict[str, Person]) -> list[tuple[int, str, bool]]:
    """When the clock decides on whom; True where the whole grace is over, not an offer alone."""
    found: list[tuple[int, str, bool]] = []
    for person in people.values():
        if person.away_until is not None:
            found.append((person.away_until, person.id, True))
        if person.seat is Seat.OFFERED and person.offer is not None:
            found.append((person.offer.expires_at, person.id, False))
    return sorted(found)


def deadline(room: Room) -> int | None:
    """When ``due`` has something next, in milliseconds of the server's clock."""
    found = _deadlines(room.people)
    return found[0][0] if found else None


def due(room: Room, now: int) -> list[ev.AnyEvent]:
    """What the clock has decided by ``now``, in the order of its time (rules 7 and 12)."""
    return [*_due(room, now)]


def _due(room: Room, now: int) -> list[ev.OfferExpired | ev.Left]:
    events: list[ev.OfferExpired | ev.Left] = []
    gone = set()
    for at, person, over in _deadlines(room.people):
        if at > now or person in gone:
            continue
        if over:
            gone.add(person)
            events.append(ev.Left(at=now, rule=12, person=person))
        else:
            events.append(ev.OfferExpired(at=now, rule=7, person=person))
    return events
