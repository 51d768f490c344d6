"""The operator's commands on rooms: through the running server, else straight into its log.

The log's lock says which: whoever holds it is the one writer.
"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TypeVar
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from msgspec import Struct

from .config import DataFolder, Running, StartError
from .log import LogBusyError, LogError, SqliteLog
from .rooms import create_room, replay, wall_clock
from .rooms.views import room_info
from .rules import revoke
from .rules.events import AnyEvent
from .rules.refusals import Refusal
from .rules.values import Room
from .signalling import Tokens, room_links
from .signalling.api import LinksWanted, ListedRoom, RoomAndLinks, RoomWanted, listed, new_room
from .signalling.invitations import (
    Invitation,
    InvitationWanted,
    RevocationWanted,
    Revoked,
    check_revocation,
    invite,
)
from .tls import fingerprint

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
        self._tokens = Tokens(data.signing_keys())

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
        events = await self._history(room)
        if events is None:
            return self._ask("POST", f"/api/rooms/{room}/links", RoomAndLinks, wanted)
        return self._with_links(replay(events), wanted.expires_in_s)

    async def invite(self, room: str, wanted: InvitationWanted) -> Invitation:
        """A link for one person."""
        events = await self._history(room)
        if events is None:
            return self._ask("POST", f"/api/rooms/{room}/invitations", Invitation, wanted)
        made = invite(replay(events), wanted, self._public_url, self._tokens)
        if isinstance(made, Refusal):
            raise StartError(made.sentence)
        return made

    async def revoke(self, room: str, wanted: RevocationWanted) -> Revoked:
        """Have links lead nobody in any more."""
        wrong = check_revocation(wanted)
        if wrong is not None:
            raise StartError(wrong.sentence)
        log = await self._log()
        if log is None:
            return self._ask("POST", f"/api/rooms/{room}/revocations", Revoked, wanted)
        try:
            found = replay(await history(log, room))
            now = wall_clock()
            events = revoke(found, wanted.ids, wanted.role, now, put_out=wanted.put_out)
            if isinstance(events, Refusal):
                raise StartError(events.sentence)
            await log.append(room, found.number, events)
            return Revoked(room, found.number + len(events))
        except LogError as error:
            raise StartError(error.sentence) from error
        finally:
            await log.close()

    async def _history(self, room: str) -> Sequence[AnyEvent] | None:
        """A room's events, or None if a server has the log."""
        log = await self._log()
        if log is None:
            return None
        try:
            return await history(log, room)
        finally:
            await log.close()

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
        headers = {"Authorization": f"Bearer {self._data.operator_key()}"}
        content = b"" if body is None else msgspec.json.encode(body)
        try:
            with contextlib.closing(_local(running)) as connection:
                connection.request(method, path, content, headers)
                answer = connection.getresponse()
                found = answer.read()
            if answer.status >= 400:
                raise StartError(_sentence(found))
            return msgspec.json.decode(found, type=kind)
        except (OSError, HTTPException, msgspec.MsgspecError) as error:
            raise StartError(
                f"The server at {running.address} does not answer: {error}."
            ) from error


async def history(log: SqliteLog, room: str) -> Sequence[AnyEvent]:
    """A room's events, at least one. Raises StartError."""
    try:
        events = await log.read(room)
    except LogError as error:
        raise StartError(error.sentence) from error
    if not events:
        raise StartError("There is no such room.")
    return events


def _local(running: Running) -> HTTPConnection:
    """A connection to the server on this machine, whatever proxy the environment names.

    Its certificate is not for this address: it is the right one if it is the one that the server
    noted in the data folder. Raises OSError.
    """
    parts = urlsplit(running.address)
    assert parts.hostname is not None
    if parts.scheme == "http":
        return HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT, context=context)
    connection.connect()
    shown = connection.sock.getpeercert(binary_form=True)
    if shown is None or fingerprint(x509.load_der_x509_certificate(shown)) != running.fingerprint:
        connection.close()
        raise OSError("it shows another certificate than it should")
    return connection


def _sentence(body: bytes) -> str:
    try:
        return msgspec.json.decode(body, type=Refusal).sentence
    except msgspec.MsgspecError:
        return "The server answered with an error."
