"""What the client does about what it is shown. Pure: a view in, what is wanted out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from stagedoor.messages import PersonView, View
from stagedoor.rules.values import Mode, Role, Seat

from .view import me


@dataclass(frozen=True)
class Wishes:
    """What the person wants: to go up, to take offers, and with which devices on."""

    ask: bool = False
    accept: bool = False
    microphone: bool = False
    camera: bool = False


@dataclass(frozen=True)
class Wanted:
    """What should be open and connected now (rules 12 to 15)."""

    publishing: bool = False
    microphone: bool = False
    camera: bool = False


class Step(Enum):
    """What to do now of one's own accord."""

    NONE = auto()
    ASK = auto()
    JOIN = auto()
    ACCEPT = auto()


NOTHING = Wanted()


def wanted(view: View | None, preparing: Step, wishes: Wishes) -> Wanted:
    """On stage: what the server shows as on. While getting ready to go up: what was chosen.

    ``view`` is None without a connection: then nothing is, as one comes back with both devices off
    (rule 12). ``preparing`` is the step that the devices are being opened for, which counts as
    long as it can still be taken.
    """
    person = me(view) if view is not None else None
    if view is None or person is None or view.room.ended:
        return NOTHING
    if person.seat is Seat.ON_STAGE:
        return Wanted(True, person.microphone, person.camera)
    if preparing is not Step.NONE and preparing is possible(view):
        return Wanted(False, wishes.microphone, wishes.camera)
    return NOTHING


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
