"""Windows in which one is asked: an offer of a seat, and "please unmute"."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from stagedoor.rules.values import OfferReason, Seat

from ..words import marked, t, told
from .modal import Modal
from .parts import Button, label, say
from .scene import Scene, time_left

TITLES = {
    OfferReason.APPROVED: marked("Your request was approved"),
    OfferReason.INVITED: marked("You are invited to the stage"),
    OfferReason.OPENED: marked("The stage is open"),
}
WORDS = {
    OfferReason.APPROVED: marked("{by} approved your request to join the stage."),
    OfferReason.INVITED: marked("{by} invites you to join the stage."),
    OfferReason.OPENED: marked("{by} opened the stage: a seat is kept for you."),
}


class OfferWindow(Modal):
    """An invitation or an approved request. ``join`` leads to the ready window (rule 2)."""

    def __init__(
        self, parent: QWidget, join: Callable[[], object], decline: Callable[[], object]
    ) -> None:
        super().__init__(parent, told(TITLES[OfferReason.INVITED]), self.decline)
        self._join, self._say_no = join, decline
        self._declined: int | None = None
        self._expires = 0
        self.sentence = label("", wrap=True)
        self.clock = label("", "countdown")
        self.no = Button(t("Decline"), self._press_no)
        self.yes = Button(t("Join"), self._press_yes, "primary", "up")
        self.column.addWidget(self.sentence)
        next_up = t("You choose your camera and microphone next. Both begin switched off.")
        self.column.addWidget(label(next_up, "quiet", wrap=True))
        self.column.addWidget(self.clock)
        self.add_buttons(self.no, self.yes)
        self.setMinimumWidth(420)

    def follow(self, scene: Scene, busy: bool) -> None:
        """Open for an offer, close when it is gone; ``busy``: the ready window deals with it."""
        me = scene.me
        offer = me.offer if me is not None and me.seat is Seat.OFFERED else None
        if offer is None or scene.room.ended:
            self._declined = None
            self.leave()
            return
        self._expires = offer.expires_at
        if busy or not scene.online or self._declined == offer.expires_at:
            self.leave()
            return
        self.entitle(told(TITLES[offer.reason]))
        by = offer.by_name or t("A moderator")
        say(self.sentence, told(WORDS[offer.reason], {"by": by}))
        say(
            self.clock,
            t("The offer stands for {time}.", time=time_left(offer.expires_at, scene.now)),
        )
        self.show_up()

    def _press_yes(self) -> None:
        self.leave()
        self._join()

    def _press_no(self) -> None:
        self.leave()
        self.decline()

    def decline(self) -> None:
        """Decline the offer, and ask no more about it."""
        self._declined = self._expires
        self._say_no()


class UnmuteWindow(Modal):
    """ "Please unmute": only one's own yes turns the microphone on (rule 16)."""

    def __init__(self, parent: QWidget, answer: Callable[[bool], object]) -> None:
        super().__init__(parent, t("Turn your microphone on?"), lambda: self._answer(False))
        self._tell = answer
        self._answered = False
        self.sentence = label("", wrap=True)
        self.no = Button(t("Stay muted"), lambda: self._answer(False))
        self.yes = Button(t("Unmute"), lambda: self._answer(True), "primary", "mic")
        self.column.addWidget(self.sentence)
        self.add_buttons(self.no, self.yes)
        self.setMinimumWidth(400)

    def follow(self, scene: Scene) -> None:
        """Ask while a moderator's wish is open."""
        by = scene.me.unmute_asked_by if scene.me is not None and scene.i_am_up else None
        if by is None:
            self._answered = False
            self.leave()
            return
        if self._answered:
            return
        who = scene.people[by].name if by in scene.people else t("A moderator")
        say(self.sentence, t("{by} asks you to unmute.", by=who))
        self.show_up()

    def _answer(self, yes: bool) -> None:
        self._answered = True
        self.leave()
        # After the window has gone, so that what the answer opens is not under it.
        QTimer.singleShot(0, lambda: self._tell(yes))
