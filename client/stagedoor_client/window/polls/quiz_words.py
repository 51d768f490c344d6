"""A quiz in words. Pure."""

from __future__ import annotations

from stagedoor.messages.polls import Leader, MyAnswer, MyQuiz, QuizView
from stagedoor.rules.quizzes.values import QuizState

STATES = {
    QuizState.DRAFT: "Draft",
    QuizState.ASKING: "Question",
    QuizState.BETWEEN: "Answer",
    QuizState.ENDED: "Over",
}


def state(quiz: QuizView) -> str:
    """Where it is."""
    if quiz.question is None:
        return STATES[quiz.state]
    return f"Question {quiz.question.number + 1} of {quiz.questions}"


def people_answered(number: int) -> str:
    """How many have answered."""
    return "1 person has answered" if number == 1 else f"{number} people have answered"


def score(quiz: QuizView, mine: MyQuiz | None) -> str:
    """One's own points; empty where there is nothing to say of them yet."""
    if mine is None or quiz.state is QuizState.DRAFT:
        return ""
    if quiz.state is QuizState.ASKING and not mine.score:
        return ""
    points = f"You have {mine.score} points"
    return f"{points}: place {mine.place}" if mine.place else points


def leaders(quiz: QuizView) -> list[Leader]:
    """The rows of the leaderboard, while no question is open."""
    return [] if quiz.state in (QuizState.ASKING, QuizState.DRAFT) else quiz.leaders


def answer_to(mine: MyQuiz | None, question: int) -> MyAnswer | None:
    """One's own answer to a question."""
    answers = mine.answers if mine is not None else []
    return next((one for one in answers if one.question == question), None)
