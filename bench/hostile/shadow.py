"""The room as its log has it, read beside the server: what is true when something is tried."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from msgspec.structs import asdict

from stagedoor import rules
from stagedoor.log.row import Row, event
from stagedoor.log.schema import COLUMNS
from stagedoor.rules.base import Command
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.permissions import TABLE, USUAL, Situation
from stagedoor.rules.permissions.stage import EVERYBODY
from stagedoor.rules.permissions.table import OWN
from stagedoor.rules.talk.events import QuestionAsked, Said
from stagedoor.rules.talk.values import Channel
from stagedoor.rules.values import Person, Role, Room, Seat

from .wishes import Moment, brought_on, case_of

NOBODY = Person(id="", name="", role=Role.ATTENDEE)


class Shadow:
    """``room`` is as of the last ``catch_up``; ``wrote``: when people wrote to everybody last."""

    room: Room

    def __init__(self, data: Path, room: str) -> None:
        self._id = room
        self._file = sqlite3.connect(f"file:{data / 'stagedoor.db'}?mode=ro", uri=True)
        self._started = False
        self.wrote: dict[str, int] = {}
        self.catch_up()

    def close(self) -> None:
        """Read no more."""
        self._file.close()

    def catch_up(self) -> list[tuple[Room, AnyEvent]]:
        """What has happened since, each with the room before it."""
        rows = self._file.execute(
            f"SELECT {COLUMNS} FROM events WHERE room = ? AND number > ? ORDER BY number",
            (self._id, self.room.number if self._started else 0),
        ).fetchall()
        found = []
        for one in rows:
            happened = event(Row(*one))
            before = self.room if self._started else None
            self.room = rules.evolve(before, happened)
            self._started = True
            to_all = isinstance(happened, Said) and happened.channel is Channel.ROOM
            if to_all or isinstance(happened, QuestionAsked):
                self.wrote[happened.by] = happened.at
            if before is not None:
                found.append((before, happened))
        return found

    async def until_held(self, person: str) -> None:
        """Until the server has noticed that somebody's connection is gone."""
        while self.room.people[person].seat is not Seat.HELD:
            await asyncio.sleep(0.02)
            self.catch_up()


def seats_taken(room: Room) -> int:
    """How many have one, be it held, or reserved by an offer (rule 7)."""
    taken = (Seat.OFFERED, Seat.BACKSTAGE, Seat.ON_STAGE, Seat.HELD)
    return sum(one.seat in taken for one in room.people.values())


def moment(room: Room, who: str, now: int, wrote: int | None) -> Moment:
    """What else it depends on whether somebody may do something at ``now``, in milliseconds.

    ``wrote``: when they wrote to everybody last.
    """
    me = room.people[who]
    return Moment(
        full=seats_taken(room) >= room.settings.capacity,
        too_soon=wrote is not None and now < wrote + room.settings.slow_ms,
        declined=now < me.may_ask_at,
        expired=me.offer is not None and now >= me.offer.expires_at,
    )


def situation(room: Room, command: Command, who: str, whom: str, at: Moment) -> Situation:
    """Who asks for what, in the table's words."""
    me, you = room.people[who], room.people.get(whom, NOBODY)
    case = case_of(room, command, me, you, at)
    about = TABLE[type(command)].person and case != OWN
    if case == EVERYBODY:
        you = NOBODY
    switches = {key for key, value in asdict(room.settings).items() if value is False}
    return Situation(
        by=me.role,
        seat=Seat.HELD if me.away_until is not None else me.seat,
        mode=room.mode,
        of=you.role if about else Role.ATTENDEE,
        at=brought_on(room) if case == EVERYBODY else you.seat if about else Seat.VIEWER,
        case=case or USUAL,
        off=frozenset(switches),
    )


def may(room: Room, command: Command, who: str, whom: str, at: Moment) -> bool:
    """Whether the table allows it. Nobody may do anything in a room that is over, or is not in."""
    me = room.people.get(who)
    if room.ended or me is None or not me.present:
        return False
    if TABLE[type(command)].person and whom not in room.people and whom:
        return False
    return TABLE[type(command)].answer(situation(room, command, who, whom, at)) is None
