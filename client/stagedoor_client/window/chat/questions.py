"""The Q&A tab: questions with votes, answered or not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from stagedoor.messages import AnyRequest
from stagedoor.rules.talk.commands import AskQuestion, VoteForQuestion
from stagedoor.rules.talk.values import MAX_QUESTION, Answer

from ...talk import QUESTIONS, questions_of
from ...words import numeral, t, tn, told
from ..actions import Action
from ..icons import icon
from ..part import Part
from ..parts import Button, Elided, drop, icon_button, label, mark, say
from ..scene import Scene
from .asked import TITLES, QuestionRow, groups, waits
from .composer import Composer
from .composing import asking
from .items import question_items
from .message_list import Scrolled
from .reading import Reading, badge
from .row_widgets import Decision, RowDeeds, UnsentWidget, buttons_row
from .rows import unsent_rows
from .tab import Menu
from .writing_parts import Segment, Segments, Words


class Questions(QWidget):
    """``menu`` shows a question's menu, ``asked`` gets what is chosen there."""

    def __init__(
        self, part: Part, reading: Reading, menu: Menu, asked: Callable[[Action], object]
    ) -> None:
        super().__init__()
        self._part, self._reading, self._menu, self._asked = part, reading, menu, asked
        self._scene: Scene | None = None
        self._order = "votes"
        self._drawn: list[str] = []
        self.rows: dict[str, QuestionWidget] = {}
        self.orders = Segments(t("Order"), self._sort)
        self.box = Scrolled(t("Questions"))
        self.box.follows = False
        self.none = label(t("No questions yet."), "quiet")
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.none.setContentsMargins(16, 20, 16, 20)
        self.titles = {answer: label("", "h3") for answer in TITLES}
        self.closed = label("", "closed", wrap=True)
        self.composer = Composer(MAX_QUESTION, t("Ask"), self._ask, part.drafts)
        self._unsent: dict[str, UnsentWidget] = {}
        self._deeds = RowDeeds(
            lambda *_: None, lambda _: None, part.act, part.retry, self._edit, part.take
        )
        self.box.column.addWidget(self.none)
        self.box.column.addStretch()
        for title in self.titles.values():
            title.setContentsMargins(14, 10, 14, 2)
        top = QWidget()
        head = QVBoxLayout(top)
        head.setContentsMargins(10, 8, 10, 8)
        head.addWidget(self.orders)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for one in (top, self.box, self.closed, self.composer):
            column.addWidget(one, 1 if one is self.box else 0)

    def badge(self, scene: Scene) -> tuple[int, str]:
        """The tab's number, and the number in words."""
        return badge(self._reading.unread_questions(scene.view), waits(scene))

    def draw(self, scene: Scene, looking: bool) -> None:
        """Show this scene, where somebody looks."""
        self._scene = scene
        if not looking:
            return
        self._reading.see(scene.view, QUESTIONS)
        self.orders.draw(
            [Segment("votes", t("Most votes")), Segment("time", t("Newest"))], self._order
        )
        self._draw_questions(groups(scene, self._order == "votes"))
        self._draw_unsent(scene)
        self.none.setVisible(not (self.rows or self._unsent))
        field = asking(scene)
        say(self.closed, field.closed)
        self.composer.setVisible(not field.closed)
        self.composer.draw(QUESTIONS, field)

    def _draw_questions(self, found: dict[Answer, list[QuestionRow]]) -> None:
        order: list[QWidget] = [self.none]
        keys = {row.key for rows in found.values() for row in rows}
        for key in [key for key in self.rows if key not in keys]:
            drop(self.rows.pop(key))
        for answer, rows in found.items():
            title = f"{told(TITLES[answer])}  {numeral(len(rows))}"
            say(self.titles[answer], title if rows else "")
            order.append(self.titles[answer])
            for row in rows:
                widget = self.rows.get(row.key)
                if widget is None:
                    widget = self.rows[row.key] = QuestionWidget(row, self._part, self._open_menu)
                widget.update_row(row)
                order.append(widget)
        _arrange(self.box.column, order)

    def _draw_unsent(self, scene: Scene) -> None:
        rows = unsent_rows(scene, QUESTIONS)
        keys = {row.key for row in rows}
        for key in [key for key in self._unsent if key not in keys]:
            drop(self._unsent.pop(key))
        for row in rows:
            widget = self._unsent.get(row.key)
            if widget is None:
                widget = self._unsent[row.key] = UnsentWidget(row, self._deeds)
                self.box.column.insertWidget(self.box.column.count() - 1, widget)
            widget.update_row(row)

    def _sort(self, order: str) -> None:
        self._order = order
        if self._scene is not None:
            self.draw(self._scene, True)

    def _ask(self, text: str) -> None:
        self._part.write(AskQuestion(text), QUESTIONS)

    def _edit(self, key: str) -> None:
        taken = self._part.take(key)
        if taken is not None:
            self.composer.write(taken.command.text)

    def _open_menu(self, number: int, button: QWidget) -> None:
        scene = self._scene
        every = questions_of(scene.view) if scene is not None else []
        one = next((one for one in every if one.number == number), None)
        if scene is not None and one is not None:
            at = button.mapToGlobal(button.rect().bottomLeft())
            self._menu(one.by_name, question_items(scene, one), at, self._asked)


