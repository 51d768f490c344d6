"""What the client does about what it is shown. Pure: a view in, what is wanted out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum, auto

from stagedoor.messages import PersonView, View
from stagedoor.rules.values import Device, Mode, Role, Seat

from .view import UP, me


@dataclass(frozen=True)
class Wishes:
    """What is to be done without being asked: to go up, to take offers, with which devices on."""

    ask: bool = False
    accept: bool = False
    devices: frozenset[Device] = frozenset()


@dataclass(frozen=True)
class Wanted:
    """What should be open and connected now (rules 12 to 15)."""

    publishing: bool = False
    devices: frozenset[Device] = frozenset()


class Step(Enum):
    """What to do now of one's own accord."""

    NONE = auto()
    ASK = auto()
    JOIN = auto()
    ACCEPT = auto()


NOTHING = Wanted()


def wanted(view: View | None, preview: Collection[Device], off: Collection[Device] = ()) -> Wanted:
    """On stage or backstage: what the server shows as on. Else what is on in the ready window.

    ``view`` is None without a connection: then nothing is, as one comes back with both devices off
    (rule 12). ``preview`` is empty while the ready window is closed. ``off`` is what one has just
    turned off oneself, though the server may not know it yet.
    """
    person = me(view) if view is not None else None
    if view is None or person is None or view.room.ended or person.seat is Seat.HELD:
        return NOTHING
    if person.seat in UP:
        return Wanted(True, shown(person) - frozenset(off))
    return Wanted(False, frozenset(preview))


def shown(person: PersonView) -> frozenset[Device]:
    """The devices that the server shows as on."""
    return frozenset(device for device in Device if getattr(person, device))


def stays_ready(before: View | None, after: View) -> bool:
    """Whether a ready window that is open may stay so after a change of the view.

    Not when one is on stage, nor when the offer is gone, the room has ended, or the server knows
    one no more: whatever is open then has no reason to be (rules 3, 7 and 14).
    """
    was = me(before) if before is not None else None
    now = me(after)
    if now is None or was is None or was.id != now.id or after.room.ended:
        return False
    if was.seat is Seat.OFFERED:
        return now.seat is Seat.OFFERED
    return now.seat in (Seat.VIEWER, Seat.REQUESTED, Seat.OFFERED)


def possible(view: View) -> Step:
    """The next step up that the view allows (rules 1, 2 and 13)."""
    person = me(view)
    if person is None or view.room.ended:
        return Step.NONE
    if person.seat is Seat.OFFERED:
        return Step.ACCEPT
    if person.seat is not Seat.VIEWER:
        return Step.NONE
    if view.room.mode is Mode.OPEN:
        return Step.ASK if _needs_a_word(person) else Step.JOIN
    return Step.ASK if view.room.mode is Mode.REQUEST else Step.NONE


def next_step(view: View, wishes: Wishes, asked: bool) -> Step:
    """The step to take now; ``asked``: one has asked or joined before, and does so but once."""
    step = possible(view)
    wished = wishes.accept if step is Step.ACCEPT else wishes.ask and not asked
    return step if wished else Step.NONE


def _needs_a_word(person: PersonView) -> bool:
    return person.barred and person.role is Role.ATTENDEE
