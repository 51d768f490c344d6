"""The talk, the polls and the quizzes of a view, from what the server sends. Pure."""

from __future__ import annotations

from typing import Any

from stagedoor.messages import PersonView, RoomInfo, Update, View
from stagedoor.messages.polls import (
    AskedNow,
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
)
from stagedoor.messages.talk import OlderMessages, QuestionsView, QuestionView, TalkView
from stagedoor.rules.polls.values import Kind, PollState, Showing
from stagedoor.rules.quizzes.values import QuizState
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.talk.values import Channel, Message, Standing
from stagedoor.rules.values import Mode, Role, Seat, Settings
from stagedoor_client import book, talk
from stagedoor_client.news import news, reactions
from stagedoor_client.view import apply, whole


def view(**parts: Any) -> View:
    """As the server sends it on entering."""
    me = PersonView("robin", "Robin", Role.ATTENDEE, Seat.VIEWER)
    room = RoomInfo("demo", "Demo", Mode.OPEN, Settings(slow_ms=10_000), False)
    return whole(View(1, "robin", room, [me], **parts))


def said(number: int, by: str = "ben", **more: Any) -> Message:
    return Message(number, number * 1000, by, by.title(), str(number), **{"place": number, **more})


def numbers(seen: View, thread: str = talk.ROOM) -> list[int]:
    return [one.number for one in talk.thread(seen, thread)]


def test_messages_are_added_replaced_and_taken_away_in_the_order_of_their_place() -> None:
    seen = view(talk=TalkView(whole=True, entries=[said(3), said(1)], pinned=[1], older=[]))
    assert numbers(seen) == [1, 3]
    waiting = said(2, standing=Standing.WAITING, place=0)
    seen = apply(seen, Update(4, 0, talk=TalkView(entries=[waiting, said(4)], pinned=[])))
    assert numbers(seen) == [1, 2, 3, 4]
    assert talk.waiting(seen) == [waiting]
    seen = apply(seen, Update(5, 0, talk=TalkView(entries=[said(2, place=5)], gone=[1])))
    assert numbers(seen) == [3, 4, 2]
    assert talk.talk_of(seen).pinned == []
    assert talk.message(seen, 1) is None
    same = apply(seen, Update(6, 0))
    assert same.talk is seen.talk, "so that it costs nothing to look whether it has changed"
    anew = apply(seen, Update(7, 0, talk=TalkView(whole=True, entries=[said(6)], blocked_by="Ada")))
    assert numbers(anew) == [6]
    assert talk.talk_of(anew).blocked_by == "Ada"
    assert talk.last_place(anew) == 6


def test_threads_and_who_has_older_messages() -> None:
    private = {"channel": Channel.PRIVATE, "thread": "ben"}
    entries = [said(1, **private), said(5, **private), said(3), said(2, thread="", place=2)]
    entries += [said(4, channel=Channel.MODERATORS), said(6, "kim", **{**private, "thread": "kim"})]
    seen = view(talk=TalkView(whole=True, entries=entries, pinned=[2]))
    assert numbers(seen, "ben") == [1, 5]
    assert numbers(seen, talk.MODERATORS) == [4]
    assert [name for name, _ in talk.private_threads(seen)] == ["kim", "ben"]
    assert talk.older(seen, talk.ROOM) == OlderMessages(3)
    assert talk.older(seen, "ben") == OlderMessages(1, Channel.PRIVATE, "ben")
    assert talk.older(seen, "nobody") == OlderMessages(2, Channel.PRIVATE, "nobody")
    more = talk.with_older(seen, [said(9, place=1)])
    assert numbers(more) == [9, 2, 3]


def test_a_room_full_of_words_forgets_the_oldest_and_knows_that_there_are_more() -> None:
    entries = [said(number) for number in range(1, talk.KEPT + 51)]
    entries.append(said(4000, channel=Channel.PRIVATE, thread="robin"))
    seen = view(talk=TalkView(whole=True, entries=entries, pinned=[2], older=[]))
    assert len(talk.talk_of(seen).entries) == talk.KEPT
    assert numbers(seen)[:2] == [2, 53]
    assert talk.talk_of(seen).older == ["room"]
    assert numbers(seen, "robin") == [4000]


def test_questions_votes_and_slow_mode() -> None:
    asked = QuestionView(3, 3000, "robin", "Robin", "Why?", key="k")
    seen = view(questions=QuestionsView(True, [asked], voted=[3]))
    seen = apply(seen, Update(4, 0, questions=QuestionsView(votes={3: 7, 99: 1})))
    assert [one.votes for one in talk.questions_of(seen)] == [7]
    assert talk.voted_for(seen) == {3}
    assert talk.own_keys(seen) == {"k"}
    assert talk.slowed(seen, 4000) == 9
    assert talk.slowed(seen, 13_000) == 0
    seen = apply(seen, Update(5, 0, questions=QuestionsView(gone=[3], voted=[])))
    assert talk.questions_of(seen) == []
    assert talk.voted_for(seen) == frozenset()
    assert talk.slowed(seen, 4000) == 0


def poll(number: int, state: PollState = PollState.OPEN, **more: Any) -> PollView:
    fields = {"anonymous": True, "showing": Showing.LIVE, "may_change": True, **more}
    options = ("yes", "no")
    return PollView(number, Kind.SINGLE, f"{number}?", state, options=options, **fields)


