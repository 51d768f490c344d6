"""The room itself: stage access, settings, roles, its end (rules 10, 11 and 17)."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from . import commands as cmd
from . import events as ev
from .guards import handled, host, moderator, refuse, seats_taken, seats_used, target
from .hands import raised
from .polls.decide import close_all
from .quizzes.decide import end_all
from .reactions.decide import count as count_reactions
from .refusals import Code, marked
from .values import Matter, Mode, OfferReason, Person, Role, Room, Seat, Settings
from .words import ROLES

_HOUR = 3_600_000
_LIMITS = {
    "capacity": (1, 50, marked("The capacity must be from 1 to 50 seats.")),
    "offer_ms": (
        5_000,
        _HOUR,
        marked("The time to accept an offer must be from 5 seconds to 1 hour."),
    ),
    "hold_ms": (5_000, _HOUR, marked("The time a seat is held must be from 5 seconds to 1 hour.")),
    "slow_ms": (0, _HOUR, marked("The wait between two messages must be from 0 to 1 hour.")),
    "cooldown_ms": (
        0,
        _HOUR,
        marked("The wait after a declined request must be from 0 to 1 hour."),
    ),
}


def set_mode(room: Room, command: cmd.SetMode, by: Person, now: int) -> list[ev.AnyEvent]:
    """Change the stage access; whoever is on stage stays there (rule 10)."""
    moderator(by)
    if command.mode is room.mode:
        return []
    events: list[ev.AnyEvent] = [ev.ModeSet(at=now, by=by.id, rule=10, mode=command.mode)]
    if command.mode is Mode.OPEN:
        events += _offer_in_order(room, by, now)
    elif command.mode in (Mode.INVITE, Mode.CLOSED):
        for person in _queue(room):
            events.append(ev.RequestClosed(at=now, by=by.id, rule=10, person=person.id))
    if command.mode is Mode.CLOSED:
        for person in room.people.values():
            if person.seat is Seat.OFFERED:
                events.append(ev.OfferRevoked(at=now, by=by.id, rule=10, person=person.id))
    return events


def _queue(room: Room) -> list[Person]:
    """The waiting requests, first in, first out (rule 5)."""
    waiting = [person for person in room.people.values() if person.seat is Seat.REQUESTED]
    return sorted(waiting, key=lambda person: person.requested_at or 0)


def _offer_in_order(room: Room, by: Person, now: int) -> list[ev.AnyEvent]:
    """Offers while seats last; who was removed still needs a moderator's word (rule 13)."""
    free = max(0, room.settings.capacity - seats_taken(room))
    welcome = [person for person in _queue(room) if not person.needs_a_word]
    return [
        ev.OfferMade(
            at=now,
            by=by.id,
            rule=10,
            person=person.id,
            reason=OfferReason.OPENED,
            expires_at=now + room.settings.offer_ms,
        )
        for person in welcome[:free]
    ]


def change(room: Room, command: cmd.ChangeSettings, by: Person, now: int) -> list[ev.AnyEvent]:
    """Change some of the settings; nobody on stage loses the seat by it (rules 10 and 11)."""
    moderator(by)
    wanted = {
        name: value for name, value in msgspec.structs.asdict(command).items() if value is not None
    }
    for name, (least, most, sentence) in _LIMITS.items():
        if name in wanted and not least <= wanted[name] <= most:
            refuse(Code.BAD_VALUE, sentence)
    seated = seats_used(room)
    if wanted.get("capacity", seated) < seated:
        template = "The capacity cannot be below the {seated} seats in use now."
        refuse(Code.BAD_VALUE, template, seated=seated)
    changed = replace(room.settings, **wanted)
    if changed == room.settings:
        return []
    return [
        ev.SettingsChanged(at=now, by=by.id, rule=11, settings=changed),
        *_hands_no_more(room, changed, by, now),
    ]


def _hands_no_more(room: Room, changed: Settings, by: Person, now: int) -> list[ev.HandLowered]:
    """Hands of people who may not raise them any more go down."""
    if changed.may_raise_hand or not room.settings.may_raise_hand:
        return []
    return [
        ev.HandLowered(at=now, by=by.id, rule=20, person=person.id)
        for person in raised(room)
        if not person.moderates
    ]


def appoint(room: Room, command: cmd.AppointModerator, by: Person, now: int) -> list[ev.AnyEvent]:
    """The host makes an attendee a moderator (rule 17)."""
    host(by)
    person = target(room, command.person)
    if person.role is not Role.ATTENDEE:
        handled(by, person, Matter.ROLE)
        refuse(
            Code.WRONG_STATE,
            "{name} is a {what} already.",
            name=person.name,
            what=ROLES[person.role],
        )
    return [ev.RoleSet(at=now, by=by.id, rule=17, person=person.id, role=Role.MODERATOR)]


def demote(room: Room, command: cmd.DemoteModerator, by: Person, now: int) -> list[ev.AnyEvent]:
    """The host makes a moderator an attendee (rule 17)."""
    host(by)
    person = target(room, command.person)
    if person.role is not Role.MODERATOR:
        handled(by, person, Matter.ROLE)
        refuse(Code.WRONG_STATE, "{name} is not a moderator.", name=person.name)
    return [ev.RoleSet(at=now, by=by.id, rule=17, person=person.id, role=Role.ATTENDEE)]


def end(room: Room, by: Person, now: int) -> list[ev.AnyEvent]:
    """The host ends the room for everyone (rule 17); what is open or waits is counted before it."""
    host(by)
    return [
        *close_all(room, by.id, now),
        *end_all(room, by.id, now),
        *count_reactions(room, by.id, now),
        ev.RoomEnded(at=now, by=by.id, rule=17),
    ]
