"""What a poll is made of. Immutable; times are integer milliseconds of the server's clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

Ballot = tuple[str, ...]
"""What one person voted, as it is counted: options' numbers, a rating, a text, or words."""


class Kind(StrEnum):
    """What is asked for."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    RATING = "rating"
    TEXT = "text"
    WORDS = "words"


class Showing(StrEnum):
    """When attendees see the results; moderators always do."""

    HIDDEN = "hidden"
    LIVE = "live"
    ON_CLOSE = "on_close"


class PollState(StrEnum):
    """A poll goes through these once, in this order."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class PollForm(Struct, frozen=True):
    """What is asked, and how.

    ``options`` are for single and multiple choice; from ``least`` to ``most`` of them are chosen in
    the latter. A rating goes from 1 to ``most``; up to ``most`` words make a word cloud.
    ``open_ms``: how long the poll is open, 0 for as long as a moderator leaves it so.
    """

    kind: Kind
    question: str
    options: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    anonymous: bool = True
    showing: Showing = Showing.ON_CLOSE
    may_change: bool = True
    open_ms: int = 0


class Tally(Struct, frozen=True):
    """What came out: how many people voted, and how often what was chosen."""

    votes: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def plus(self, votes: int, counts: dict[str, int]) -> Tally:
        """This and another one."""
        both = Counter(self.counts)
        both.update(counts)
        return Tally(self.votes + votes, dict(both))

    def changed(self, old: Ballot | None, new: Ballot) -> Tally:
        """With one person's vote, in the place of an earlier one of theirs."""
        counts = dict(self.counts)
        for one in old or ():
            counts[one] -= 1
            if not counts[one]:
                del counts[one]
        for one in new:
            counts[one] = counts.get(one, 0) + 1
        return Tally(self.votes + (old is None), counts)


NOTHING = Tally()


def count(ballots: Iterable[Ballot]) -> Tally:
    """The tally of these votes, the same in whatever order they come."""
    ballots = list(ballots)
    counts = Counter(one for ballot in ballots for one in ballot)
    return Tally(len(ballots), dict(sorted(counts.items())))


class Poll(Struct, frozen=True):
    """One poll; ``id`` is the number of the event that made it.

    ``ballots``: by person; in an anonymous poll those held now, and none once it is closed.
    ``counted``: in an anonymous poll, people whose votes are in ``base``, the tally of what was
    counted for good, and have no ballot any more.
    ``shown``: the tally as people see it, which follows ``tally`` at ``show_at``.
    """

    id: int
    form: PollForm
    state: PollState = PollState.DRAFT
    closes_at: int | None = None
    ballots: dict[str, Ballot] = field(default_factory=dict)
    counted: frozenset[str] = frozenset()
    base: Tally = NOTHING
    tally: Tally = NOTHING
    shown: Tally = NOTHING
    show_at: int | None = None
    shown_at: int = 0

    def show(self, at: int) -> Poll:
        """With the results shown as they are now."""
        return replace(self, shown=self.tally, show_at=None, shown_at=at)
