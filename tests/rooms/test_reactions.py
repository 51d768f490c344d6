"""Who is shown what of reactions: the counts, to everybody alike, and no names."""

from __future__ import annotations

from collections.abc import Callable

from stagedoor.messages import Update, encode_message
from stagedoor.rooms.views import updates, view
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.reactions.values import COUNTED_EVERY, Reaction
from tests.rules.play import Play


def shown(play: Play, deed: Callable[[], list[AnyEvent]]) -> list[Update]:
    """The updates that follow from what is done."""
    before = play.room
    events = deed()
    found = updates(before, play.room, [], events)
    everyone = (found.attendees, found.moderators, *found.persons.values())
    return [one for one in everyone if one is not None]


def test_19_everybody_gets_one_small_message_with_counts_and_no_names() -> None:
    play = Play()
    for who in ("cal", "dee", "ada"):
        sent = shown(play, lambda who=who: play.do(who, React(Reaction.CLAP)))
        assert sent == []
    attendees, moderators = shown(play, lambda: play.wait(COUNTED_EVERY))
    assert attendees == moderators
    assert attendees.reactions == {Reaction.CLAP: 3}
    text = encode_message(attendees)
    assert len(text) < 100
    assert not any(name in text for name in ("cal", "dee", "ada"))
    assert "reactions" not in view(play.room, "cal").__struct_fields__
