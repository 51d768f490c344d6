"""Whatever the keyboard reaches has a name for screen readers."""

from __future__ import annotations

from typing import Any

import shiboken6
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from stagedoor.messages.polls import PollsView, QuizzesView
from stagedoor.rules.polls.values import Kind
from stagedoor.rules.talk.values import Standing
from stagedoor.rules.values import Role
from stagedoor_client.view import whole
from stagedoor_client.window.bar import Deeds
from stagedoor_client.window.room_page import RoomPage
from stagedoor_client.window.scene import Scene

from .conftest import application
from .talking import NOW, asked, person, said, scene
from .test_polls import poll, quiz


def nameless(page: QWidget) -> list[str]:
    """The widgets that can be seen and get the focus, and have no name."""
    found = []
    for widget in page.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            told = QAccessible.queryAccessibleInterface(widget)
            if not told or not told.text(QAccessible.Text.Name):
                found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def everything() -> Scene:
    """A room of a moderator's in which there is something of each kind."""
    messages = [
        said(1, "Ben", "see https://example.org"),
        said(2, "Ben", place=0, standing=Standing.WAITING),
        said(3, "Ada", reply_to=1, announcement=True),
    ]
    questions = [asked(4, "Ben"), asked(5, "Ben", standing=Standing.WAITING)]
    some = scene(
        person("Ada", role=Role.MODERATOR),
        person("Ben"),
        messages=messages,
        questions=questions,
        talk={"pinned": [1]},
    )
    polls = [poll(number, kind, most=2) for number, kind in enumerate(Kind, 10)]
    view = replace(
        some.view, polls=PollsView(polls, whole=True), quizzes=QuizzesView([quiz(20)], whole=True)
    )
    return Scene(whole(view), online=True, now=NOW + 60_000)


def test_every_part_of_the_panel_has_a_name() -> None:
    application()
    nothing: Any = lambda *_: None  # noqa: E731
    page = RoomPage(Deeds(*[nothing] * 6), nothing)
    try:
        page.resize(1280, 800)
        page.show()
        for tab in ("people", "chat", "questions", "polls"):
            page.show_side(tab)
            page.draw(everything())
            assert nameless(page) == [], tab
        page.show_side("chat")
        page.talk.chat.open("threads")
        page.reacting.turn()
        assert nameless(page) == []
    finally:
        shiboken6.delete(page)
