"""How an event changes a room. Events are trusted: they were decided before they were logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, assert_never

from msgspec.structs import replace

from . import events as ev
from .base import Decision, Event
from .event import links
from .event.events import EventEvent
from .event.evolve import evolve as evolve_event
from .event.values import Entrance, Entry
from .memo import Lasting
from .polls.events import PollEvent
from .polls.evolve import evolve as evolve_polls
from .quizzes.events import QuizEvent
from .quizzes.evolve import evolve as evolve_quizzes
from .reactions.events import ReactionEvent
from .reactions.evolve import evolve as evolve_reactions
from .sessions import Sessions
from .talk.events import TalkEvent
from .talk.evolve import evolve as evolve_talk
from .values import (
    NO_DECISIONS,
    Device,
    Matter,
    Mode,
    Offer,
    Person,
    Role,
    Room,
    Seat,
    Settings,
)
from .words import (
    APPOINTED,
    BROUGHT_ON,
    CLOSED,
    DECLINED,
    DEMOTED,
    LOWERED,
    OFFERED,
    REMOVED,
    REVOKED,
    SENT_BACKSTAGE,
    TURNED_OFF,
)

_DEFAULTS = Settings()


def create(
    room_id: str,
    name: str,
    *,
    now: int,
    mode: Mode = Mode.REQUEST,
    settings: Settings = _DEFAULTS,
    open_door: bool = True,
    entry: Entry = Entry.OPEN,
    opens_at: int | None = None,
) -> ev.RoomCreated:
    """A room's first event."""
    return ev.RoomCreated(
        at=now,
        room=room_id,
        name=name,
        mode=mode,
        settings=settings,
        open_door=open_door,
        entry=entry,
        opens_at=opens_at,
    )


def evolve(room: Room | None, event: ev.AnyEvent) -> Room:
    """The room after ``event``; ``room`` is None for ``RoomCreated`` alone.

    Raises ValueError for an event that no room of this kind can have.
    """
    if isinstance(event, ev.RoomCreated):
        if room is not None:
            raise ValueError("a room is created once")
        return Room(
            id=event.room,
            name=event.name,
            open_door=event.open_door,
            entrance=Entrance(entry=event.entry, opens_at=event.opens_at),
            mode=event.mode,
            settings=event.settings,
            number=1,
        )
    if room is None:
        raise ValueError("a room's first event must be room_created")
    if event.logged:
        room = replace(room, number=room.number + 1)
    if isinstance(event, ev.StageEvent):
        return _on_the_stage(room, event)
    match event:
        case _ if isinstance(event, TalkEvent):
            return replace(room, talk=evolve_talk(room, event))
        case _ if isinstance(event, EventEvent):
            return evolve_event(room, event)
        case _ if isinstance(event, PollEvent):
            return evolve_polls(room, event)
        case _ if isinstance(event, QuizEvent):
            return evolve_quizzes(room, event)
        case _ if isinstance(event, ReactionEvent):
            return replace(room, reactions=evolve_reactions(room.reactions, event))
        case _:
            assert_never(event)


def _on_the_stage(room: Room, event: ev.StageEvent) -> Room:
    match event:
        case ev.ModeSet():
            return replace(room, mode=event.mode)
        case ev.SettingsChanged():
            return replace(room, settings=event.settings)
        case ev.RoomEnded():
            people = {
                key: replace(person.unseated(), hand_at=None, lowered_hand=None)
                for key, person in room.people.items()
            }
            return replace(room, ended=True, people=Lasting(people))
        case ev.Entered():
            return _with(links.entered(room, event), _entered(event))
        case ev.BroughtOn():
            brought = {key: _brought_on(room, room.people[key], event) for key in event.people}
            return replace(room, people=room.people.with_(brought))
        case ev.RoomCreated():
            raise ValueError("a room is created once")
        case _:
            return _with(room, _PERSONAL[type(event)](room, room.people[event.person], event))


def _with(room: Room, person: Person) -> Room:
    return replace(room, people=room.people.with_({person.id: person}))


