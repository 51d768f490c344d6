"""A room's log played again by the pure rules, with an independent witness who reads along. Pure.

What comes out is who was allowed to be heard and seen when, by the state after each event; and the
first event that the rules do not allow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from stagedoor import rules
from stagedoor.log.row import Row
from stagedoor.log.row import event as event_of
from stagedoor.rooms.grants import grants
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.values import Room, Seat

from .event_witness import EventWitness
from .finding import Finding
from .witness import ObjectionError

DEVICES = {"audio": "microphone", "video": "camera", "screen": "screen"}


class Right(Struct, frozen=True):
    """Somebody's "audio", "video" or "screen" may be forwarded, or their seat is "held".

    From the event ``given`` at ``since`` to the event ``taken`` at ``until``: 0 and None while it
    lasts. ``backstage``: to those alone to whom the backstage is shown. Times in milliseconds.
    """

    person: str
    kind: str
    backstage: bool
    since: int
    given: int
    until: int | None = None
    taken: int = 0


class Replay:
    """Made of a room's rows; what could be understood of them is in ``events``."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.events: list[AnyEvent] = []
        self.rights: list[Right] = []
        self.findings: list[Finding] = []
        self.room: Room | None = None
        self._witness: EventWitness | None = EventWitness()
        self._open: dict[tuple[str, str], int] = {}  # places in ``rights``
        for row in rows:
            if not self._read(row):
                break

    def _read(self, row: Row) -> bool:
        """Whether the rest can be read as well."""
        try:
            event = event_of(row)
        except msgspec.MsgspecError as error:
            self._find(row, "unreadable", f"cannot be understood ({error})")
            return False
        try:
            room = rules.evolve(self.room, event)
        except Exception as error:  # an event that fits no state may fail in any way
            why = f"{type(error).__name__}: {error}"
            self._find(row, "impossible", f"cannot have happened in this state ({why})")
            return False
        self._bear_witness(row, event, room)
        self.events.append(event)
        self.room = room
        self._follow(row)
        return True

    def _bear_witness(self, row: Row, event: AnyEvent, room: Room) -> None:
        """After its first objection the witness knows nothing for sure, and says nothing more."""
        witness = self._witness
        if witness is None:
            return
        try:
            witness.read(msgspec.to_builtins(event))
            person = getattr(event, "person", "")
            if person in room.people:
                seat = witness.people[person].seat
                if seat != room.people[person].seat:
                    raise ObjectionError(f"the witness has them as {seat}")
        except ObjectionError as objection:
            self._find(row, "not_allowed", f"is not what the rules allow: {objection}")
            self._witness = None
        except (LookupError, ValueError, TypeError) as error:
            self._find(row, "not_allowed", f"is not what the rules allow: {error!r} is unknown")
            self._witness = None

    def _find(self, row: Row, what: str, sentence: str) -> None:
        name = f"Event {row.number} ({row.type}, by {row.by or 'the clock'})"
        self.findings.append(Finding("rules", what, row.number, f"{name} {sentence}."))

    def _follow(self, row: Row) -> None:
        """Close what this event took, open what it gave."""
        assert self.room is not None
        now = _allowed(self.room)
        for key, place in list(self._open.items()):
            if now.get(key) != self.rights[place].backstage:
                self.rights[place] = replace(self.rights[place], until=row.at, taken=row.number)
                del self._open[key]
        for key, backstage in now.items():
            if key not in self._open:
                self._open[key] = len(self.rights)
                self.rights.append(Right(*key, backstage, row.at, row.number))


def _allowed(room: Room) -> Mapping[tuple[str, str], bool]:
    """By person and kind; True for backstage."""
    now = {
        (person, kind): grant.backstage
        for person, grant in grants(room).items()
        for kind in DEVICES
        if grant.allows(kind)
    }
    held = (one for one in room.people.values() if one.seat is Seat.HELD)
    return now | {(one.id, "held"): one.held_backstage for one in held}
