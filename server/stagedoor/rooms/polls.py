"""What people are shown of polls. Pure.

Results are shown as ``poll.shown`` has them, a few times a second at most, so that a thousand votes
cost each viewer no more than a few messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stagedoor.messages.polls import MyVote, MyVotes, PollsView, PollView, Results, WordCount
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.polls.events import VoteCast, VoteHeld
from stagedoor.rules.polls.values import Ballot, Kind, Poll, PollForm, PollState, Showing, Tally
from stagedoor.rules.values import Person, Room

from .share import Fields, Share, differences

MOST_TEXTS = 100
MOST_WORDS = 60


def poll_view(poll: Poll, *, moderates: bool) -> PollView | None:
    """A poll as one role sees it; None if it is not shown."""
    if poll.state is PollState.DRAFT and not moderates:
        return None
    form = poll.form
    seen = moderates or _public(poll)
    return PollView(
        id=poll.id,
        kind=form.kind,
        question=form.question,
        state=poll.state,
        anonymous=form.anonymous,
        showing=form.showing,
        may_change=form.may_change,
        options=form.options,
        least=form.least,
        most=form.most,
        open_ms=form.open_ms,
        closes_at=poll.closes_at if poll.state is PollState.OPEN else None,
        results=results(form, poll.shown) if seen and poll.state is not PollState.DRAFT else None,
    )


def _public(poll: Poll) -> bool:
    match poll.form.showing:
        case Showing.LIVE:
            return True
        case Showing.ON_CLOSE:
            return poll.state is PollState.CLOSED
        case Showing.HIDDEN:
            return False


def results(form: PollForm, tally: Tally) -> Results:
    """A tally in the shape of its kind."""
    counts = tally.counts
    match form.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            by_option = [counts.get(str(number), 0) for number in range(len(form.options))]
            return Results(tally.votes, counts=by_option)
        case Kind.RATING:
            by_rating = [counts.get(str(number), 0) for number in range(1, form.most + 1)]
            return Results(tally.votes, counts=by_rating)
        case Kind.TEXT:
            texts = [text for text, times in sorted(counts.items()) for _ in range(times)]
            more = max(0, len(texts) - MOST_TEXTS)
            return Results(tally.votes, texts=texts[:MOST_TEXTS], more=more)
        case Kind.WORDS:
            words = ranked_words(tally)
            more = max(0, len(words) - MOST_WORDS)
            return Results(tally.votes, words=words[:MOST_WORDS], more=more)


def ranked_words(tally: Tally) -> list[WordCount]:
    """The most given first, then by alphabet."""
    ranked = sorted(tally.counts.items(), key=lambda one: (-one[1], one[0]))
    return [WordCount(word, times) for word, times in ranked]


def my_vote(poll: Poll, person: str) -> MyVote | None:
    """What the server knows of a person's vote."""
    ballot = poll.ballots.get(person)
    if ballot is not None:
        return _as_voted(poll, ballot)
    if person in poll.counted and poll.state is PollState.OPEN:
        return MyVote(poll.id, counted=True)
    return None


def _as_voted(poll: Poll, ballot: Ballot) -> MyVote:
    held = poll.form.anonymous
    match poll.form.kind:
        case Kind.SINGLE | Kind.MULTIPLE:
            choices = tuple(int(one) for one in ballot)
            return MyVote(poll.id, held, not held, choices=choices)
        case Kind.RATING:
            return MyVote(poll.id, held, not held, rating=int(ballot[0]))
        case Kind.TEXT:
            return MyVote(poll.id, held, not held, text=ballot[0])
        case Kind.WORDS:
            return MyVote(poll.id, held, not held, words=ballot)


class PollsPart:
    """See Part."""

    def snapshot(self, room: Room, viewer: Person) -> Fields:
        """See Part.snapshot."""
        polls = room.polls.values()
        views = [poll_view(poll, moderates=viewer.moderates) for poll in polls]
        votes = [my_vote(poll, viewer.id) for poll in polls]
        return {
            "polls": PollsView([view for view in views if view is not None], whole=True),
            "my_votes": MyVotes([vote for vote in votes if vote is not None], whole=True),
        }

    def changes(self, before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
        """See Part.changes."""
        if before.polls is after.polls:
            return Share()
        persons: dict[str, Fields] = {}
        for person, polls in _voted(events).items():
            mine = [my_vote(after.polls[poll], person) for poll in polls if poll in after.polls]
            persons[person] = {"my_votes": MyVotes([one for one in mine if one is not None])}
        return Share(
            attendees=_changed(before, after, moderates=False),
            moderators=_changed(before, after, moderates=True),
            persons=persons,
        )


def _voted(events: Iterable[AnyEvent]) -> dict[str, list[int]]:
    """The polls in which each person voted."""
    voted: dict[str, list[int]] = {}
    for event in events:
        if isinstance(event, VoteCast | VoteHeld):
            polls = voted.setdefault(event.person, [])
            if event.poll not in polls:
                polls.append(event.poll)
    return voted


def _changed(before: Room, after: Room, *, moderates: bool) -> Fields:
    """The polls that look different to a role, and those that are gone for it."""
    views, gone = differences(
        before.polls, after.polls, lambda poll: poll_view(poll, moderates=moderates)
    )
    return {"polls": PollsView(views, gone)} if views or gone else {}
