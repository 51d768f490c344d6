"""What people, polls and quizzes were called at each moment, and how times are written."""

from __future__ import annotations

from datetime import UTC, datetime

from stagedoor.rules.event.events import Renamed
from stagedoor.rules.events import AnyEvent, Entered, Returned
from stagedoor.rules.polls.events import PollClosed, PollCreated, PollEdited, PollOpened
from stagedoor.rules.quizzes.events import (
    QuizCreated,
    QuizEdited,
    QuizEnded,
    QuizQuestionOpened,
)
from stagedoor.rules.quizzes.values import QuizForm


class Names:
    """Reads the events along; people's names as of the last one read."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def read(self, event: AnyEvent) -> None:
        """Take note of who is called how."""
        if isinstance(event, Entered | Returned | Renamed):
            self._names[event.person] = event.name

    def __getitem__(self, person: str) -> str:
        """The name; empty for the clock and for people unknown."""
        return self._names.get(person, "")


class Titles:
    """Reads the events along; the polls' questions and the quizzes' titles as of the last one."""

    def __init__(self) -> None:
        self._polls: dict[int, str] = {}
        self._quizzes: dict[int, QuizForm] = {}

    def read(self, number: int, event: AnyEvent) -> str:
        """Take note of it; of what poll or quiz it tells, empty if of none."""
        match event:
            case PollCreated():
                self._polls[number] = event.form.question
            case PollEdited():
                self._polls[event.poll] = event.form.question
            case QuizCreated():
                self._quizzes[number] = event.form
            case QuizEdited():
                self._quizzes[event.quiz] = event.form
            case PollOpened() | PollClosed():
                return self._polls[event.poll]
            case QuizQuestionOpened():
                quiz = self._quizzes[event.quiz]
                return f"{quiz.title}: {quiz.questions[event.question].question}"
            case QuizEnded():
                return self._quizzes[event.quiz].title
        return ""


def written(at: int | None) -> str:
    """A moment in milliseconds since 1970, as ISO 8601 in UTC; empty for None."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def moment(at: int | None) -> str:
    """As ``written``, with milliseconds."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def seconds(ms: int) -> int:
    """Milliseconds as whole seconds."""
    return round(ms / 1000)
