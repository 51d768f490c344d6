"""What a room keeps of those who have gone: what they may come back to, in a few hundred bytes."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from stagedoor import rules
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.sessions import Exchange
from stagedoor.rules.talk.commands import Say
from stagedoor.rules.values import Role

from .play import Play

PEOPLE = 300
KIB = 1024


def test_a_person_who_came_spoke_and_went_takes_less_than_a_kib() -> None:
    play = Play()
    before = _size(play.room.people, play.room.talk.speakers)
    for number in range(PEOPLE):
        who = f"{number:012x}"
        session = Exchange("", f"{number:043}")
        entered = rules.enter(
            play.room, who, f"Visitor {number}", Role.ATTENDEE, play.now, session=session
        )
        assert not isinstance(entered, Refusal)
        play.apply(entered)
        play.do(who, Say("What I wanted to say", key=f"the mark {number}"))
        play.away(who)
    play.wait(play.room.settings.hold_ms)
    assert sum(person.present for person in play.room.people.values()) == 6
    assert len(play.room.people) == 6 + PEOPLE
    grown = _size(play.room.people, play.room.talk.speakers) - before
    assert grown / PEOPLE < KIB


def _size(*roots: Any) -> int:
    """The bytes of these and all that they alone lead to, each object once."""
    seen: dict[int, Any] = {}

    def walk(one: Any) -> int:
        if id(one) in seen or isinstance(one, type):
            return 0
        seen[id(one)] = one
        size = sys.getsizeof(one)
        if isinstance(one, Mapping):
            return size + sum(walk(key) + walk(value) for key, value in one.items())
        if isinstance(one, Struct):
            return size + sum(map(walk, astuple(one)))
        if isinstance(one, tuple):
            return size + sum(map(walk, one))
        return size

    return sum(map(walk, roots))
