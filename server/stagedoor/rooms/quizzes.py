"""What people are shown of quizzes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stagedoor.messages.polls import (
    AskedNow,
    Leader,
    MyAnswer,
    MyQuiz,
    MyQuizzes,
    QuizView,
    QuizzesView,
    Reviewed,
)
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.quizzes.events import QuizAnswered, QuizQuestionClosed
from stagedoor.rules.quizzes.values import Quiz, QuizState, points
from stagedoor.rules.values import Person, Room

from .share import Fields, Share, differences

MOST_LEADERS = 10


def quiz_view(quiz: Quiz, *, moderates: bool) -> QuizView | None:
    """A quiz as one role sees it; None if it is not shown."""
    if quiz.state is QuizState.DRAFT and not moderates:
        return None
    leaders = quiz.form.leaderboard or moderates
    return QuizView(
        id=quiz.id,
        title=quiz.form.title,
        state=quiz.state,
        questions=len(quiz.form.questions),
        leaderboard=quiz.form.leaderboard,
        question=_question(quiz) if quiz.state in (QuizState.ASKING, QuizState.BETWEEN) else None,
        leaders=ranking(quiz)[:MOST_LEADERS] if leaders else [],
        review=_review(quiz) if quiz.state is QuizState.ENDED else [],
        form=quiz.form if moderates else None,
    )


def _question(quiz: Quiz) -> AskedNow:
    question, over = quiz.question, quiz.state is QuizState.BETWEEN
    return AskedNow(
        number=quiz.place,
        question=question.question,
        options=question.options,
        several=len(question.right) > 1,
        time_ms=question.time_ms,
        closes_at=quiz.closes_at,
        answers=quiz.shown,
        right=question.right if over else None,
        counts=chosen(quiz, quiz.place) if over else None,
    )


def chosen(quiz: Quiz, place: int) -> list[int]:
    """How many people chose each option of a question."""
    counts = [0] * len(quiz.form.questions[place].options)
    for answer in quiz.answers[place].values():
        for one in answer.choices:
            counts[one] += 1
    return counts


def _review(quiz: Quiz) -> list[Reviewed]:
    return [
        Reviewed(question.question, question.options, question.right, chosen(quiz, place))
        for place, question in enumerate(quiz.form.questions[: quiz.over])
    ]


def ranking(quiz: Quiz) -> list[Leader]:
    """Everybody with a score, the highest first; equal ones by name."""
    named = [(score, quiz.names[person], person) for person, score in quiz.scores.items()]
    named.sort(key=lambda one: (-one[0], one[1], one[2]))
    places = _places(quiz)
    return [Leader(places[score], person, name, score) for score, name, person in named]


def _places(quiz: Quiz) -> dict[int, int]:
    """The place that goes with each score."""
    ordered = sorted(quiz.scores.values(), reverse=True)
    places: dict[int, int] = {}
    for place, score in enumerate(ordered, 1):
        places.setdefault(score, place)
    return places


def my_quiz(quiz: Quiz, person: str, places: dict[int, int] | None = None) -> MyQuiz | None:
    """How a person does; None for one who has not answered anything."""
    answers = []
    for number, given in enumerate(quiz.answers):
        answer = given.get(person)
        if answer is not None:
            over = number < quiz.over
            gained = points(quiz.form.questions[number], answer) if over else None
            answers.append(MyAnswer(number, answer.choices, gained))
    if not answers:
        return None
    score = quiz.scores.get(person)
    place = 0
    if quiz.form.leaderboard and score is not None:
        place = (places if places is not None else _places(quiz))[score]
    return MyQuiz(quiz.id, score=score or 0, place=place, answers=answers)


class QuizzesPart:
    """See Part."""

    def snapshot(self, room: Room, viewer: Person) -> Fields:
        """See Part.snapshot."""
        quizzes = room.quizzes.values()
        views = [quiz_view(quiz, moderates=viewer.moderates) for quiz in quizzes]
        mine = [my_quiz(quiz, viewer.id) for quiz in quizzes]
        return {
            "quizzes": QuizzesView([view for view in views if view is not None], whole=True),
            "my_quizzes": MyQuizzes([one for one in mine if one is not None], whole=True),
        }

    def changes(self, before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
        """See Part.changes."""
        if before.quizzes is after.quizzes:
            return Share()
        return Share(
            attendees=_changed(before, after, moderates=False),
            moderators=_changed(before, after, moderates=True),
            persons={
                person: {"my_quizzes": MyQuizzes(mine)}
                for person, mine in _mine(after, events).items()
            },
        )


def _mine(after: Room, events: Iterable[AnyEvent]) -> dict[str, list[MyQuiz]]:
    """How those do who answered, or whose points were counted; by person."""
    concerned: dict[int, dict[str, None]] = {}
    for event in events:
        if isinstance(event, QuizAnswered):
            concerned.setdefault(event.quiz, {})[event.person] = None
        elif isinstance(event, QuizQuestionClosed) and event.quiz in after.quizzes:
            scores = after.quizzes[event.quiz].scores
            concerned.setdefault(event.quiz, {}).update(dict.fromkeys(scores))
    found: dict[str, list[MyQuiz]] = {}
    for key, people in concerned.items():
        quiz = after.quizzes.get(key)
        if quiz is None:
            continue
        places = _places(quiz)
        for person in people:
            mine = my_quiz(quiz, person, places)
            if mine is not None:
                found.setdefault(person, []).append(mine)
    return found


def _changed(before: Room, after: Room, *, moderates: bool) -> Fields:
    """The quizzes that look different to a role, and those that are gone for it."""
    views, gone = differences(
        before.quizzes, after.quizzes, lambda quiz: quiz_view(quiz, moderates=moderates)
    )
    return {"quizzes": QuizzesView(views, gone)} if views or gone else {}
