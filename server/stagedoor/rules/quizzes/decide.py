"""Decisions on quizzes: their order, and who answered first."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ..guards import moderator, refuse
from ..polls import forms
from ..refusals import Code, marked
from ..values import Person, Room
from . import commands as cmd
from . import events as ev
from .values import Quiz, QuizForm, QuizQuestion, QuizState

MAX_QUIZZES = 20
MAX_QUESTIONS = 50
SHORTEST, LONGEST = 5_000, 10 * 60_000  # milliseconds for a question

_ORDER = marked("The quiz is at another question by now.")


def decide(room: Room, command: cmd.QuizCommand, by: Person, now: int) -> list[ev.QuizEvent]:
    """Decide on a command about quizzes."""
    if isinstance(command, cmd.AnswerQuiz):
        return _answer(room, command, by, now)
    moderator(by)
    if isinstance(command, cmd.CreateQuiz):
        if len(room.quizzes) >= MAX_QUIZZES:
            refuse(
                Code.TOO_MANY,
                "A room has {most} quizzes at most; please delete some.",
                most=MAX_QUIZZES,
            )
        return [ev.QuizCreated(at=now, by=by.id, form=check(command.form))]
    quiz = _known(room, command.quiz)
    match command:
        case cmd.EditQuiz():
            return _edit(quiz, command.form, by, now)
        case cmd.OpenQuizQuestion():
            return _open(quiz, command.question, by, now)
        case cmd.CloseQuizQuestion():
            if quiz.state is not QuizState.ASKING or quiz.place != command.question:
                refuse(Code.WRONG_STATE, _ORDER)
            return [ev.QuizQuestionClosed(at=now, by=by.id, quiz=quiz.id)]
        case cmd.EndQuiz():
            if quiz.state in (QuizState.DRAFT, QuizState.ENDED):
                refuse(Code.WRONG_STATE, "This quiz is not going on.")
            return end(quiz, by.id, now)
        case cmd.DeleteQuiz():
            return [ev.QuizDeleted(at=now, by=by.id, quiz=quiz.id)]
        case _:
            assert_never(command)


def check(form: QuizForm) -> QuizForm:
    """The form in order, or refused with what is wrong."""
    if not 1 <= len(form.questions) <= MAX_QUESTIONS:
        refuse(Code.BAD_VALUE, "A quiz has 1 to {most} questions.", most=MAX_QUESTIONS)
    title = forms.clean(form.title)
    if not 1 <= len(title) <= forms.MAX_OPTION:
        refuse(
            Code.BAD_VALUE, "A quiz's title needs 1 to {most} characters.", most=forms.MAX_OPTION
        )
    return replace(form, title=title, questions=tuple(_question(one) for one in form.questions))


def _question(one: QuizQuestion) -> QuizQuestion:
    if not SHORTEST <= one.time_ms <= LONGEST:
        refuse(Code.BAD_VALUE, "The time for a question is from 5 seconds to 10 minutes.")
    options, right = forms.options(one.options), tuple(sorted(set(one.right)))
    if not right or not all(0 <= number < len(options) for number in right):
        refuse(Code.BAD_VALUE, "Every question needs a right answer among its options.")
    return replace(one, question=forms.question(one.question), options=options, right=right)


def _known(room: Room, quiz_id: int) -> Quiz:
    quiz = room.quizzes.get(quiz_id)
    if quiz is None:
        refuse(Code.NO_SUCH_POLL, "There is no such quiz any more.")
    return quiz


def _edit(quiz: Quiz, form: QuizForm, by: Person, now: int) -> list[ev.QuizEvent]:
    if quiz.state is not QuizState.DRAFT:
        refuse(Code.WRONG_STATE, "This quiz has begun already, so it stays as it is.")
    form = check(form)
    if form == quiz.form:
        return []
    return [ev.QuizEdited(at=now, by=by.id, quiz=quiz.id, form=form)]


def _open(quiz: Quiz, question: int, by: Person, now: int) -> list[ev.QuizEvent]:
    """The next question. Two moderators who ask for it at once open one, not two."""
    if quiz.state is QuizState.ENDED or question != quiz.place + 1:
        refuse(Code.WRONG_STATE, _ORDER)
    if question >= len(quiz.form.questions):
        refuse(Code.WRONG_STATE, "That was the last question.")
    events: list[ev.QuizEvent] = []
    if quiz.state is QuizState.ASKING:
        events.append(ev.QuizQuestionClosed(at=now, by=by.id, quiz=quiz.id))
    closes_at = now + quiz.form.questions[question].time_ms
    opened = ev.QuizQuestionOpened(
        at=now, by=by.id, quiz=quiz.id, question=question, closes_at=closes_at
    )
    return [*events, opened]


def _answer(room: Room, command: cmd.AnswerQuiz, by: Person, now: int) -> list[ev.QuizEvent]:
    quiz = _known(room, command.quiz)
    if quiz.state is QuizState.DRAFT and not by.moderates:
        refuse(Code.NO_SUCH_POLL, "There is no such quiz any more.")
    late = quiz.closes_at is None or quiz.closes_at <= now
    if quiz.state is not QuizState.ASKING or command.question != quiz.place or late:
        refuse(Code.CLOSED_POLL, "This question is not open for answers.")
    of = len(quiz.question.options)
    most = of if len(quiz.question.right) > 1 else 1
    chosen = tuple(int(one) for one in forms.choices(command.choices, of, 1, most))
    old = quiz.now_answered.get(by.id)
    if old is not None:
        if old.choices == chosen:
            return []
        refuse(Code.WRONG_STATE, "You have answered this question already.")
    return [ev.QuizAnswered(at=now, by=by.id, quiz=quiz.id, person=by.id, choices=chosen)]


def end(quiz: Quiz, by: str, now: int) -> list[ev.QuizEvent]:
    """The end of a quiz, and of the question that is open."""
    events: list[ev.QuizEvent] = []
    if quiz.state is QuizState.ASKING:
        events.append(ev.QuizQuestionClosed(at=now, by=by, quiz=quiz.id))
    return [*events, ev.QuizEnded(at=now, by=by, quiz=quiz.id)]


def end_all(room: Room, by: str, now: int) -> list[ev.QuizEvent]:
    """The room ends: what people answered counts."""
    going = (QuizState.ASKING, QuizState.BETWEEN)
    quizzes = [quiz for quiz in room.quizzes.values() if quiz.state in going]
    return [event for quiz in quizzes for event in end(quiz, by, now)]
