"""What everybody is shown of reactions: how many, twice a second at most. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from stagedoor.rules.events import AnyEvent
from stagedoor.rules.reactions.events import ReactionsCounted
from stagedoor.rules.values import Person, Room

from .share import Fields, Share


class ReactionsPart:
    """The Part of ``rooms.parts``."""

    def snapshot(self, room: Room, viewer: Person) -> Fields:
        """See Part.snapshot. Reactions pass: whoever comes later is shown nothing of them."""
        return {}

    def changes(self, before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
        """See Part.changes."""
        for event in events:
            if isinstance(event, ReactionsCounted):
                counts = {"reactions": event.kinds}
                return Share(attendees=counts, moderators=counts)
        return Share()
