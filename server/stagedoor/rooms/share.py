"""What one part around the stage adds to a step, and what every such part can say. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from stagedoor.rules.events import AnyEvent
from stagedoor.rules.values import Person, Room

Thing = TypeVar("Thing")
Seen = TypeVar("Seen")

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


def differences(
    before: Mapping[int, Thing], after: Mapping[int, Thing], view: Callable[[Thing], Seen | None]
) -> tuple[list[Seen], list[int]]:
    """What looks different now, and the keys of what is gone, for those who see it by ``view``.

    What is the same object is not looked at; a view that is None is not shown.
    """
    old = {key: view(one) for key, one in before.items() if after.get(key) is not one}
    views = []
    for key, one in after.items():
        if before.get(key) is one:
            continue
        seen = view(one)
        if seen is not None and old.get(key) != seen:
            views.append(seen)
    gone = [key for key, seen in old.items() if seen is not None and key not in after]
    return views, gone
