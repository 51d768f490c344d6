"""Microphones, cameras and shared screens: rules 4, 12, 13, 14, 15, 16 and 17."""

from __future__ import annotations

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules.devices import is_on
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Mode, Seat, Settings

from .play import Play, kinds


@pytest.mark.parametrize("device", Device)
def test_4_on_stage_people_turn_their_own_off_and_on(device: Device) -> None:
    play = Play()
    play.on_stage("cal")
    assert kinds(play.do("cal", c.SetDevice(device, on=True))) == ["device_set"]
    assert is_on(play.person("cal"), device)
    assert play.do("cal", c.SetDevice(device, on=True)) == []
    play.do("cal", c.SetDevice(device, on=False))
    assert not is_on(play.person("cal"), device)


@pytest.mark.parametrize("device", Device)
def test_4_one_device_is_not_another(device: Device) -> None:
    play = Play()
    play.on_stage("cal")
    play.do("cal", c.SetDevice(device, on=True))
    assert [one for one in Device if is_on(play.person("cal"), one)] == [device]


@pytest.mark.parametrize("on", [True, False])
@pytest.mark.parametrize("device", Device)
def test_14_nobody_turns_anything_on_off_the_stage(device: Device, on: bool) -> None:
    play = Play()
    play.ask("cal")
    play.do("ada", c.Invite("dee"))
    for who in ("cal", "dee", "eve", "ada"):
        sentence = play.no(who, c.SetDevice(device, on=on), Code.WRONG_STATE)
        assert device in sentence


@pytest.mark.parametrize("up", ["join", "accept"])
def test_15_nobody_arrives_sharing(up: str) -> None:
    play = Play(Mode.OPEN)
    if up == "accept":
        play.do("ada", c.Invite("cal"))
        play.do("cal", c.AcceptOffer(microphone=True, camera=True))
    else:
        play.do("cal", c.JoinStage(microphone=True, camera=True))
    assert not play.person("cal").screen


@pytest.mark.parametrize("end", ["away", "removed", "left", "ended"])
def test_12_13_a_share_ends_with_the_seat(end: str) -> None:
    play = Play(Mode.OPEN, Settings(may_leave_stage=True))
    play.on_stage("cal")
    play.do("cal", c.SetDevice(Device.SCREEN, on=True))
    if end == "away":
        play.away("cal")
        assert not play.person("cal").screen
        play.back("cal")
        assert play.seat("cal") is Seat.ON_STAGE
    elif end == "removed":
        play.do("ada", c.RemoveFromStage("cal"))
    elif end == "left":
        play.do("cal", c.LeaveStage())
    else:
        play.do("hal", c.EndRoom())
    assert not play.person("cal").screen


@pytest.mark.parametrize("device", Device)
def test_16_a_moderator_turns_anybodys_off(device: Device) -> None:
    play = Play()
    play.on_stage("cal", microphone=True, camera=True)
    play.do("cal", c.SetDevice(Device.SCREEN, on=True))
    play.no("dee", c.TurnOff("cal", device), Code.NOT_ALLOWED)
    events = play.do("ada", c.TurnOff("cal", device))
    assert kinds(events) == ["device_set"]
    assert events[0].by == "ada"
    assert not is_on(play.person("cal"), device)
    play.do("cal", c.SetDevice(device, on=True))
    assert is_on(play.person("cal"), device), "the person may turn it on again (rule 4)"


@pytest.mark.parametrize("device", Device)
def test_16_17_the_hosts_stay_on(device: Device) -> None:
    play = Play()
    play.on_stage("hal")
    play.do("hal", c.SetDevice(device, on=True))
    play.no("ada", c.TurnOff("hal", device), Code.NOT_ALLOWED)
    assert play.do("ada", c.TurnAllOff(device)) == []
    assert is_on(play.person("hal"), device)


def test_16_what_is_off_stays_off() -> None:
    play = Play()
    play.on_stage("cal")
    assert play.do("ada", c.TurnOff("cal", Device.CAMERA)) == []
    play.do("cal", c.SetDevice(Device.CAMERA, on=True))
    play.do("ada", c.TurnOff("cal", Device.CAMERA))
    assert play.do("ada", c.TurnOff("cal", Device.CAMERA)) == [], "one's own decision, again"


