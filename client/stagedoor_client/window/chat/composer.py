"""A field for text that grows, with what belongs to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ..part import Drafts
from ..parts import ENTER, Tool, icon_button, label, mark, say
from .composing import Writing, count_note

LINES = 6  # shown at once at most


class Field(QPlainTextEdit):
    """Enter sends, Shift+Enter makes a new line."""

    def __init__(self, send: Callable[[], object]) -> None:
        super().__init__()
        self._send = send
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("kind", "composer")
        self.document().contentsChanged.connect(self._fit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            if not event.isAutoRepeat():
                self._send()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        lines = min(max(int(self.document().size().height()), 1), LINES)
        self.setFixedHeight(lines * line + 22)


class Composer(QWidget):
    """What is typed is kept for each place that it is written for, until it is sent.

    ``take`` gets the text to be sent, ``longest`` its most characters; ``tools`` are beside the
    field.
    """

    def __init__(
        self, longest: int, send: str, take: Callable[[str], object], drafts: Drafts, *tools: Tool
    ) -> None:
        super().__init__()
        self._longest, self._take, self._drafts = longest, take, drafts
        self._where = ""
        self._hint = ""
        self._waits = False
        self.field = Field(self.send)
        self.button = icon_button("send", send, self.send)
        self.note = label("", "small", wrap=True)
        self.setObjectName("composer")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout()
        row.setSpacing(4)
        for tool in tools:
            row.addWidget(tool, alignment=Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.field, 1)
        row.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addWidget(self.note)
        column.addLayout(row)
        self.field.textChanged.connect(self._typed)

    def draw(self, where: str, writing: Writing) -> None:
        """Write for this place."""
        if self.field.placeholderText() != writing.label:
            self.field.setPlaceholderText(writing.label)
            self.field.setAccessibleName(writing.label)
        self._hint, self._waits = writing.hint, writing.wait > 0
        if where != self._where:
            self._where = where
            self.field.setPlainText(self._drafts.get(where, ""))
            self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self._draw()

    def write(self, text: str) -> None:
        """Put a text in, after what is there."""
        before = self.field.toPlainText()
        self.field.setPlainText(f"{before}\n{text}" if before else text)
        self.field.moveCursor(self.field.textCursor().MoveOperation.End)
        self.field.setFocus()

    def send(self) -> None:
        """Send what is there, if it may be sent."""
        text = self.field.toPlainText().strip()
        if self.button.isEnabled():
            self.field.clear()
            self._take(text)

    def _typed(self) -> None:
        text = self.field.toPlainText()
        if text:
            self._drafts[self._where] = text
        else:
            self._drafts.pop(self._where, None)
        self._draw()

    def _draw(self) -> None:
        length = len(self.field.toPlainText().strip())
        count = count_note(length, self._longest)
        over = length > self._longest
        mark(self.note, "kind", "trouble" if over else "small")
        say(self.note, count or self._hint)
        self.button.setEnabled(0 < length <= self._longest and not self._waits)
        self.button.tint()
