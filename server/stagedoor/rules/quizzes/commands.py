"""What a person may ask of the quizzes."""

from __future__ import annotations

from ..base import Command
from .values import QuizForm


class CreateQuiz(Command, frozen=True, tag="create_quiz"):
    """Make a quiz, a draft as yet. The number in ``ok`` is its id."""

    form: QuizForm


class EditQuiz(Command, frozen=True, tag="edit_quiz"):
    """Change a draft."""

    quiz: int
    form: QuizForm


class OpenQuizQuestion(Command, frozen=True, tag="open_quiz_question"):
    """Ask question ``question``, the next one (from 0); this ends the one before."""

    quiz: int
    question: int


class CloseQuizQuestion(Command, frozen=True, tag="close_quiz_question"):
    """End the question before its time is over."""

    quiz: int
    question: int


class EndQuiz(Command, frozen=True, tag="end_quiz"):
    """End the quiz: everybody may look at all of it."""

    quiz: int


class DeleteQuiz(Command, frozen=True, tag="delete_quiz"):
    """Take a quiz and its answers away."""

    quiz: int


class AnswerQuiz(Command, frozen=True, tag="answer_quiz"):
    """Answer the open question, once. The same answer again is answered ``ok`` and is no other."""

    quiz: int
    question: int
    choices: tuple[int, ...]


QuizCommand = (
    CreateQuiz | EditQuiz | OpenQuizQuestion | CloseQuizQuestion | EndQuiz | DeleteQuiz | AnswerQuiz
)
