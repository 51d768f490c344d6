"""What the clock brings about in the polls; and a server's end and its return."""

from __future__ import annotations

from ..values import Room
from . import events as ev
from .decide import close, count_held, keeps_secret
from .values import Poll, PollState

RESEND_MS = 30_000  # for people to come back to a server that was away, and to vote again


def deadline(room: Room) -> int | None:
    """When ``due`` has something next, in milliseconds of the server's clock."""
    times = [at for poll in _open(room) for at in (poll.closes_at, poll.show_at) if at is not None]
    return min(times, default=None)


def due(room: Room, now: int) -> list[ev.PollEvent]:
    """Polls whose time is over, and results to be shown by ``now``."""
    events: list[ev.PollEvent] = []
    for poll in _open(room):
        if poll.closes_at is not None and poll.closes_at <= now:
            events.append(close(poll, "", now))
        elif poll.show_at is not None and poll.show_at <= now:
            events.append(ev.ResultsShown(at=now, poll=poll.id))
    return events


def before_the_end(room: Room, now: int) -> list[ev.PollEvent]:
    """The server stops: count what is held where that tells nothing of anybody.

    The other held votes are forgotten; their people's pages send them again.
    """
    return [count_held(poll, now) for poll in _open(room) if _holds(poll) and keeps_secret(poll)]


def after_a_return(room: Room, now: int) -> list[ev.PollEvent]:
    """The server was away, and what it held is lost: leave time to send it again."""
    return [
        ev.PollExtended(at=now, poll=poll.id, closes_at=now + RESEND_MS)
        for poll in _open(room)
        if poll.form.anonymous and poll.closes_at is not None and poll.closes_at < now + RESEND_MS
    ]


def _open(room: Room) -> list[Poll]:
    return [poll for poll in room.polls.values() if poll.state is PollState.OPEN]


def _holds(poll: Poll) -> bool:
    return poll.form.anonymous and bool(poll.ballots)
