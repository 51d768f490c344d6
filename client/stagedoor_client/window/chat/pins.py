"""The pinned messages, above the others; the newest first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from stagedoor.messages import AnyRequest
from stagedoor.rules.talk.commands import UnpinMessage
from stagedoor.rules.talk.values import Message

from ...talk import message, talk_of
from ...words import t
from ..parts import Button, drop, icon_button
from ..scene import Scene
from .writing_parts import Words

HIGHEST = 96  # pixels of each


class Pins(QFrame):
    """``go`` moves to a message."""

    def __init__(self, act: Callable[[AnyRequest], object], go: Callable[[int], object]) -> None:
        super().__init__()
        self._act, self._go = act, go
        self._shown: tuple[list[Message], bool] = ([], False)
        self.rows: list[QWidget] = []
        self.setObjectName("pins")
        self.setAccessibleName(t("Pinned messages"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 4, 4, 6)
        self._column.setSpacing(4)
        self.hide()

    def draw(self, scene: Scene, wanted: bool) -> None:
        """Show those of the room, where that is what is wanted."""
        numbers = talk_of(scene.view).pinned or []
        found = [message(scene.view, number) for number in reversed(numbers)]
        pinned = [one for one in found if one is not None]
        self.setVisible(wanted and bool(pinned))
        if (pinned, scene.i_moderate) == self._shown:
            return
        self._shown = (pinned, scene.i_moderate)
        for row in self.rows:
            drop(row)
        self.rows = [self._made(one, scene.i_moderate) for one in pinned]
        for row in self.rows:
            self._column.addWidget(row)

    def _made(self, one: Message, moderating: bool) -> QWidget:
        row = QWidget()
        name = Button(one.by_name, lambda: self._go(one.number), "plain-small", "pin")
        name.setToolTip(t("Show it among the messages"))
        name.setAccessibleName(t("Pinned message of {name}", name=one.by_name))
        words = Words(one.text)
        words.setMaximumHeight(HIGHEST)
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(name, alignment=Qt.AlignmentFlag.AlignLeading)
        text.addWidget(words)
        whole = QHBoxLayout(row)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(text, 1)
        if moderating:
            off = t("Unpin the message of {name}", name=one.by_name)
            unpin = icon_button("close", off, lambda: self._act(UnpinMessage(one.number)))
            whole.addWidget(unpin, alignment=Qt.AlignmentFlag.AlignTop)
        return row
