"""Waiting backstage, and being brought on together."""

from __future__ import annotations

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules import events as ev
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Mode, Seat, Settings

from .play import START, Play, kinds


def backstage(*people: str, mode: Mode = Mode.REQUEST, capacity: int = 12) -> Play:
    """A room with a backstage, where these people wait with their microphones on."""
    play = Play(mode, Settings(backstage=True, capacity=capacity))
    play.on_stage(*people, microphone=True)
    return play


def test_2_whoever_confirms_an_offer_waits_backstage_with_the_devices_chosen() -> None:
    play = Play(settings=Settings(backstage=True))
    play.ask("cal")
    play.do("cal", c.RaiseHand())
    play.do("ada", c.Approve("cal"))
    assert kinds(play.do("cal", c.AcceptOffer(camera=True))) == ["went_backstage"]
    cal = play.person("cal")
    assert (cal.seat, cal.offer, cal.hand_at) == (Seat.BACKSTAGE, None, None)
    assert (cal.microphone, cal.camera) == (False, True)


def test_1_whoever_joins_directly_waits_too_but_moderators_do_not() -> None:
    play = backstage(mode=Mode.OPEN)
    assert kinds(play.do("cal", c.JoinStage())) == ["went_backstage"]
    assert kinds(play.do("ada", c.JoinStage())) == ["went_on_stage"]
    play.do("hal", c.Invite("bob"))
    assert kinds(play.do("bob", c.AcceptOffer())) == ["went_on_stage"]


def test_off_by_default_and_turning_it_off_leaves_people_there() -> None:
    play = Play()
    play.on_stage("cal")
    assert play.seat("cal") is Seat.ON_STAGE
    play.do("ada", c.ChangeSettings(backstage=True))
    assert play.seat("cal") is Seat.ON_STAGE
    play.on_stage("dee")
    play.do("ada", c.ChangeSettings(backstage=False))
    assert play.seat("dee") is Seat.BACKSTAGE
    play.on_stage("eve")
    assert play.seat("eve") is Seat.ON_STAGE
    play.do("ada", c.BringOn(("dee",)))
    assert play.seat("dee") is Seat.ON_STAGE


def test_people_come_on_together_by_one_event_with_their_devices_as_they_are() -> None:
    play = backstage("cal", "dee", "eve")
    play.do("dee", c.SetDevice(Device.CAMERA, on=True))
    play.do("cal", c.SetDevice(Device.MICROPHONE, on=False))
    play.do("eve", c.RaiseHand())
    assert play.do("ada", c.BringOn()) == [
        ev.BroughtOn(at=START, by="ada", rule=2, people=("cal", "dee", "eve"))
    ]
    assert [play.seat(who) for who in ("cal", "dee", "eve")] == [Seat.ON_STAGE] * 3
    assert not play.person("cal").microphone
    assert (play.person("dee").microphone, play.person("dee").camera) == (True, True)
    assert play.person("eve").hand_at is None


def test_some_are_brought_on_and_others_wait_on() -> None:
    play = backstage("cal", "dee", "eve")
    (event,) = play.do("ada", c.BringOn(("eve", "cal", "eve")))
    assert isinstance(event, ev.BroughtOn)
    assert event.people == ("eve", "cal")
    assert play.seat("dee") is Seat.BACKSTAGE


def test_8_the_second_moderator_reads_who_was_first() -> None:
    play = backstage("cal", "dee")
    play.do("ada", c.BringOn(("cal",)))
    for people in (("cal",), ("cal", "dee"), ("dee", "cal")):
        assert play.no("bob", c.BringOn(people), Code.ALREADY_HANDLED) == (
            "Already handled by Ada (brought on)."
        )
    assert play.seat("dee") is Seat.BACKSTAGE, "a refused command changes nothing (rule 22)"
    play.do("ada", c.BringOn())
    assert "Ada" in play.no("bob", c.BringOn(), Code.ALREADY_HANDLED)
    play.do("bob", c.RemoveFromStage("cal"))
    assert "Bob" in play.no("ada", c.BringOn(("cal",)), Code.ALREADY_HANDLED)


def test_22_nobody_there_nobody_known_and_nobody_connected_are_refused() -> None:
    play = backstage()
    assert play.no("ada", c.BringOn(), Code.WRONG_STATE) == "Nobody is backstage."
    assert "Cal" in play.no("ada", c.BringOn(("cal",)), Code.WRONG_STATE)
    play.no("ada", c.BringOn(("nobody",)), Code.NO_SUCH_PERSON)
    play.no("cal", c.BringOn(), Code.NOT_ALLOWED)
    play.on_stage("cal", "dee")
    play.away("cal")
    play.no("ada", c.BringOn(("cal", "dee")), Code.AWAY)
    (event,) = play.do("ada", c.BringOn())
    assert isinstance(event, ev.BroughtOn)
    assert event.people == ("dee",), "all who are connected"
    play.no("ada", c.BringOn(), Code.AWAY)


