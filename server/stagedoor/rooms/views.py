"""What each person is shown of a room, and what changes in it (rule 19). Pure.

A whole view is made once, on entering. After that a person gets updates: one encoded for all
attendees, one for all moderators, and one each for those whom the change itself concerns.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from stagedoor.messages import Happening, Lobby, OfferView, PersonView, RoomInfo, Update, View
from stagedoor.rules.event.values import Entry
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.memo import worked_out
from stagedoor.rules.values import Person, Room, Seat

from . import parts
from .happenings import Told
from .share import Fields, Share

_HIDDEN = (Seat.REQUESTED, Seat.OFFERED, Seat.BACKSTAGE)


def room_info(room: Room) -> RoomInfo:
    """What everyone may know of the room itself."""
    return RoomInfo(
        id=room.id,
        name=room.name,
        mode=room.mode,
        settings=room.settings,
        ended=room.ended,
        entry=room.entrance.entry,
        opens_at=room.entrance.opens_at,
    )


def lobby(room: Room, now: int) -> Lobby:
    """All that people in the lobby learn of the room."""
    entrance = room.entrance
    return Lobby(
        room=room.name,
        now=now,
        opens_at=entrance.opens_at,
        open=entrance.entry is not Entry.LOBBY,
    )


def public_view(person: Person) -> PersonView:
    """A person as other attendees see them: no request, no offer, nothing of the backstage."""
    hidden = person.seat in _HIDDEN or person.is_backstage
    return PersonView(
        id=person.id,
        name=person.name,
        role=person.role,
        seat=Seat.VIEWER if hidden else person.seat,
        away=person.away_until is not None,
        hand=person.hand_at,
        microphone=person.microphone and not hidden,
        camera=person.camera and not hidden,
        screen=person.screen and not hidden,
    )


def full_view(person: Person, people: Mapping[str, Person]) -> PersonView:
    """A person as they see themselves, and as moderators see them."""
    offer = None
    if person.offer is not None:
        offer = OfferView(
            by_name=name_of(people, person.offer.by),
            reason=person.offer.reason,
            expires_at=person.offer.expires_at,
        )
    return structs.replace(
        public_view(person),
        seat=person.seat,
        microphone=person.microphone,
        camera=person.camera,
        screen=person.screen,
        requested_at=person.requested_at,
        offer=offer,
        barred=person.barred,
        may_ask_at=person.may_ask_at,
        unmute_asked_by=person.unmute_asked_by,
        requested_since=person.requested_since if person.requested_at is not None else 0,
        hand_since=person.hand_since if person.hand_at is not None else 0,
        hand_restorable_until=person.lowered_hand.until if person.lowered_hand is not None else 0,
        spoke_ms=person.spoke_ms,
        link=person.link,
        backstage=person.is_backstage,
    )


def name_of(people: Mapping[str, Person], person: str) -> str:
    """A person's name, empty for the clock and for people unknown."""
    found = people.get(person)
    return found.name if found is not None else ""


def view(room: Room, viewer: str) -> View:
    """The whole room as ``viewer`` sees it."""
    you = room.people.get(viewer)
    seen = _all_full(room.people) if you is not None and you.moderates else _all_public(room.people)
    if you is not None and you.present:
        seen = {**seen, viewer: full_view(you, room.people)}
    return View(
        number=room.number,
        you=viewer,
        room=room_info(room),
        people=[*seen.values()],
        **(parts.snapshot(room, you) if you is not None else {}),
    )


# Many who enter in the same step see the same people: these are looked at once a step.


@worked_out
def _all_public(people: Mapping[str, Person]) -> dict[str, PersonView]:
    return {key: public_view(person) for key, person in people.items() if person.present}


@worked_out
def _all_full(people: Mapping[str, Person]) -> dict[str, PersonView]:
    return {key: full_view(person, people) for key, person in people.items() if person.present}


class Updates(Struct, frozen=True):
    """The updates of one step; None where nothing is new. ``persons`` go before the other two."""

    attendees: Update | None
    moderators: Update | None
    persons: dict[str, Update | None]


