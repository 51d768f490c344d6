"""Decisions on polls: who may ask, who may vote, and what is kept of it."""

from __future__ import annotations

from typing import assert_never

from ..guards import moderator, refuse
from ..refusals import Code, marked
from ..values import Person, Room
from . import commands as cmd
from . import events as ev
from . import forms
from .values import Poll, PollState, count

MAX_POLLS = 100
FEWEST = 5  # voters that are named beside what they voted together


def decide(room: Room, command: cmd.PollCommand, by: Person, now: int) -> list[ev.PollEvent]:
    """Decide on a command about polls."""
    if isinstance(command, cmd.CastVote):
        return _cast(room, command, by, now)
    moderator(by)
    if isinstance(command, cmd.CreatePoll):
        if len(room.polls) >= MAX_POLLS:
            refuse(
                Code.TOO_MANY,
                "A room has {most} polls at most; please delete some.",
                most=MAX_POLLS,
            )
        return [ev.PollCreated(at=now, by=by.id, form=forms.check(command.form))]
    poll = _known(room, command.poll)
    match command:
        case cmd.EditPoll():
            _in_state(
                poll, PollState.DRAFT, marked("This poll was opened already, so it stays as it is.")
            )
            form = forms.check(command.form)
            if form == poll.form:
                return []
            return [ev.PollEdited(at=now, by=by.id, poll=poll.id, form=form)]
        case cmd.OpenPoll():
            _in_state(poll, PollState.DRAFT, marked("This poll was opened already."))
            closes_at = now + poll.form.open_ms if poll.form.open_ms else None
            return [ev.PollOpened(at=now, by=by.id, poll=poll.id, closes_at=closes_at)]
        case cmd.ClosePoll():
            _in_state(poll, PollState.OPEN, marked("This poll is not open."))
            return [close(poll, by.id, now)]
        case cmd.SetShowing():
            if command.showing is poll.form.showing:
                return []
            return [ev.ShowingSet(at=now, by=by.id, poll=poll.id, showing=command.showing)]
        case cmd.DeletePoll():
            return [ev.PollDeleted(at=now, by=by.id, poll=poll.id)]
        case _:
            assert_never(command)


def _known(room: Room, poll_id: int) -> Poll:
    poll = room.polls.get(poll_id)
    if poll is None:
        refuse(Code.NO_SUCH_POLL, "There is no such poll any more.")
    return poll


def _in_state(poll: Poll, state: PollState, sentence: str) -> None:
    if poll.state is not state:
        refuse(Code.WRONG_STATE, sentence)


def _cast(room: Room, command: cmd.CastVote, by: Person, now: int) -> list[ev.PollEvent]:
    """A vote; the same one again is nothing new, so that a client may send it twice."""
    poll = _known(room, command.poll)
    if poll.state is PollState.DRAFT and not by.moderates:
        refuse(Code.NO_SUCH_POLL, "There is no such poll any more.")
    if poll.state is not PollState.OPEN or (poll.closes_at is not None and poll.closes_at <= now):
        refuse(Code.CLOSED_POLL, "This poll is not open for votes.")
    if by.id in poll.counted:
        refuse(Code.WRONG_STATE, "Your vote has been counted already.")
    ballot, old = forms.read(poll.form, command), poll.ballots.get(by.id)
    if ballot == old:
        return []
    if old is not None and not poll.form.may_change:
        refuse(Code.WRONG_STATE, "You have voted already, and votes stay as they are here.")
    kind = ev.VoteHeld if poll.form.anonymous else ev.VoteCast
    return [kind(at=now, by=by.id, poll=poll.id, person=by.id, ballot=ballot)]


def close(poll: Poll, by: str, now: int) -> ev.PollClosed:
    """The end of a poll; of an anonymous one, with what was held until now."""
    if not poll.form.anonymous:
        return ev.PollClosed(at=now, by=by, poll=poll.id)
    held = count(poll.ballots.values())
    return ev.PollClosed(
        at=now,
        by=by,
        poll=poll.id,
        voters=tuple(sorted(poll.ballots)) if keeps_secret(poll) else (),
        votes=held.votes,
        counts=held.counts,
    )


def keeps_secret(poll: Poll) -> bool:
    """Whether those whose votes are held may be named beside what these votes come to.

    Not if they are few, nor if they all chose the same thing: then that would be told of each.
    """
    held = count(poll.ballots.values())
    return held.votes >= FEWEST and all(times < held.votes for times in held.counts.values())


def count_held(poll: Poll, now: int) -> ev.VotesCounted:
    """What is held now, to be counted while the poll goes on. Ask ``keeps_secret`` first."""
    held = count(poll.ballots.values())
    voters = tuple(sorted(poll.ballots))
    return ev.VotesCounted(
        at=now, poll=poll.id, voters=voters, votes=held.votes, counts=held.counts
    )


def close_all(room: Room, by: str, now: int) -> list[ev.PollEvent]:
    """The room ends: what people voted counts."""
    return [close(poll, by, now) for poll in room.polls.values() if poll.state is PollState.OPEN]
