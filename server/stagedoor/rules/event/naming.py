"""The room's name, and people's."""

from __future__ import annotations

from ..events import AnyEvent
from ..guards import Refuse, moderator, refuse, target
from ..names import MAX_NAME, MAX_ROOM_NAME, clean_name
from ..refusals import Code, Refusal, marked
from ..values import Person, Role, Room
from . import commands as cmd
from . import events as ev


def _clean(name: str, longest: int, whose: str) -> str:
    cleaned = clean_name(name, longest, whose)
    if isinstance(cleaned, Refusal):
        raise Refuse(cleaned)
    return cleaned


def rename_room(room: Room, command: cmd.RenameRoom, by: Person, now: int) -> list[AnyEvent]:
    """Another name for the room; its address stays."""
    moderator(by)
    name = _clean(command.name, MAX_ROOM_NAME, marked("room's name"))
    return [] if name == room.name else [ev.RoomRenamed(at=now, by=by.id, name=name)]


def rename(room: Room, command: cmd.Rename, by: Person, now: int) -> list[AnyEvent]:
    """Oneself, where the room has it so; attendees by moderators, moderators by the host."""
    person = by
    if command.person is not None and command.person != by.id:
        moderator(by)
        person = target(room, command.person)
        if person.role is not Role.ATTENDEE and by.role is not Role.HOST:
            refuse(
                Code.NOT_ALLOWED, "{name} moderates: only the host can do that.", name=person.name
            )
    elif not by.moderates and not room.settings.may_rename:
        refuse(Code.TURNED_OFF, "Changing one's name is turned off in this room.")
    name = _clean(command.name, MAX_NAME, marked("name"))
    if name == person.name:
        return []
    return [ev.Renamed(at=now, by=by.id, person=person.id, name=name)]


def name_on_return(room: Room, person: Person, name: str) -> str:
    """The name of somebody who comes back with ``name``: what a moderator gave stays."""
    own = person.moderates or room.settings.may_rename
    return name if own and not person.name_given else person.name
