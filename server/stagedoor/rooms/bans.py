"""The bans, as moderators are shown them: all of them whenever one changes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from stagedoor.messages.event import BanView
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.values import Person, Room

from .share import Fields, Share


class Bans:
    """The part of the room that is about bans."""

    def snapshot(self, room: Room, viewer: Person) -> Fields:
        """See Part.snapshot. To who moderates no more, that there are none."""
        return {"bans": _views(room) if viewer.moderates else []}

    def changes(self, before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
        """See Part.changes."""
        if before.entrance.bans is after.entrance.bans:
            return Share()
        return Share(moderators={"bans": _views(after)})


def _views(room: Room) -> list[BanView]:
    return [
        BanView(
            person=ban.person,
            name=ban.name,
            by_name=ban.by_name,
            at=ban.at,
            reason=ban.reason,
            link=bool(ban.link),
        )
        for ban in room.entrance.bans.values()
    ]
