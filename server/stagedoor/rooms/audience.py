"""Who listens to a room: people inside, and those in the lobby, who learn its name and time alone.

Nothing here decides or waits: messages go out, connections come and go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from stagedoor.messages import AnyMessage, Closing, LobbyCount, Speaking, Update
from stagedoor.rules.event.values import Entry
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Room

from .connection import Connection
from .views import Updates, lobby

_encode = msgspec.json.Encoder().encode

_LOCKED = Closing(Code.LOCKED, "The room was locked before it opened for you.", again=False)


class Audience:
    """The connections of one room. ``inside``: one a person."""

    def __init__(self) -> None:
        self.inside: dict[str, Connection] = {}
        self._waiting: set[Connection] = set()
        self._counted = 0
        self._speaking: tuple[list[str], list[str]] = ([], [])

    # -- coming and going

    def let_in(self, person: str, connection: Connection) -> Connection | None:
        """Somebody is in; the connection in whose place this one is, if there was one."""
        self._waiting.discard(connection)
        old = self.inside.get(person)
        self.inside[person] = connection
        return old

    def take_out(self, people: Iterable[str]) -> dict[str, Connection]:
        """Tell these people nothing more; their connections, to be closed."""
        found = {one: self.inside.pop(one, None) for one in people}
        return {one: connection for one, connection in found.items() if connection is not None}

    def wait(self, connection: Connection) -> None:
        """Somebody waits in the lobby."""
        if not connection.closed:
            self._waiting.add(connection)

    def lost(self, person: str, connection: Connection) -> bool:
        """A connection is gone; whether it was that of a person inside."""
        self._waiting.discard(connection)
        if self.inside.get(person) is not connection:
            return False
        del self.inside[person]
        return True

    # -- telling

    def tell(self, message: AnyMessage, people: Iterable[str]) -> None:
        """Tell these people, as far as they are connected."""
        encoded = _encode(message)
        for person in people:
            connection = self.inside.get(person)
            if connection is not None:
                connection.send(encoded)

    def tell_all(self, message: AnyMessage) -> None:
        """Tell everybody inside."""
        encoded = _encode(message)
        for connection in list(self.inside.values()):
            connection.send(encoded)

    def tell_moderators(self, room: Room, message: AnyMessage) -> None:
        """Tell those inside who moderate."""
        encoded = _encode(message)
        for person, connection in list(self.inside.items()):
            if room.people[person].moderates:
                connection.send(encoded)

    def tell_speaking(self, room: Room, heard: list[str], on_stage: list[str]) -> None:
        """Tell who speaks: those ``on_stage`` to everybody, all who are ``heard`` to moderators."""
        if (heard, on_stage) == self._speaking:
            return
        self._speaking = (heard, on_stage)
        backstage, public = _encode(Speaking(heard)), _encode(Speaking(on_stage))
        for person, connection in list(self.inside.items()):
            connection.send(backstage if room.people[person].moderates else public)

    def show(self, room: Room, changed: Updates) -> None:
        """Tell everybody inside what changed, each as much as they may see (rule 19)."""
        attendees = _encoded(changed.attendees)
        moderators = _encoded(changed.moderators)
        for person, connection in list(self.inside.items()):
            if person in changed.persons:
                message = _encoded(changed.persons[person])
            elif room.people[person].moderates:
                message = moderators
            else:
                message = attendees
            if message is not None:
                connection.send(message)

    def tell_lobby(self, before: Room, after: Room, now: int) -> None:
        """Tell those who wait what has changed for them; a room that is open or locked has none."""
        if not self._waiting or (before.name, before.entrance) == (after.name, after.entrance):
            return
        waiting = list(self._waiting)
        entry = after.entrance.entry
        if entry is not Entry.LOBBY:
            self._waiting.clear()
        for connection in waiting:
            if entry is Entry.LOCKED:
                connection.close(_LOCKED)
            else:
                connection.send(_encode(lobby(after, now)))

    def count_lobby(self, room: Room, *, anew: bool) -> None:
        """Tell moderators how many wait, if that has changed; ``anew``: in any case."""
        count = len(self._waiting)
        if count == self._counted and not (anew and count):
            return
        self._counted = count
        self.tell_moderators(room, LobbyCount(count))

    def close_all(self, closing: Closing) -> None:
        """Close every connection, saying why."""
        for connection in [*self.inside.values(), *self._waiting]:
            connection.close(closing)
        self._waiting.clear()

    def close(self, connections: Mapping[str, Connection], reasons: Mapping[str, Closing]) -> None:
        """Close these people's connections, each for its own reason."""
        for person, connection in connections.items():
            connection.close(reasons[person])


def _encoded(update: Update | None) -> bytes | None:
    return None if update is None else _encode(update)
