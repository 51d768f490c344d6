"""What has happened to the reactions."""

from __future__ import annotations

from typing import ClassVar

from ..base import Event
from .values import Reaction


class Reacted(Event, frozen=True, tag="reacted", kw_only=True):
    """``by`` has reacted. Not logged: it is counted with all others soon."""

    logged: ClassVar[bool] = False

    reaction: Reaction


class ReactionsCounted(Event, frozen=True, tag="reactions_counted", kw_only=True):
    """All reactions since the last counting: how many of each kind, and how many of each person."""

    kinds: dict[Reaction, int]
    people: dict[str, int]


ReactionEvent = Reacted | ReactionsCounted
