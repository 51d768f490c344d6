"""A client's copy of polls and quizzes, kept from updates as docs/protocol.md says."""

from __future__ import annotations

from typing import Any

from stagedoor.messages import Update, View
from stagedoor.messages.polls import MyQuiz, MyVote, PollView, QuizView


class Follower:
    """Made with a snapshot, kept by ``apply``."""

    def __init__(self, snapshot: View) -> None:
        self.polls: dict[int, PollView] = {}
        self.votes: dict[int, MyVote] = {}
        self.quizzes: dict[int, QuizView] = {}
        self.scores: dict[int, MyQuiz] = {}
        self.apply(snapshot)

    def apply(self, news: View | Update) -> None:
        if news.polls is not None:
            _lay(self.polls, news.polls, news.polls.polls, "id")
        if news.my_votes is not None:
            _lay(self.votes, news.my_votes, news.my_votes.votes, "poll")
        if news.quizzes is not None:
            _lay(self.quizzes, news.quizzes, news.quizzes.quizzes, "id")
        if news.my_quizzes is not None:
            _lay(self.scores, news.my_quizzes, news.my_quizzes.quizzes, "quiz")
        for poll in [*self.votes]:
            seen = self.polls.get(poll)
            if seen is None or (seen.anonymous and seen.state == "closed"):
                del self.votes[poll]  # nobody knows any more
        for quiz in [*self.scores]:
            if quiz not in self.quizzes:
                del self.scores[quiz]

    @property
    def all(self) -> tuple[dict[int, Any], ...]:
        return self.polls, self.votes, self.quizzes, self.scores


def _lay(known: dict[int, Any], news: Any, items: list[Any], key: str) -> None:
    if news.whole:
        known.clear()
    for gone in getattr(news, "gone", []):
        del known[gone]
    known.update({getattr(one, key): one for one in items})
