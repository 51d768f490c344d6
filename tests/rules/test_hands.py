"""Raised hands: rules 13, 19 and 20."""

from __future__ import annotations

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Mode, Seat, Settings

from .play import Play, kinds


def raised(play: Play) -> list[str]:
    hands = [one for one in play.room.people.values() if one.hand_at is not None]
    return [one.id for one in sorted(hands, key=lambda one: one.hand_at or 0)]


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("who", ["cal", "ada", "hal"])
def test_20_anybody_raises_a_hand_in_any_mode(mode: Mode, who: str) -> None:
    play = Play(mode)
    assert kinds(play.do(who, c.RaiseHand())) == ["hand_raised"]
    assert raised(play) == [who]
    assert kinds(play.do(who, c.LowerHand())) == ["hand_lowered"]
    assert raised(play) == []


def test_19_hands_are_in_the_order_of_their_raising() -> None:
    play = Play()
    for who in ("eve", "cal", "dee"):
        play.do(who, c.RaiseHand())
    assert play.do("eve", c.RaiseHand()) == [], "up already: the place is kept"
    assert raised(play) == ["eve", "cal", "dee"]
    play.do("eve", c.LowerHand())
    play.do("eve", c.RaiseHand())
    assert raised(play) == ["cal", "dee", "eve"]


def test_a_hand_is_apart_from_the_seat() -> None:
    play = Play()
    play.do("cal", c.RaiseHand())
    play.ask("cal")
    assert raised(play) == ["cal"]
    play.do("ada", c.Decline("cal"))
    assert raised(play) == ["cal"]
    play.do("ada", c.Invite("cal"))
    play.do("cal", c.DeclineOffer())
    assert raised(play) == ["cal"]
    play.do("ada", c.SetMode(Mode.CLOSED))
    assert raised(play) == ["cal"]


def test_going_on_stage_lowers_the_hand_as_one_has_the_floor() -> None:
    play = Play()
    play.do("cal", c.RaiseHand())
    play.on_stage("cal")
    assert raised(play) == []
    play.do("cal", c.RaiseHand())
    assert raised(play) == ["cal"]


@pytest.mark.parametrize("way", ["left", "bumped", "removed"])
def test_13_of_the_ways_down_removal_alone_lowers_the_hand(way: str) -> None:
    settings = Settings(capacity=1, bump_longest_silent=True, may_leave_stage=True)
    play = Play(Mode.OPEN, settings)
    play.do("cal", c.JoinStage())
    play.do("cal", c.RaiseHand())
    if way == "left":
        play.do("cal", c.LeaveStage())
    elif way == "bumped":
        play.do("dee", c.JoinStage())
    else:
        play.do("ada", c.RemoveFromStage("cal"))
    assert play.seat("cal") is Seat.VIEWER
    assert raised(play) == ([] if way == "removed" else ["cal"])


def test_lowering_what_is_down_is_nothing_to_do() -> None:
    play = Play()
    assert play.do("cal", c.LowerHand()) == []
    assert play.do("cal", c.LowerHand("cal")) == []
    assert play.do("ada", c.LowerHand("cal")) == []
    assert play.do("ada", c.LowerAllHands()) == []


def test_moderators_lower_hands_and_others_only_their_own() -> None:
    play = Play()
    for who in ("dee", "cal", "hal"):
        play.do(who, c.RaiseHand())
    play.no("cal", c.LowerHand("dee"), Code.NOT_ALLOWED)
    play.no("cal", c.LowerHand("nobody"), Code.NOT_ALLOWED)
    play.no("cal", c.LowerAllHands(), Code.NOT_ALLOWED)
    play.no("ada", c.LowerHand("nobody"), Code.NO_SUCH_PERSON)
    play.do("cal", c.LowerHand("cal"))
    play.do("ada", c.LowerHand("hal"))
    assert raised(play) == ["dee"]


def test_lowering_all_goes_in_their_order() -> None:
    play = Play()
    for who in ("eve", "hal", "cal"):
        play.do(who, c.RaiseHand())
    play.away("eve")
    events = play.do("ada", c.LowerAllHands())
    assert [event.person for event in events] == ["eve", "hal", "cal"]
    assert raised(play) == []
