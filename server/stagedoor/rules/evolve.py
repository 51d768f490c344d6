"""How an event changes a room. Events are trusted: they were decided before they were logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from . import events as ev
from .values import Decision, Device, Mode, Offer, Person, Role, Room, Seat, Settings

E = TypeVar("E", bound=ev.Event)
_DEFAULTS = Settings()


def create(
    room_id: str,
    name: str,
    *,
    now: int,
    mode: Mode = Mode.REQUEST,
    settings: Settings = _DEFAULTS,
    open_door: bool = True,
) -> ev.RoomCreated:
    """A room's first event."""
    return ev.RoomCreated(
        at=now, room=room_id, name=name, mode=mode, settings=settings, open_door=open_door
    )


def evolve(room: Room | None, event: ev.AnyEvent) -> Room:
    """The room after ``event``; ``room`` is None for ``RoomCreated`` alone.

    Raises ValueError for an event that no room of this kind can have.
    """
    if isinstance(event, ev.RoomCreated):
        return Room(
            id=event.room,
            name=event.name,
            open_door=event.open_door,
            mode=event.mode,
            settings=event.settings,
            number=1,
        )
    if room is None:
        raise ValueError("a room's first event must be room_created")
    room = replace(room, number=room.number + 1)
    match event:
        case ev.ModeSet():
            return replace(room, mode=event.mode)
        case ev.SettingsChanged():
            return replace(room, settings=event.settings)
        case ev.RoomEnded():
            people = {key: _unseated(person) for key, person in room.people.items()}
            return replace(room, ended=True, people=people)
        case ev.Entered():
            return _with(room, Person(id=event.person, name=event.name, role=event.role))
        case _:
            person = _PERSONAL[type(event)](room, room.people[event.person], event)
            return _with(room, person)


def _with(room: Room, person: Person) -> Room:
    return replace(room, people={**room.people, person.id: person})


def _unseated(person: Person, seat: Seat = Seat.VIEWER) -> Person:
    """No seat, no request, no offer, no hand, nothing on (rule 13)."""
    return replace(
        person,
        seat=seat,
        requested_at=None,
        offer=None,
        hand_at=None,
        microphone=False,
        camera=False,
        unmute_asked_by=None,
    )


def _decided(room: Room, person: Person, event: ev.Event, what: str) -> Decision | None:
    """The decision to remember; what people do themselves, and the clock does, is none."""
    if event.by in ("", person.id):
        return None
    by = room.people.get(event.by)
    return Decision(by=event.by, by_name=by.name if by else event.by, what=what)


# -- presence


def _returned(room: Room, person: Person, event: ev.Returned) -> Person:
    back = replace(person, name=event.name, present=True, away_until=None)
    if person.seat is Seat.HELD:
        return replace(
            back, seat=Seat.ON_STAGE, microphone=False, camera=False, silent_since=event.at
        )
    return back


def _disconnected(room: Room, person: Person, event: ev.Disconnected) -> Person:
    away = replace(person, away_until=event.away_until, unmute_asked_by=None)
    if person.seat is not Seat.ON_STAGE:
        return away
    since = event.at if person.microphone else person.silent_since
    return replace(away, seat=Seat.HELD, microphone=False, camera=False, silent_since=since)


def _left(room: Room, person: Person, event: ev.Left) -> Person:
    return replace(_unseated(person), present=False, away_until=None)


# -- requests and offers


def _request_made(room: Room, person: Person, event: ev.RequestMade) -> Person:
    return replace(person, seat=Seat.REQUESTED, requested_at=room.number, decision=None)


def _request_cancelled(room: Room, person: Person, event: ev.RequestCancelled) -> Person:
    return replace(person, seat=Seat.VIEWER, requested_at=None, decision=None)


def _request_declined(room: Room, person: Person, event: ev.RequestDeclined) -> Person:
    decision = _decided(room, person, event, "declined")
    return replace(
        person,
        seat=Seat.VIEWER,
        requested_at=None,
        may_ask_at=event.may_ask_at,
        decision=decision,
    )


