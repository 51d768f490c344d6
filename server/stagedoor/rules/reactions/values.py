"""What a room knows of reactions. Immutable; times are milliseconds of the server's clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct, field

_Key = TypeVar("_Key")

COUNTED_EVERY = 500  # milliseconds between two countings
MOST, WINDOW = 10, 3_000  # of one person in so many milliseconds


class Reaction(StrEnum):
    """All the reactions that there are."""

    CLAP = "clap"
    HEART = "heart"
    LAUGH = "laugh"
    WOW = "wow"
    PARTY = "party"
    THUMB = "thumb"


class Sender(Struct, frozen=True):
    """Who has reacted lately: ``count`` times since ``since``."""

    since: int
    count: int


class Reactions(Struct, frozen=True):
    """What was sent and is not counted yet, and what was counted since the room is there.

    ``kinds`` and ``people`` wait until ``due``; ``lately`` is by person and forgets whoever has
    not reacted for ``WINDOW``. ``of_kind`` and ``of_person`` are the sums of what was counted.
    """

    kinds: dict[Reaction, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    due: int | None = None
    lately: dict[str, Sender] = field(default_factory=dict)
    of_kind: dict[Reaction, int] = field(default_factory=dict)
    of_person: dict[str, int] = field(default_factory=dict)


def plus(counts: Mapping[_Key, int], more: Mapping[_Key, int]) -> dict[_Key, int]:
    """Both together."""
    both = Counter(counts)
    both.update(more)
    return dict(both)
