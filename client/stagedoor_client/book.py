"""The polls and quizzes of a view: kept up to date, and looked up. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec.structs import replace

from stagedoor.messages import Update, View
from stagedoor.messages.polls import (
    MyQuiz,
    MyQuizzes,
    MyVote,
    MyVotes,
    PollsView,
    PollView,
    QuizView,
    QuizzesView,
)
from stagedoor.rules.polls.values import PollState

T = TypeVar("T")


def laid_polls(view: View, news: View | Update) -> View:
    """The view with what is new of polls and quizzes, and of one's own part in them."""
    polls, votes, quizzes, scores = (
        polls_of(view),
        votes_of(view),
        quizzes_of(view),
        scores_of(view),
    )
    if news.polls is not None:
        it = news.polls
        polls = _laid(polls, it.whole, it.polls, it.gone, lambda one: one.id)
    if news.my_votes is not None:
        votes = _laid(votes, news.my_votes.whole, news.my_votes.votes, (), lambda one: one.poll)
    if news.quizzes is not None:
        of = news.quizzes
        quizzes = _laid(quizzes, of.whole, of.quizzes, of.gone, lambda one: one.id)
    if news.my_quizzes is not None:
        mine = news.my_quizzes
        scores = _laid(scores, mine.whole, mine.quizzes, (), lambda one: one.quiz)
    return replace(
        view,
        polls=PollsView(list(polls.values()), whole=True),
        my_votes=MyVotes([one for one in votes.values() if _known(polls, one)], whole=True),
        quizzes=QuizzesView(list(quizzes.values()), whole=True),
        my_quizzes=MyQuizzes([one for one in scores.values() if one.quiz in quizzes], whole=True),
    )


def _laid(
    known: dict[int, T],
    whole: bool,
    items: Iterable[T],
    gone: Iterable[int],
    key: Callable[[T], int],
) -> dict[int, T]:
    found = {} if whole else dict(known)
    for one in gone:
        found.pop(one, None)
    found.update((key(one), one) for one in items)
    return found


def _known(polls: dict[int, PollView], vote: MyVote) -> bool:
    """Of a counted anonymous vote nobody knows any more what it was."""
    poll = polls.get(vote.poll)
    return poll is not None and not (poll.anonymous and poll.state is PollState.CLOSED)


def polls_of(view: View) -> dict[int, PollView]:
    """The polls that one sees, by id."""
    return {one.id: one for one in view.polls.polls} if view.polls else {}


def votes_of(view: View) -> dict[int, MyVote]:
    """One's own votes, by poll."""
    return {one.poll: one for one in view.my_votes.votes} if view.my_votes else {}


def quizzes_of(view: View) -> dict[int, QuizView]:
    """The quizzes that one sees, by id."""
    return {one.id: one for one in view.quizzes.quizzes} if view.quizzes else {}


def scores_of(view: View) -> dict[int, MyQuiz]:
    """How oneself does, by quiz."""
    return {one.quiz: one for one in view.my_quizzes.quizzes} if view.my_quizzes else {}