def test_7_and_11_a_seat_backstage_is_a_seat_taken() -> None:
    play = backstage("cal", "dee", capacity=2)
    play.no("ada", c.Invite("eve"), Code.STAGE_FULL)
    assert "2" in play.no("ada", c.ChangeSettings(capacity=1), Code.BAD_VALUE)
    play.do("ada", c.ChangeSettings(bump_longest_silent=True))
    play.do("dee", c.SetDevice(Device.MICROPHONE, on=False))
    play.no("ada", c.Invite("eve"), Code.STAGE_FULL)  # nobody backstage is bumped
    play.do("ada", c.BringOn())
    assert kinds(play.do("ada", c.Invite("eve"))) == ["bumped", "offer_made"]


def test_11_capacity_is_checked_again_when_the_offer_is_confirmed() -> None:
    play = backstage("cal", capacity=2)
    play.do("ada", c.Invite("dee"))
    play.do("ada", c.ChangeSettings(capacity=1))
    play.no("dee", c.AcceptOffer(), Code.STAGE_FULL)


def test_9_whoever_is_there_needs_no_second_way_up() -> None:
    play = backstage("cal", mode=Mode.OPEN)
    assert "backstage" in play.no("cal", c.JoinStage(), Code.WRONG_STATE)
    assert "backstage" in play.no("cal", c.AskToJoinStage(), Code.WRONG_STATE)
    assert "backstage" in play.no("ada", c.Invite("cal"), Code.WRONG_STATE)


def test_3_stepping_back_is_possible_at_any_time() -> None:
    play = backstage("cal")
    assert kinds(play.do("cal", c.LeaveStage())) == ["left_backstage"]
    cal = play.person("cal")
    assert (cal.seat, cal.microphone, cal.barred) == (Seat.VIEWER, False, False)
    play.no("cal", c.LeaveStage(), Code.WRONG_STATE)


def test_13_and_16_moderators_mute_and_remove_as_on_stage() -> None:
    play = backstage("cal")
    play.do("ada", c.TurnOff("cal", Device.MICROPHONE))
    play.do("ada", c.AskToUnmute("cal"))
    play.do("cal", c.SetDevice(Device.MICROPHONE, on=True))
    assert kinds(play.do("ada", c.TurnAllOff(Device.MICROPHONE))) == ["device_set"]
    assert kinds(play.do("ada", c.RemoveFromStage("cal"))) == ["removed_from_stage"]
    assert play.person("cal").barred


def test_12_a_lost_connection_is_held_backstage_and_comes_back_there_with_all_off() -> None:
    play = backstage("cal")
    play.away("cal")
    cal = play.person("cal")
    assert (cal.seat, cal.is_backstage, cal.microphone) == (Seat.HELD, True, False)
    play.back("cal")
    assert (play.seat("cal"), play.person("cal").held_backstage) == (Seat.BACKSTAGE, False)
    play.away("cal")
    assert kinds(play.wait(30_000)) == ["left"]
    assert (play.seat("cal"), play.person("cal").is_backstage) == (Seat.VIEWER, False)


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.INVITE, Mode.CLOSED])
def test_10_no_mode_takes_the_seat(mode: Mode) -> None:
    play = backstage("cal")
    play.do("ada", c.SetMode(mode))
    assert play.seat("cal") is Seat.BACKSTAGE
    play.do("ada", c.BringOn())


def test_17_who_is_appointed_backstage_waits_on_and_may_bring_themselves_on() -> None:
    play = backstage("cal", "dee")
    play.do("hal", c.AppointModerator("cal"))
    assert play.seat("cal") is Seat.BACKSTAGE
    play.do("cal", c.BringOn(("cal",)))
    play.do("hal", c.AppointModerator("dee"))
    assert kinds(play.do("dee", c.RemoveFromStage("dee"))) == ["left_backstage"]


def test_13_sent_back_from_the_stage_one_waits_again() -> None:
    play = backstage("cal")
    play.no("ada", c.SendBackstage("cal"), Code.WRONG_STATE)
    play.do("ada", c.BringOn())
    assert kinds(play.do("ada", c.SendBackstage("cal"))) == ["sent_backstage"]
    assert (play.seat("cal"), play.person("cal").microphone) == (Seat.BACKSTAGE, True)
    assert "Ada" in play.no("bob", c.SendBackstage("cal"), Code.ALREADY_HANDLED)
    play.on_stage("bob")
    play.no("ada", c.SendBackstage("bob"), Code.WRONG_STATE)
    play.do("ada", c.BringOn())
    play.do("ada", c.ChangeSettings(backstage=False))
    play.no("ada", c.SendBackstage("cal"), Code.TURNED_OFF)


def test_the_end_of_the_room_leaves_nobody_backstage() -> None:
    play = backstage("cal", "dee")
    play.away("dee")
    play.do("hal", c.EndRoom())
    assert not any(one.is_backstage for one in play.room.people.values())
