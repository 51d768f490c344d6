"""The Polls tab: what is open first, then drafts, then what is over."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from stagedoor.messages.polls import PollView, QuizView

from ...words import t
from ..chat.message_list import Scrolled
from ..part import Part
from ..parts import drop, label
from ..scene import Scene
from .entries import Entry, entries
from .poll_card import PollCard
from .quiz_card import QuizCard


class Polls(QWidget):
    """Owns the cards, by the keys of their entries."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self._part = part
        self.cards: dict[str, PollCard | QuizCard] = {}
        self.box = Scrolled(t("Polls"))
        self.box.follows = False
        self.box.column.setContentsMargins(10, 10, 10, 10)
        self.box.column.setSpacing(10)
        self.none = label(t("No polls yet."), "quiet")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.none.setContentsMargins(16, 20, 16, 20)
        self.box.column.addWidget(self.none)
        self.box.column.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)

    def badge(self, scene: Scene) -> tuple[int, str]:
        """The tab's number, and the number in words."""
        waiting = sum(one.waits for one in entries(scene.view))
        return waiting, t("{number} to answer", number=waiting)

    def draw(self, scene: Scene, looking: bool) -> None:
        """Show this scene, where somebody looks."""
        if not looking:
            return
        found = entries(scene.view)
        keys = {one.key for one in found}
        for key in [key for key in self.cards if key not in keys]:
            self.box.forget_place()
            drop(self.cards.pop(key))
        self.none.setVisible(not found)
        for place, one in enumerate(found, start=1):
            card = self._card(one)
            if self.box.column.indexOf(card) != place:
                self.box.column.insertWidget(place, card)
            match card, one.item:
                case PollCard(), PollView() as poll:
                    card.draw(poll, scene)
                case QuizCard(), QuizView() as quiz:
                    card.draw(quiz, scene)

    def _card(self, entry: Entry) -> PollCard | QuizCard:
        card = self.cards.get(entry.key)
        if card is None:
            kind = PollCard if isinstance(entry.item, PollView) else QuizCard
            card = self.cards[entry.key] = kind(self._part)
        return card

    def go(self, key: str) -> None:
        """Move to a card."""
        card = self.cards.get(key)
        if card is not None:
            self.box.show_place(card)
