"""Polls by example: who may do what, what counts, what the clock does, what is ever logged."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from stagedoor import rules
from stagedoor.rules.commands import EndRoom
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.polls import commands as c
from stagedoor.rules.polls import events as ev
from stagedoor.rules.polls.clock import RESEND_MS
from stagedoor.rules.polls.decide import FEWEST, MAX_POLLS
from stagedoor.rules.polls.forms import normal
from stagedoor.rules.polls.values import Kind, Poll, PollForm, PollState, Showing
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Role

from .play import Play, kinds

TEA = PollForm(Kind.SINGLE, "Tea or coffee?", ("Tea", "Coffee"), may_change=True)
NAMED = replace(TEA, anonymous=False)
SOME = PollForm(Kind.MULTIPLE, "Which?", ("A", "B", "C"), least=1, most=2, anonymous=False)
STARS = PollForm(Kind.RATING, "How was it?", most=5, anonymous=False)
OPINION = PollForm(Kind.TEXT, "What else?", anonymous=False)
CLOUD = PollForm(Kind.WORDS, "In a word?", most=3, anonymous=False)


def asked(form: PollForm, play: Play | None = None, *, opened: bool = True) -> tuple[Play, int]:
    """A room with a poll, and the poll's id."""
    play = play or Play()
    play.do("ada", c.CreatePoll(form))
    poll = play.room.number
    if opened:
        play.do("ada", c.OpenPoll(poll))
    return play, poll


def poll_of(play: Play, poll: int) -> Poll:
    return play.room.polls[poll]


def vote(play: Play, poll: int, **votes: int) -> None:
    """Somebody's choice of one option, by name."""
    for who, choice in votes.items():
        play.do(who, c.CastVote(poll, choices=(choice,)))


def crowd(play: Play, count: int) -> list[str]:
    names = [f"P{number}" for number in range(count)]
    for name in names:
        play.enter(name)
    return [name.lower() for name in names]


# -- the way of a poll


def test_a_poll_is_a_draft_then_open_then_closed_and_never_open_again() -> None:
    play, poll = asked(TEA, opened=False)
    assert poll_of(play, poll).state is PollState.DRAFT
    assert kinds(play.do("bob", c.OpenPoll(poll))) == ["poll_opened"]
    play.no("bob", c.OpenPoll(poll), Code.WRONG_STATE)
    vote(play, poll, cal=0, dee=1, eve=0)
    assert kinds(play.do("bob", c.ClosePoll(poll))) == ["poll_closed"]
    closed = poll_of(play, poll)
    assert (closed.state, closed.tally.votes) == (PollState.CLOSED, 3)
    assert closed.shown == closed.tally
    assert closed.tally.counts == {"0": 2, "1": 1}
    for again in (c.OpenPoll(poll), c.ClosePoll(poll), c.EditPoll(poll, NAMED)):
        play.no("ada", again, Code.WRONG_STATE)
    play.no("cal", c.CastVote(poll, (0,)), Code.CLOSED_POLL)


def test_a_draft_is_edited_and_nothing_else_is() -> None:
    play, poll = asked(TEA, opened=False)
    assert play.do("bob", c.EditPoll(poll, STARS))
    assert poll_of(play, poll).form == STARS
    assert play.do("bob", c.EditPoll(poll, STARS)) == []
    play.no("bob", c.CastVote(poll, rating=1), Code.CLOSED_POLL)
    assert "no such poll" in play.no("cal", c.CastVote(poll, rating=1), Code.NO_SUCH_POLL)


def test_attendees_vote_and_do_nothing_else() -> None:
    play, poll = asked(TEA)
    for command in (
        c.CreatePoll(TEA),
        c.EditPoll(poll, TEA),
        c.OpenPoll(poll),
        c.ClosePoll(poll),
        c.SetShowing(poll, Showing.LIVE),
        c.DeletePoll(poll),
    ):
        play.no("cal", command, Code.NOT_ALLOWED)


