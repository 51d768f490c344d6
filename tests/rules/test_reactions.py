"""Reactions: who may send how many, and their counting (rule 20)."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.reactions.events import Reacted, ReactionsCounted
from stagedoor.rules.reactions.values import COUNTED_EVERY, MOST, WINDOW, Reaction
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Room

from .play import Play, kinds

CLAP, HEART = React(Reaction.CLAP), React(Reaction.HEART)


def counted(events: list[AnyEvent]) -> ReactionsCounted:
    (event,) = events
    assert isinstance(event, ReactionsCounted)
    return event


def test_20_everybody_may_react_and_all_are_counted_twice_a_second() -> None:
    play = Play()
    logged = play.room.number
    play.do("cal", CLAP)
    due = play.now + COUNTED_EVERY
    play.now += 100
    for who, command in (("cal", CLAP), ("ada", CLAP), ("dee", HEART)):
        assert kinds(play.do(who, command)) == ["reacted"]
    assert play.room.number == logged, "a reaction is not logged by itself"
    assert rules.next_deadline(play.room) == due
    event = counted(play.wait(COUNTED_EVERY))
    assert event.kinds == {Reaction.CLAP: 3, Reaction.HEART: 1}
    assert event.people == {"cal": 2, "ada": 1, "dee": 1}
    assert play.room.number == logged + 1
    assert rules.next_deadline(play.room) is None


def test_a_person_may_send_so_many_and_then_has_to_wait() -> None:
    play = Play()
    for _ in range(MOST):
        play.do("cal", CLAP)
    assert play.no("cal", CLAP, Code.TOO_MANY).endswith("please wait a moment.")
    play.do("dee", CLAP)
    play.wait(WINDOW - 1)
    play.no("cal", CLAP, Code.TOO_MANY)
    play.wait(1)
    play.do("cal", CLAP)
    play.wait(WINDOW)
    assert play.room.reactions.lately == {}, "nobody is remembered for longer than needed"


def test_20_a_room_can_have_them_off() -> None:
    play = Play()
    play.do("cal", CLAP)
    play.no("cal", c.ChangeSettings(reactions=False), Code.NOT_ALLOWED)
    play.do("ada", c.ChangeSettings(reactions=False))
    for who in ("cal", "ada", "hal"):
        play.no(who, CLAP, Code.TURNED_OFF)
    assert counted(play.wait(COUNTED_EVERY)).people == {"cal": 1}, "that was sent before"
    play.do("ada", c.ChangeSettings(reactions=True))
    play.do("cal", CLAP)


def test_what_waits_is_counted_before_the_room_or_the_server_ends() -> None:
    play = Play()
    play.do("cal", CLAP)
    assert counted(rules.before_the_end(play.room, play.now)).by == ""
    assert kinds(play.do("hal", c.EndRoom())) == ["reactions_counted", "room_ended"]
    assert rules.before_the_end(play.room, play.now) == []


people = st.sampled_from(["hal", "ada", "cal", "dee"])
waits = st.sampled_from([0, 0, 0, 1, COUNTED_EVERY, WINDOW])
wish = st.builds(React, st.sampled_from(Reaction)) | st.builds(
    c.ChangeSettings, reactions=st.booleans()
)


@given(st.lists(st.tuples(people, wish, waits), max_size=80))
def test_every_reaction_that_is_taken_is_counted_once_and_nothing_else(
    deeds: list[tuple[str, c.AnyCommand, int]],
) -> None:
    play = Play()
    taken: list[Reacted] = []
    for who, command, wait in deeds:
        answer = rules.decide(play.room, command, who, play.now)
        if not isinstance(answer, list):
            assert isinstance(answer, Refusal)
            assert answer.sentence.endswith(".")
        else:
            taken += [one for one in play.apply(answer) if isinstance(one, Reacted)]
        assert len(play.wait(wait)) <= 1
    play.wait(COUNTED_EVERY)
    for who in ("hal", "ada", "cal", "dee"):
        times = [one.at for one in taken if one.by == who]
        for first, later in zip(times, times[2 * MOST - 1 :], strict=False):
            assert later - first >= WINDOW, "two windows' worth never fall into one"
    sums = play.room.reactions
    assert sums.of_kind == Counter(one.reaction for one in taken)
    assert sums.of_person == Counter(one.by for one in taken)
    again: Room | None = None
    for event in play.log:
        again = rules.evolve(again, event) if event.logged else again
    assert again is not None
    assert (again.number, again.reactions.of_person) == (play.room.number, sums.of_person)