def updates(
    before: Room,
    after: Room,
    told: Iterable[Told],
    events: Sequence[AnyEvent] = (),
    listening: Container[str] | None = None,
) -> Updates:
    """What to tell whom, when ``before`` became ``after`` by ``events``, in words ``told``.

    ``listening``: the people who are connected; None for all. Of the others nobody takes theirs:
    whoever enters is shown everything, and whoever has gone nothing.
    """
    told = list(told)
    share = parts.changes(before, after, events)
    # Most steps in a crowded room are chat and reactions, which leave all people as they are.
    changed, gone = ([], []) if after.people is before.people else _other_people(before, after)
    info = room_info(after)
    common = _Common(
        after=after,
        at=_time(told, events),
        public=_differing(before, after, changed, full=False),
        full=_differing(before, after, changed, full=True),
        gone=gone,
        room=info if info != room_info(before) else None,
        told=told,
        share=share,
    )
    concerned = dict.fromkeys([*changed, *share.persons])
    for happening in (one.happening for one in told):
        concerned.update(dict.fromkeys([happening.person, *happening.people]))
    persons = {
        key: _for_person(before, common, key)
        for key in concerned
        if _present(after, key) and (listening is None or key in listening)
    }
    return Updates(
        attendees=common.update(
            common.public.values(),
            [one.happening for one in told if one.for_all],
            share.attendees,
        ),
        moderators=common.update(
            common.full.values(), [one.happening for one in told], share.moderators
        ),
        persons=persons,
    )


def _other_people(before: Room, after: Room) -> tuple[list[str], list[str]]:
    """Whose view may be another now, and who is gone."""
    changed = [key for key, person in after.people.items() if before.people.get(key) is not person]
    offering = {person.offer.by for person in after.people.values() if person.offer is not None}
    changed += _renamed(before, after, changed, offering)
    gone = [
        key for key, person in before.people.items() if person.present and not _present(after, key)
    ]
    return changed, gone


def _time(told: Sequence[Told], events: Sequence[AnyEvent]) -> int:
    if told:
        return told[-1].happening.at
    return events[-1].at if events else 0


class _Common(Struct, frozen=True):
    """What several viewers' updates have in common."""

    after: Room
    at: int
    public: dict[str, PersonView]
    full: dict[str, PersonView]
    gone: list[str]
    room: RoomInfo | None
    told: list[Told]
    share: Share

    def update(
        self, people: Iterable[PersonView], happened: list[Happening], fields: Fields
    ) -> Update | None:
        """One update, or None if there is nothing in it. ``fields``: of the parts."""
        people = list(people)
        if not (people or self.gone or self.room or happened or fields):
            return None
        return Update(
            number=self.after.number,
            at=self.at,
            people=people,
            gone=self.gone,
            room=self.room,
            happened=happened,
            **fields,
        )


def _for_person(before: Room, common: _Common, key: str) -> Update | None:
    """The update of somebody whom the step concerns; everything again if the role changed."""
    person = common.after.people[key]
    old = before.people.get(key)
    happened = [one.happening for one in common.told if person.moderates or one.concerns(key)]
    if old is None or old.moderates != person.moderates or not old.present:
        whole = parts.snapshot(common.after, person)
        return common.update(view(common.after, key).people, happened, whole)
    share = common.share
    of_role = share.moderators if person.moderates else share.attendees
    fields = {**of_role, **share.persons.get(key, {})}
    if person.moderates:
        return common.update(common.full.values(), happened, fields)
    people = {other: seen for other, seen in common.public.items() if other != key}
    if key in common.full:
        people[key] = common.full[key]
    return common.update(people.values(), happened, fields)


def _present(room: Room, key: str) -> bool:
    person = room.people.get(key)
    return person is not None and person.present


def _renamed(before: Room, after: Room, changed: list[str], offering: set[str]) -> list[str]:
    """People whose offer's maker has another name now, which shows in their own view."""
    renamed = {
        key
        for key in changed
        if key in offering and name_of(before.people, key) != after.people[key].name
    }
    if not renamed:
        return []
    return [
        key
        for key, person in after.people.items()
        if person.offer is not None and person.offer.by in renamed and key not in changed
    ]


def _differing(
    before: Room, after: Room, changed: Iterable[str], *, full: bool
) -> dict[str, PersonView]:
    """The views of the changed people that differ from what was shown of them before."""
    found: dict[str, PersonView] = {}
    for key in changed:
        if not _present(after, key):
            continue
        new = _seen(after, key, full=full)
        if not _present(before, key) or _seen(before, key, full=full) != new:
            found[key] = new
    return found


def _seen(room: Room, key: str, *, full: bool) -> PersonView:
    person = room.people[key]
    return full_view(person, room.people) if full else public_view(person)