def test_a_poll_is_deleted_with_its_votes() -> None:
    play, poll = asked(TEA)
    vote(play, poll, cal=0)
    assert kinds(play.do("ada", c.DeletePoll(poll))) == ["poll_deleted"]
    assert play.room.polls == {}
    for command in (c.DeletePoll(poll), c.ClosePoll(poll), c.CastVote(poll, (0,))):
        play.no("ada", command, Code.NO_SUCH_POLL)


def test_several_polls_are_open_at_once_and_a_room_has_not_endlessly_many() -> None:
    play, first = asked(TEA)
    _, second = asked(STARS, play)
    vote(play, first, cal=1)
    play.do("cal", c.CastVote(second, rating=5))
    assert [poll_of(play, one).tally.votes for one in (first, second)] == [1, 1]
    for _ in range(MAX_POLLS - 2):
        play.do("ada", c.CreatePoll(TEA))
    play.no("ada", c.CreatePoll(TEA), Code.TOO_MANY)


# -- votes


def test_nobody_votes_twice() -> None:
    for form in (TEA, NAMED):
        play, poll = asked(form)
        vote(play, poll, cal=0)
        assert play.do("cal", c.CastVote(poll, (0,))) == [], "the same again is no other vote"
        vote(play, poll, cal=1)
        assert poll_of(play, poll).tally.counts == {"1": 1}
        assert poll_of(play, poll).tally.votes == 1


def test_a_vote_stays_as_it_is_where_the_poll_has_it_so() -> None:
    for form in (TEA, NAMED):
        play, poll = asked(replace(form, may_change=False))
        vote(play, poll, cal=0)
        assert play.do("cal", c.CastVote(poll, (0,))) == []
        play.no("cal", c.CastVote(poll, (1,)), Code.WRONG_STATE)


@pytest.mark.parametrize(
    ("form", "ballot", "kept"),
    [
        (NAMED, c.CastVote(0, choices=(1,)), ("1",)),
        (SOME, c.CastVote(0, choices=(2, 0)), ("0", "2")),
        (STARS, c.CastVote(0, rating=5), ("5",)),
        (OPINION, c.CastVote(0, text="  So  it\nis\x00 "), ("So it is",)),
        (CLOUD, c.CastVote(0, words=("Ｆun!", "fun", " Ice  Cream ")), ("fun", "ice cream")),
    ],
)
def test_what_is_counted(form: PollForm, ballot: c.CastVote, kept: tuple[str, ...]) -> None:
    play, poll = asked(form)
    (event,) = play.do("cal", replace(ballot, poll=poll))
    assert isinstance(event, ev.VoteCast)
    assert event.ballot == kept
    assert poll_of(play, poll).tally.counts == dict.fromkeys(kept, 1)


@pytest.mark.parametrize(
    ("form", "ballot"),
    [
        (NAMED, c.CastVote(0)),
        (NAMED, c.CastVote(0, choices=(2,))),
        (NAMED, c.CastVote(0, choices=(-1,))),
        (NAMED, c.CastVote(0, choices=(0, 1))),
        (SOME, c.CastVote(0, choices=(0, 0))),
        (SOME, c.CastVote(0, choices=(0, 1, 2))),
        (SOME, c.CastVote(0)),
        (STARS, c.CastVote(0, rating=0)),
        (STARS, c.CastVote(0, rating=6)),
        (OPINION, c.CastVote(0, text=" \n")),
        (OPINION, c.CastVote(0, text="x" * 501)),
        (CLOUD, c.CastVote(0, words=("...",))),
        (CLOUD, c.CastVote(0, words=("a", "b", "c", "d"))),
        (CLOUD, c.CastVote(0, words=("x" * 31,))),
    ],
)
def test_what_is_not_counted(form: PollForm, ballot: c.CastVote) -> None:
    play, poll = asked(form)
    assert play.no("cal", replace(ballot, poll=poll), Code.BAD_VALUE)
    assert poll_of(play, poll).tally.votes == 0


