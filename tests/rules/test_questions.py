"""Questions: asked, voted for, answered, dismissed, opened again (rules 8 and 20)."""

from __future__ import annotations

import pytest

from stagedoor import rules
from stagedoor.rules.base import Repeated
from stagedoor.rules.commands import ChangeSettings
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk import commands as c
from stagedoor.rules.talk.values import (
    MAX_QUESTION,
    MAX_QUESTIONS,
    VOTES_EVERY,
    Answer,
    Question,
    Standing,
)
from stagedoor.rules.values import Settings

from .play import Play, kinds


def ask(play: Play, who: str, text: str = "why?", key: str = "") -> int:
    """Ask; the question's number."""
    play.do(who, c.AskQuestion(text, key))
    return play.room.number


def question(play: Play, number: int) -> Question:
    return play.room.talk.questions[number]


def test_20_a_question_is_asked_exactly_once() -> None:
    play = Play()
    number = ask(play, "cal", " why?\x00 ", key="k")
    one = question(play, number)
    assert (one.text, one.by_name, one.answer) == ("why?", "Cal", Answer.OPEN)
    again = rules.decide(play.room, c.AskQuestion("why?", "k"), "cal", play.now)
    assert again == Repeated(number)
    play.no("cal", c.AskQuestion(" "), Code.BAD_VALUE)
    play.no("cal", c.AskQuestion("x" * (MAX_QUESTION + 1)), Code.TOO_LARGE)


def test_a_vote_counts_once_a_person_and_can_be_taken_back() -> None:
    play = Play()
    number = ask(play, "cal")
    for who in ("dee", "eve", "ada"):
        play.do(who, c.VoteForQuestion(number))
        assert play.do(who, c.VoteForQuestion(number)) == []
    play.do("eve", c.VoteForQuestion(number, on=False))
    assert play.do("eve", c.VoteForQuestion(number, on=False)) == []
    assert question(play, number).votes == {"dee", "ada"}


def test_the_counts_are_shown_twice_a_second_however_many_vote() -> None:
    play = Play()
    number = ask(play, "cal")
    assert rules.next_deadline(play.room) is None
    play.do("dee", c.VoteForQuestion(number))
    due = play.now + VOTES_EVERY
    play.now += 100
    play.do("eve", c.VoteForQuestion(number))
    assert rules.next_deadline(play.room) == due
    assert question(play, number).shown_votes == 0
    logged = play.room.number
    assert kinds(play.wait(VOTES_EVERY)) == ["votes_shown"]
    assert question(play, number).shown_votes == 2
    assert play.room.number == logged, "it follows from the votes, and is not logged"
    assert rules.next_deadline(play.room) is None


def test_moderators_answer_dismiss_and_reopen() -> None:
    play = Play()
    number = ask(play, "cal")
    for command in (c.AnswerQuestion, c.DismissQuestion, c.ReopenQuestion):
        play.no("cal", command(number), Code.NOT_ALLOWED)
        play.no("ada", command(9_999), Code.WRONG_STATE)
    play.do("ada", c.AnswerQuestion(number))
    assert question(play, number).answer is Answer.ANSWERED
    play.do("dee", c.VoteForQuestion(number))
    play.do("bob", c.ReopenQuestion(number))
    play.do("bob", c.DismissQuestion(number))
    play.no("dee", c.VoteForQuestion(number, on=False), Code.WRONG_STATE)
    play.do("bob", c.ReopenQuestion(number))
    assert question(play, number).votes == {"dee"}


@pytest.mark.parametrize("first", [c.AnswerQuestion, c.DismissQuestion])
@pytest.mark.parametrize("second", [c.AnswerQuestion, c.DismissQuestion])
def test_8_of_two_moderators_the_first_decides(
    first: type[c.AnswerQuestion], second: type[c.AnswerQuestion]
) -> None:
    play = Play()
    number = ask(play, "cal")
    play.do("ada", first(number))
    assert "Ada" in play.no("bob", second(number), Code.ALREADY_HANDLED)
    play.no("ada", second(number), Code.WRONG_STATE)
    play.do("ada", c.ReopenQuestion(number))
    play.no("bob", c.ReopenQuestion(number), Code.ALREADY_HANDLED)


def test_moderators_approve_first_where_the_room_has_it_so() -> None:
    play = Play(settings=Settings(premoderated=True))
    first, second = ask(play, "cal"), ask(play, "dee")
    play.no("eve", c.VoteForQuestion(first), Code.WRONG_STATE)
    play.no("ada", c.AnswerQuestion(first), Code.WRONG_STATE)
    play.do("ada", c.ApproveMessage(first))
    play.do("eve", c.VoteForQuestion(first))
    play.do("bob", c.RejectMessage(second))
    assert question(play, second).standing is Standing.REJECTED
    play.no("ada", c.ApproveMessage(second), Code.ALREADY_HANDLED)
    assert question(play, ask(play, "ada")).standing is Standing.SHOWN


def test_ones_own_question_is_withdrawn_and_anybodys_deleted() -> None:
    play = Play()
    own, other = ask(play, "cal"), ask(play, "dee")
    play.no("cal", c.DeleteMessage(other), Code.NOT_ALLOWED)
    play.do("cal", c.DeleteMessage(own))
    play.do("ada", c.DeleteMessage(other))
    assert play.room.talk.questions == {}


def test_questions_may_be_off() -> None:
    play = Play()
    number = ask(play, "cal")
    play.do("ada", ChangeSettings(questions=False))
    play.no("cal", c.AskQuestion("more?"), Code.TURNED_OFF)
    play.no("cal", c.VoteForQuestion(number), Code.TURNED_OFF)
    play.do("ada", c.AnswerQuestion(number))


def test_of_too_many_questions_those_dealt_with_are_forgotten_first() -> None:
    play = Play()
    numbers = [ask(play, "cal", str(one)) for one in range(MAX_QUESTIONS)]
    play.do("ada", c.AnswerQuestion(numbers[7]))
    ask(play, "cal")
    assert numbers[7] not in play.room.talk.questions
    ask(play, "cal")
    assert numbers[0] not in play.room.talk.questions
    assert len(play.room.talk.questions) == MAX_QUESTIONS
