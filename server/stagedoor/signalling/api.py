"""The HTTP API: what everybody may ask, and what the operator may do with the key."""

from __future__ import annotations

import secrets
from functools import cache
from typing import TypeVar

import msgspec
from aiohttp import web
from msgspec import Struct, structs

import stagedoor
from stagedoor import rules
from stagedoor.media.interface import MediaError
from stagedoor.messages import RoomInfo, schema
from stagedoor.rooms import House, Keeper
from stagedoor.rooms.views import room_info
from stagedoor.rules.commands import ChangeSettings
from stagedoor.rules.event.commands import SetEntry
from stagedoor.rules.event.values import Entry
from stagedoor.rules.events import RoomCreated
from stagedoor.rules.names import MAX_ROOM_NAME, clean_name
from stagedoor.rules.refusals import Code, Refusal, marked, refusal
from stagedoor.rules.values import Mode, Role, Room, Settings

from .keys import HOUSE, LIMITER, OPERATOR_KEY, PUBLIC_URL, TOKENS, caller_of
from .limiter import TooManyError
from .links import Links, room_links
from .names import check_room_id
from .tokens import LINK_LIFE

T = TypeVar("T")

MAX_LIFE_S = 366 * 24 * 3600

_STATUS = {
    Code.BAD_KEY: 401,
    Code.BAD_SESSION: 401,
    Code.BANNED: 403,
    Code.NO_SUCH_PERSON: 404,
    Code.NO_SUCH_POLL: 404,
    Code.NO_SUCH_ROOM: 404,
    Code.ROOM_EXISTS: 409,
    Code.WRONG_STATE: 409,
    Code.TOO_LARGE: 413,
    Code.TOO_MANY: 429,
    Code.SERVER_ERROR: 500,
    Code.MEDIA_DOWN: 503,
    Code.SHUTTING_DOWN: 503,
    Code.NOT_SAVED: 503,
}


class RoomWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/rooms``. ``id`` is made up if empty; ``expires_in_s``: the links'.

    A room with a time of opening (``opens_at``, milliseconds since 1970) has a lobby.
    """

    name: str
    id: str = ""
    mode: Mode = Mode.REQUEST
    settings: Settings = Settings()
    open_door: bool = True
    entry: Entry = Entry.OPEN
    opens_at: int | None = None
    expires_in_s: int = LINK_LIFE


class LinksWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /api/rooms/{room}/links``."""

    expires_in_s: int = LINK_LIFE


class RoomAndLinks(Struct, frozen=True):
    """The answer to both."""

    room: RoomInfo
    links: Links


class PublicRoom(Struct, frozen=True):
    """What anybody may know of a room before entering."""

    id: str
    name: str
    open_door: bool
    ended: bool


class ListedRoom(Struct, frozen=True):
    """What the operator sees of a room in the list."""

    id: str
    name: str
    mode: Mode
    open_door: bool
    ended: bool
    people: int
    on_stage: int


def answer(body: object, status: int = 200) -> web.Response:
    """Anything msgspec can encode, as JSON."""
    return web.Response(
        body=msgspec.json.encode(body), status=status, content_type="application/json"
    )


def refuse(refusal: Refusal, status: int | None = None) -> web.Response:
    """A refusal as JSON, ``{code, sentence}`` and more, with the HTTP status that goes with it."""
    return answer(refusal, status or _STATUS.get(refusal.code, 400))


class RefusedError(Exception):
    """Ends a handler with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


async def get_health(request: web.Request) -> web.Response:
    """``GET /api/health``: whether the server answers."""
    return answer({"status": "ok", "version": stagedoor.__version__})


async def get_schema(request: web.Request) -> web.Response:
    """``GET /api/schema``: the JSON schema of the WebSocket's messages."""
    return web.Response(body=_schema(), content_type="application/json")


@cache
def _schema() -> bytes:
    """Made once, as that takes as long as two hundred other answers."""
    return msgspec.json.encode(schema())


async def get_room(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}``"""
    room = find(request).room
    return answer(PublicRoom(room.id, room.name, room.open_door, room.ended))


async def get_rooms(request: web.Request) -> web.Response:
    """``GET /api/rooms``, with the operator's key."""
    check_key(request)
    return answer({"rooms": [listed(keeper.room) for keeper in request.app[HOUSE].keepers()]})


async def get_stats(request: web.Request) -> web.Response:
    """``GET /api/stats``, with the operator's key: connections, and the media engine's counters."""
    check_key(request)
    house = request.app[HOUSE]
    try:
        media = await house.media.stats()
    except MediaError as error:
        media = {"error": error.sentence}
    keepers = house.keepers()
    connections = sum(keeper.connections for keeper in keepers)
    return answer({"rooms": len(keepers), "connections": connections, "media": media})