def _arrange(column: QVBoxLayout, order: list[QWidget]) -> None:
    """Have these in the column in this order, first of all."""
    for place, widget in enumerate(order):
        if column.indexOf(widget) != place:
            column.insertWidget(place, widget)


class QuestionWidget(QFrame):
    """One question. ``menu`` is asked for its menu, with the button under which to show it."""

    def __init__(
        self, row: QuestionRow, part: Part, menu: Callable[[int, QWidget], object]
    ) -> None:
        super().__init__()
        self._part = part
        self._row: QuestionRow | None = None
        self._voted = False
        self._decision: Decision | None = None
        self._decisions: QWidget | None = None
        self.setProperty("kind", "question")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.vote = Button("", self._vote, "vote")
        self.vote.setCheckable(True)
        self.vote.setIconSize(QSize(16, 16))
        self.vote.setFixedWidth(56)
        self.name = Elided(row.name, "own-name" if row.own else "label")
        self.words = Words(row.text)
        self.words.setAccessibleName(t("{name} asks: {text}", name=row.name, text=row.text))
        self.note = label("", "note", wrap=True)
        self.more = icon_button(
            "more",
            t("Actions for the question of {name}", name=row.name),
            lambda: menu(row.number, self.more),
        )
        head = QHBoxLayout()
        self.name.setSizePolicy(self.note.sizePolicy())
        head.addWidget(self.name)
        head.addWidget(label(row.time, "small"))
        head.addStretch(1)
        self._text = QVBoxLayout()
        self._text.setSpacing(1)
        self._text.addLayout(head)
        self._text.addWidget(self.words)
        self._text.addWidget(self.note)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(10, 8, 4, 8)
        top = Qt.AlignmentFlag.AlignTop
        whole.addWidget(self.vote, alignment=top)
        whole.addLayout(self._text, 1)
        whole.addWidget(self.more, alignment=top)

    def update_row(self, row: QuestionRow) -> None:
        """Show what may have changed of it."""
        if row == self._row:
            return
        before, self._row = self._row, row
        self.vote.setText(str(row.votes))
        self.vote.setIcon(icon("vote", "accent_text" if row.voted else "text"))
        self.vote.setAccessibleName(
            tn(
                row.votes,
                "Vote for the question of {name}, {count} vote",
                "Vote for the question of {name}, {count} votes",
                name=row.name,
            )
        )
        self.vote.setEnabled(row.votable)
        self.vote.setChecked(row.voted)
        mark(self.vote, "open", row.voted)
        say(self.note, row.note)
        self.more.setVisible(row.menu)
        if row.decide and self._decision is None:
            self._decision = Decision(row.number, row.name, self._part.act)
            self._text.addWidget(self._decision)
        elif not row.decide and self._decision is not None:
            drop(self._decision)
            self._decision = None
        if before is None or before.decisions != row.decisions:
            self._draw_decisions(row)

    def _draw_decisions(self, row: QuestionRow) -> None:
        if self._decisions is not None:
            drop(self._decisions)
            self._decisions = None
        if row.decisions:
            self._decisions = buttons_row(*(self._decide(row, *one) for one in row.decisions))
            self._text.addWidget(self._decisions)

    def _decide(self, row: QuestionRow, words: str, command: AnyRequest) -> Button:
        button = Button(words, lambda: self._part.act(command), "small")
        button.setAccessibleName(t("{action}: the question of {name}", action=words, name=row.name))
        return button

    def _vote(self) -> None:
        if self._row is not None:
            self.vote.setChecked(self._row.voted)  # not before it is so
            self._part.surely(VoteForQuestion(self._row.number, not self._row.voted))
