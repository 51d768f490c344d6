"""The pages before and after a room: the way in, waiting, and the last word."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import resources
from urllib.parse import urlsplit

from PySide6.QtCore import QSize, Qt
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from stagedoor.messages import MAX_NAME

from ..words import t, tn
from .endings import Ending
from .memory import Kept, Recent
from .parts import Button, Elided, Spinner, icon_button, label, say

CARD = 460  # pixels of width


def _centred(page: QWidget) -> QVBoxLayout:
    """A card in the middle of a page, that scrolls where the page is too low; its column."""
    card = QFrame()
    card.setObjectName("card")
    card.setFixedWidth(CARD)
    column = QVBoxLayout(card)
    column.setContentsMargins(28, 28, 28, 28)
    column.setSpacing(10)
    inner = QWidget()
    outer = QVBoxLayout(inner)
    outer.setContentsMargins(20, 20, 20, 20)
    outer.addStretch()
    outer.addWidget(card, alignment=Qt.AlignmentFlag.AlignHCenter)
    outer.addStretch()
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inner)
    inner.setObjectName("page")
    whole = QVBoxLayout(page)
    whole.setContentsMargins(0, 0, 0, 0)
    whole.addWidget(scroll)
    return column


def _logo() -> QSvgWidget:
    made = QSvgWidget()
    made.load(resources.files(__package__).joinpath("logo.svg").read_bytes())
    made.setFixedSize(QSize(56, 56))
    return made


def host_of(link: str) -> str:
    """The host of a link, as people know a server."""
    return urlsplit(link if "://" in link else f"//{link}").netloc


def ago(at: int, now: float) -> str:
    """How long ago, roughly; both in Unix seconds."""
    days = int((now - at) // 86400)
    if days < 1:
        return (
            t("today")
            if time.localtime(at).tm_yday == time.localtime(now).tm_yday
            else t("yesterday")
        )
    return t("yesterday") if days == 1 else tn(days, "{count} day ago", "{count} days ago")


class EnterPage(QWidget):
    """Asks for a link and a name; ``enter`` gets both, ``forget`` a link to remember no more."""

    def __init__(
        self, enter: Callable[[str, str], object], forget: Callable[[str], object]
    ) -> None:
        super().__init__()
        self._enter, self._forget = enter, forget
        self.link, self.name = QLineEdit(), QLineEdit()
        self.link.setPlaceholderText("https://…/r/…")
        self.name.setMaxLength(MAX_NAME)
        self.trouble = label("", "trouble", wrap=True)
        self.button = Button(t("Enter"), self._press, "primary")
        self.recent: list[Button] = []
        self._recent_title = label(t("Recent rooms"), "h3")
        self._rows: list[QWidget] = []
        for field in (self.link, self.name):
            field.returnPressed.connect(self._press)
        column = _centred(self)
        column.addWidget(_logo())
        column.addSpacing(8)
        column.addWidget(label(t("Enter a room"), "h1"))
        hello = t("You enter as a viewer. Nobody sees or hears you.")
        column.addWidget(label(hello, wrap=True))
        column.addSpacing(6)
        self._field(column, t("Link to the room"), self.link)
        self._field(column, t("Your name, as others see it"), self.name)
        column.addWidget(self.trouble)
        column.addSpacing(4)
        column.addWidget(self.button)
        column.addSpacing(14)
        column.addWidget(self._recent_title)
        self._recent_column = column
        self.trouble.hide()

    def _field(self, column: QVBoxLayout, words: str, field: QLineEdit) -> None:
        name = label(words, "label")
        name.setBuddy(field)
        field.setAccessibleName(words)
        column.addWidget(name)
        column.addWidget(field)

    def draw(self, kept: Kept, link: str = "") -> None:
        """Show what is remembered; ``link``: one that was asked for."""
        if link or not self.link.text():
            self.link.setText(link)
        if not self.name.text():
            self.name.setText(kept.name)
        for row in self._rows:
            row.deleteLater()
        self._rows, self.recent = [], []
        for one in kept.rooms:
            self._add_recent(one)
        self._recent_title.setVisible(bool(kept.rooms))
        self.begin()

    def begin(self) -> None:
        """Put the cursor where something is missing."""
        field = self.name if self.link.text() and not self.name.text() else self.link
        (self.button if self.link.text() and self.name.text() else field).setFocus(
            Qt.FocusReason.TabFocusReason
        )

    def _add_recent(self, one: Recent) -> None:
        where = f"{host_of(one.link)}  ·  {ago(one.at, time.time())}"
        button = Button("", lambda: self._choose(one.link), "recent")
        button.setAccessibleName(t("Enter {name}, {where}", name=one.name, where=where))
        words = QVBoxLayout(button)
        words.setContentsMargins(14, 8, 14, 8)
        words.setSpacing(0)
        words.addWidget(Elided(one.name, "label"))
        words.addWidget(Elided(where, "small"))
        remove = icon_button(
            "close", t("Forget {name}", name=one.name), lambda: self._forget(one.link)
        )
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(button, 1)
        line.addWidget(remove)
        self.recent.append(button)
        self._rows.append(row)
        self._recent_column.addWidget(row)

    def _choose(self, link: str) -> None:
        self.link.setText(link)
        self._press()

    def _press(self) -> None:
        link, name = self.link.text().strip(), self.name.text().strip()
        if not link:
            self.complain(t("Please paste the link to the room."))
            self.link.setFocus()
        elif not name:
            self.complain(t("Please enter your name."))
            self.name.setFocus()
        else:
            self.complain("")
            self._enter(link, name)

    def complain(self, sentence: str) -> None:
        """Say why one is not in the room; nothing if empty."""
        say(self.trouble, sentence)


class WaitPage(QWidget):
    """Something is being waited for, with a way out."""

    def __init__(self, cancel: Callable[[], object]) -> None:
        super().__init__()
        self.words = label()
        self.cancel = Button(t("Cancel"), cancel)
        column = QVBoxLayout(self)
        middle = Qt.AlignmentFlag.AlignHCenter
        column.setSpacing(16)
        column.addStretch()
        column.addWidget(Spinner(), alignment=middle)
        column.addWidget(self.words, alignment=middle)
        column.addWidget(self.cancel, alignment=middle)
        column.addStretch()

    def say(self, words: str) -> None:
        """What is waited for."""
        say(self.words, words)


class EndPage(QWidget):
    """The last word of a stay; ``again`` enters anew, ``back`` leads to the way in."""

    def __init__(self, again: Callable[[], object], back: Callable[[], object]) -> None:
        super().__init__()
        self.title = label("", "h1", wrap=True)
        self.sentence = label("", wrap=True)
        self.again = Button(t("Enter again"), again, "primary")
        self.back = Button(t("To the start"), back)
        column = _centred(self)
        column.addWidget(_logo())
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        row = QHBoxLayout()
        row.addWidget(self.again)
        row.addWidget(self.back)
        row.addStretch()
        column.addSpacing(8)
        column.addLayout(row)

    def draw(self, ending: Ending) -> None:
        """Show how it ended."""
        say(self.title, ending.title)
        say(self.sentence, ending.sentence)
        self.again.setText(ending.again)
        self.again.setVisible(bool(ending.again))
        button = self.again if ending.again else self.back
        button.setFocus(Qt.FocusReason.TabFocusReason)
