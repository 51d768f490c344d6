"""What the bar at the bottom offers: as mode, role and seat say (rules 1, 3, 4 and 20). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.messages import PersonView
from stagedoor.rules.values import Mode, Seat

from ..words import marked, t, told
from .scene import Scene, has_seat

WAITING = marked("Your request is waiting for a moderator")
MUTED = marked("You are muted")
BACKSTAGE = marked("You are backstage. Only the moderators see and hear you.")


@dataclass(frozen=True)
class BarState:
    """Which buttons are there. ``seconds``: until one may ask again, 0 for now."""

    join: bool = False
    ask: bool = False
    cancel: bool = False
    devices: bool = False
    leave: bool = False
    backstage: bool = False
    hand: bool = False
    hand_up: bool = False
    seconds: int = 0
    status: str = ""

    @property
    def ask_words(self) -> str:
        """What the button to ask says."""
        return (
            t("Ask again in {wait} s", wait=self.seconds)
            if self.seconds
            else t("Ask to join stage")
        )

    @property
    def leave_words(self) -> str:
        """What the button to step down says."""
        return t("Leave backstage") if self.backstage else t("Leave stage")

    @property
    def hand_words(self) -> str:
        """What the button for the hand says."""
        return t("Lower hand") if self.hand_up else t("Raise hand")


def joins_directly(scene: Scene, me: PersonView) -> bool:
    """Whether one may go up without anybody's word (rules 1 and 13)."""
    return scene.room.mode is Mode.OPEN and not me.barred


def bar_state(scene: Scene) -> BarState:
    """The bar for this scene."""
    me, mode = scene.me, scene.room.mode
    if me is None:
        return BarState()
    viewer, seated = me.seat is Seat.VIEWER, has_seat(me)
    by_myself = joins_directly(scene, me) or (scene.i_moderate and mode is not Mode.CLOSED)
    may_ask = not by_myself and (mode is Mode.REQUEST or (mode is Mode.OPEN and me.barred))
    wait = max(0, -(-(me.may_ask_at - scene.now) // 1000))
    return BarState(
        join=viewer and by_myself,
        ask=viewer and may_ask,
        cancel=me.seat is Seat.REQUESTED,
        devices=seated,
        leave=seated and (me.backstage or scene.i_moderate or scene.room.settings.may_leave_stage),
        backstage=me.backstage,
        hand=_may_raise_hand(scene, seated),
        hand_up=me.hand is not None,
        seconds=wait if viewer and may_ask else 0,
        status=_status(me),
    )


def _may_raise_hand(scene: Scene, seated: bool) -> bool:
    settings = scene.room.settings
    there = not seated or settings.lower_hand_once_spoken
    return there and (settings.may_raise_hand or scene.i_moderate)


def _status(me: PersonView) -> str:
    if me.seat is Seat.REQUESTED:
        return told(WAITING)
    if me.seat is Seat.BACKSTAGE:
        return told(BACKSTAGE)
    return told(MUTED) if me.seat is Seat.ON_STAGE and not me.microphone else ""
