"""Results of polls and quizzes to take along: tables for CSV, documents for JSON. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from stagedoor.rules.polls.values import Kind, Poll, PollForm, PollState
from stagedoor.rules.quizzes.values import Quiz, QuizQuestion, QuizState, points
from stagedoor.rules.values import Person

from .polls import ranked_words
from .quizzes import chosen, ranking
from .tables import Row, said


class Counted(Struct, frozen=True):
    """One thing that could be chosen or was written, and how many people did."""

    answer: str
    votes: int


class Voted(Struct, frozen=True):
    """How one person voted; in polls that are not anonymous alone."""

    person: str
    name: str
    answers: list[str]


class PollResults(Struct, frozen=True):
    """A poll as a document."""

    id: int
    question: str
    kind: Kind
    state: PollState
    anonymous: bool
    votes: int
    answers: list[Counted]
    voters: list[Voted] | None


class Played(Struct, frozen=True):
    """How one person did. ``answers``: chosen options and points by question, None: not answered.

    Questions that are still open are left out.
    """

    place: int
    person: str
    name: str
    score: int
    answers: list[tuple[list[str], int] | None]


class Asked(Struct, frozen=True):
    """A question of a quiz that is over."""

    question: str
    right: list[str]
    answers: list[Counted]


class QuizResults(Struct, frozen=True):
    """A quiz as a document."""

    id: int
    title: str
    state: QuizState
    questions: list[Asked]
    people: list[Played]


def poll_results(poll: Poll, people: Mapping[str, Person]) -> PollResults:
    """What came out, as it is shown now; of anonymous polls never who voted."""
    voters = None
    if not poll.form.anonymous:
        voters = [
            Voted(person, _name(people, person), [_answer(poll.form, one) for one in ballot])
            for person, ballot in poll.ballots.items()
        ]
        voters.sort(key=lambda one: (one.name, one.person))
    return PollResults(
        id=poll.id,
        question=poll.form.question,
        kind=poll.form.kind,
        state=poll.state,
        anonymous=poll.form.anonymous,
        votes=poll.shown.votes,
        answers=_counted(poll),
        voters=voters,
    )


def _counted(poll: Poll) -> list[Counted]:
    counts, form = poll.shown.counts, poll.form
    match form.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            options = enumerate(form.options)
            return [Counted(option, counts.get(str(number), 0)) for number, option in options]
        case Kind.RATING:
            ratings = (str(number) for number in range(1, form.most + 1))
            return [Counted(rating, counts.get(rating, 0)) for rating in ratings]
        case Kind.TEXT:
            return [Counted(text, times) for text, times in sorted(counts.items())]
        case Kind.WORDS:
            return [Counted(one.word, one.count) for one in ranked_words(poll.shown)]


def _answer(form: PollForm, counted: str) -> str:
    if form.kind in (Kind.SINGLE, Kind.MULTIPLE):
        return form.options[int(counted)]
    return counted


def poll_table(results: PollResults) -> list[Row]:
    """One row an answer; ``share``: of the people who voted, in percent."""
    rows: list[Row] = [said("answer", "votes", "share")]
    for one in results.answers:
        share = round(100 * one.votes / results.votes, 1) if results.votes else 0
        rows.append([one.answer, one.votes, share])
    return rows


def voters_table(voters: list[Voted]) -> list[Row]:
    """One row an answer of a person."""
    rows: list[Row] = [said("person", "name", "answer")]
    rows += [[one.person, one.name, answer] for one in voters for answer in one.answers]
    return rows


def quiz_results(quiz: Quiz) -> QuizResults:
    """Questions that are over, and everybody who answered any of them, the best first."""
    questions = quiz.form.questions[: quiz.over]
    return QuizResults(
        id=quiz.id,
        title=quiz.form.title,
        state=quiz.state,
        questions=[
            Asked(
                question.question,
                [question.options[one] for one in question.right],
                [*map(Counted, question.options, chosen(quiz, number))],
            )
            for number, question in enumerate(questions)
        ],
        people=[
            Played(
                leader.place,
                leader.person,
                leader.name,
                leader.score,
                [_played(quiz, n, question, leader.person) for n, question in enumerate(questions)],
            )
            for leader in ranking(quiz)
        ],
    )


def _played(
    quiz: Quiz, number: int, question: QuizQuestion, person: str
) -> tuple[list[str], int] | None:
    answer = quiz.answers[number].get(person)
    if answer is None:
        return None
    return [question.options[one] for one in answer.choices], points(question, answer)


def quiz_table(results: QuizResults) -> list[Row]:
    """One row a person, two columns a question."""
    head = said("place", "person", "name", "score")
    for number, one in enumerate(results.questions, 1):
        head += [f"{number}. {one.question}", f"points {number}"]
    rows = [head]
    for person in results.people:
        row: Row = [person.place, person.person, person.name, person.score]
        for answer in person.answers:
            row += ["; ".join(answer[0]), answer[1]] if answer else ["", ""]
        rows.append(row)
    return rows


def _name(people: Mapping[str, Person], person: str) -> str:
    one = people.get(person)
    return one.name if one is not None else ""
