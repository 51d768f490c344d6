"""Events as they are told to people (rules 6, 7, 8 and 19). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from stagedoor.messages import Closing, Happening, closing
from stagedoor.rules.event.events import (
    Banned,
    EventEvent,
    LinksRevoked,
    RemovedFromRoom,
    SpokeFor,
)
from stagedoor.rules.event.links import PUT_OUT
from stagedoor.rules.event.values import banned
from stagedoor.rules.events import (
    AnyEvent,
    ModeSet,
    RoomCreated,
    RoomEnded,
    SettingsChanged,
    StageEvent,
)
from stagedoor.rules.refusals import Code, refusal
from stagedoor.rules.values import Person, Room

_FOR_ALL = (ModeSet, RoomEnded, SettingsChanged)


class Told(Struct, frozen=True):
    """A happening and whether it is for everybody, not just moderators and its person."""

    happening: Happening
    for_all: bool

    def concerns(self, person: str) -> bool:
        """Whether this is about the person, or for everybody."""
        return self.for_all or person in (self.happening.person, *self.happening.people)


def tell(number: int, event: AnyEvent, people: Mapping[str, Person]) -> Told | None:
    """Event ``number`` as a happening; None for what is not told in words.

    That is the room's creation, time spoken, and all that is shown as it is: chat, polls …

    ``people`` are those after the event, for the names.
    """
    if isinstance(event, RoomCreated | SpokeFor | LinksRevoked):
        return None
    if not isinstance(event, StageEvent | EventEvent):
        return None
    person = getattr(event, "person", "")
    concerned = people.get(person)
    by = people.get(event.by)
    happening = Happening(
        number=number,
        at=event.at,
        what=str(event.__struct_config__.tag),
        person=person,
        person_name=concerned.name if concerned else "",
        by=event.by,
        by_name=by.name if by else "",
        device=getattr(event, "device", None),
        on=getattr(event, "on", None),
        mode=getattr(event, "mode", None),
        entry=getattr(event, "entry", None),
        reason=getattr(event, "reason", "") if isinstance(event, Banned) else "",
        people=[*getattr(event, "people", ())],
    )
    return Told(happening, isinstance(event, _FOR_ALL))


def farewells(room: Room, events: Iterable[AnyEvent]) -> dict[str, Closing]:
    """The last words to those whom ``events`` put out of the room, by person."""
    found: dict[str, Closing] = {}
    for event in events:
        if isinstance(event, Banned):
            found[event.person] = closing(banned(room.people[event.by].name, event.reason))
        elif isinstance(event, RemovedFromRoom) and not event.by:
            found[event.person] = closing(PUT_OUT)
        elif isinstance(event, RemovedFromRoom):
            name = room.people[event.by].name
            why = refusal(Code.REMOVED, "{name} removed you from this room.", name=name)
            found[event.person] = closing(why)
    return found