@pytest.mark.parametrize(
    "form",
    [
        replace(TEA, question=" "),
        replace(TEA, question="x" * 301),
        replace(TEA, options=("One",)),
        replace(TEA, options=("One", " One")),
        replace(TEA, options=("One", "")),
        replace(TEA, options=tuple(str(one) for one in range(21))),
        replace(TEA, open_ms=4_999),
        replace(TEA, open_ms=-1),
        replace(SOME, least=0),
        replace(SOME, most=4),
        replace(SOME, least=3, most=2),
        replace(STARS, most=1),
        replace(STARS, most=11),
        replace(CLOUD, most=0),
        replace(CLOUD, most=6),
    ],
)
def test_polls_that_cannot_be(form: PollForm) -> None:
    Play().no("ada", c.CreatePoll(form), Code.BAD_VALUE)


def test_what_a_kind_has_no_use_for_is_dropped() -> None:
    play, poll = asked(replace(OPINION, options=("x",), least=4, most=9))
    assert poll_of(play, poll).form == OPINION


def test_words_are_counted_alike_that_are_alike() -> None:
    assert {normal(word) for word in ("Café!", "CAFÉ", " cafe\u0301 ", "«café»")} == {"café"}
    assert normal("C++") == "c++"
    assert normal("🎉") == "🎉"
    assert normal("it’s") == "it’s"


# -- the clock


def test_a_timed_poll_closes_by_the_clock() -> None:
    play, poll = asked(replace(TEA, open_ms=5_000))
    vote(play, poll, cal=0)
    play.wait(4_999)
    assert poll_of(play, poll).state is PollState.OPEN
    play.now += 1
    play.no("dee", c.CastVote(poll, (1,)), Code.CLOSED_POLL)
    assert rules.next_deadline(play.room) == play.now
    assert kinds(play.wait(0)) == ["poll_closed"]
    assert poll_of(play, poll).tally.votes == 1
    assert rules.next_deadline(play.room) is None


def test_results_are_shown_a_few_times_a_second_however_many_vote() -> None:
    play = Play()
    people = crowd(play, 100)
    play, poll = asked(TEA, play)
    shown = 0
    for who in people:  # a hundred votes in a second
        vote(play, poll, **{who: 0})
        assert rules.next_deadline(play.room) is not None
        shown += kinds(play.wait(10)).count("results_shown")
    assert 3 <= shown <= 5
    play.wait(250)
    assert poll_of(play, poll).shown.votes == 100
    assert rules.next_deadline(play.room) is None


def test_the_end_of_the_room_closes_its_polls() -> None:
    play, poll = asked(TEA)
    vote(play, poll, cal=0, dee=1)
    assert kinds(play.do("hal", EndRoom())) == ["poll_closed", "room_ended"]
    assert poll_of(play, poll).tally.votes == 2
    assert rules.next_deadline(play.room) is None


# -- anonymous votes


def logged(play: Play) -> list[AnyEvent]:
    return [event for event in play.log if event.logged]


def voted(order: list[tuple[str, int]]) -> Play:
    """Ten people vote in this order, and the poll is closed."""
    play = Play()
    crowd(play, 10)
    play, poll = asked(TEA, play)
    for who, choice in order:
        vote(play, poll, **{who: choice})
    play.do("ada", c.ClosePoll(poll))
    return play


def test_an_anonymous_vote_is_in_no_logged_event_and_the_order_is_lost() -> None:
    order = [(f"p{number}", number % 3 % 2) for number in range(10)]
    plays = [voted(order), voted(order[::-1]), voted(order[5:] + order[:5])]
    first, *others = [msgspec.json.encode(logged(play)) for play in plays]
    assert all(other == first for other in others)
    closed = logged(plays[0])[-1]
    assert isinstance(closed, ev.PollClosed)
    assert closed.voters == tuple(sorted(who for who, _ in order))
    assert closed.counts == {"0": 7, "1": 3}
    assert kinds(logged(plays[0])).count("vote_held") == 0
    (poll,) = plays[0].room.polls.values()
    assert poll.ballots == {}, "nor does the memory keep it"


