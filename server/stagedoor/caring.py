"""The operator's commands on what is kept of people: by the running server, or without one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from .config import StartError
from .log import LogError
from .operating import Operator, history
from .rooms import care, forget, replay
from .signalling.people import NOBODY, Forgotten, People


class Carer(Operator):
    """Every method raises StartError."""

    async def people(self, room: str) -> Sequence[care.Known]:
        """Everybody who was ever in a room."""
        found = await self._history(room)
        if found is None:
            return self._ask("GET", f"/api/rooms/{room}/people", People).people
        return list(care.people(found).values())

    async def export(self, room: str, person: str) -> care.Export:
        """All that a room's log has of a person."""
        found = await self._history(room)
        if found is None:
            return self._ask("GET", f"/api/rooms/{room}/people/{quote(person, '')}", care.Export)
        export = care.export(room, replay(found).name, found, person)
        if export is None:
            raise StartError(NOBODY.sentence)
        return export

    async def forget(self, room: str, person: str | None) -> int:
        """Erase what is personal in a room, of one person or of all; in how many events it was."""
        log = await self._log()
        if log is None:
            path = f"/api/rooms/{room}/people" + (f"/{quote(person, '')}" if person else "")
            return self._ask("DELETE", path, Forgotten).erased
        try:
            if person not in (None, *care.people(await history(log, room))):
                raise StartError(NOBODY.sentence)
            return await forget(log, room, person)
        except LogError as error:
            raise StartError(error.sentence) from error
        finally:
            await log.close()
