"""What a poll's card and a quiz's have in common."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from stagedoor.messages.polls import PollView, QuizView

from ...words import t
from ..chat.row_widgets import buttons_row
from ..chat.writing_parts import Words
from ..part import Part
from ..parts import Button, drop, label, say
from ..scene import Scene, time_left
from .controls import controls


class Card(QFrame):
    """A state, a clock, a title, a body that is built anew when what it shows is another."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self._part = part
        self._shape: object = None
        self._parts: list[QWidget] = []
        self._controls: QWidget | None = None
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.state = label("", "chip")
        self.clock = label("", "countdown")
        self.title = Words()
        self.title.setProperty("kind", "card-title")
        top = QHBoxLayout()
        top.addWidget(self.state)
        top.addStretch(1)
        top.addWidget(self.clock)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 12, 14, 12)
        self.column.setSpacing(8)
        self.column.addLayout(top)
        self.column.addWidget(self.title)
        self._body = QVBoxLayout()
        self._body.setSpacing(8)
        self.column.addLayout(self._body)

    def is_new(self, shape: object) -> bool:
        """Whether this is another shape than the last time."""
        same = shape == self._shape
        self._shape = shape
        return not same

    def build(self, *parts: QWidget) -> None:
        """Have these as the body; the focus stays in it."""
        focused = self.focusWidget()
        inside = any(old.isAncestorOf(focused) for old in self._parts) if focused else False
        for old in self._parts:
            drop(old)
        self._parts = list(parts)
        for part in parts:
            self._body.addWidget(part)
        if inside:
            self._focus(parts)

    def _focus(self, parts: tuple[QWidget, ...]) -> None:
        """Let the keyboard act on the first of these that it can."""
        for part in parts:
            for one in (part, *part.findChildren(QWidget)):
                if one.focusPolicy() & Qt.FocusPolicy.TabFocus:
                    one.setFocus(Qt.FocusReason.OtherFocusReason)
                    return

    def draw_clock(self, closes_at: int | None, scene: Scene) -> None:
        """Say how much time is left."""
        left = time_left(closes_at, scene.now) if closes_at is not None else ""
        say(self.clock, t("{time} left", time=left) if left else "")

    def draw_controls(self, item: PollView | QuizView, scene: Scene) -> None:
        """The moderators' buttons."""
        if self._controls is not None:
            drop(self._controls)
            self._controls = None
        found = controls(item) if scene.i_moderate else []
        if found:
            buttons = []
            for number, (words, command) in enumerate(found):
                kind = "small" if number else "small-primary"
                buttons.append(Button(words, partial(self._part.act, command), kind))
            self._controls = buttons_row(*buttons)
            self.column.addWidget(self._controls)