def test_a_replayed_log_has_the_same_results() -> None:
    play = voted([(f"p{number}", number % 2) for number in range(10)])
    room = None
    for event in logged(play):
        room = rules.evolve(room, event)
    assert room is not None
    (was,), (now,) = play.room.polls.values(), room.polls.values()
    assert (now.tally, now.shown, now.counted, now.state) == (
        was.tally,
        was.shown,
        was.counted,
        was.state,
    )


@pytest.mark.parametrize("choices", [[0] * 8, [0, 1], [0, 1, 0, 1]])
def test_voters_are_not_named_where_that_would_tell_their_votes(choices: list[int]) -> None:
    play = voted([(f"p{number}", choice) for number, choice in enumerate(choices)])
    closed = logged(play)[-1]
    assert isinstance(closed, ev.PollClosed)
    assert closed.voters == ()
    assert closed.votes == len(choices)


def test_a_stopping_server_counts_what_tells_nothing_and_nobody_votes_again() -> None:
    play = Play()
    people = crowd(play, 8)
    play, poll = asked(TEA, play)
    vote(play, poll, p0=0, p1=1, p2=0, p3=1)
    assert rules.before_the_end(play.room, play.now) == [], f"fewer than {FEWEST}"
    vote(play, poll, p4=1)
    (counted,) = play.apply(rules.before_the_end(play.room, play.now))
    assert isinstance(counted, ev.VotesCounted)
    assert (counted.votes, counted.counts) == (5, {"0": 2, "1": 3})
    room = None
    for event in logged(play):
        room = rules.evolve(room, event)
    assert room is not None
    play.room = room  # the server is back
    for who in people[:5]:
        play.no(who, c.CastVote(poll, (0,)), Code.WRONG_STATE)
    vote(play, poll, p5=0)
    (closed,) = play.do("ada", c.ClosePoll(poll))
    assert isinstance(closed, ev.PollClosed)
    assert closed.voters == (), "one vote more: to name its voter would tell it"
    assert poll_of(play, poll).tally.counts == {"0": 3, "1": 3}
    assert poll_of(play, poll).tally.votes == 6


def test_held_votes_that_would_tell_are_not_counted_on_stopping() -> None:
    play = Play()
    people = crowd(play, 8)
    play, poll = asked(TEA, play)
    vote(play, poll, **dict.fromkeys(people, 0))
    assert rules.before_the_end(play.room, play.now) == []


def test_a_returned_server_leaves_time_to_vote_again() -> None:
    play, poll = asked(replace(TEA, open_ms=60_000))
    assert rules.after_a_return(play.room, play.now) == []
    play.now += 70_000  # away meanwhile
    (extended,) = play.apply(rules.after_a_return(play.room, play.now))
    assert isinstance(extended, ev.PollExtended)
    assert play.wait(RESEND_MS - 1) == []
    vote(play, poll, cal=1)
    assert kinds(play.wait(1)) == ["poll_closed"]
    named, _ = asked(replace(NAMED, open_ms=60_000))
    named.now += 70_000
    assert rules.after_a_return(named.room, named.now) == [], "these votes were logged"


def test_a_moderator_who_is_no_more_may_still_vote() -> None:
    play, poll = asked(TEA)
    play.enter("Zoe", Role.MODERATOR)
    vote(play, poll, zoe=1, hal=0)
    assert poll_of(play, poll).tally.votes == 2


def test_when_results_are_shown_may_change_later() -> None:
    play, poll = asked(replace(TEA, showing=Showing.HIDDEN))
    play.do("ada", c.ClosePoll(poll))
    assert kinds(play.do("ada", c.SetShowing(poll, Showing.ON_CLOSE))) == ["showing_set"]
    assert play.do("ada", c.SetShowing(poll, Showing.ON_CLOSE)) == []
    assert poll_of(play, poll).form.showing is Showing.ON_CLOSE
