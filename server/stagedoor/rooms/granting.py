"""What one room has granted at the media engine, brought up to the room's state."""

from __future__ import annotations

from collections.abc import Iterable

from stagedoor.media.interface import Grant
from stagedoor.rules.values import Room

from .grants import changes, grants, insiders
from .media import Media


class Granting:
    """Remembers what the engine was told, so that it is told differences only."""

    def __init__(self, room: Room, media: Media) -> None:
        self._room = room.id
        self._media = media
        self._number = room.number
        self._granted: dict[str, Grant] = {}
        self._insiders: frozenset[str] = frozenset()

    def engine_is_new(self) -> None:
        """The engine knows nothing any more; the next ``follow`` repeats all."""
        self._granted.clear()
        self._insiders = frozenset()

    async def follow(self, room: Room, forget: Iterable[str] = ()) -> None:
        """Forget people's connections, take away what ended, then give what is new.

        When this returns nothing is forwarded that the state does not allow (rule 13). What an
        engine that is down did not take is given at the next call.
        """
        forget = set(forget)
        if forget:
            await self._media.leave(self._room, forget)
            for person in forget:
                self._granted.pop(person, None)
        shown = insiders(room)
        if shown != self._insiders and await self._media.show_backstage(self._room, shown):
            self._insiders = shown
        taking, giving = changes(self._granted, grants(room))
        for person, _ in taking:
            self._granted.pop(person, None)
        for batch in (taking, giving):
            for person, grant in await self._media.grant(self._room, batch) if batch else []:
                if grant is not None:
                    self._granted[person] = grant
            if batch is taking and (taking or forget):
                self._media.record.stopped(self._room, self._number, room.number)
        self._number = room.number

    async def end(self) -> None:
        """The room is over; ``follow`` has taken everything away."""
        self._granted.clear()
        self._insiders = frozenset()
        await self._media.close_room(self._room)
