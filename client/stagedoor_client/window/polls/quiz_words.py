"""A quiz in words. Pure."""

from __future__ import annotations

from stagedoor.messages.polls import Leader, MyAnswer, MyQuiz, QuizView
from stagedoor.rules.quizzes.values import QuizState

from ...words import marked, t, tn, told

STATES = {
    QuizState.DRAFT: marked("Draft"),
    QuizState.ASKING: marked("Question"),
    QuizState.BETWEEN: marked("Answer"),
    QuizState.ENDED: marked("Over"),
}


def state(quiz: QuizView) -> str:
    """Where it is."""
    if quiz.question is None:
        return told(STATES[quiz.state])
    return t(
        "Question {number} of {questions}",
        number=quiz.question.number + 1,
        questions=quiz.questions,
    )


def people_answered(number: int) -> str:
    """How many have answered."""
    return tn(number, "{count} person has answered", "{count} people have answered")


def score(quiz: QuizView, mine: MyQuiz | None) -> str:
    """One's own points; empty where there is nothing to say of them yet."""
    if mine is None or quiz.state is QuizState.DRAFT:
        return ""
    if quiz.state is QuizState.ASKING and not mine.score:
        return ""
    if not mine.place:
        return tn(mine.score, "You have {count} point", "You have {count} points")
    return tn(
        mine.score,
        "You have {count} point: place {place}",
        "You have {count} points: place {place}",
        place=mine.place,
    )


def leaders(quiz: QuizView) -> list[Leader]:
    """The rows of the leaderboard, while no question is open."""
    return [] if quiz.state in (QuizState.ASKING, QuizState.DRAFT) else quiz.leaders


def answer_to(mine: MyQuiz | None, question: int) -> MyAnswer | None:
    """One's own answer to a question."""
    answers = mine.answers if mine is not None else []
    return next((one for one in answers if one.question == question), None)
