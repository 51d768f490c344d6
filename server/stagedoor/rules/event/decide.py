"""Which decision answers which command of running the event."""

from __future__ import annotations

from typing import assert_never

from ..events import AnyEvent
from ..values import Person, Room
from . import commands as cmd
from . import entrance, naming, removal, speaking


def decide(room: Room, command: cmd.EventCommand, by: Person, now: int) -> list[AnyEvent]:
    """Decide on a command of ``by``, who is in the room. Raises Refuse."""
    match command:
        case cmd.SetEntry():
            return entrance.set_entry(room, command, by, now)
        case cmd.RenameRoom():
            return naming.rename_room(room, command, by, now)
        case cmd.Rename():
            return naming.rename(room, command, by, now)
        case cmd.RemoveFromRoom():
            return removal.remove(room, command, by, now)
        case cmd.Ban():
            return removal.ban(room, command, by, now)
        case cmd.Unban():
            return removal.unban(room, command, by, now)
        case cmd.RestoreHand():
            return speaking.restore(room, command, by, now)
        case _:
            assert_never(command)
