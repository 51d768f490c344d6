"""What the parts around the stage (chat, polls …) add to what people are shown. Pure.

A part says for a step what it adds to the updates of all attendees, of all moderators, and of
single people; and what somebody is shown of it who enters, or whose role has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stagedoor.rules.events import AnyEvent
from stagedoor.rules.values import Person, Room

from .bans import Bans
from .polls import PollsPart
from .quizzes import QuizzesPart
from .reactions import ReactionsPart
from .share import Fields, Part, Share
from .talk import TalkPart

PARTS: tuple[Part, ...] = (Bans(), TalkPart(), PollsPart(), QuizzesPart(), ReactionsPart())


def snapshot(room: Room, viewer: Person) -> Fields:
    """All parts' fields for one person."""
    return {key: value for part in PARTS for key, value in part.snapshot(room, viewer).items()}


def changes(before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
    """All parts' shares as one."""
    shares = [part.changes(before, after, events) for part in PARTS]
    persons: dict[str, dict[str, Any]] = {}
    for share in shares:
        for person, fields in share.persons.items():
            persons.setdefault(person, {}).update(fields)
    return Share(
        attendees={key: value for share in shares for key, value in share.attendees.items()},
        moderators={key: value for share in shares for key, value in share.moderators.items()},
        persons=persons,
    )


__all__ = ["PARTS", "Fields", "Part", "Share", "changes", "snapshot"]
