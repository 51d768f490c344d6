"""What was acknowledged, and whether the log has it: all of it, and each thing once."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stagedoor.messages import AnyRequest

KINDS = {
    "say": "said",
    "ask_question": "question_asked",
    "cast_vote": "vote_cast",
    "create_poll": "poll_created",
    "open_poll": "poll_opened",
    "ask_to_join_stage": "request_made",
    "approve": "offer_made",
    "accept_offer": "went_on_stage",
    "remove_from_stage": "removed_from_stage",
    "set_device": "device_set",
}
"""By the command, the event that it makes."""

ALIKE = {
    "went_backstage": "went_on_stage",
    "left_stage": "removed_from_stage",
    "left_backstage": "removed_from_stage",
}
"""Where the room has a backstage, those who accept an offer wait there. A moderator who removes
themselves has stepped down."""


@dataclass(frozen=True)
class Acknowledged:
    """The server said that this event of this person's is in the log."""

    number: int
    person: str
    kind: str
    key: str


@dataclass
class Ledger:
    """What all people together were told; ``audit`` compares it with a log."""

    entries: list[Acknowledged] = field(default_factory=list)

    def acknowledge(self, command: AnyRequest, person: str, number: int) -> None:
        """The server has answered ``ok``. Commands that make no event have no number."""
        kind = KINDS.get(str(command.__struct_config__.tag))
        if kind is not None and number:
            key = str(getattr(command, "key", ""))
            self.entries.append(Acknowledged(number, person, kind, key))

    def audit(self, log: Path, room: str) -> Audit:
        """Compare with the events of a room."""
        connection = sqlite3.connect(f"file:{log}?mode=ro", uri=True)
        rows = connection.execute(
            'SELECT number, "by", type, event FROM events WHERE room = ? ORDER BY number', (room,)
        ).fetchall()
        connection.close()
        events = {
            number: (by, ALIKE.get(kind, kind), json.loads(event))
            for number, by, kind, event in rows
        }
        said = Counter(
            (by, kind, event["key"]) for by, kind, event in events.values() if event.get("key")
        )
        return Audit(
            acknowledged=Counter(one.kind for one in self.entries),
            lost=[one for one in self.entries if not _kept(one, events)],
            twice=[key for key, count in said.items() if count > 1],
            gaps=len(events) - max(events, default=0),
            events=len(events),
        )


def _kept(one: Acknowledged, events: dict[int, tuple[str, str, dict[str, Any]]]) -> bool:
    """Whether the event with that number is the one that was acknowledged."""
    by, kind, event = events.get(one.number, ("", "", {}))
    return (by, kind, event.get("key", "")) == (one.person, one.kind, one.key)


@dataclass(frozen=True)
class Audit:
    """``lost``: acknowledged, and not in the log. ``twice``: keys that are in it more than once.

    ``gaps`` is 0 where the events are numbered without one.
    """

    acknowledged: Counter[str]
    lost: list[Acknowledged]
    twice: list[tuple[str, str, str]]
    gaps: int
    events: int
