"""What the client does about what it is shown. Pure: a view in, what is wanted out."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.messages import PersonView, View
from stagedoor.rules.values import Mode, Seat

from .view import me


@dataclass(frozen=True)
class Wanted:
    """What should be open and connected now (rules 12 to 15)."""

    publishing: bool = False
    microphone: bool = False
    camera: bool = False


@dataclass(frozen=True)
class Wishes:
    """What the person wants: to go up, to take offers, and with which devices on."""

    ask: bool = False
    accept: bool = False
    microphone: bool = False
    camera: bool = False


NOTHING = Wanted()


def wanted(view: View | None, preparing: bool, wishes: Wishes) -> Wanted:
    """On stage: what the server shows as on. While ``preparing`` to go up: what was chosen."""
    person = me(view) if view is not None else None
    if view is None or person is None or view.room.ended:
        return NOTHING
    if person.seat is Seat.ON_STAGE:
        return Wanted(True, person.microphone, person.camera)
    if preparing:
        return Wanted(False, wishes.microphone, wishes.camera)
    return NOTHING


def next_step(view: View, wishes: Wishes) -> str:
    """The command to send now of one's own accord: "join", "ask", "accept", or none."""
    person = me(view)
    if person is None or view.room.ended:
        return ""
    if person.seat is Seat.OFFERED:
        return "accept" if wishes.accept else ""
    if person.seat is not Seat.VIEWER or not wishes.ask:
        return ""
    return _going_up(view, person)


def _going_up(view: View, person: PersonView) -> str:
    if view.room.mode is Mode.OPEN and not person.barred:
        return "join"
    return "ask" if view.room.mode in (Mode.REQUEST, Mode.OPEN) else ""
