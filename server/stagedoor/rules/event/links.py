"""Links that are good for one person, and links that are revoked."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..refusals import Code, Refusal
from ..values import Person, Role, Room
from . import events as ev
from .values import Entrance

if TYPE_CHECKING:
    from ..events import AnyEvent, Entered

REVOKED = Refusal(Code.REVOKED_LINK, "This link has been revoked.")
USED = Refusal(
    Code.USED_LINK,
    "This invitation has been used already, and is good for one person.",
)
PUT_OUT = Refusal(Code.REVOKED_LINK, "The link that you came by has been revoked.")
_ENDED = Refusal(Code.ROOM_ENDED, "This room has ended.")


def of_no_use(room: Room, role: Role, link: str, made_at: int) -> Refusal | None:
    """Why this link, made at that time in milliseconds, leads nobody new in; None if it does."""
    entrance = room.entrance
    if link in entrance.revoked or made_at <= entrance.revoked_until.get(role.value, -1):
        return REVOKED
    return USED if link in entrance.used else None


def revoke(
    room: Room, ids: Collection[str], role: Role | None, now: int, *, put_out: bool
) -> list[AnyEvent] | Refusal:
    """Have these links, and all of ``role`` that were made until now, lead nobody new in.

    Those inside stay, and come back within their grace; with ``put_out`` all who came by these
    links are put out. The operator decides that, as nobody who came by a link can be sure of it.
    """
    if room.ended:
        return _ENDED
    of_role = {one.link for one in room.people.values() if one.link and one.entered_as is role}
    found = of_role | set(ids)
    events: list[AnyEvent] = [
        ev.LinksRevoked(
            at=now, rule=21, links=tuple(sorted(found)), role=role.value if role else ""
        )
    ]
    if put_out:
        events += [
            ev.RemovedFromRoom(at=now, rule=21, person=person.id)
            for person in room.people.values()
            if person.present and person.link in found
        ]
    return events


def invited(room: Room, link: str) -> Person | None:
    """Who has come by a link that is good for one."""
    return room.people.get(room.entrance.used.get(link, ""))


def entered(room: Room, event: Entered) -> Room:
    """After somebody came in, by a link that is good for one or by another."""
    if not event.once:
        return room
    used = {**room.entrance.used, event.link: event.person}
    return replace(room, entrance=replace(room.entrance, used=used))


def revoked(entrance: Entrance, event: ev.LinksRevoked) -> Entrance:
    """After links were revoked."""
    until = entrance.revoked_until
    if event.role:
        until = {**until, event.role: event.at}
    return replace(entrance, revoked=entrance.revoked | frozenset(event.links), revoked_until=until)
