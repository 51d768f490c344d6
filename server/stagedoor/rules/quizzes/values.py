"""What a quiz is made of. Immutable; times are integer milliseconds of the server's clock."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

FULL = 1_000  # points for a right answer at once
LEAST = 500  # points for a right answer at the last moment


class QuizState(StrEnum):
    """ASKING: a question is open. BETWEEN: its right answer is shown."""

    DRAFT = "draft"
    ASKING = "asking"
    BETWEEN = "between"
    ENDED = "ended"


class QuizQuestion(Struct, frozen=True):
    """One question. ``right``: numbers of the options, from 0; all of them have to be chosen."""

    question: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    time_ms: int = 20_000


class QuizForm(Struct, frozen=True):
    """The whole quiz. ``leaderboard``: whether attendees see who has most points."""

    title: str
    questions: tuple[QuizQuestion, ...]
    leaderboard: bool = True


class Answer(Struct, frozen=True):
    """What somebody chose, and how long after the question was opened."""

    choices: tuple[int, ...]
    took_ms: int


def points(question: QuizQuestion, answer: Answer) -> int:
    """Nothing for a wrong answer; for a right one from FULL down to LEAST, evenly with the time."""
    if answer.choices != question.right:
        return 0
    left = max(question.time_ms - answer.took_ms, 0)
    return LEAST + (FULL - LEAST) * left // question.time_ms


class Quiz(Struct, frozen=True):
    """One quiz; ``id`` is the number of the event that made it.

    ``place``: number of the last question opened, -1 before the first. ``answers``: by question,
    by person. ``scores``: by person, of the questions that are over. ``names``: of those who
    answered, as they were then. ``shown``: how many answers to the open question people know of,
    which follows at ``show_at``.
    """

    id: int
    form: QuizForm
    state: QuizState = QuizState.DRAFT
    place: int = -1
    opened_at: int = 0
    closes_at: int | None = None
    answers: tuple[dict[str, Answer], ...] = ()
    scores: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    shown: int = 0
    show_at: int | None = None
    shown_at: int = 0

    @property
    def question(self) -> QuizQuestion:
        """The question opened last."""
        return self.form.questions[self.place]

    @property
    def now_answered(self) -> dict[str, Answer]:
        """The answers to it."""
        return self.answers[self.place]

    @property
    def over(self) -> int:
        """How many questions are over, whose right answers may be shown."""
        return self.place + (self.state is not QuizState.ASKING)
