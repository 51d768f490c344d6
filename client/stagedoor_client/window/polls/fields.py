"""The fields in which one votes, by the poll's kind."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from stagedoor.messages.polls import MyVote, PollView
from stagedoor.rules.polls.commands import CastVote
from stagedoor.rules.polls.values import Kind

from ...words import t
from ..chat.links import breakable
from ..parts import label
from .ballots import LONGEST_TEXT, LONGEST_WORD, hint

NOTHING = MyVote(0)


class Choice(QWidget):
    """An option to check, its words wrapped; a click on them checks it, too."""

    def __init__(self, option: str, button: QAbstractButton) -> None:
        super().__init__()
        self.button = button
        button.setAccessibleName(option)
        words = label(breakable(option), wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self.rect().contains(event.position().toPoint()):
            self.button.click()


def choices(options: tuple[str, ...], *, several: bool) -> list[Choice]:
    """Something to check for each option."""
    kind = QCheckBox if several else QRadioButton
    return [Choice(option, kind()) for option in options]


def checked(buttons: list[QAbstractButton]) -> tuple[int, ...]:
    """The numbers of those that are checked."""
    return tuple(number for number, one in enumerate(buttons) if one.isChecked())


class Ballot(QWidget):
    """``read`` gives what was filled in."""

    def __init__(self, poll: PollView, mine: MyVote | None) -> None:
        super().__init__()
        self._poll = poll
        self.buttons: list[QAbstractButton] = []
        self.words: list[QLineEdit] = []
        self.text = QPlainTextEdit()
        self.setAccessibleName(hint(poll))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(label(hint(poll), "small"))
        self._make(poll, mine or NOTHING)

    def _make(self, poll: PollView, mine: MyVote) -> None:
        match poll.kind:
            case Kind.TEXT:
                self.text.setPlainText(mine.text)
                self.text.setAccessibleName(t("Your answer"))
                self.text.setTabChangesFocus(True)
                self.text.setFixedHeight(76)
                self.text.textChanged.connect(self._shorten)
                self._column.addWidget(self.text)
            case Kind.WORDS:
                for number in range(poll.most):
                    field = QLineEdit(mine.words[number] if number < len(mine.words) else "")
                    field.setMaxLength(LONGEST_WORD)
                    field.setAccessibleName(t("Word {number}", number=number + 1))
                    self.words.append(field)
                    self._column.addWidget(field)
            case Kind.RATING:
                self._rate(poll.most, mine.rating)
            case _:
                self._choose(poll, mine)

    def _choose(self, poll: PollView, mine: MyVote) -> None:
        several = poll.kind is Kind.MULTIPLE
        group = QButtonGroup(self)
        group.setExclusive(not several)
        for number, choice in enumerate(choices(poll.options, several=several)):
            choice.button.setChecked(number in mine.choices)
            group.addButton(choice.button)
            self.buttons.append(choice.button)
            self._column.addWidget(choice)

    def _rate(self, most: int, rating: int) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        group = QButtonGroup(self)
        for number in range(1, most + 1):
            button = QRadioButton(str(number))
            button.setChecked(number == rating)
            group.addButton(button)
            row.addWidget(button)
            self.buttons.append(button)
        row.addStretch()
        self._column.addLayout(row)

    def _shorten(self) -> None:
        text = self.text.toPlainText()
        if len(text) > LONGEST_TEXT:
            self.text.setPlainText(text[:LONGEST_TEXT])
            self.text.moveCursor(self.text.textCursor().MoveOperation.End)

    def read(self) -> CastVote:
        """The vote."""
        poll = self._poll.id
        match self._poll.kind:
            case Kind.TEXT:
                return CastVote(poll, text=self.text.toPlainText())
            case Kind.WORDS:
                words = (field.text().strip() for field in self.words)
                return CastVote(poll, words=tuple(word for word in words if word))
            case Kind.RATING:
                return CastVote(poll, rating=next((n + 1 for n in checked(self.buttons)), 0))
        return CastVote(poll, choices=checked(self.buttons))

    def begin(self) -> None:
        """Let the keyboard act on it."""
        first: QWidget = next(iter([*self.buttons, *self.words]), self.text)
        first.setFocus()
