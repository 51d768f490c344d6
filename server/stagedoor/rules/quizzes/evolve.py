"""How an event changes the quizzes."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ..values import Room
from . import events as ev
from .values import Answer, Quiz, QuizState, points

_INTERVAL = 250  # milliseconds between two counts of answers that everybody gets


def evolve(room: Room, event: ev.QuizEvent) -> Room:
    """The room after the event; ``room.number`` is the event's own, if it has one."""
    if isinstance(event, ev.QuizCreated):
        quiz = Quiz(id=room.number, form=event.form)
        return replace(room, quizzes={**room.quizzes, quiz.id: quiz})
    if isinstance(event, ev.QuizDeleted):
        left = {key: quiz for key, quiz in room.quizzes.items() if key != event.quiz}
        return replace(room, quizzes=left)
    quiz = _after(room, room.quizzes[event.quiz], event)
    return replace(room, quizzes={**room.quizzes, quiz.id: quiz})


def _after(room: Room, quiz: Quiz, event: ev.QuizEvent) -> Quiz:
    match event:
        case ev.QuizEdited():
            return replace(quiz, form=event.form)
        case ev.QuizQuestionOpened():
            return replace(
                quiz,
                state=QuizState.ASKING,
                place=event.question,
                opened_at=event.at,
                closes_at=event.closes_at,
                answers=(*quiz.answers, {}),
                shown=0,
                show_at=None,
            )
        case ev.QuizAnswered():
            return _answered(quiz, event, room.people[event.person].name)
        case ev.QuizAnswersShown():
            return _shown(quiz, event.at)
        case ev.QuizQuestionClosed():
            return _closed(quiz, event)
        case ev.QuizEnded():
            return replace(quiz, state=QuizState.ENDED)
        case ev.QuizCreated() | ev.QuizDeleted():
            raise ValueError("these make and end a quiz")
        case _:
            assert_never(event)


def _shown(quiz: Quiz, at: int) -> Quiz:
    return replace(quiz, shown=len(quiz.now_answered), show_at=None, shown_at=at)


def _answered(quiz: Quiz, event: ev.QuizAnswered, name: str) -> Quiz:
    answer = Answer(event.choices, event.at - quiz.opened_at)
    answers = {**quiz.now_answered, event.person: answer}
    show_at = quiz.show_at
    if show_at is None:
        show_at = max(event.at, quiz.shown_at + _INTERVAL)
    return replace(
        quiz,
        answers=(*quiz.answers[:-1], answers),
        names={**quiz.names, event.person: name},
        show_at=show_at,
    )


def _closed(quiz: Quiz, event: ev.QuizQuestionClosed) -> Quiz:
    scores = dict(quiz.scores)
    for person, answer in quiz.now_answered.items():
        scores[person] = scores.get(person, 0) + points(quiz.question, answer)
    over = replace(quiz, state=QuizState.BETWEEN, closes_at=None, scores=scores)
    return _shown(over, event.at)
