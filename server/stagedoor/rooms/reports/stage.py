"""Who was on stage or backstage when, and by whose decision. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from stagedoor.rooms.tables import Ours, Row, said
from stagedoor.rules.event.events import Banned, RemovedFromRoom, SpokeFor
from stagedoor.rules.events import (
    AnyEvent,
    BroughtOn,
    Bumped,
    Left,
    LeftBackstage,
    LeftStage,
    OfferMade,
    RemovedFromStage,
    RoomEnded,
    SentBackstage,
    WentBackstage,
    WentOnStage,
)
from stagedoor.rules.refusals import marked
from stagedoor.rules.values import OfferReason

from .names import Names, seconds, written

_UP = {
    OfferReason.APPROVED: marked("request approved"),
    OfferReason.INVITED: marked("invited"),
    OfferReason.OPENED: marked("stage opened"),
}
_DIRECTLY = (marked("joined directly"), "")
_BY_OFFER = 2  # the rule under which an offer is accepted
_Down = (
    LeftStage
    | LeftBackstage
    | BroughtOn
    | SentBackstage
    | RemovedFromStage
    | Bumped
    | Left
    | RemovedFromRoom
    | Banned
    | RoomEnded
)
_DOWN: dict[type[_Down], str] = {
    LeftStage: marked("left the stage"),
    LeftBackstage: marked("left backstage"),
    BroughtOn: marked("brought on"),
    SentBackstage: marked("sent backstage"),
    RemovedFromStage: marked("removed from the stage"),
    Bumped: marked("gave way to another"),
    Left: marked("was away too long"),
    RemovedFromRoom: marked("removed from the room"),
    Banned: marked("banned"),
    RoomEnded: marked("the room ended"),
}


class OnStage(Struct, frozen=True):
    """One stay on stage, or backstage. ``until`` is None, and ``down`` empty, while it lasts.

    ``up`` and ``down`` say how, ``up_by`` and ``down_by`` who decided: empty for the person alone
    and for the clock. Times in milliseconds; a seat that is held counts as a seat.
    """

    person: str
    name: str
    since: int
    up: str
    up_by: str
    until: int | None = None
    down: str = ""
    down_by: str = ""
    spoke_ms: int = 0
    backstage: bool = False


def stage_times(events: Sequence[AnyEvent]) -> list[OnStage]:
    """All stays on stage and backstage, in the order in which they began."""
    names = Names()
    stays: list[OnStage] = []
    last: dict[str, int] = {}
    ways: dict[str, tuple[str, str]] = {}

    def end(person: str, event: _Down) -> None:
        place = last.get(person)
        if place is not None and stays[place].until is None:
            by = names[event.by] if event.by != person else ""
            down = _DOWN[type(event)]
            stays[place] = replace(stays[place], until=event.at, down=down, down_by=by)

    def begin(person: str, at: int, way: tuple[str, str], *, backstage: bool) -> None:
        last[person] = len(stays)
        stays.append(OnStage(person, names[person], at, *way, backstage=backstage))

    for event in events:
        names.read(event)
        match event:
            case OfferMade():
                ways[event.person] = (_UP[event.reason], names[event.by])
            case WentOnStage() | WentBackstage():
                way = ways.get(event.person, _DIRECTLY) if event.rule == _BY_OFFER else _DIRECTLY
                begin(event.person, event.at, way, backstage=isinstance(event, WentBackstage))
            case BroughtOn():
                for person in event.people:
                    end(person, event)
                    begin(person, event.at, ("brought on", names[event.by]), backstage=False)
            case SentBackstage():
                end(event.person, event)
                begin(event.person, event.at, ("sent backstage", names[event.by]), backstage=True)
            case SpokeFor() if event.person in last:
                place = last[event.person]  # may be told some seconds after the end
                spoke = stays[place].spoke_ms + event.ms
                stays[place] = replace(stays[place], spoke_ms=spoke)
            case RoomEnded():
                for person in last:
                    end(person, event)
            case _ if isinstance(event, _Down):
                end(event.person, event)
    return stays


def stage_table(stays: Sequence[OnStage], now: int) -> list[Row]:
    """The stays as a table, its head first."""
    head = [
        *said("Name", "From", "To", "Seconds", "Spoke (s)", "Where"),
        *said("Up by", "Up by whom", "Down by", "Down by whom"),
    ]
    rows: list[Row] = [
        [
            one.name,
            written(one.since),
            written(one.until),
            seconds((now if one.until is None else one.until) - one.since),
            seconds(one.spoke_ms),
            Ours("backstage" if one.backstage else "on stage"),
            *(Ours(one.up), one.up_by, Ours(one.down), one.down_by),
        ]
        for one in stays
    ]
    return [head, *rows]