def _decided(
    room: Room, person: Person, event: Event, matter: Matter, what: str
) -> Mapping[Matter, Decision]:
    """The decisions to remember; what people do themselves forgets what others decided."""
    if event.by == person.id:
        return _without(person, matter)
    by = room.people[event.by]
    return {**person.decisions, matter: Decision(by=by.id, by_name=by.name, what=what)}


def _without(person: Person, *matters: Matter) -> Mapping[Matter, Decision]:
    left = {key: one for key, one in person.decisions.items() if key not in matters}
    return left or NO_DECISIONS


# -- presence


def _entered(event: ev.Entered) -> Person:
    return Person(
        id=event.person,
        name=event.name,
        role=event.role,
        entered_as=event.role,
        link=event.link,
        sessions=_exchanged(Sessions(), event),
    )


def _exchanged(sessions: Sessions, event: ev.Entered | ev.Returned) -> Sessions:
    return sessions if event.session is None else sessions.exchanged(event.session, event.at)


def _returned(room: Room, person: Person, event: ev.Returned) -> Person:
    back = replace(
        person,
        name=event.name,
        present=True,
        away_until=None,
        sessions=_exchanged(person.sessions, event),
    )
    if person.seat is Seat.HELD:
        # Silent since before the disconnection: coming back is not speaking (rule 11).
        seat = Seat.BACKSTAGE if person.held_backstage else Seat.ON_STAGE
        return replace(back.with_all_off(), seat=seat, held_backstage=False)
    return back


def _disconnected(room: Room, person: Person, event: ev.Disconnected) -> Person:
    away = replace(person, away_until=event.away_until, unmute_asked_by=None)
    if not person.has_seat:
        return away
    since = event.at if person.microphone else person.silent_since
    return replace(
        away.with_all_off(),
        seat=Seat.HELD,
        silent_since=since,
        held_backstage=person.is_backstage,
    )


def _left(room: Room, person: Person, event: ev.Left) -> Person:
    return person.gone()


# -- requests and offers


def _request_made(room: Room, person: Person, event: ev.RequestMade) -> Person:
    # What was decided on the request before this one still answers a late decision on that.
    return replace(person, seat=Seat.REQUESTED, requested_at=room.number, requested_since=event.at)


def _request_cancelled(room: Room, person: Person, event: ev.RequestCancelled) -> Person:
    decisions = _without(person, Matter.SEAT)
    return replace(person, seat=Seat.VIEWER, requested_at=None, decisions=decisions)


def _request_declined(room: Room, person: Person, event: ev.RequestDeclined) -> Person:
    return replace(
        person,
        seat=Seat.VIEWER,
        requested_at=None,
        may_ask_at=event.may_ask_at,
        decisions=_decided(room, person, event, Matter.SEAT, DECLINED),
    )


def _request_closed(room: Room, person: Person, event: ev.RequestClosed) -> Person:
    decisions = _decided(room, person, event, Matter.SEAT, CLOSED)
    return replace(person, seat=Seat.VIEWER, requested_at=None, decisions=decisions)


def _offer_made(room: Room, person: Person, event: ev.OfferMade) -> Person:
    return replace(
        person,
        seat=Seat.OFFERED,
        requested_at=None,
        offer=Offer(by=event.by, reason=event.reason, expires_at=event.expires_at),
        decisions=_decided(room, person, event, Matter.SEAT, OFFERED[event.reason]),
    )


def _offer_declined(room: Room, person: Person, event: ev.OfferDeclined) -> Person:
    decisions = _without(person, Matter.SEAT)
    return replace(person, seat=Seat.VIEWER, offer=None, decisions=decisions)


def _offer_revoked(room: Room, person: Person, event: ev.OfferRevoked) -> Person:
    decisions = _decided(room, person, event, Matter.SEAT, REVOKED)
    return replace(person, seat=Seat.VIEWER, offer=None, decisions=decisions)


def _offer_expired(room: Room, person: Person, event: ev.OfferExpired) -> Person:
    return replace(person, seat=Seat.VIEWER, offer=None)


# -- the stage


def _hand_after_going_up(room: Room, person: Person) -> int | None:
    # Where a hand goes down once its owner has spoken, going up is not the end of it.
    return person.hand_at if room.settings.lower_hand_once_spoken else None


