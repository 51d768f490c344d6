"""What the clock brings about in the quizzes."""

from __future__ import annotations

from ..values import Room
from . import events as ev
from .values import Quiz, QuizState


def deadline(room: Room) -> int | None:
    """When ``due`` has something next, in milliseconds of the server's clock."""
    times = [
        at for quiz in _asking(room) for at in (quiz.closes_at, quiz.show_at) if at is not None
    ]
    return min(times, default=None)


def due(room: Room, now: int) -> list[ev.QuizEvent]:
    """Questions whose time is over, and counts of answers to be shown by ``now``."""
    events: list[ev.QuizEvent] = []
    for quiz in _asking(room):
        if quiz.closes_at is not None and quiz.closes_at <= now:
            events.append(ev.QuizQuestionClosed(at=now, quiz=quiz.id))
        elif quiz.show_at is not None and quiz.show_at <= now:
            events.append(ev.QuizAnswersShown(at=now, quiz=quiz.id))
    return events


def _asking(room: Room) -> list[Quiz]:
    return [quiz for quiz in room.quizzes.values() if quiz.state is QuizState.ASKING]
