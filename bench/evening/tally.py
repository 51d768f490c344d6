"""What was done in the room, and what was refused; and whether the rules refuse it, too."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stagedoor import rules
from stagedoor.messages import AnyRequest, Publish, SubscribeAnswer, Watch
from stagedoor.rooms.grants import may_publish
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Room

SHOWN = 30  # of what was unexpected
MEDIA = (Watch, SubscribeAnswer, Publish)


def now() -> int:
    """Milliseconds since 1970, which is the server's clock, too, on one machine."""
    return time.time_ns() // 1_000_000


def kind(command: AnyRequest) -> str:
    """A command's name on the wire."""
    return str(command.__struct_config__.tag)


@dataclass(frozen=True)
class Refused:
    """A command that was sent at a time, and was refused by another."""

    by: str
    command: AnyRequest
    code: Code
    sentence: str
    sent: int
    answered: int

    def fits(self, room: Room) -> bool:
        """Whether the rules refuse it so in this state."""
        if isinstance(self.command, MEDIA):
            return self._fits_media(room)
        for at in (self.sent, self.answered):
            decided = rules.decide(room, self.command, self.by, at)  # type: ignore[arg-type]
            if isinstance(decided, Refusal) and decided.code is self.code:
                return True
        return False

    def _fits_media(self, room: Room) -> bool:
        me = room.people.get(self.by)
        match self.code:
            case Code.NO_SEAT:
                return isinstance(self.command, Publish) and not may_publish(room, self.by)
            case Code.NOT_ENTERED:
                return me is None or not me.present or me.away_until is not None
            case Code.STALE_ANSWER:  # there is a newer offer by now
                return isinstance(self.command, SubscribeAnswer)
        return False

    def __str__(self) -> str:
        return f"{self.command!r} by {self.by} was refused: {self.code} ({self.sentence})"


@dataclass
class Tally:
    """Counts of what was done and refused. ``unexpected``: what must not have been."""

    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    happened: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    unexpected: list[str] = field(default_factory=list)
    _open: list[Refused] = field(default_factory=list)

    def refuse(self, one: Refused) -> None:
        """Take note of a refusal, which ``judge`` looks at."""
        self.refused[str(one.code)] += 1
        self._open.append(one)

    def judge(self, steps: Sequence[tuple[Room, AnyEvent]], last: Room) -> None:
        """Hold the refusals until now against all states that the room had when they were made.

        ``steps``: each event since the last time, with the room before it.
        """
        waiting, self._open = self._open, []
        for room, since, until in _states(steps, last):
            waiting = [
                one
                for one in waiting
                if since > one.answered or until < one.sent or not one.fits(room)
            ]
        self.unexpected += map(str, waiting)

    def lines(self) -> list[str]:
        """For a person."""
        return [
            f"done: {self.done.total():,} ({listed(self.done)})",
            f"happened besides: {listed(self.happened)}",
            f"refused as the rules say: {self.refused.total():,} ({listed(self.refused)})",
            f"not answered, as the connection went: {self.unanswered}",
            f"unexpected: {len(self.unexpected)}",
            *(f"  {one}" for one in self.unexpected[:SHOWN]),
        ]


def listed(counts: Counter[str]) -> str:
    """Each with its number, the most first."""
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def _states(
    steps: Sequence[tuple[Room, AnyEvent]], last: Room
) -> Iterator[tuple[Room, float, float]]:
    """Each state, since when there was it, and until when a decision may have been made in it."""
    since = float("-inf")
    for room, event in steps:
        yield room, since, event.at
        since = event.at
    yield last, since, float("inf")