def test_16_there_is_nothing_to_turn_off_off_the_stage() -> None:
    play = Play()
    assert "Cal" in play.no("ada", c.TurnOff("cal", Device.CAMERA), Code.WRONG_STATE)


def test_16_17_all_at_once_the_host_and_oneself_aside() -> None:
    play = Play()
    play.on_stage("hal", "ada", "bob", "cal", "dee", microphone=True, camera=True)
    play.do("dee", c.SetDevice(Device.MICROPHONE, on=False))
    play.no("cal", c.TurnAllOff(Device.MICROPHONE), Code.NOT_ALLOWED)
    events = play.do("ada", c.TurnAllOff(Device.MICROPHONE))
    assert [event.person for event in events] == ["bob", "cal"]
    on = {one.id for one in play.room.people.values() if one.microphone}
    assert on == {"hal", "ada"}
    assert all(play.person(who).camera for who in ("hal", "ada", "bob", "cal", "dee"))
    play.do("hal", c.TurnAllOff(Device.CAMERA))
    assert {one.id for one in play.room.people.values() if one.camera} == {"hal"}
    assert play.do("hal", c.TurnAllOff(Device.CAMERA)) == []
    for who in ("ada", "cal"):
        play.do(who, c.SetDevice(Device.SCREEN, on=True))
    assert [event.person for event in play.do("ada", c.TurnAllOff(Device.SCREEN))] == ["cal"]
    assert {one.id for one in play.room.people.values() if one.screen} == {"ada"}


def test_16_ask_to_unmute_needs_consent() -> None:
    play = Play()
    play.on_stage("cal")
    play.no("dee", c.AskToUnmute("cal"), Code.NOT_ALLOWED)
    assert kinds(play.do("ada", c.AskToUnmute("cal"))) == ["unmute_asked"]
    assert play.person("cal").unmute_asked_by == "ada"
    assert not play.person("cal").microphone
    assert play.do("bob", c.AskToUnmute("cal")) == [], "asked already"
    play.do("cal", c.SetDevice(Device.CAMERA, on=True))
    assert play.person("cal").unmute_asked_by == "ada", "a camera is no answer"
    play.do("cal", c.SetDevice(Device.MICROPHONE, on=True))
    assert play.person("cal").unmute_asked_by is None


def test_16_dismissed_and_asked_again() -> None:
    play = Play()
    assert play.do("cal", c.DismissUnmute()) == []
    play.on_stage("cal")
    play.do("ada", c.AskToUnmute("cal"))
    assert kinds(play.do("cal", c.DismissUnmute())) == ["unmute_dismissed"]
    assert play.person("cal").unmute_asked_by is None
    play.do("bob", c.AskToUnmute("cal"))
    assert play.person("cal").unmute_asked_by == "bob"


def test_16_only_who_is_on_stage_and_muted_is_asked() -> None:
    play = Play()
    assert "stage" in play.no("ada", c.AskToUnmute("cal"), Code.WRONG_STATE)
    play.on_stage("cal", microphone=True)
    assert "on already" in play.no("ada", c.AskToUnmute("cal"), Code.WRONG_STATE)


def test_16_17_the_host_may_be_asked() -> None:
    play = Play()
    play.on_stage("hal")
    play.do("ada", c.AskToUnmute("hal"))
    assert play.person("hal").unmute_asked_by == "ada"


@pytest.mark.parametrize("end", ["away", "removed"])
def test_16_the_question_ends_with_the_seat(end: str) -> None:
    play = Play()
    play.on_stage("cal")
    play.do("ada", c.AskToUnmute("cal"))
    if end == "away":
        play.away("cal")
        play.back("cal")
        assert play.seat("cal") is Seat.ON_STAGE
    else:
        play.do("ada", c.RemoveFromStage("cal"))
    assert play.person("cal").unmute_asked_by is None
