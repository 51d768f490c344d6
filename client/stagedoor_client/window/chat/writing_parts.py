"""Small parts of the chat: a row of choices, somebody's text, the way out of the program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from ...words import t
from ..parts import Button, drop, mark
from ..theme import COLOURS
from .links import breakable, markup, pieces


def open_outside(href: str) -> None:
    """Open an address in the system's browser: http and https alone."""
    url = QUrl(href, QUrl.ParsingMode.StrictMode)
    if url.isValid() and url.scheme() in ("http", "https"):
        QDesktopServices.openUrl(url)


class Words(QLabel):
    """What somebody wrote: wrapped wherever it must be, its links opened on a click."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.written = ""
        self.setWordWrap(True)
        self.setProperty("kind", "words")
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.linkActivated.connect(open_outside)
        self.say(text)

    def say(self, text: str) -> None:
        """Show this text."""
        if text == self.written:
            return
        self.written = text
        parts = pieces(text)
        flags = Qt.TextInteractionFlag.TextSelectableByMouse
        if any(part.href for part in parts):
            flags |= Qt.TextInteractionFlag.LinksAccessibleByMouse
            flags |= Qt.TextInteractionFlag.LinksAccessibleByKeyboard
            self.setTextFormat(Qt.TextFormat.RichText)
            self.setText(markup(parts, COLOURS["accent"]))
        else:
            self.setTextFormat(Qt.TextFormat.PlainText)
            self.setText(breakable(text))
        self.setTextInteractionFlags(flags)
        self.setAccessibleName(text)


@dataclass(frozen=True)
class Segment:
    """A choice in a row of them; ``number`` is what is new there."""

    key: str
    title: str
    number: int = 0

    @property
    def words(self) -> str:
        """What its button says."""
        return f"{self.title}  {self.number}" if self.number else self.title

    @property
    def spoken(self) -> str:
        """The same for screen readers."""
        return (
            t("{title}, {number} unread", title=self.title, number=self.number)
            if self.number
            else self.title
        )


class Segments(QWidget):
    """A row of buttons of which one is chosen; ``chosen`` is told which was pressed."""

    def __init__(self, name: str, chosen: Callable[[str], object]) -> None:
        super().__init__()
        self._chosen = chosen
        self.buttons: dict[str, Button] = {}
        self.setAccessibleName(name)
        self.setObjectName("segments")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(3, 3, 3, 3)
        self._row.setSpacing(3)

    def draw(self, segments: list[Segment], now: str) -> None:
        """Show these, and which is chosen."""
        if list(self.buttons) != [one.key for one in segments]:
            for old in self.buttons.values():
                drop(old)
            self.buttons = {}
            for one in segments:
                button = Button(one.title, partial(self._chosen, one.key), "segment")
                button.setCheckable(True)
                self.buttons[one.key] = button
                self._row.addWidget(button, 1)
        for one in segments:
            button = self.buttons[one.key]
            if button.text() != one.words:
                button.setText(one.words)
            button.setAccessibleName(one.spoken)
            button.setChecked(one.key == now)
            mark(button, "open", one.key == now)
