"""Polls and quizzes as people see them. Ids of both are event numbers, so that they differ."""

from __future__ import annotations

from msgspec import Struct

from ..rules.polls.values import Kind, PollState, Showing
from ..rules.quizzes.values import QuizForm, QuizState


class WordCount(Struct, frozen=True):
    """A word of a cloud, and how many people gave it."""

    word: str
    count: int


class Results(Struct, frozen=True, omit_defaults=True):
    """What came out so far; the field that goes with the poll's kind is filled.

    ``counts``: by option, or by rating from 1 on. ``texts`` and ``words``: the first of them by
    alphabet and by number; ``more``: how many others there are.
    """

    votes: int
    counts: list[int] = []
    texts: list[str] = []
    words: list[WordCount] = []
    more: int = 0


class PollView(Struct, frozen=True, omit_defaults=True):
    """A poll; ``results`` is None for those who may not see them now."""

    id: int
    kind: Kind
    question: str
    state: PollState
    anonymous: bool
    showing: Showing
    may_change: bool
    options: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    open_ms: int = 0
    closes_at: int | None = None
    results: Results | None = None


class PollsView(Struct, frozen=True, omit_defaults=True):
    """Polls to replace or add, and ids to take away. ``whole``: forget what was known before."""

    polls: list[PollView] = []
    gone: list[int] = []
    whole: bool = False


class MyVote(Struct, frozen=True, omit_defaults=True):
    """One's own vote. ``held``: lost if the server is killed, so keep it and send it again then.

    What was voted is not known any more once an anonymous vote is counted.
    """

    poll: int
    held: bool = False
    counted: bool = False
    choices: tuple[int, ...] = ()
    rating: int = 0
    text: str = ""
    words: tuple[str, ...] = ()


class MyVotes(Struct, frozen=True, omit_defaults=True):
    """One's own votes, to replace or add; ``whole``: forget what was known before."""

    votes: list[MyVote] = []
    whole: bool = False


class AskedNow(Struct, frozen=True, omit_defaults=True):
    """The question asked last. ``right`` and ``counts`` (by option) are there once it is over."""

    number: int
    question: str
    options: tuple[str, ...]
    several: bool
    time_ms: int
    closes_at: int | None = None
    answers: int = 0
    right: tuple[int, ...] | None = None
    counts: list[int] | None = None


class Leader(Struct, frozen=True):
    """A row of the leaderboard; equal scores share a place."""

    place: int
    person: str
    name: str
    score: int


class Reviewed(Struct, frozen=True):
    """A question looked back on: ``counts`` by option."""

    question: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    counts: list[int]


class QuizView(Struct, frozen=True, omit_defaults=True):
    """A quiz and its present question; ``review``: at the end, ``form``: for moderators alone."""

    id: int
    title: str
    state: QuizState
    questions: int
    leaderboard: bool
    question: AskedNow | None = None
    leaders: list[Leader] = []
    review: list[Reviewed] = []
    form: QuizForm | None = None


class QuizzesView(Struct, frozen=True, omit_defaults=True):
    """Quizzes to replace or add, and ids to take away. ``whole``: forget what was known before."""

    quizzes: list[QuizView] = []
    gone: list[int] = []
    whole: bool = False


class MyAnswer(Struct, frozen=True, omit_defaults=True):
    """One's own answer to a question; ``points`` is None until the question is over."""

    question: int
    choices: tuple[int, ...]
    points: int | None = None


class MyQuiz(Struct, frozen=True, omit_defaults=True):
    """How oneself does in a quiz. ``place``: where there is a leaderboard, 0 without a score."""

    quiz: int
    score: int = 0
    place: int = 0
    answers: list[MyAnswer] = []


class MyQuizzes(Struct, frozen=True, omit_defaults=True):
    """One's own quizzes, to replace or add; ``whole``: forget what was known before."""

    quizzes: list[MyQuiz] = []
    whole: bool = False
