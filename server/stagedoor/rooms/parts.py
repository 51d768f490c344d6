"""What the parts around the stage (chat, polls …) add to what people are shown. Pure.

A part says for a step what it adds to the updates of all attendees, of all moderators, and of
single people; and what somebody is shown of it who enters, or whose role has changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

from stagedoor.rules.events import AnyEvent
from stagedoor.rules.values import Person, Room

Fields = Mapping[str, Any]
"""Fields of an Update, or of a View, by name."""


class Share(Struct, frozen=True):
    """A part's share in a step's updates. ``persons`` is laid over what their role is shown."""

    attendees: Fields = {}
    moderators: Fields = {}
    persons: Mapping[str, Fields] = {}


class Part(Protocol):
    """One part of the room. A field it names is the same in View and in Update."""

    def snapshot(self, room: Room, viewer: Person) -> Fields:
        """All that ``viewer`` is shown of the part, for entering and for a new role."""

    def changes(self, before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
        """What ``events`` changed. The first logged one has the number ``before.number + 1``."""


PARTS: tuple[Part, ...] = ()


def snapshot(room: Room, viewer: Person) -> Fields:
    """All parts' fields for one person."""
    return {key: value for part in PARTS for key, value in part.snapshot(room, viewer).items()}


def changes(before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
    """All parts' shares as one."""
    shares = [part.changes(before, after, events) for part in PARTS]
    persons: dict[str, dict[str, Any]] = {}
    for share in shares:
        for person, fields in share.persons.items():
            persons.setdefault(person, {}).update(fields)
    return Share(
        attendees={key: value for share in shares for key, value in share.attendees.items()},
        moderators={key: value for share in shares for key, value in share.moderators.items()},
        persons=persons,
    )
