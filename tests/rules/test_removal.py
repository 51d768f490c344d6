"""Removal and what is out of a moderator's reach: rules 4, 13 and 17."""

from __future__ import annotations

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Mode, Role, Seat, Settings

from .play import Play, kinds


def test_13_removal_clears_everything_on_the_way() -> None:
    play = Play()
    play.on_stage("cal", microphone=True, camera=True)
    play.do("cal", c.RaiseHand())
    assert kinds(play.do("ada", c.RemoveFromStage("cal"))) == ["removed_from_stage"]
    cal = play.person("cal")
    assert cal.seat is Seat.VIEWER
    assert cal.barred
    assert (cal.hand_at, cal.offer, cal.requested_at) == (None, None, None)
    assert (cal.microphone, cal.camera, cal.unmute_asked_by) == (False, False, None)


def test_13_only_who_has_a_seat_is_removed_and_only_by_moderators() -> None:
    play = Play()
    play.on_stage("cal")
    play.no("dee", c.RemoveFromStage("cal"), Code.NOT_ALLOWED)
    play.no("cal", c.RemoveFromStage("cal"), Code.NOT_ALLOWED)
    assert "Dee" in play.no("ada", c.RemoveFromStage("dee"), Code.WRONG_STATE)
    play.do("ada", c.Invite("dee"))
    play.no("bob", c.RemoveFromStage("dee"), Code.WRONG_STATE)


def test_13_open_the_removed_person_needs_a_moderators_word() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage())
    play.do("ada", c.RemoveFromStage("cal"))
    assert "ask" in play.no("cal", c.JoinStage(), Code.REMOVED)
    play.ask("cal")
    play.no("cal", c.JoinStage(), Code.REMOVED)
    play.do("ada", c.Approve("cal"))
    play.do("cal", c.AcceptOffer())
    assert not play.person("cal").barred
    play.do("ada", c.ChangeSettings(may_leave_stage=True))
    play.do("cal", c.LeaveStage())
    play.do("cal", c.JoinStage())


def test_13_open_an_invitation_is_a_word_too() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage())
    play.do("ada", c.RemoveFromStage("cal"))
    play.do("bob", c.Invite("cal"))
    play.do("cal", c.AcceptOffer())
    assert play.seat("cal") is Seat.ON_STAGE


@pytest.mark.parametrize("end", ["declined", "revoked", "expired"])
def test_13_an_offer_not_taken_leaves_the_person_barred(end: str) -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage())
    play.do("ada", c.RemoveFromStage("cal"))
    play.do("bob", c.Invite("cal"))
    if end == "declined":
        play.do("cal", c.DeclineOffer())
    elif end == "revoked":
        play.do("ada", c.RevokeOffer("cal"))
    else:
        play.wait(60_000)
    play.no("cal", c.JoinStage(), Code.REMOVED)


def test_13_going_away_and_coming_back_does_not_wash_it_off() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage())
    play.do("ada", c.RemoveFromStage("cal"))
    play.away("cal")
    play.wait(30_000)
    play.back("cal")
    play.no("cal", c.JoinStage(), Code.REMOVED)


def test_13_a_removed_moderator_may_join_again_directly() -> None:
    play = Play(Mode.OPEN)
    play.do("bob", c.JoinStage())
    play.do("ada", c.RemoveFromStage("bob"))
    assert "join it directly" in play.no("bob", c.AskToJoinStage(), Code.WRONG_MODE)
    play.do("bob", c.JoinStage())


def test_13_17_who_is_appointed_is_free_again_and_who_is_demoted_is_not() -> None:
    play = Play(Mode.OPEN)
    for who in ("cal", "bob"):
        play.do(who, c.JoinStage())
        play.do("ada", c.RemoveFromStage(who))
    play.do("hal", c.AppointModerator("cal"))
    assert not play.person("cal").barred
    play.do("hal", c.DemoteModerator("cal"))
    play.do("cal", c.JoinStage())
    play.do("hal", c.DemoteModerator("bob"))
    play.no("bob", c.JoinStage(), Code.REMOVED)


def test_4_13_a_moderator_who_removes_themselves_steps_down() -> None:
    play = Play(Mode.OPEN)
    play.do("ada", c.JoinStage())
    assert kinds(play.do("ada", c.RemoveFromStage("ada"))) == ["left_stage"]
    assert not play.person("ada").barred


def test_17_the_host_is_out_of_the_moderators_reach() -> None:
    play = Play()
    play.on_stage("hal", microphone=True, camera=True)
    before = play.person("hal")
    for command in (
        c.RemoveFromStage("hal"),
        c.TurnOff("hal", Device.MICROPHONE),
        c.TurnOff("hal", Device.CAMERA),
    ):
        assert "host" in play.no("ada", command, Code.NOT_ALLOWED)
    play.do("ada", c.TurnAllOff(Device.MICROPHONE))
    play.no("ada", c.DemoteModerator("hal"), Code.NOT_ALLOWED)
    assert play.person("hal") == before


def test_17_the_host_may_do_all_that_to_moderators() -> None:
    play = Play()
    play.on_stage("ada", microphone=True)
    play.do("hal", c.TurnOff("ada", Device.MICROPHONE))
    play.do("hal", c.RemoveFromStage("ada"))
    assert play.seat("ada") is Seat.VIEWER


def test_17_only_the_host_appoints_demotes_and_ends() -> None:
    play = Play()
    for who in ("cal", "ada"):
        play.no(who, c.AppointModerator("dee"), Code.NOT_ALLOWED)
        play.no(who, c.DemoteModerator("bob"), Code.NOT_ALLOWED)
        play.no(who, c.EndRoom(), Code.NOT_ALLOWED)
    assert kinds(play.do("hal", c.AppointModerator("dee"))) == ["role_set"]
    assert play.person("dee").role is Role.MODERATOR
    play.do("dee", c.Invite("cal"))
    play.do("hal", c.DemoteModerator("dee"))
    play.no("dee", c.Invite("eve"), Code.NOT_ALLOWED)
    assert play.seat("cal") is Seat.OFFERED, "what a moderator decided stays decided"


def test_17_appointing_and_demoting_whom_it_does_not_fit() -> None:
    play = Play()
    assert "moderator already" in play.no("hal", c.AppointModerator("ada"), Code.WRONG_STATE)
    assert "host already" in play.no("hal", c.AppointModerator("hal"), Code.WRONG_STATE)
    play.no("hal", c.DemoteModerator("cal"), Code.WRONG_STATE)
    play.no("hal", c.DemoteModerator("hal"), Code.WRONG_STATE)
    play.no("hal", c.AppointModerator("nobody"), Code.NO_SUCH_PERSON)


def test_17_a_role_does_not_change_the_seat() -> None:
    play = Play()
    play.on_stage("cal", microphone=True)
    play.do("hal", c.AppointModerator("cal"))
    play.do("hal", c.DemoteModerator("cal"))
    cal = play.person("cal")
    assert (cal.seat, cal.microphone) == (Seat.ON_STAGE, True)
    play.no("cal", c.LeaveStage(), Code.NOT_ALLOWED)


def test_13_removal_of_the_last_frees_a_seat() -> None:
    play = Play(Mode.OPEN, Settings(capacity=1))
    play.do("cal", c.JoinStage())
    play.do("ada", c.RemoveFromStage("cal"))
    play.do("dee", c.JoinStage())