async def post_room(request: web.Request) -> web.Response:
    """``POST /api/rooms``, with the operator's key."""
    check_key(request)
    wanted = await read_body(request, RoomWanted)
    life = check_life(wanted.expires_in_s)
    created = new_room(wanted, request.app[HOUSE].clock())
    if isinstance(created, Refusal):
        return refuse(created)
    limiter = request.app[LIMITER]
    wait = limiter.rooms.take("", limiter.clock())
    if wait:
        raise TooManyError(wait, marked("Too many rooms at once; please wait a moment."))
    keeper = await request.app[HOUSE].create(created)
    if isinstance(keeper, Refusal):
        return refuse(keeper)
    return answer(_with_links(request, keeper, life), status=201)


async def post_links(request: web.Request) -> web.Response:
    """``POST /api/rooms/{room}/links``, with the operator's key."""
    check_key(request)
    wanted = await read_body(request, LinksWanted)
    return answer(_with_links(request, find(request), check_life(wanted.expires_in_s)))


def new_room(wanted: RoomWanted, now: int) -> RoomCreated | Refusal:
    """The first event of the room that is wanted, or what is wrong with the wish."""
    name = clean_name(wanted.name, MAX_ROOM_NAME, "room's name")
    if isinstance(name, Refusal):
        return name
    room = wanted.id or secrets.token_hex(5)
    refusal = check_room_id(room)
    if refusal is not None:
        return refusal
    created = rules.create(
        room,
        name,
        now=now,
        mode=wanted.mode,
        settings=wanted.settings,
        open_door=wanted.open_door,
        entry=wanted.entry if wanted.opens_at is None else Entry.LOBBY,
        opens_at=wanted.opens_at,
    )
    return _check_settings(created) or created


def _check_settings(created: RoomCreated) -> Refusal | None:
    """What the rules would say to a host who wanted these settings, and this way in."""
    plain = structs.replace(created, settings=Settings(), entry=Entry.OPEN, opens_at=None)
    room = rules.evolve(None, plain)
    entered = rules.enter(room, "operator", "Operator", Role.HOST, created.at)
    if isinstance(entered, Refusal):
        return entered
    for event in entered:
        room = rules.evolve(room, event)
    for wish in (
        ChangeSettings(**structs.asdict(created.settings)),
        SetEntry(created.entry, created.opens_at),
    ):
        decision = rules.decide(room, wish, "operator", created.at)
        if isinstance(decision, Refusal):
            return decision
    return None


def find(request: web.Request) -> Keeper:
    """The keeper of the room in the path."""
    house: House = request.app[HOUSE]
    keeper = house.keeper(request.match_info["room"])
    if keeper is None:
        raise RefusedError(Refusal(Code.NO_SUCH_ROOM, "There is no such room."))
    return keeper


def check_key(request: web.Request) -> None:
    """Raises RefusedError unless the request carries ``Authorization: Bearer <operator key>``.

    TooManyError for whoever has tried many wrong ones, be this the right one or not.
    """
    limiter, caller = request.app[LIMITER], caller_of(request)
    wait = limiter.wrong_keys.wait(caller, limiter.clock())
    if wait:
        raise TooManyError(wait, marked("Too many wrong keys; please wait a moment."))
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    good = request.app[OPERATOR_KEY].fits(key.strip())
    if scheme.lower() != "bearer" or not good:
        limiter.wrong_keys.take(caller, limiter.clock())
        raise RefusedError(Refusal(Code.BAD_KEY, "This needs the operator's key."))


async def read_body(request: web.Request, kind: type[T]) -> T:
    """The JSON body; an empty one counts as ``{}``."""
    data = await request.read()
    try:
        return msgspec.json.decode(data or b"{}", type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise RefusedError(
            Refusal(Code.BAD_MESSAGE, f"The body is not understood: {error}.")
        ) from error


def check_life(seconds: int) -> int:
    """How long a link is good. Raises RefusedError."""
    if not 1 <= seconds <= MAX_LIFE_S:
        raise RefusedError(
            refusal(
                Code.BAD_VALUE,
                "“expires_in_s” must be between 1 and {most} seconds.",
                most=MAX_LIFE_S,
            )
        )
    return seconds


def _with_links(request: web.Request, keeper: Keeper, life: int) -> RoomAndLinks:
    room = keeper.room
    links = room_links(
        request.app[PUBLIC_URL],
        room.id,
        request.app[TOKENS],
        open_door=room.open_door,
        life=life,
    )
    return RoomAndLinks(room_info(room), links)


def listed(room: Room) -> ListedRoom:
    """A room as a line of the list."""
    present = [person for person in room.people.values() if person.present]
    return ListedRoom(
        id=room.id,
        name=room.name,
        mode=room.mode,
        open_door=room.open_door,
        ended=room.ended,
        people=len(present),
        on_stage=sum(person.has_seat and not person.is_backstage for person in present),
    )
