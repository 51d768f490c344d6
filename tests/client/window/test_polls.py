"""Polls, quizzes and reactions as they are shown: the pure parts, against the page's behaviour."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from stagedoor.messages.polls import (
    AskedNow,
    Leader,
    MyAnswer,
    MyQuiz,
    MyQuizzes,
    MyVote,
    MyVotes,
    PollsView,
    PollView,
    QuizView,
    QuizzesView,
    Results,
    WordCount,
)
from stagedoor.rules.polls.values import Kind, PollState, Showing
from stagedoor.rules.quizzes.values import QuizState
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.values import Role
from stagedoor_client.window.happenings import Go
from stagedoor_client.window.polls import ballots, quiz_words
from stagedoor_client.window.polls.controls import controls
from stagedoor_client.window.polls.entries import SEVERAL, entries, told
from stagedoor_client.window.polls.results import answered, bars, gained, headline, more
from stagedoor_client.window.reactions.kinds import MOST, PICTURES, Ahead, in_numbers, rising
from stagedoor_client.window.reactions.kinds import sentence as in_words
from stagedoor_client.window.reactions.shower import RISE, Rising

from .page import said_by
from .talking import person, scene


def poll(number: int = 1, kind: Kind = Kind.SINGLE, **more_of_it: Any) -> PollView:
    fields = {
        "state": PollState.OPEN,
        "anonymous": True,
        "showing": Showing.LIVE,
        "may_change": True,
        "options": ("tea", "coffee"),
        **more_of_it,
    }
    return PollView(number, kind, f"Poll {number}?", **fields)


def quiz(of: int = 9, state: QuizState = QuizState.ASKING, **asked: Any) -> QuizView:
    question = AskedNow(**{
        "number": 0, "question": "2 + 2?", "options": ("3", "4"), "several": False,
        "time_ms": 20_000, **asked,
    })  # fmt: skip
    return QuizView(of, "Numbers", state, 2, True, question)


def seen(*items: PollView | QuizView, role: Role = Role.ATTENDEE, **mine: Any) -> Any:
    """A scene with these."""
    view = {
        "polls": PollsView([one for one in items if isinstance(one, PollView)], whole=True),
        "quizzes": QuizzesView([one for one in items if isinstance(one, QuizView)], whole=True),
        "my_votes": MyVotes(mine.get("votes", []), whole=True),
        "my_quizzes": MyQuizzes(mine.get("scores", []), whole=True),
    }
    return scene(person("Robin", role=role), view=view)


BALLOTS = [
    (poll(), MyVote(1, choices=(1,))),
    (poll(kind=Kind.MULTIPLE, most=2), MyVote(1, choices=(0, 1))),
    (poll(kind=Kind.MULTIPLE, least=2, most=2), MyVote(1)),
    (poll(kind=Kind.MULTIPLE, options=("a", "b", "c"), least=1, most=2), MyVote(1)),
    (poll(kind=Kind.RATING, most=5), MyVote(1, rating=4)),
    (poll(kind=Kind.TEXT), MyVote(1, text="more")),
    (poll(kind=Kind.WORDS, most=1), MyVote(1, words=("calm",))),
    (poll(kind=Kind.WORDS, most=3), MyVote(1, words=("calm", "kind"))),
]


@pytest.mark.parametrize(("asked", "mine"), BALLOTS)
def test_what_one_has_voted_is_said_as_on_the_page(asked: PollView, mine: MyVote) -> None:
    fields = {name: getattr(asked, name) for name in asked.__struct_fields__}
    both = [json.loads(msgspec.json.encode(one)) for one in (fields, mine)]
    t = "const t = (s, v = {}) => s.replace(/\\{(\\w+)\\}/g, (_, n) => v[n]);"
    said = f"voteInWords(...{json.dumps(both)})"
    theirs = said_by("polls/ballot.js", f"(() => {{ {t} globalThis.t = t; return {said}; }})()")
    assert theirs == ballots.vote_in_words(asked, mine)


def test_what_is_asked_for() -> None:
    assert [ballots.hint(asked) for asked, _ in BALLOTS] == [
        "Choose one",
        "Choose one or more",
        "Choose 2",
        "Choose 1 to 2",
        "From 1 (worst) to 5 (best)",
        "Your answer",
        "A word of yours",
        "Up to 3 words of yours",
    ]


def test_a_vote_may_be_changed_while_it_is_held() -> None:
    mine = MyVote(1, held=True, choices=(0,))
    assert ballots.may_change(poll(), mine)
    assert not ballots.may_change(poll(may_change=False), mine)
    assert not ballots.may_change(poll(state=PollState.CLOSED), mine)
    assert not ballots.may_change(poll(), replace(mine, counted=True))
    assert ballots.may_change(poll(anonymous=False), replace(mine, counted=True))
    later = poll(showing=Showing.ON_CLOSE)
    assert ballots.note(later, False) == "Results are shown when the poll is closed."
    assert ballots.note(later, True) == ballots.note(poll(), False) == ""
    hidden = poll(showing=Showing.HIDDEN)
    assert ballots.note(hidden, False) == "The results go to the moderators."


def test_results_as_bars_and_in_words() -> None:
    results = Results(4, [1, 3])
    assert [(bar.label, bar.value) for bar in bars(poll(), results)] == [
        ("tea", "1 · 25 %"),
        ("coffee", "3 · 75 %"),
    ]
    rating = poll(kind=Kind.RATING, most=3)
    rated = Results(2, [0, 1, 1])
    assert [bar.label for bar in bars(rating, rated)] == ["3", "2", "1"]
    assert headline(rating, rated) == "Average 2.5 of 3 · 2 votes"
    assert headline(rating, Results(0, [0, 0, 0])) == "0 votes"
    assert headline(poll(), Results(1, [1, 0])) == "1 vote"
    words = Results(2, words=[WordCount("calm", 2), WordCount("kind", 1)], more=3)
    assert [bar.share for bar in bars(poll(kind=Kind.WORDS), words)] == [100, 50]
    assert more(words) == "and 3 more; all of them are in the download"
    assert bars(poll(kind=Kind.TEXT), Results(1, texts=["x"])) == []
    assert bars(poll(), Results(0))[0].share == 0


def test_a_question_that_is_over() -> None:
    mine = MyAnswer(0, (0,), 0)
    found = answered(("3", "4"), (1,), [1, 3], mine)
    assert [bar.label for bar in found] == ["3 (your answer)", "4 (right)"]
    assert [(bar.right, bar.share) for bar in found] == [(False, 25), (True, 75)]
    assert gained(mine) == "Wrong: no points"
    assert gained(replace(mine, points=950)) == "Right: 950 points for you"
    assert gained(None) == "You did not answer."


def test_a_quiz_in_words() -> None:
    mine = MyQuiz(9, 950, 2, [MyAnswer(0, (1,), 950)])
    assert quiz_words.state(quiz()) == "Question 1 of 2"
    assert quiz_words.state(replace(quiz(state=QuizState.ENDED), question=None)) == "Over"
    assert quiz_words.score(quiz(), mine) == "You have 950 points: place 2"
    assert quiz_words.score(quiz(), MyQuiz(9)) == quiz_words.score(quiz(), None) == ""
    assert quiz_words.score(quiz(state=QuizState.BETWEEN), MyQuiz(9)) == "You have 0 points"
    leaders = [Leader(1, "ben", "Ben", 990)]
    assert quiz_words.leaders(replace(quiz(), leaders=leaders)) == []
    between = replace(quiz(state=QuizState.BETWEEN), leaders=leaders)
    assert quiz_words.leaders(between) == leaders
    assert quiz_words.answer_to(mine, 0) == mine.answers[0]
    assert quiz_words.answer_to(mine, 1) is None
    assert quiz_words.people_answered(1) == "1 person has answered"


def test_what_is_open_comes_first_and_waits_until_one_has_answered() -> None:
    items = (
        poll(1, state=PollState.CLOSED),
        poll(2),
        poll(3),
        poll(4, state=PollState.DRAFT),
        quiz(5),
    )
    some = seen(*items, votes=[MyVote(2, held=True)])
    found = entries(some.view)
    assert [one.key for one in found] == ["quiz-5", "poll-3", "poll-2", "poll-4", "poll-1"]
    assert [one.waits for one in found] == [True, True, False, False, False]
    some = seen(*items, scores=[MyQuiz(5, answers=[MyAnswer(0, (1,))])])
    assert not entries(some.view)[0].waits


def test_what_begins_and_ends_is_said_but_not_to_moderators() -> None:
    before, after = seen(quiz(7)), seen(poll(1), quiz(7), quiz(8, state=QuizState.ENDED))
    notices, outdated = told(before.view, after, looking=False)
    assert [one.sentence for one in notices] == [
        "The quiz is over: Numbers",
        "A poll is open: Poll 1?",
    ]
    assert [one.stay for one in notices] == [False, True]
    assert [one.go for one in notices] == [
        Go("Look", "polls", "quiz-8"),
        Go("Answer", "polls", "poll-1"),
    ]
    assert outdated == ["open-quiz-8"], "one of several still waits"
    notices, _ = told(before.view, after, looking=True)
    assert notices[1].go is None
    ada = seen(poll(1), role=Role.MODERATOR)
    assert told(seen(role=Role.MODERATOR).view, ada, looking=False)[0] == []
    closed = seen(poll(1, state=PollState.CLOSED, results=Results(1, [1, 0])))
    notices, _ = told(seen(poll(1)).view, closed, looking=False)
    assert notices[0].sentence == "The results are there: Poll 1?"
    assert told(closed.view, seen(), looking=False)[1] == ["open-poll-1", SEVERAL]


def test_what_is_open_already_is_said_to_whoever_comes() -> None:
    one = seen(poll(1), poll(2), votes=[MyVote(2, held=True)])
    (notice,), _ = told(None, one, looking=False)
    assert (notice.sentence, notice.stay) == ("A poll is open: Poll 1?", True)
    assert notice.go == Go("Answer", "polls", "poll-1")
    several = seen(poll(1), poll(2), poll(3, state=PollState.CLOSED), quiz(4))
    (notice,), _ = told(None, several, looking=False)
    assert (notice.sentence, notice.go) == (
        "3 polls wait for your answers.",
        Go("Answer", "polls"),
    )
    assert told(None, seen(poll(3, state=PollState.CLOSED)), looking=False) == ([], [])
    assert told(None, seen(poll(1), role=Role.MODERATOR), looking=False) == ([], [])
    done = seen(poll(1), votes=[MyVote(1, held=True)])
    assert notice.key in told(one.view, done, looking=False)[1]
    assert notice.key in told(one.view, several, looking=True)[1]


def test_what_moderators_do_from_here() -> None:
    def words(item: PollView | QuizView) -> list[str]:
        return [one for one, _ in controls(item)]

    assert words(poll(state=PollState.DRAFT)) == ["Open the poll"]
    assert words(poll()) == ["Close the poll"]
    assert words(poll(state=PollState.CLOSED)) == []
    assert words(replace(quiz(state=QuizState.DRAFT), question=None)) == ["Start the quiz"]
    assert words(quiz()) == ["End the question", "End the quiz"]
    assert words(quiz(state=QuizState.BETWEEN)) == ["Next question", "End the quiz"]
    assert words(quiz(state=QuizState.BETWEEN, number=1)) == ["End the quiz"]
    assert words(quiz(state=QuizState.ENDED)) == []


# -- reactions


def test_ones_own_reactions_are_not_shown_twice() -> None:
    ahead = Ahead()
    ahead.sent(Reaction.CLAP)
    ahead.sent(Reaction.CLAP)
    assert ahead.others({Reaction.CLAP: 3, Reaction.HEART: 1}) == {
        Reaction.CLAP: 1,
        Reaction.HEART: 1,
    }
    ahead.sent(Reaction.WOW)
    ahead.refused(Reaction.WOW)
    assert ahead.others({Reaction.WOW: 1}) == {Reaction.WOW: 1}
    ahead.sent(Reaction.WOW)
    ahead.forget()
    assert ahead.others({Reaction.WOW: 1}) == {Reaction.WOW: 1}


def test_reactions_are_the_pages_and_few_in_the_air() -> None:
    assert list(PICTURES) == list(Reaction)
    counts = {Reaction.CLAP: 300, Reaction.PARTY: 2}
    air = rising(counts, 0)
    assert len(air) <= MOST
    assert set(air) == set(counts)
    assert rising(counts, MOST) == rising({}, 0) == []
    assert rising({Reaction.WOW: 2}, 0) == [Reaction.WOW, Reaction.WOW]
    assert in_numbers({Reaction.HEART: 2, Reaction.CLAP: 1}) == [("👏", 1), ("❤️", 2)]
    assert in_words({Reaction.HEART: 2, Reaction.CLAP: 1}) == "Reactions. Applause: 1, Heart: 2."
    assert in_words({}) == ""


def test_a_picture_rises_and_goes() -> None:
    one = Rising(Reaction.CLAP, 100, 0.5, 0.02)
    first, middle = one.place(100, 800, 600), one.place(100 + RISE // 2, 800, 600)
    assert first is not None
    assert middle is not None
    assert (first[1], first[2]) == (600, 0.0)
    assert middle[1] < 400
    assert middle[2] == 1.0
    assert one.place(100 + RISE, 800, 600) is None
