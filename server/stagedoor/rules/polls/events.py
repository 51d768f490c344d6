"""What has happened to the polls. ``poll`` is the number of the event that made it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import field

from ..base import Event
from .values import Ballot, PollForm, Showing


class PollCreated(Event, frozen=True, tag="poll_created", kw_only=True):
    """A draft; its id is this event's number."""

    form: PollForm


class PollEdited(Event, frozen=True, tag="poll_edited", kw_only=True):
    """The draft was changed."""

    poll: int
    form: PollForm


class PollOpened(Event, frozen=True, tag="poll_opened", kw_only=True):
    """People may vote, until ``closes_at`` if the poll is timed."""

    poll: int
    closes_at: int | None = None


class PollExtended(Event, frozen=True, tag="poll_extended", kw_only=True):
    """The server was away: held votes were lost, and there is time to send them again."""

    poll: int
    closes_at: int


class VoteCast(Event, frozen=True, tag="vote_cast", kw_only=True):
    """A vote in a poll that is not anonymous, in the place of the person's earlier one."""

    personal: ClassVar[Mapping[str, Any]] = {"ballot": ()}

    poll: int
    person: str
    ballot: Ballot


class VoteHeld(Event, frozen=True, tag="vote_held", kw_only=True):
    """A vote in an anonymous poll. Never logged."""

    logged: ClassVar[bool] = False

    poll: int
    person: str
    ballot: Ballot


class ResultsShown(Event, frozen=True, tag="results_shown", kw_only=True):
    """People are shown the tally as it is now. Not logged: it follows from the votes."""

    logged: ClassVar[bool] = False

    poll: int


class VotesCounted(Event, frozen=True, tag="votes_counted", kw_only=True):
    """The held votes of an anonymous poll, counted together while it goes on.

    ``voters`` is sorted, and so is ``counts``: neither tells an order in time.
    """

    personal: ClassVar[Mapping[str, Any]] = {"counts": {}}

    poll: int
    voters: tuple[str, ...]
    votes: int
    counts: dict[str, int]


class PollClosed(Event, frozen=True, tag="poll_closed", kw_only=True):
    """The voting is over. Of an anonymous poll, the votes held until now, counted together.

    ``voters`` is left empty where it would tell, with ``counts``, how somebody voted.
    """

    personal: ClassVar[Mapping[str, Any]] = {"counts": {}}

    poll: int
    voters: tuple[str, ...] = ()
    votes: int = 0
    counts: dict[str, int] = field(default_factory=dict)


class ShowingSet(Event, frozen=True, tag="showing_set", kw_only=True):
    """Attendees see the results at another time."""

    poll: int
    showing: Showing


class PollDeleted(Event, frozen=True, tag="poll_deleted", kw_only=True):
    """The poll is gone."""

    poll: int


PollEvent = (
    PollCreated
    | PollEdited
    | PollOpened
    | PollExtended
    | VoteCast
    | VoteHeld
    | ResultsShown
    | VotesCounted
    | PollClosed
    | ShowingSet
    | PollDeleted
)
