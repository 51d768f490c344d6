"""How an event changes the polls."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from ..values import Room
from . import events as ev
from .values import Kind, Poll, PollState

#: Milliseconds between two pictures of the results that everybody gets.
_INTERVALS = {Kind.TEXT: 1_000, Kind.WORDS: 500}
_INTERVAL = 250


def evolve(room: Room, event: ev.PollEvent) -> Room:
    """The room after the event; ``room.number`` is the event's own, if it has one."""
    if isinstance(event, ev.PollCreated):
        poll = Poll(id=room.number, form=event.form)
        return replace(room, polls={**room.polls, poll.id: poll})
    if isinstance(event, ev.PollDeleted):
        left = {key: poll for key, poll in room.polls.items() if key != event.poll}
        return replace(room, polls=left)
    poll = _after(room.polls[event.poll], event)
    return replace(room, polls={**room.polls, poll.id: poll})


def _after(poll: Poll, event: ev.PollEvent) -> Poll:
    match event:
        case ev.PollEdited():
            return replace(poll, form=event.form)
        case ev.PollOpened():
            return replace(poll, state=PollState.OPEN, closes_at=event.closes_at)
        case ev.PollExtended():
            return replace(poll, closes_at=event.closes_at)
        case ev.VoteCast() | ev.VoteHeld():
            return _voted(poll, event)
        case ev.ResultsShown():
            return poll.show(event.at)
        case ev.VotesCounted():
            return _counted(poll, event)
        case ev.PollClosed():
            closed = _counted(poll, event) if poll.form.anonymous else poll
            return replace(closed, state=PollState.CLOSED).show(event.at)
        case ev.ShowingSet():
            return replace(poll, form=replace(poll.form, showing=event.showing))
        case ev.PollCreated() | ev.PollDeleted():
            raise ValueError("these make and end a poll")
        case _:
            assert_never(event)


def _voted(poll: Poll, event: ev.VoteCast | ev.VoteHeld) -> Poll:
    show_at = poll.show_at
    if show_at is None:
        show_at = max(event.at, poll.shown_at + _INTERVALS.get(poll.form.kind, _INTERVAL))
    return replace(
        poll,
        ballots={**poll.ballots, event.person: event.ballot},
        tally=poll.tally.changed(poll.ballots.get(event.person), event.ballot),
        show_at=show_at,
    )


def _counted(poll: Poll, event: ev.VotesCounted | ev.PollClosed) -> Poll:
    """What was held is forgotten, and what was counted of it stays."""
    base = poll.base.plus(event.votes, event.counts)
    counted = poll.counted | frozenset(event.voters)
    return replace(poll, ballots={}, counted=counted, base=base, tally=base)
