"""Quizzes by example: the order of the questions, the time, the points."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from stagedoor import rules
from stagedoor.rules.commands import EndRoom
from stagedoor.rules.quizzes import commands as c
from stagedoor.rules.quizzes.values import (
    Answer,
    Quiz,
    QuizForm,
    QuizQuestion,
    QuizState,
    points,
)
from stagedoor.rules.refusals import Code

from .play import Play, kinds

CAPITAL = QuizQuestion(
    "Capital of Norway?", ("Oslo", "Bergen", "Narvik"), right=(0,), time_ms=10_000
)
PRIMES = QuizQuestion("Which are prime?", ("2", "4", "7"), right=(0, 2), time_ms=20_000)
FORM = QuizForm("A quiz", (CAPITAL, PRIMES))


def made(form: QuizForm = FORM, *, asked: bool = True) -> tuple[Play, int]:
    play = Play()
    play.do("ada", c.CreateQuiz(form))
    quiz = play.room.number
    if asked:
        play.do("ada", c.OpenQuizQuestion(quiz, 0))
    return play, quiz


def quiz_of(play: Play) -> Quiz:
    (quiz,) = play.room.quizzes.values()
    return quiz


def answer(play: Play, who: str, *choices: int) -> None:
    quiz = quiz_of(play)
    play.do(who, c.AnswerQuiz(quiz.id, quiz.place, choices))


def test_a_whole_quiz() -> None:
    play, quiz = made()
    answer(play, "cal", 0)
    play.wait(5_000)
    answer(play, "dee", 0)
    answer(play, "eve", 1)
    assert quiz_of(play).scores == {}
    assert kinds(play.do("bob", c.OpenQuizQuestion(quiz, 1))) == [
        "quiz_question_closed",
        "quiz_question_opened",
    ]
    assert quiz_of(play).scores == {"cal": 1_000, "dee": 750, "eve": 0}
    answer(play, "eve", 2, 0)
    answer(play, "cal", 0)
    assert kinds(play.do("ada", c.CloseQuizQuestion(quiz, 1))) == ["quiz_question_closed"]
    assert quiz_of(play).scores == {"cal": 1_000, "dee": 750, "eve": 1_000}
    assert quiz_of(play).state is QuizState.BETWEEN
    play.no("ada", c.OpenQuizQuestion(quiz, 2), Code.WRONG_STATE)
    assert kinds(play.do("ada", c.EndQuiz(quiz))) == ["quiz_ended"]
    for command in (c.EndQuiz(quiz), c.OpenQuizQuestion(quiz, 0), c.EditQuiz(quiz, FORM)):
        play.no("ada", command, Code.WRONG_STATE)


def test_points_go_from_1000_at_once_to_500_at_the_end_and_0_for_what_is_wrong() -> None:
    took = [0, 1, 2_500, 9_999, 10_000]
    assert [points(CAPITAL, Answer((0,), ms)) for ms in took] == [1_000, 999, 875, 500, 500]
    assert points(CAPITAL, Answer((1,), 0)) == 0
    assert [points(PRIMES, Answer(one, 0)) for one in ((0,), (0, 1, 2), (0, 2))] == [0, 0, 1_000]


def test_the_clock_ends_a_question() -> None:
    play, quiz = made()
    play.wait(9_999)
    answer(play, "cal", 0)
    play.now += 1
    late = c.AnswerQuiz(quiz, 0, (0,))
    play.no("dee", late, Code.CLOSED_POLL)
    assert kinds(play.wait(0)) == ["quiz_question_closed"]
    play.no("dee", late, Code.CLOSED_POLL)
    play.no("ada", c.CloseQuizQuestion(quiz, 0), Code.WRONG_STATE)
    assert quiz_of(play).scores == {"cal": 500}


def test_the_first_answer_counts() -> None:
    play, quiz = made()
    answer(play, "cal", 1)
    assert play.do("cal", c.AnswerQuiz(quiz, 0, (1,))) == []
    play.no("cal", c.AnswerQuiz(quiz, 0, (0,)), Code.WRONG_STATE)
    for bad in ((), (0, 1), (3,), (-1,)):
        play.no("dee", c.AnswerQuiz(quiz, 0, bad), Code.BAD_VALUE)
    play.no("dee", c.AnswerQuiz(quiz, 1, (0,)), Code.CLOSED_POLL)


def test_two_moderators_ask_the_next_question_once() -> None:
    play, quiz = made()
    play.do("ada", c.OpenQuizQuestion(quiz, 1))
    play.no("bob", c.OpenQuizQuestion(quiz, 1), Code.WRONG_STATE)
    play.no("bob", c.CloseQuizQuestion(quiz, 0), Code.WRONG_STATE)
    assert quiz_of(play).place == 1


def test_how_many_have_answered_is_shown_a_few_times_a_second() -> None:
    play, _ = made()
    people = [f"P{number}" for number in range(60)]
    for name in people:
        play.enter(name)
    shown = 0
    for name in people:
        answer(play, name.lower(), 0)
        shown += kinds(play.wait(10)).count("quiz_answers_shown")
    assert 2 <= shown <= 4
    play.wait(250)
    assert quiz_of(play).shown == 60


def test_a_draft_is_edited_and_any_quiz_deleted() -> None:
    play, quiz = made(asked=False)
    other = replace(FORM, title="Another", leaderboard=False)
    play.do("bob", c.EditQuiz(quiz, other))
    assert play.do("bob", c.EditQuiz(quiz, other)) == []
    assert quiz_of(play).form == other
    play.no("ada", c.EndQuiz(quiz), Code.WRONG_STATE)
    play.no("cal", c.AnswerQuiz(quiz, 0, (0,)), Code.NO_SUCH_POLL)
    play.no("ada", c.AnswerQuiz(quiz, 0, (0,)), Code.CLOSED_POLL)
    play.do("ada", c.OpenQuizQuestion(quiz, 0))
    assert kinds(play.do("ada", c.DeleteQuiz(quiz))) == ["quiz_deleted"]
    play.no("ada", c.OpenQuizQuestion(quiz, 1), Code.NO_SUCH_POLL)
    play.no("cal", c.AnswerQuiz(quiz, 0, (0,)), Code.NO_SUCH_POLL)
    assert rules.next_deadline(play.room) is None


def test_attendees_answer_and_do_nothing_else() -> None:
    play, quiz = made()
    for command in (
        c.CreateQuiz(FORM),
        c.EditQuiz(quiz, FORM),
        c.OpenQuizQuestion(quiz, 1),
        c.CloseQuizQuestion(quiz, 0),
        c.EndQuiz(quiz),
        c.DeleteQuiz(quiz),
    ):
        play.no("cal", command, Code.NOT_ALLOWED)


@pytest.mark.parametrize(
    "form",
    [
        replace(FORM, questions=()),
        replace(FORM, questions=(CAPITAL,) * 51),
        replace(FORM, title=" "),
        *(
            replace(FORM, questions=(one,))
            for one in (
                replace(CAPITAL, right=()),
                replace(CAPITAL, right=(3,)),
                replace(CAPITAL, right=(-1,)),
                replace(CAPITAL, options=("One",)),
                replace(CAPITAL, question=""),
                replace(CAPITAL, time_ms=4_999),
                replace(CAPITAL, time_ms=600_001),
            )
        ),
    ],
)
def test_quizzes_that_cannot_be(form: QuizForm) -> None:
    Play().no("ada", c.CreateQuiz(form), Code.BAD_VALUE)


def test_a_room_has_not_endlessly_many() -> None:
    play = Play()
    for _ in range(20):
        play.do("ada", c.CreateQuiz(FORM))
    play.no("ada", c.CreateQuiz(FORM), Code.TOO_MANY)


def test_the_end_of_the_room_ends_its_quizzes() -> None:
    play, _ = made()
    answer(play, "cal", 0)
    assert kinds(play.do("hal", EndRoom())) == ["quiz_question_closed", "quiz_ended", "room_ended"]
    assert quiz_of(play).scores == {"cal": 1_000}
