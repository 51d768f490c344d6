"""What has happened to the quizzes. ``quiz`` is the number of the event that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..base import Event
from .values import QuizForm


class QuizCreated(Event, frozen=True, tag="quiz_created", kw_only=True):
    """A draft; its id is this event's number."""

    form: QuizForm


class QuizEdited(Event, frozen=True, tag="quiz_edited", kw_only=True):
    """The draft was changed."""

    quiz: int
    form: QuizForm


class QuizQuestionOpened(Event, frozen=True, tag="quiz_question_opened", kw_only=True):
    """The next question is asked, until ``closes_at``."""

    quiz: int
    question: int
    closes_at: int


class QuizAnswered(Event, frozen=True, tag="quiz_answered", kw_only=True):
    """Somebody answered; ``at`` says how fast."""

    personal: ClassVar[Mapping[str, Any]] = {"choices": ()}

    quiz: int
    person: str
    choices: tuple[int, ...]


class QuizAnswersShown(Event, frozen=True, tag="quiz_answers_shown", kw_only=True):
    """People learn how many have answered by now. Not logged: it follows from the answers."""

    logged: ClassVar[bool] = False

    quiz: int


class QuizQuestionClosed(Event, frozen=True, tag="quiz_question_closed", kw_only=True):
    """The question is over: the right answer is shown and points are given."""

    quiz: int


class QuizEnded(Event, frozen=True, tag="quiz_ended", kw_only=True):
    """The quiz is over."""

    quiz: int


class QuizDeleted(Event, frozen=True, tag="quiz_deleted", kw_only=True):
    """The quiz is gone."""

    quiz: int


QuizEvent = (
    QuizCreated
    | QuizEdited
    | QuizQuestionOpened
    | QuizAnswered
    | QuizAnswersShown
    | QuizQuestionClosed
    | QuizEnded
    | QuizDeleted
)
