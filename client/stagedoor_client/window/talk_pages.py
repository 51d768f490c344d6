"""The pages beside the people: chat, questions, polls, and what is to be told of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from stagedoor.messages import View

from ..talk import ROOM
from ..words import t
from .actions import Action
from .bar import Bar, Deeds
from .chat import telling
from .chat.composing import THREADS
from .chat.questions import Questions
from .chat.reading import Reading
from .chat.tab import Chat
from .chat.writing_parts import open_outside
from .happenings import Go, News
from .menu import menu_of, open_at
from .modals import decide
from .notices import Notices
from .polls.entries import told
from .polls.tab import Polls
from .scene import Scene
from .side import Side, Tab


class TalkPages:
    """Keeps the pages in step with the scene, their numbers on the tabs, and says what is new."""

    def __init__(self, parent: QWidget, deeds: Deeds) -> None:
        self._parent, self._deeds = parent, deeds
        self._scene: Scene | None = None
        self._before: View | None = None
        self._side: Side | None = None
        part, self.reading = deeds.part, Reading()
        self.chat = Chat(part, self.reading, self._menu, self.asked)
        self.questions = Questions(part, self.reading, self._menu, self.asked)
        self.polls = Polls(part)

    def tabs(self) -> list[Tab]:
        """The pages in the order of the row."""
        return [
            Tab("chat", t("Chat"), self.chat),
            Tab("questions", t("Q&A"), self.questions),
            Tab("polls", t("Polls"), self.polls),
        ]

    def draw(self, scene: Scene, side: Side, bar: Bar, notices: Notices) -> None:
        """Show this scene, and say what is new since the last."""
        self._scene, self._side = scene, side
        self.reading.begin(scene.view)
        side.offer("questions", scene.room.settings.questions)
        window = side.window()
        looking = side.open if window.isVisible() and not window.isMinimized() else ""
        self.chat.look(looking == "chat")
        self.chat.draw(scene, looking == "chat")
        self.questions.draw(scene, looking == "questions")
        self.polls.draw(scene, looking == "polls")
        number, words = self.chat.badge(scene)
        side.badge("chat", number, words)
        bar.chat_news(number, words)
        side.badge("questions", *self.questions.badge(scene))
        side.badge("polls", *self.polls.badge(scene))
        before, self._before = self._before, scene.view
        if before is not scene.view:
            self._tell(before, scene, notices, looking == "polls")

    def _tell(self, before: View | None, scene: Scene, notices: Notices, voting: bool) -> None:
        shown = self.chat.shown
        asked, outdated = told(before, scene, looking=voting)
        if before is None:
            notices.tell(News(asked, outdated))
            return
        if shown not in ("", THREADS):
            outdated.append("announcement" if shown == ROOM else f"private-{shown}")
        notices.tell(News([*telling.told(before, scene, shown), *asked], outdated))
        words = telling.read_out(before, scene, shown) if shown else ""
        if words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._parent, words))

    def go(self, go: Go) -> None:
        """Show what a notice was about."""
        if go.tab == "chat":
            self.chat.write_to(go.where)
        elif go.tab == "polls":
            self.polls.go(go.where)

    # -- menus

    def _menu(
        self, title: str, actions: list[Action], at: QPoint, asked: Callable[[Action], object]
    ) -> None:
        open_at(menu_of(self._parent, title, actions, self._deeds.act, asked), at)

    def asked(self, action: Action) -> None:
        """What was chosen in a menu and is not a command."""
        if action.ask == "copy":
            QGuiApplication.clipboard().setText(action.value)
        elif action.ask == "open":
            open_outside(action.value)
        elif action.ask == "write" and self._side is not None:
            self._side.show_tab("chat")
            self.chat.write_to(action.value)
        elif self._scene is not None:
            decide(self._parent, self._scene, action.ask, action.value, self._deeds.part.send)
