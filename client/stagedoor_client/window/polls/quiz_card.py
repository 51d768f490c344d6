"""One quiz: to answer, to see points and leaders, to look back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from stagedoor.messages.polls import AskedNow, Leader, MyAnswer, MyQuiz, QuizView, Reviewed
from stagedoor.rules.quizzes.commands import AnswerQuiz
from stagedoor.rules.quizzes.values import QuizState

from ...book import scores_of
from ...words import numeral, t, tn
from ..chat.links import breakable
from ..chat.row_widgets import buttons_row
from ..chat.writing_parts import Words
from ..part import Part
from ..parts import Button, Elided, label, mark, say
from ..scene import Scene
from . import quiz_words
from .bars import Bars, Track
from .card import Card
from .fields import checked, choices
from .results import answered, gained


class QuizCard(Card):
    """``answers`` are the buttons of an open question."""

    def __init__(self, part: Part) -> None:
        super().__init__(part)
        self.left = Track(4)
        self.count = label("", "small")
        self.trouble = label("", "trouble", wrap=True)
        self.answers: list[Button] = []
        self.column.insertWidget(2, self.left)
        self.column.addWidget(self.trouble)
        self.column.addWidget(self.count)
        self.trouble.hide()

    def draw(self, quiz: QuizView, scene: Scene) -> None:
        """Show this quiz."""
        mine = scores_of(scene.view).get(quiz.id)
        asked = replace(quiz.question, answers=0) if quiz.question is not None else None
        if self.is_new((replace(quiz, question=asked), mine, scene.i_moderate)):
            say(self.state, quiz_words.state(quiz))
            self.title.say(t("Quiz: {title}", title=quiz.title))
            say(self.trouble, "")
            self.answers = []
            self.build(*self._content(quiz, mine), *self._board(quiz, mine, scene.view.you))
            self.draw_controls(quiz, scene)
        number = quiz.question.answers if quiz.question is not None else 0
        asking = quiz.state is QuizState.ASKING
        say(self.count, quiz_words.people_answered(number) if asking else "")
        self._draw_time(quiz.question, scene)

    def _draw_time(self, asked: AskedNow | None, scene: Scene) -> None:
        closes = asked.closes_at if asked is not None else None
        self.draw_clock(closes, scene)
        self.left.setVisible(closes is not None)
        if asked is not None and closes is not None:
            self.left.fill(max(0.0, min(1.0, (closes - scene.now) / asked.time_ms)), "warning")

    def _content(self, quiz: QuizView, mine: MyQuiz | None) -> list[QWidget]:
        if quiz.state is QuizState.DRAFT:
            number = quiz.questions
            return [label(tn(number, "{count} question", "{count} questions"), "small")]
        if quiz.state is QuizState.ENDED:
            return [Review(quiz.review, mine)] if quiz.review else []
        asked = quiz.question
        if asked is None:
            return []
        answer = quiz_words.answer_to(mine, asked.number)
        if asked.right is not None:
            return over(asked.question, asked.options, asked.right, asked.counts or [], answer)
        question = Words(asked.question)
        if answer is not None:
            said = ", ".join(asked.options[one] for one in answer.choices)
            return [question, Words(t("Your answer: {answer}", answer=said))]
        return [question, *self._ways(quiz.id, asked)]

    def _ways(self, quiz: int, asked: AskedNow) -> list[QWidget]:
        """For a single answer one press does: it is about time."""
        if not asked.several:
            for number, option in enumerate(asked.options):
                press = partial(self._answer, quiz, asked.number, (number,))
                self.answers.append(AnswerButton(option, press))
            return list(self.answers)
        boxes = choices(asked.options, several=True)
        buttons = [box.button for box in boxes]
        answer = partial(self._answer, quiz, asked.number)
        send = Button(t("Answer"), lambda: answer(checked(buttons)), "primary")
        self.answers.append(send)
        return [label(t("Choose all that are right"), "small"), *boxes, buttons_row(send)]

    def _answer(self, quiz: int, question: int, chosen: tuple[int, ...]) -> None:
        for button in self.answers:
            button.setEnabled(False)
        self._part.answer(AnswerQuiz(quiz, question, chosen), self._answered)

    def _answered(self, problem: str) -> None:
        say(self.trouble, problem)
        if problem:
            for button in self.answers:
                button.setEnabled(True)

    def _board(self, quiz: QuizView, mine: MyQuiz | None, you: str) -> list[QWidget]:
        found: list[QWidget] = []
        points = quiz_words.score(quiz, mine)
        if points:
            found.append(label(points, "label", wrap=True))
        return [*found, *(_leader(one, you) for one in quiz_words.leaders(quiz))]


class AnswerButton(Button):
    """An option as a button, its words wrapped."""

    def __init__(self, option: str, press: Callable[[], object]) -> None:
        super().__init__("", press, "answer")
        self.setAccessibleName(option)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        words = label(breakable(option), wrap=True)
        words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(words)


def _leader(one: Leader, you: str) -> QWidget:
    made = QWidget()
    made.setAccessibleName(
        tn(
            one.score,
            "Place {place}: {name}, {count} point",
            "Place {place}: {name}, {count} points",
            place=one.place,
            name=one.name,
        )
    )
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(label(f"{one.place}.", "small"))
    row.addWidget(Elided(one.name, "own-name" if one.person == you else ""), 1)
    row.addWidget(label(numeral(one.score), "label"))
    return made


def over(
    question: str,
    options: tuple[str, ...],
    right: tuple[int, ...],
    counts: list[int],
    mine: MyAnswer | None,
) -> list[QWidget]:
    """A question that is over: what was right, what others chose, what one's own was worth."""
    said = label(gained(mine), "good" if mine is not None and mine.points else "small", wrap=True)
    bars = Bars()
    bars.draw(answered(options, right, counts, mine))
    return [Words(question), said, bars]


class Review(QWidget):
    """All questions, to be looked back on."""

    def __init__(self, review: list[Reviewed], mine: MyQuiz | None) -> None:
        super().__init__()
        self.button = Button(t("Look back at the questions"), self._turn, "small", "open")
        self.inner = QWidget()
        inner = QVBoxLayout(self.inner)
        inner.setContentsMargins(0, 4, 0, 0)
        for number, one in enumerate(review):
            answer = quiz_words.answer_to(mine, number)
            for part in over(one.question, one.options, one.right, one.counts, answer):
                inner.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(buttons_row(self.button))
        column.addWidget(self.inner)
        self.inner.hide()

    def _turn(self) -> None:
        self.inner.setVisible(self.inner.isHidden())
        mark(self.button, "open", not self.inner.isHidden())
