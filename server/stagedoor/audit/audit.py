"""One room's audit: its chain, its rules, its stays on stage, and the engine's record. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from stagedoor.log.breaks import check
from stagedoor.log.chain import Head
from stagedoor.rooms.reports.stage import OnStage, stage_times

from .compare import Stops, covered, outside
from .finding import Finding
from .reading import Stored
from .replay import DEVICES, Replay, Right


class On(Struct, frozen=True):
    """A device was on, and allowed to be forwarded; or a seat was held. ``packets`` forwarded."""

    person: str
    name: str
    device: str
    backstage: bool
    since: int
    until: int | None
    packets: int


class Audit(Struct, frozen=True):
    """The outcome; clean if there are no findings. Times in milliseconds since 1970.

    ``head``: the chain's end, NUMBER:HASH. ``erased``: events whose personal part is gone.
    ``periods``: lines of the engine's record. ``slowest_stop_ms``: the longest from a decision that
    took something away to the engine's having stopped.
    """

    room: str
    events: int
    head: str
    erased: int
    stays: list[OnStage]
    devices: list[On]
    periods: int
    packets: int
    slowest_stop_ms: int
    findings: list[Finding]


def audit(room: str, stored: Stored, heads: Sequence[Head] = ()) -> Audit:
    """Look at everything; ``heads`` are those that somebody kept elsewhere."""
    checked = check(stored.rows, heads)
    replay = Replay(stored.rows)
    stops = Stops(stored.stopped, stored.rows)
    people = replay.room.people if replay.room is not None else {}
    names = {key: person.name for key, person in people.items()}
    chain = [Finding("chain", one.what.value, one.first, one.sentence) for one in checked.breaks]
    unseated = outside(replay.rights, stops, stored.forwarded, names)
    return Audit(
        room=room,
        events=len(stored.rows),
        head=str(checked.head),
        erased=checked.erased,
        stays=stage_times(replay.events),
        devices=[_on(one, names, stops, stored) for one in replay.rights],
        periods=len(stored.forwarded),
        packets=sum(one.packets for one in stored.forwarded),
        slowest_stop_ms=stops.slowest,
        findings=[*chain, *replay.findings, *stops.findings, *unseated],
    )


def _on(right: Right, names: dict[str, str], stops: Stops, stored: Stored) -> On:
    return On(
        person=right.person,
        name=names[right.person],
        device=DEVICES.get(right.kind, "(seat held)"),
        backstage=right.backstage,
        since=right.since,
        until=right.until,
        packets=covered(right, stops, stored.forwarded),
    )
