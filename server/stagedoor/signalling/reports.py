"""The run-down and the attendance over HTTP, for moderators: the session's token as a bearer.

They are made from the log whenever they are asked for, beside the event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from aiohttp import web
from msgspec import Struct

from stagedoor.log import LogError
from stagedoor.rooms import reports as r
from stagedoor.rooms.tables import Row
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal

from .api import RefusedError, answer
from .keys import HOUSE
from .results import check_moderator
from .tables import csv_answer


class Report(Struct, frozen=True):
    """A report as a document. ``now``: when it was made; ``rows`` as its name says."""

    room: str
    name: str
    now: int
    rows: Sequence[Struct]


_Made = tuple[Sequence[Struct], list[Row]]


def _stage(events: Sequence[AnyEvent], now: int) -> _Made:
    stays = r.stage_times(events)
    return stays, r.stage_table(stays, now)


def _rundown(events: Sequence[AnyEvent], now: int) -> _Made:
    happened = r.rundown(events)
    return happened, r.rundown_table(happened)


def _attendance(events: Sequence[AnyEvent], now: int) -> _Made:
    people = r.attendance(events, now)
    return people, r.attendance_table(people)


_MAKERS: dict[str, Callable[[Sequence[AnyEvent], int], _Made]] = {
    "stage": _stage,
    "rundown": _rundown,
    "attendance": _attendance,
}


def add_routes(router: web.UrlDispatcher) -> None:
    """The addresses, under the room's."""
    names = "|".join(_MAKERS)
    router.add_get(f"/api/rooms/{{room}}/reports/{{report:{names}}}.{{kind:csv|json}}", get_report)


async def get_report(request: web.Request) -> web.Response:
    """``GET /api/rooms/{room}/reports/{report}.{kind}``"""
    keeper = check_moderator(request)
    report = request.match_info["report"]
    now = request.app[HOUSE].clock()
    try:
        events = await keeper.history()
    except LogError as error:
        raise RefusedError(Refusal(Code.SERVER_ERROR, error.sentence)) from error
    rows, table = await asyncio.to_thread(_MAKERS[report], events, now)
    if request.match_info["kind"] == "csv":
        return csv_answer(request, f"{keeper.id}-{report}.csv", table)
    return answer(Report(keeper.id, keeper.room.name, now, rows))
