"""The operator's commands on rooms: through the running server, else straight into its log.

The log's lock says which: whoever holds it is the one writer.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import TypeVar

import msgspec
from msgspec import Struct

from .config import DataFolder, StartError
from .log import LogBusyError, LogError, SqliteLog
from .rooms import create_room, replay, wall_clock
from .rooms.views import room_info
from .rules.refusals import Refusal
from .rules.values import Room
from .signalling import Tokens, room_links
from .signalling.api import LinksWanted, ListedRoom, RoomAndLinks, RoomWanted, listed, new_room

T = TypeVar("T")

TIMEOUT = 10.0  # seconds


class Rooms(Struct, frozen=True):
    """The answer of ``GET /api/rooms``."""

    rooms: list[ListedRoom]


class Operator:
    """Does the operator's work on one data folder. Every method raises StartError."""

    def __init__(self, data: DataFolder, public_url: str) -> None:
        self._data = data
        self._public_url = public_url
        self._tokens = Tokens(data.secret())

    async def create(self, wanted: RoomWanted) -> RoomAndLinks:
        """Make a room."""
        log = await self._log()
        if log is None:
            return self._ask("POST", "/api/rooms", RoomAndLinks, wanted)
        try:
            created = new_room(wanted, wall_clock())
            room = created if isinstance(created, Refusal) else await create_room(log, created)
        finally:
            await log.close()
        if isinstance(room, Refusal):
            raise StartError(room.sentence)
        return self._with_links(room, wanted.expires_in_s)

    async def list(self) -> list[ListedRoom]:
        """All rooms, in order of their creation."""
        log = await self._log()
        if log is None:
            return self._ask("GET", "/api/rooms", Rooms).rooms
        try:
            return [listed(replay(await log.read(room))) for room in await log.rooms()]
        except LogError as error:
            raise StartError(error.sentence) from error
        finally:
            await log.close()

    async def links(self, room: str, wanted: LinksWanted) -> RoomAndLinks:
        """New links to a room."""
        log = await self._log()
        if log is None:
            return self._ask("POST", f"/api/rooms/{room}/links", RoomAndLinks, wanted)
        try:
            events = await log.read(room)
        except LogError as error:
            raise StartError(error.sentence) from error
        finally:
            await log.close()
        if not events:
            raise StartError("There is no such room.")
        return self._with_links(replay(events), wanted.expires_in_s)

    async def _log(self) -> SqliteLog | None:
        """The log, or None if a server has it."""
        try:
            return await SqliteLog.open(self._data.log)
        except LogBusyError:
            return None
        except LogError as error:
            raise StartError(error.sentence) from error

    def _with_links(self, room: Room, life: int) -> RoomAndLinks:
        links = room_links(
            self._public_url, room.id, self._tokens, open_door=room.open_door, life=life
        )
        return RoomAndLinks(room_info(room), links)

    def _ask(self, method: str, path: str, kind: type[T], body: Struct | None = None) -> T:
        """Ask the running server."""
        running = self._data.read_running()
        if running is None:
            raise StartError("The server is just starting or stopping; please try again.")
        request = urllib.request.Request(
            running.address + path,
            data=None if body is None else msgspec.json.encode(body),
            method=method,
            headers={"Authorization": f"Bearer {self._data.operator_key()}"},
        )
        # It is on this machine, whatever proxy the environment names.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=TIMEOUT) as response:
                return msgspec.json.decode(response.read(), type=kind)
        except urllib.error.HTTPError as error:
            raise StartError(_sentence(error.read())) from error
        except (OSError, msgspec.MsgspecError) as error:
            raise StartError(
                f"The server at {running.address} does not answer: {error}."
            ) from error


def _sentence(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Refusal).sentence
    except msgspec.MsgspecError:
        return "The server answered with an error."
