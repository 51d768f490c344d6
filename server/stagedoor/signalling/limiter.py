"""The limits of one server: what they are, and who has used how much of them.

What they protect is the server, not people from each other: behind one address there may be a
whole school, and everybody of it must get in within a moment.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from msgspec import Struct

from stagedoor.config import PEOPLE
from stagedoor.rules.refusals import Code, Refusal, marked

from .limits import Buckets, Counts, Rate

TOO_MANY = marked("Too many requests; please slow down.")

FILES = 50  # that a page loads at most


class Limits(Struct, frozen=True):
    """What is allowed. Of an address: ``requests`` over HTTP, ``joins`` (WebSockets opened),
    ``sockets`` and ``connections`` (TCP) at once, ``wrong_keys`` of the operator. Of a person in a
    room, however often they connect: ``messages`` of all kinds, among them ``talk`` (what is said
    or asked) and ``media`` (SDP and what leads to it), ``reports`` loaded. Of the whole server:
    ``rooms`` created. ``patience``: refusals after which a WebSocket is closed.
    """

    requests: Rate
    joins: Rate
    sockets: int
    connections: int
    wrong_keys: Rate = Rate(0.2, 10)
    messages: Rate = Rate(30, 60)
    talk: Rate = Rate(5, 40)
    media: Rate = Rate(5, 60)
    reports: Rate = Rate(0.5, 20)
    rooms: Rate = Rate(2, 500)
    patience: Rate = Rate(1, 50)

    @classmethod
    def of(cls, people: int = PEOPLE) -> Limits:
        """Limits with which so many people behind one address get in at the same time."""
        return cls(
            requests=Rate(max(people / 4, 50), FILES * people),
            joins=Rate(max(people / 20, 5), 2 * people),
            sockets=2 * people,
            connections=8 * people,  # a browser opens six for the files
        )


class Limiter:
    """What has been used of the limits. ``clock`` in seconds."""

    def __init__(
        self, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits = limits or Limits.of()
        self.clock = clock
        self.requests = Buckets(limits.requests)
        self.joins = Buckets(limits.joins)
        self.wrong_keys = Buckets(limits.wrong_keys)
        self.messages = Buckets(limits.messages)
        self.talk = Buckets(limits.talk)
        self.media = Buckets(limits.media)
        self.reports = Buckets(limits.reports)
        self.rooms = Buckets(limits.rooms, kept=1)
        self.sockets = Counts(limits.sockets)
        self.connections = Counts(limits.connections)


class TooManyError(Exception):
    """Somebody is over a limit; after ``wait`` seconds it is worth trying again."""

    def __init__(self, wait: float, sentence: str = TOO_MANY) -> None:
        super().__init__(sentence)
        self.refusal = Refusal(Code.TOO_MANY, sentence)
        self.seconds = max(1, math.ceil(wait))
