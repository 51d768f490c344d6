"""The panel at the side, and its first page: the people, and for moderators who waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from stagedoor.messages import AnyRequest, PersonView
from stagedoor.rules import commands as cmd

from ..words import numeral, t
from .parts import Avatar, Button, Elided, icon_button, label, say
from .people import People
from .scene import Scene, find, time_left

SEARCH_FROM = 12
WIDTH = 360  # pixels, or more where the words on the tabs need it
BESIDE_TABS = 80  # pixels for the button to close, the edges, and numbers on tabs
MOST = 4  # rows of the queue before one has to handle some to see more


@dataclass(frozen=True)
class Choice:
    """A button: its words, its look, and what it does."""

    words: str
    kind: str
    press: Callable[[], object]


@dataclass(frozen=True)
class Tab:
    """A page of the panel, known by its ``name``."""

    name: str
    title: str
    page: QWidget


class Side(QFrame):
    """A row of tabs, and a page for each. ``menu`` opens a person's menu, ``closed`` is the close
    button's, ``changed`` is told that another page is shown."""

    def __init__(
        self,
        menu: Callable[[str, QPoint], None],
        act: Callable[[AnyRequest], object],
        closed: Callable[[], None],
        talk: Callable[[], list[Tab]] = list,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setAccessibleName(t("Panel"))
        self._closed = closed
        self.people_page = PeoplePage(menu, act)
        self.queue = self.people_page.queue
        self.people = self.people_page.people
        self.field = self.people_page.field
        self._tabs = [Tab("people", t("People"), self.people_page), *talk()]
        self.row = QTabBar()
        self.row.setAccessibleName(t("Panel"))
        self.row.setExpanding(False)
        self.row.setDrawBase(False)
        self.row.setUsesScrollButtons(True)
        self.pages = QStackedWidget()
        for tab in self._tabs:
            self.row.addTab(tab.title.replace("&", "&&"))
            self.pages.addWidget(tab.page)
        self.row.currentChanged.connect(self.pages.setCurrentIndex)
        self.row.currentChanged.connect(lambda _: changed())
        top = QFrame()
        top.setObjectName("sideTop")
        head = QHBoxLayout(top)
        head.setContentsMargins(8, 4, 8, 4)
        head.addWidget(self.row, 1)
        self.close_button = icon_button("close", t("Close the panel"), closed)
        head.addWidget(self.close_button)
        self.row.ensurePolished()
        self.setFixedWidth(max(WIDTH, self.row.sizeHint().width() + BESIDE_TABS))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(self.pages, 1)

    @property
    def open(self) -> str:
        """The name of the tab that is shown; empty where the panel is closed."""
        return "" if self.isHidden() else self._tabs[self.row.currentIndex()].name

    def show_tab(self, name: str) -> None:
        """Show this tab."""
        self.row.setCurrentIndex(self._place(name))

    def badge(self, name: str, number: int, sentence: str) -> None:
        """Put a number on a tab, with what it says in words; nothing for 0."""
        place = self._place(name)
        title = self._tabs[place].title
        words = (f"{title} {numeral(number)}" if number else title).replace("&", "&&")
        if self.row.tabText(place) != words:
            self.row.setTabText(place, words)
        self.row.setAccessibleTabName(
            place, t("{title}, {news}", title=title, news=sentence) if number else title
        )

    def offer(self, name: str, there: bool) -> None:
        """Whether there is such a tab for one."""
        self.row.setTabVisible(self._place(name), there)

    def _place(self, name: str) -> int:
        return next(place for place, tab in enumerate(self._tabs) if tab.name == name)

    def draw(self, scene: Scene) -> None:
        """Show who is in the room."""
        self.people_page.draw(scene)

    def begin(self) -> None:
        """Let the keyboard act on it."""
        if self.open == "people":
            self.people_page.begin()
        else:
            self.row.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._closed()
        else:
            super().keyPressEvent(event)


class PeoplePage(QWidget):
    """The people in the room, and for moderators who waits."""

    def __init__(
        self, menu: Callable[[str, QPoint], None], act: Callable[[AnyRequest], object]
    ) -> None:
        super().__init__()
        self._scene: Scene | None = None
        self.field = QLineEdit()
        self.field.setPlaceholderText(t("Find a person"))
        self.field.setAccessibleName(t("Find a person"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda _: self._draw_people())
        self.none = label(t("Nobody of that name is here."), "quiet")
        self.none.setContentsMargins(16, 8, 16, 8)
        self.queue = Queue(act)
        self.people = People(menu)
        search = QHBoxLayout()
        search.setContentsMargins(12, 8, 12, 4)
        search.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.queue)
        column.addLayout(search)
        column.addWidget(self.none)
        column.addWidget(self.people, 1)

    def draw(self, scene: Scene) -> None:
        """Show who is in the room."""
        self._scene = scene
        self.queue.draw(scene)
        self.field.setVisible(len(scene.people) > SEARCH_FROM)
        self._draw_people()

    def begin(self) -> None:
        """Let the keyboard act on it."""
        where = self.people if self.field.isHidden() else self.field
        where.setFocus(Qt.FocusReason.TabFocusReason)

    def _draw_people(self) -> None:
        if self._scene is None:
            return
        wanted = "" if self.field.isHidden() else self.field.text()
        self.none.setVisible(not find(self._scene.people.values(), wanted))
        self.people.draw(self._scene, wanted)


class Queue(QWidget):
    """For moderators: waiting requests in order, and open offers with what is left of their time
    (rules 5, 6 and 7)."""

    def __init__(self, act: Callable[[AnyRequest], object]) -> None:
        super().__init__()
        self._act = act
        self.rows: dict[tuple[str, int], _Waiting] = {}
        self.title = label("", "h3")
        self.more = label("", "small")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 4)
        self._column.setSpacing(8)
        self._column.addWidget(self.title)
        self._column.addWidget(self.more)

    def draw(self, scene: Scene) -> None:
        """Show who waits; nothing for those who do not decide it."""
        waiting = [*scene.requests, *scene.offers] if scene.i_moderate else []
        self.setVisible(bool(waiting))
        keys = [(person.id, person.requested_at or 0) for person in waiting[:MOST]]
        for key in [key for key in self.rows if key not in keys]:
            self.rows.pop(key).deleteLater()
        for number, (key, person) in enumerate(zip(keys, waiting, strict=False)):
            row = self.rows.get(key)
            if row is None:
                row = self.rows[key] = _Waiting(person.id, person.name)
            if self._column.indexOf(row) != number + 1:
                self._column.insertWidget(number + 1, row)
            row.note.say(_note(person, scene.now))
            row.offer(self._choices(person))
        say(
            self.title,
            f"{t('Waiting requests')}  {numeral(len(scene.requests))}" if waiting else "",
        )
        rest = len(waiting) - MOST
        say(self.more, t("and {more} more", more=rest) if rest > 0 else "")

    def _choices(self, person: PersonView) -> list[Choice]:
        one, request = person.id, person.requested_at
        if person.offer is not None:
            return [Choice(t("Revoke"), "small", partial(self._act, cmd.RevokeOffer(one)))]
        return [
            Choice(t("Decline"), "small", partial(self._act, cmd.Decline(one, request))),
            Choice(t("Approve"), "small-primary", partial(self._act, cmd.Approve(one, request))),
        ]


def _note(person: PersonView, now: int) -> str:
    if person.offer is not None:
        return t("{time} left", time=time_left(person.offer.expires_at, now))
    return t("reconnecting") if person.away else ""


class _Waiting(QWidget):
    """Somebody who asks or holds an offer, with the buttons to decide it."""

    def __init__(self, person: str, name: str) -> None:
        super().__init__()
        self.name = Elided(name)
        self.note = Elided("", "small")
        self.buttons: list[Button] = []
        text = QVBoxLayout()
        text.setSpacing(0)
        text.addWidget(self.name)
        text.addWidget(self.note)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(Avatar(person, name))
        self._row.addLayout(text, 1)

    def offer(self, choices: list[Choice]) -> None:
        """Have these buttons."""
        self.note.setVisible(bool(self.note.whole))
        if [button.text() for button in self.buttons] == [one.words for one in choices]:
            return
        for button in self.buttons:
            button.deleteLater()
        self.buttons = [Button(one.words, one.press, one.kind) for one in choices]
        for button in self.buttons:
            button.setAccessibleName(
                t("{action} {name}", action=button.text(), name=self.name.whole)
            )
            self._row.addWidget(button)
