"""How an event changes the reactions."""

from __future__ import annotations

from typing import assert_never

from msgspec.structs import replace

from . import events as ev
from .values import COUNTED_EVERY, WINDOW, Reactions, Sender, plus


def evolve(reactions: Reactions, event: ev.ReactionEvent) -> Reactions:
    """The reactions after ``event``."""
    match event:
        case ev.Reacted():
            return _reacted(reactions, event)
        case ev.ReactionsCounted():
            return Reactions(
                lately={
                    person: one
                    for person, one in reactions.lately.items()
                    if event.at < one.since + WINDOW
                },
                of_kind=plus(reactions.of_kind, event.kinds),
                of_person=plus(reactions.of_person, event.people),
            )
        case _:
            assert_never(event)


def _reacted(reactions: Reactions, event: ev.Reacted) -> Reactions:
    kinds, people = reactions.kinds, reactions.people
    sender = reactions.lately.get(event.by)
    if sender is None or event.at >= sender.since + WINDOW:
        sender = Sender(event.at, 0)
    return replace(
        reactions,
        kinds={**kinds, event.reaction: kinds.get(event.reaction, 0) + 1},
        people={**people, event.by: people.get(event.by, 0) + 1},
        due=reactions.due if reactions.due is not None else event.at + COUNTED_EVERY,
        lately={**reactions.lately, event.by: replace(sender, count=sender.count + 1)},
    )
