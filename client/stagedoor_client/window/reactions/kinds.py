"""All the reactions that there are, and their counting. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from math import ceil

from stagedoor.rules.reactions.values import Reaction

from ...words import marked, t, told

Counts = Mapping[Reaction, int]

PICTURES = {
    Reaction.CLAP: ("👏", marked("Applause")),
    Reaction.HEART: ("❤️", marked("Heart")),
    Reaction.LAUGH: ("😂", marked("Laughter")),
    Reaction.WOW: ("😮", marked("Surprise")),
    Reaction.PARTY: ("🎉", marked("Celebration")),
    Reaction.THUMB: ("👍", marked("Thumbs up")),
}
"""Each with its name, in the order in which they are offered."""
MOST = 24
"""Pictures in the air at once, however many react."""


class Ahead:
    """One's own reactions that are shown already, and that the server has not counted yet."""

    def __init__(self) -> None:
        self._ahead: Counter[Reaction] = Counter()

    def sent(self, reaction: Reaction) -> None:
        """It is shown at once."""
        self._ahead[reaction] += 1

    def refused(self, reaction: Reaction) -> None:
        """It is not going to be counted."""
        self._settle(reaction, 1)

    def others(self, counts: Counts) -> dict[Reaction, int]:
        """What others have sent, of what the server has counted."""
        found = {one: number - self._settle(one, number) for one, number in counts.items()}
        return {one: number for one, number in found.items() if number > 0}

    def forget(self) -> None:
        """What was not counted was lost with the connection."""
        self._ahead.clear()

    def _settle(self, reaction: Reaction, most: int) -> int:
        mine = min(most, self._ahead[reaction])
        self._ahead[reaction] -= mine
        return mine


def rising(counts: Counts, in_the_air: int) -> list[Reaction]:
    """The pictures to let go up: each kind its share of the room that there is."""
    total = sum(counts.values())
    room = max(0, MOST - in_the_air)
    share = min(1.0, room / total) if total else 0.0
    fewest = sorted((one for one in PICTURES if counts.get(one)), key=lambda one: counts[one])
    return [one for one in fewest for _ in range(ceil(counts[one] * share))][:room]


def in_numbers(counts: Counts) -> list[tuple[str, int]]:
    """The counts as pictures with numbers, for those who want no motion."""
    return [(PICTURES[one][0], counts[one]) for one in PICTURES if counts.get(one)]


def sentence(counts: Counts) -> str:
    """The counts for screen readers; empty for nothing."""
    said = [
        t("{name}: {number}", name=told(PICTURES[one][1]), number=counts[one])
        for one in PICTURES
        if counts.get(one)
    ]
    return t("Reactions. {list}.", list=", ".join(said)) if said else ""
