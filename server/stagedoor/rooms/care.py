"""What a room's log knows of a person: to be shown to them, and to be forgotten. Pure.

Docs/privacy.md says what is kept of whom, and what stays when somebody is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from stagedoor.rules.base import ERASED
from stagedoor.rules.event.events import Renamed
from stagedoor.rules.events import AnyEvent, Entered, Returned
from stagedoor.rules.values import Role


class Known(Struct, frozen=True):
    """A person who was ever in a room.

    ``names`` in the order in which they were called so, none once they are forgotten; ``link``:
    the id of the link they first came by, or ``""``. Times in milliseconds since 1970: of the
    first and the last event that is about them.
    """

    person: str
    names: tuple[str, ...]
    role: Role
    link: str
    first_at: int
    last_at: int


class Kept(Struct, frozen=True):
    """One event of the log, under its number, as JSON has it."""

    number: int
    event: msgspec.Raw


class Export(Struct, frozen=True):
    """All that a room's log has of a person."""

    room: str
    name: str
    known: Known
    events: tuple[Kept, ...]


def people(events: Iterable[AnyEvent]) -> dict[str, Known]:
    """Everybody who was ever there by their ids, in the order in which they came."""
    found: dict[str, Known] = {}
    for event in events:
        if isinstance(event, Entered):
            found[event.person] = Known(
                event.person, (), event.role, event.link, event.at, event.at
            )
        for person in about(event) & found.keys():
            found[person] = msgspec.structs.replace(found[person], last_at=event.at)
        if isinstance(event, Entered | Returned | Renamed):
            one = found[event.person]
            if event.name not in (*one.names, ERASED):
                found[event.person] = msgspec.structs.replace(one, names=(*one.names, event.name))
    return found


def about(event: AnyEvent) -> set[str]:
    """Whom an event is about: who decided, who is named in it, and whose private thread it is in.

    Those who are counted together, as voters are, are not told apart.
    """
    named = (event.by, getattr(event, "person", ""), getattr(event, "thread", ""))
    return {*named, *getattr(event, "people", ())} - {""}


def export(room: str, name: str, events: Sequence[AnyEvent], person: str) -> Export | None:
    """What the log has of a person; None if they were never in the room."""
    known = people(events).get(person)
    if known is None:
        return None
    kept = tuple(
        Kept(number, msgspec.Raw(msgspec.json.encode(event)))
        for number, event in enumerate(events, 1)
        if person in about(event)
    )
    return Export(room, name, known, kept)


def personal(events: Iterable[AnyEvent], person: str) -> list[int]:
    """The numbers of the events whose personal part is this person's (``Event.personal``)."""
    return [
        number
        for number, event in enumerate(events, 1)
        if event.personal and person in about(event)
    ]
