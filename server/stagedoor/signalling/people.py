"""What a room knows of people, shown and forgotten over HTTP, with the operator's key."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from msgspec import Struct

from stagedoor.rooms import care
from stagedoor.rules.refusals import Code, Refusal

from .api import RefusedError, answer, check_key, find
from .keys import HOUSE

NOBODY = Refusal(Code.NO_SUCH_PERSON, "Nobody of that id was ever in this room.")


class People(Struct, frozen=True):
    """The answer of ``GET /api/rooms/{room}/people``."""

    people: Sequence[care.Known]


class Forgotten(Struct, frozen=True):
    """In how many events something personal was erased."""

    erased: int


def add_routes(router: web.UrlDispatcher) -> None:
    """The addresses, under the room's."""
    router.add_get("/api/rooms/{room}/people", get_people)
    router.add_delete("/api/rooms/{room}/people", delete_people)
    router.add_get("/api/rooms/{room}/people/{person}", get_person)
    router.add_delete("/api/rooms/{room}/people/{person}", delete_person)


async def get_people(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/people``: everybody who was ever there."""
    check_key(request)
    return answer(People(list(care.people(await find(request).history()).values())))


async def get_person(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/people/{person}``: all that the room's log has of one person."""
    check_key(request)
    keeper = find(request)
    person = request.match_info["person"]
    found = care.export(keeper.id, keeper.room.name, await keeper.history(), person)
    if found is None:
        raise RefusedError(NOBODY)
    return answer(found)


async def delete_people(request: web.Request) -> web.Response:
    """``DELETE /api/rooms/{room}/people``: erase what is personal of everybody."""
    check_key(request)
    return await _forget(request, find(request).id, None)


async def delete_person(request: web.Request) -> web.Response:
    """``DELETE /api/rooms/{room}/people/{person}``: erase what is personal of one person."""
    check_key(request)
    keeper = find(request)
    person = request.match_info["person"]
    if person not in care.people(await keeper.history()):
        raise RefusedError(NOBODY)
    return await _forget(request, keeper.id, person)


async def _forget(request: web.Request, room: str, person: str | None) -> web.Response:
    erased = await request.app[HOUSE].forget(room, person)
    if isinstance(erased, Refusal):
        raise RefusedError(erased)
    return answer(Forgotten(erased))
