"""Events as they are told to people (rules 6, 7, 8 and 19). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from stagedoor.messages import Happening
from stagedoor.rules.events import (
    AnyEvent,
    ModeSet,
    RoomCreated,
    RoomEnded,
    SettingsChanged,
    StageEvent,
)
from stagedoor.rules.values import Person

_FOR_ALL = (ModeSet, RoomEnded, SettingsChanged)


class Told(Struct, frozen=True):
    """A happening and whether it is for everybody, not just moderators and its person."""

    happening: Happening
    for_all: bool

    def concerns(self, person: str) -> bool:
        """Whether this is about the person, or for everybody."""
        return self.for_all or self.happening.person == person


def tell(number: int, event: AnyEvent, people: Mapping[str, Person]) -> Told | None:
    """Event ``number`` as a happening; None for what is not told in words.

    That is the room's creation, and all that is shown as it is: chat, polls and the like.

    ``people`` are those after the event, for the names.
    """
    if isinstance(event, RoomCreated) or not isinstance(event, StageEvent):
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
    )
    return Told(happening, isinstance(event, _FOR_ALL))
