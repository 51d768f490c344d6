"""Grants follow from the state alone (rules 12, 13 and 14)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.media.interface import Grant
from stagedoor.rooms.grants import changes, grant_of, grants, may_publish
from stagedoor.rules.memo import Lasting
from stagedoor.rules.values import Person, Role, Room, Seat

FULL = Grant(True, True, True, True)


def person(seat: Seat, **more: object) -> Person:
    return Person("p", "P", Role.ATTENDEE, seat=seat, microphone=True, camera=False, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("somebody", "grant"),
    [
        (person(Seat.VIEWER), None),
        (person(Seat.REQUESTED), None),
        (person(Seat.OFFERED), Grant.prepare()),
        (person(Seat.OFFERED, away_until=5), None),
        (person(Seat.ON_STAGE), Grant(True, True, False)),
        (person(Seat.ON_STAGE, screen=True), Grant(True, True, False, True)),
        (person(Seat.BACKSTAGE), Grant(True, True, False, backstage=True)),
        (person(Seat.HELD, away_until=5, held_backstage=True), None),
        (person(Seat.ON_STAGE, present=False), None),
        (person(Seat.HELD, away_until=5), None),
        (person(Seat.HELD), None),
    ],
)
def test_14_a_grant_follows_the_seat(somebody: Person, grant: Grant | None) -> None:
    assert grant_of(somebody) == grant
    room = Room("r", "R", people=Lasting({"p": somebody}))
    assert grants(room) == ({} if grant is None else {"p": grant})
    assert may_publish(room, "p") == (grant is not None)
    assert not may_publish(room, "q")


def test_nobody_sends_in_a_room_that_has_ended() -> None:
    room = Room("r", "R", people=Lasting({"p": person(Seat.ON_STAGE)}), ended=True)
    assert grants(room) == {}
    assert not may_publish(room, "p")


one_grant = st.builds(Grant, *[st.booleans()] * 5)
some_grants = st.dictionaries(st.sampled_from("abcde"), one_grant)


@given(some_grants, some_grants)
def test_13_changes_lead_from_one_to_the_other_and_take_first(
    before: dict[str, Grant], after: dict[str, Grant]
) -> None:
    taking, giving = changes(before, after)
    engine = dict(before)
    for name, grant in taking:
        if grant is None:
            del engine[name]
        else:
            engine[name] = grant
    for name, old in engine.items():
        new = after[name]
        for what in ("forward", "public", "microphone", "camera", "screen"):
            assert getattr(new, what) or not getattr(old, what), "taken away before giving begins"
    for name, grant in giving:
        assert grant is not None
        engine[name] = grant
    assert engine == after


def test_nothing_to_do_is_nothing_to_do() -> None:
    assert changes({"a": FULL}, {"a": FULL}) == ([], [])
    assert changes({"a": FULL}, {"a": Grant(True, False, True)}) == (
        [("a", Grant(True, False, True))],
        [],
    )
    assert changes({}, {"a": FULL}) == ([], [("a", FULL)])
