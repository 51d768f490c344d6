"""What a person may ask for to run the event."""

from __future__ import annotations

from ..base import Command
from .values import Entry


class SetEntry(Command, frozen=True, tag="set_entry"):
    """Open the room, lock it, or have new attendees wait in the lobby, until ``opens_at`` if given.

    ``opens_at`` in milliseconds of the server's clock.
    """

    entry: Entry
    opens_at: int | None = None


class RenameRoom(Command, frozen=True, tag="rename_room"):
    """Give the room another name."""

    name: str


class Rename(Command, frozen=True, tag="rename"):
    """Give oneself, or as a moderator an attendee, another name."""

    name: str
    person: str | None = None


class RemoveFromRoom(Command, frozen=True, tag="remove_from_room"):
    """Put a person out of the room, who may enter again (rule 17)."""

    person: str


class Ban(Command, frozen=True, tag="ban"):
    """Put a person out for good, and with ``link`` the link that led them here (rule 17)."""

    person: str
    reason: str = ""
    link: bool = True


class Unban(Command, frozen=True, tag="unban"):
    """Let a banned person, and their link, in again."""

    person: str


class RestoreHand(Command, frozen=True, tag="restore_hand"):
    """Put a hand up again, in its place, that went down once its owner had spoken."""

    person: str | None = None


EventCommand = SetEntry | RenameRoom | Rename | RemoveFromRoom | Ban | Unban | RestoreHand
