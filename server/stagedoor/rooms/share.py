"""What one part around the stage adds to a step, and what every such part can say. Pure."""

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
