"""Who may come in: open, lobby or locked, and by the clock."""

from __future__ import annotations

from ..events import AnyEvent
from ..guards import moderator, refuse
from ..refusals import Code, Refusal
from ..values import Person, Role, Room
from . import commands as cmd
from . import events as ev
from . import links
from .values import Entry

LATEST = 366 * 24 * 3_600_000  # milliseconds ahead

_NOT_OPEN = Refusal(Code.NOT_OPEN, "This room is not open yet; please wait in the lobby.")
_LOCKED = Refusal(Code.LOCKED, "This room is locked: nobody new comes in just now.")


def turned_away(room: Room, role: Role, link: str) -> Refusal | None:
    """Why somebody new may not come in, by the link of that id or by none; None if they may."""
    entrance = room.entrance
    if link in entrance.revoked:
        return links.REVOKED
    for ban in entrance.bans.values():
        if link and ban.link == link:
            return ban.link_refusal
    if role is not Role.ATTENDEE or entrance.entry is Entry.OPEN:
        return None
    return _LOCKED if entrance.entry is Entry.LOCKED else _NOT_OPEN


def set_entry(room: Room, command: cmd.SetEntry, by: Person, now: int) -> list[AnyEvent]:
    """Nobody inside is touched by it; whoever waits in the lobby is let in or sent away."""
    moderator(by)
    opens_at = command.opens_at
    if opens_at is not None:
        if command.entry is not Entry.LOBBY:
            refuse(Code.BAD_VALUE, "Only a lobby has a time at which it opens.")
        if not now < opens_at <= now + LATEST:
            refuse(Code.BAD_VALUE, "The opening must be in the future, within a year.")
    if (room.entrance.entry, room.entrance.opens_at) == (command.entry, opens_at):
        return []
    return [ev.EntrySet(at=now, by=by.id, entry=command.entry, opens_at=opens_at)]


def deadline(room: Room) -> int | None:
    """When the lobby opens by the clock."""
    return room.entrance.opens_at if room.entrance.entry is Entry.LOBBY else None


def due(room: Room, now: int) -> list[AnyEvent]:
    """The lobby opens."""
    at = deadline(room)
    return [] if at is None or at > now else [ev.EntrySet(at=now, entry=Entry.OPEN)]