def _request_closed(room: Room, person: Person, event: ev.RequestClosed) -> Person:
    decision = _decided(room, person, event, "closed")
    return replace(person, seat=Seat.VIEWER, requested_at=None, decision=decision)


def _offer_made(room: Room, person: Person, event: ev.OfferMade) -> Person:
    return replace(
        person,
        seat=Seat.OFFERED,
        requested_at=None,
        offer=Offer(by=event.by, reason=event.reason, expires_at=event.expires_at),
        decision=_decided(room, person, event, str(event.reason)),
    )


def _no_offer(what: str) -> Callable[[Room, Person, Any], Person]:
    def apply(room: Room, person: Person, event: ev.Event) -> Person:
        decision = _decided(room, person, event, what)
        return replace(person, seat=Seat.VIEWER, offer=None, decision=decision)

    return apply


# -- the stage


def _went_on_stage(room: Room, person: Person, event: ev.WentOnStage) -> Person:
    return replace(
        _unseated(person, Seat.ON_STAGE),
        microphone=event.microphone,
        camera=event.camera,
        silent_since=event.at,
        barred=False,
        decision=None,
    )


def _left_stage(room: Room, person: Person, event: ev.LeftStage) -> Person:
    return replace(_unseated(person), decision=None)


def _removed(room: Room, person: Person, event: ev.RemovedFromStage) -> Person:
    decision = _decided(room, person, event, "removed")
    return replace(_unseated(person), barred=True, decision=decision)


def _bumped(room: Room, person: Person, event: ev.Bumped) -> Person:
    return replace(_unseated(person), decision=_decided(room, person, event, "bumped"))


def _device_set(room: Room, person: Person, event: ev.DeviceSet) -> Person:
    decision = _decided(room, person, event, f"{event.device} turned off")
    if event.device is Device.CAMERA:
        return replace(person, camera=event.on, decision=decision)
    if event.on:
        return replace(person, microphone=True, unmute_asked_by=None, decision=decision)
    return replace(person, microphone=False, silent_since=event.at, decision=decision)


def _unmute_asked(room: Room, person: Person, event: ev.UnmuteAsked) -> Person:
    return replace(person, unmute_asked_by=event.by)


def _unmute_dismissed(room: Room, person: Person, event: ev.UnmuteDismissed) -> Person:
    return replace(person, unmute_asked_by=None)


# -- hands and roles


def _hand_raised(room: Room, person: Person, event: ev.HandRaised) -> Person:
    return replace(person, hand_at=room.number)


def _hand_lowered(room: Room, person: Person, event: ev.HandLowered) -> Person:
    # A hand is apart from the seat: it must not cover up who decided on the seat (rule 8).
    return replace(person, hand_at=None)


def _role_set(room: Room, person: Person, event: ev.RoleSet) -> Person:
    barred = person.barred and event.role is Role.ATTENDEE
    return replace(person, role=event.role, barred=barred)


_PERSONAL: dict[type[ev.Event], Callable[[Room, Person, Any], Person]] = {
    ev.Returned: _returned,
    ev.Disconnected: _disconnected,
    ev.Left: _left,
    ev.RequestMade: _request_made,
    ev.RequestCancelled: _request_cancelled,
    ev.RequestDeclined: _request_declined,
    ev.RequestClosed: _request_closed,
    ev.OfferMade: _offer_made,
    ev.OfferDeclined: _no_offer("offer declined"),
    ev.OfferRevoked: _no_offer("revoked"),
    ev.OfferExpired: _no_offer("expired"),
    ev.WentOnStage: _went_on_stage,
    ev.LeftStage: _left_stage,
    ev.RemovedFromStage: _removed,
    ev.Bumped: _bumped,
    ev.DeviceSet: _device_set,
    ev.UnmuteAsked: _unmute_asked,
    ev.UnmuteDismissed: _unmute_dismissed,
    ev.HandRaised: _hand_raised,
    ev.HandLowered: _hand_lowered,
    ev.RoleSet: _role_set,
}