def _went_up(room: Room, person: Person, event: ev.WentOnStage | ev.WentBackstage) -> Person:
    seat = Seat.ON_STAGE if isinstance(event, ev.WentOnStage) else Seat.BACKSTAGE
    return replace(
        person.unseated(seat),
        microphone=event.microphone,
        camera=event.camera,
        silent_since=event.at,
        hand_at=_hand_after_going_up(room, person),
        barred=False,
        decisions=_without(person, Matter.SEAT, *(Matter(device) for device in Device)),
    )


def _brought_on(room: Room, person: Person, event: ev.BroughtOn) -> Person:
    return replace(
        person,
        seat=Seat.ON_STAGE,
        silent_since=event.at,
        hand_at=_hand_after_going_up(room, person),
        decisions=_decided(room, person, event, Matter.SEAT, BROUGHT_ON),
    )


def _sent_backstage(room: Room, person: Person, event: ev.SentBackstage) -> Person:
    decisions = _decided(room, person, event, Matter.SEAT, SENT_BACKSTAGE)
    return replace(person, seat=Seat.BACKSTAGE, decisions=decisions)


def _left_stage(room: Room, person: Person, event: ev.LeftStage | ev.LeftBackstage) -> Person:
    return person.unseated()


def _removed(room: Room, person: Person, event: ev.RemovedFromStage) -> Person:
    decisions = _decided(room, person, event, Matter.SEAT, REMOVED)
    return replace(person.unseated(), hand_at=None, barred=True, decisions=decisions)


def _bumped(room: Room, person: Person, event: ev.Bumped) -> Person:
    return person.unseated()


def _device_set(room: Room, person: Person, event: ev.DeviceSet) -> Person:
    decisions = _decided(room, person, event, Matter(event.device), TURNED_OFF)
    if event.device is Device.CAMERA:
        return replace(person, camera=event.on, decisions=decisions)
    if event.device is Device.SCREEN:
        return replace(person, screen=event.on, decisions=decisions)
    if event.on:
        return replace(person, microphone=True, unmute_asked_by=None, decisions=decisions)
    return replace(person, microphone=False, silent_since=event.at, decisions=decisions)


def _unmute_asked(room: Room, person: Person, event: ev.UnmuteAsked) -> Person:
    return replace(person, unmute_asked_by=event.by)


def _unmute_dismissed(room: Room, person: Person, event: ev.UnmuteDismissed) -> Person:
    return replace(person, unmute_asked_by=None)


# -- hands and roles


def _hand_raised(room: Room, person: Person, event: ev.HandRaised) -> Person:
    return replace(
        person,
        hand_at=room.number,
        hand_since=event.at,
        lowered_hand=None,
        decisions=_without(person, Matter.HAND),
    )


def _hand_lowered(room: Room, person: Person, event: ev.HandLowered) -> Person:
    decisions = _decided(room, person, event, Matter.HAND, LOWERED)
    return replace(person, hand_at=None, decisions=decisions)


def _role_set(room: Room, person: Person, event: ev.RoleSet) -> Person:
    barred = person.barred and event.role is Role.ATTENDEE
    what = DEMOTED if event.role is Role.ATTENDEE else APPOINTED
    decisions = _decided(room, person, event, Matter.ROLE, what)
    return replace(person, role=event.role, barred=barred, decisions=decisions)


_PERSONAL: dict[type[Event], Callable[[Room, Person, Any], Person]] = {
    ev.Returned: _returned,
    ev.Disconnected: _disconnected,
    ev.Left: _left,
    ev.RequestMade: _request_made,
    ev.RequestCancelled: _request_cancelled,
    ev.RequestDeclined: _request_declined,
    ev.RequestClosed: _request_closed,
    ev.OfferMade: _offer_made,
    ev.OfferDeclined: _offer_declined,
    ev.OfferRevoked: _offer_revoked,
    ev.OfferExpired: _offer_expired,
    ev.WentOnStage: _went_up,
    ev.WentBackstage: _went_up,
    ev.SentBackstage: _sent_backstage,
    ev.LeftBackstage: _left_stage,
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