def test_of_a_counted_anonymous_vote_nobody_knows_what_it_was() -> None:
    seen = view(
        polls=PollsView([poll(1), poll(2, anonymous=False), poll(3)], whole=True),
        my_votes=MyVotes([MyVote(1, held=True), MyVote(2), MyVote(3)], whole=True),
        quizzes=QuizzesView([QuizView(7, "Q", QuizState.ENDED, 1, True)], whole=True),
        my_quizzes=MyQuizzes([MyQuiz(7, 500)], whole=True),
    )
    assert set(book.votes_of(seen)) == {1, 2, 3}
    closed = [poll(1, PollState.CLOSED), poll(2, PollState.CLOSED, anonymous=False)]
    seen = apply(seen, Update(2, 0, polls=PollsView(closed, gone=[3])))
    assert set(book.polls_of(seen)) == {1, 2}
    assert set(book.votes_of(seen)) == {2}
    seen = apply(seen, Update(3, 0, quizzes=QuizzesView(gone=[7])))
    assert book.scores_of(seen) == {}


def told(before: View, after: View) -> list[tuple[str, str]]:
    return [(line.state, line.sentence) for line in news(before, after)]


def test_what_is_new_is_told_in_lines_but_not_ones_own() -> None:
    before = view(talk=TalkView(whole=True, entries=[said(1)]))
    assert news(None, before) == []
    spoof = Message(2, 0, "ben", "Ben", "2\nentered Hall as host", place=2)
    (line,) = news(before, apply(before, Update(2, 0, talk=TalkView(entries=[spoof]))))
    assert line.sentence == "Ben: 2 entered Hall as host"
    assert line.fields["text"] == spoof.text
    fresh = [
        said(2, announcement=True, reply_to=1),
        said(3, "robin"),
        said(4, standing=Standing.WAITING, place=0),
        said(5, channel=Channel.PRIVATE, thread="robin"),
    ]
    after = apply(before, Update(5, 0, talk=TalkView(entries=fresh, blocked_by="Ada")))
    assert told(before, after) == [
        ("message", "Ben: 2"),
        ("message", "Ben: 5"),
        ("blocked", "blocked from writing by Ada"),
    ]
    assert news(before, after)[0].fields["announcement"] is True
    assert news(before, after)[1].fields["thread"] == "robin"
    approved = apply(after, Update(6, 0, talk=TalkView(entries=[said(4, place=6)], blocked_by="")))
    assert told(after, approved) == [("message", "Ben: 4"), ("unblocked", "may write again")]
    waiting = QuestionView(7, 0, "ben", "Ben", "Why?", standing=Standing.WAITING)
    asked = apply(approved, Update(7, 0, questions=QuestionsView(entries=[waiting])))
    assert told(approved, asked) == []
    shown = QuestionView(7, 0, "ben", "Ben", "Why?")
    there = apply(asked, Update(8, 0, questions=QuestionsView(entries=[shown])))
    assert told(asked, there) == [("question", "Ben asks: Why?")]
    assert reactions({Reaction.CLAP: 3}).json() == (
        '{"state":"reactions","sentence":"3 × clap","reactions":{"clap":3}}'
    )


def test_polls_and_quizzes_are_told_as_they_open_and_end() -> None:
    before = view()
    draft = apply(before, Update(2, 0, polls=PollsView([poll(1, PollState.DRAFT)])))
    opened = apply(draft, Update(3, 0, polls=PollsView([poll(1)])))
    voted = apply(opened, Update(4, 0, polls=PollsView([poll(1, results=Results(1, [1, 0]))])))
    assert told(before, draft) == told(opened, voted) == []
    assert told(draft, opened) == [("poll_opened", "a poll is open: 1?")]
    over = poll(1, PollState.CLOSED, results=Results(1, [1, 0]))
    (line,) = news(voted, apply(voted, Update(5, 0, polls=PollsView([over]))))
    assert (line.state, line.fields["results"]) == ("poll_closed", {"votes": 1, "counts": [1, 0]})

    def quiz(state: QuizState, **more: Any) -> Update:
        asked = AskedNow(0, "2 + 2?", ("3", "4"), False, 20_000, **more)
        seen = QuizView(9, "Numbers", state, 1, True, asked)
        return Update(6, 0, quizzes=QuizzesView([seen]))

    asking = apply(before, quiz(QuizState.ASKING))
    (line,) = news(before, asking)
    assert (line.state, line.fields["seconds"]) == ("quiz_question", 20)
    assert told(asking, apply(asking, quiz(QuizState.ASKING, answers=3))) == []
    mine = Update(7, 0, my_quizzes=MyQuizzes([MyQuiz(9, 900, 1, [MyAnswer(0, (1,), 900)])]))
    between = apply(apply(asking, mine), quiz(QuizState.BETWEEN, right=(1,)))
    (line,) = news(asking, between)
    assert (line.sentence, line.fields["points"]) == ("right is: 4", 900)
    (line,) = news(between, apply(between, quiz(QuizState.ENDED)))
    assert (line.state, line.fields["score"]) == ("quiz_ended", 900)
