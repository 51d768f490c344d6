"""What moderators do with polls and quizzes from here; they are made in the browser. Pure."""

from __future__ import annotations

from stagedoor.messages import AnyRequest
from stagedoor.messages.polls import PollView, QuizView
from stagedoor.rules.polls import commands as polls
from stagedoor.rules.polls.values import PollState
from stagedoor.rules.quizzes import commands as quizzes
from stagedoor.rules.quizzes.values import QuizState

from ...words import t

Control = tuple[str, AnyRequest]
"""A button's words and command; the first of several is what is done next."""


def controls(item: PollView | QuizView) -> list[Control]:
    """The buttons under a card."""
    if isinstance(item, QuizView):
        return _quiz(item)
    if item.state is PollState.DRAFT:
        return [(t("Open the poll"), polls.OpenPoll(item.id))]
    return [(t("Close the poll"), polls.ClosePoll(item.id))] if item.state is PollState.OPEN else []


def _quiz(quiz: QuizView) -> list[Control]:
    place = quiz.question.number if quiz.question is not None else -1
    end = (t("End the quiz"), quizzes.EndQuiz(quiz.id))
    match quiz.state:
        case QuizState.DRAFT:
            return [(t("Start the quiz"), quizzes.OpenQuizQuestion(quiz.id, 0))]
        case QuizState.ASKING:
            return [(t("End the question"), quizzes.CloseQuizQuestion(quiz.id, place)), end]
        case QuizState.BETWEEN if place + 1 < quiz.questions:
            return [(t("Next question"), quizzes.OpenQuizQuestion(quiz.id, place + 1)), end]
        case QuizState.BETWEEN:
            return [end]
    return []
