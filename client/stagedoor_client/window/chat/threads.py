"""The private threads, for moderators: the latest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from stagedoor.rules.talk.values import Message

from ...talk import private_threads
from ...words import t
from ..parts import Avatar, Button, Elided, drop, label
from ..scene import Scene
from .composing import thread_name
from .reading import Reading
from .rows import time_of


@dataclass(frozen=True)
class ThreadRow:
    """A thread: with whom, its last message, and how many are new."""

    person: str
    name: str
    last: str
    time: str
    unread: int


def thread_rows(scene: Scene, reading: Reading) -> list[ThreadRow]:
    """The rows of the list."""
    return [
        ThreadRow(
            person,
            thread_name(scene, person),
            _line(last, person).replace("\n", " "),
            time_of(last.at, scene.now),
            reading.unread(scene.view, person),
        )
        for person, last in private_threads(scene.view)
    ]


def _line(last: Message, person: str) -> str:
    """The last message; whose thread it is stands above it already."""
    answered = last.by != person
    return t("{name}: {text}", name=last.by_name, text=last.text) if answered else last.text


class Threads(QScrollArea):
    """``opened`` is told whose thread is to be shown."""

    def __init__(self, reading: Reading, opened: Callable[[str], object]) -> None:
        super().__init__()
        self._reading, self._opened = reading, opened
        self._rows: list[ThreadRow] | None = None
        self.buttons: list[Button] = []
        self.setWidgetResizable(True)
        self.setAccessibleName(t("Private messages"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setObjectName("rows")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(8, 8, 8, 8)
        self._column.setSpacing(4)
        none = t("Nobody has written to the moderators yet. To begin, use a person's menu.")
        self.none = label(none, "quiet", wrap=True)
        self._column.addWidget(self.none)
        self._column.addStretch()
        self.setWidget(inner)

    def draw(self, scene: Scene) -> None:
        """Show the threads of a scene."""
        rows = thread_rows(scene, self._reading)
        self.none.setVisible(not rows)
        if rows == self._rows:
            return
        self._rows = rows
        for button in self.buttons:
            drop(button)
        self.buttons = [self._made(row) for row in rows]
        for place, button in enumerate(self.buttons, start=1):
            self._column.insertWidget(place, button)

    def _made(self, row: ThreadRow) -> Button:
        button = Button("", lambda: self._opened(row.person), "recent")
        name = t("Private messages with {name}", name=row.name)
        if row.unread:
            name = t("{title}, {number} unread", title=name, number=row.unread)
        button.setAccessibleName(name)
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(Elided(row.name, "label"))
        text.addWidget(Elided(row.last, "small"))
        whole = QHBoxLayout(button)
        whole.setContentsMargins(10, 6, 10, 6)
        whole.addWidget(Avatar(row.person, row.name))
        whole.addLayout(text, 1)
        if row.unread:
            whole.addWidget(label(str(row.unread), "badge"))
        whole.addWidget(label(row.time, "small"))
        return button
