"""Entering, being away, coming back: rules 6, 7 and 12."""

from __future__ import annotations

import pytest

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.events import Entered
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Device, Mode, Role, Seat, Settings

from .play import Play, kinds


@pytest.mark.parametrize("role", Role)
def test_a_new_session_enters_as_a_viewer(role: Role) -> None:
    play = Play()
    events = rules.enter(play.room, "fay", "Fay", role, play.now)
    assert events == [Entered(at=play.now, by="fay", person="fay", name="Fay", role=role)]
    play.apply(events)
    fay = play.person("fay")
    assert (fay.name, fay.role, fay.seat, fay.present) == ("Fay", role, Seat.VIEWER, True)


def test_nobody_enters_twice_or_comes_back_unknown() -> None:
    play = Play()
    twice = rules.enter(play.room, "cal", "Cal", Role.HOST, play.now)
    assert isinstance(twice, Refusal)
    assert twice.code is Code.ALREADY_ENTERED
    unknown = rules.come_back(play.room, "fay", "Fay", play.now)
    assert isinstance(unknown, Refusal)
    assert unknown.code is Code.BAD_SESSION


def test_12_the_seat_is_held_and_resumed_with_both_devices_off() -> None:
    play = Play()
    play.on_stage("cal", microphone=True, camera=True)
    assert kinds(play.away("cal")) == ["disconnected"]
    cal = play.person("cal")
    assert (cal.seat, cal.microphone, cal.camera) == (Seat.HELD, False, False)
    assert cal.away_until == play.now + 30_000
    play.wait(29_999)
    assert kinds(play.back("cal")) == ["returned"]
    cal = play.person("cal")
    assert (cal.seat, cal.microphone, cal.camera) == (Seat.ON_STAGE, False, False)
    assert cal.away_until is None
    assert rules.next_deadline(play.room) is None


def test_12_after_the_grace_the_seat_is_free_and_the_person_a_viewer() -> None:
    play = Play(Mode.OPEN, Settings(capacity=1, hold_ms=7_000))
    play.do("cal", c.JoinStage())
    play.away("cal")
    play.wait(6_999)
    play.no("dee", c.JoinStage(), Code.STAGE_FULL)
    assert kinds(play.wait(1)) == ["left"]
    assert not play.person("cal").present
    assert not play.person("cal").barred
    play.do("dee", c.JoinStage())
    play.wait(3_600_000)
    play.back("cal", "Calvin")
    cal = play.person("cal")
    assert (cal.seat, cal.present, cal.name, cal.role) == (
        Seat.VIEWER,
        True,
        "Calvin",
        Role.ATTENDEE,
    )


def test_12_coming_back_too_late_is_late_even_if_the_timer_has_not_run() -> None:
    play = Play()
    play.on_stage("cal", "dee")
    play.away("dee")
    play.away("cal")
    play.now += 30_000
    assert kinds(play.back("cal")) == ["left", "returned"], "Cal's own time alone"
    assert play.seat("cal") is Seat.VIEWER
    assert play.seat("dee") is Seat.HELD


def test_7_12_an_offer_that_expired_meanwhile_is_gone_on_return() -> None:
    play = Play(settings=Settings(offer_ms=10_000))
    play.do("ada", c.Invite("cal"))
    play.away("cal")
    play.now += 10_000
    assert kinds(play.back("cal")) == ["offer_expired", "returned"]
    assert play.seat("cal") is Seat.VIEWER


def test_7_12_offer_and_grace_both_end_while_away() -> None:
    play = Play(settings=Settings(offer_ms=30_000))
    play.do("ada", c.Invite("cal"))
    play.away("cal")
    assert kinds(play.wait(30_000)) == ["offer_expired", "left"], "the same moment"
    play.do("ada", c.Invite("dee"))
    play.wait(1)
    play.away("dee")
    assert kinds(play.wait(29_999)) == ["offer_expired"]
    assert kinds(play.wait(1)) == ["left"]


def test_7_12_a_grace_that_ends_first_takes_the_offer_along() -> None:
    play = Play()
    play.do("ada", c.Invite("cal"))
    play.away("cal")
    assert kinds(play.wait(120_000)) == ["left"]
    assert play.person("cal").offer is None


def test_6_7_12_request_offer_and_hand_live_through_the_grace() -> None:
    play = Play()
    play.ask("cal", "dee")
    play.do("ada", c.Invite("eve"))
    for who in ("cal", "eve"):
        play.do(who, c.RaiseHand())
        before = play.person(who)
        play.away(who)
        play.back(who)
        assert play.person(who) == before
    assert play.queue() == ["cal", "dee"]


def test_7_12_after_the_grace_request_and_hand_are_gone() -> None:
    play = Play()
    play.ask("cal")
    play.do("cal", c.RaiseHand())
    play.away("cal")
    play.wait(30_000)
    cal = play.person("cal")
    assert (cal.seat, cal.requested_at, cal.hand_at) == (Seat.VIEWER, None, None)
    play.back("cal")
    assert play.person("cal").requested_at is None


def test_12_disconnecting_twice_is_once() -> None:
    play = Play()
    play.away("cal")
    assert play.away("cal") == []
    play.wait(30_000)
    assert play.away("cal") == []
    assert rules.disconnect(play.room, "nobody", play.now) == []


def test_12_who_is_connected_comes_back_as_nothing_new() -> None:
    play = Play()
    play.on_stage("cal", microphone=True)
    assert play.back("cal") == []
    assert kinds(play.back("cal", "Calvin")) == ["returned"]
    cal = play.person("cal")
    assert (cal.name, cal.seat, cal.microphone) == ("Calvin", Seat.ON_STAGE, True)


def test_12_the_role_is_kept_as_in_the_state() -> None:
    play = Play()
    play.do("hal", c.AppointModerator("cal"))
    play.away("cal")
    play.wait(30_000)
    play.back("cal")
    assert play.person("cal").role is Role.MODERATOR


@pytest.mark.parametrize("command", [c.RaiseHand(), c.AskToJoinStage()])
def test_who_is_away_or_gone_commands_nothing(command: c.AnyCommand) -> None:
    play = Play()
    play.away("cal")
    play.no("cal", command, Code.AWAY)
    play.wait(30_000)
    play.no("cal", command, Code.NO_SUCH_PERSON)
    play.no("nobody", command, Code.NO_SUCH_PERSON)


def test_12_decisions_taken_meanwhile_win() -> None:
    play = Play()
    play.on_stage("cal", "dee")
    play.ask("eve")
    for who in ("cal", "dee", "eve"):
        play.away(who)
    play.do("ada", c.RemoveFromStage("cal"))
    play.do("ada", c.Decline("eve"))
    for who in ("cal", "dee", "eve"):
        play.back(who)
    assert play.seat("cal") is Seat.VIEWER
    assert play.person("cal").barred
    assert play.seat("dee") is Seat.ON_STAGE
    assert play.seat("eve") is Seat.VIEWER


def test_12_a_request_is_approved_while_its_grace_runs() -> None:
    play = Play()
    play.ask("cal", "dee")
    play.away("cal")
    play.away("dee")
    play.do("ada", c.Approve("cal"))
    play.do("ada", c.Invite("dee"))
    for who in ("cal", "dee"):
        play.back(who)
        play.do(who, c.AcceptOffer())


def test_12_an_invitation_needs_somebody_who_is_there() -> None:
    play = Play()
    play.away("cal")
    assert "Cal" in play.no("ada", c.Invite("cal"), Code.AWAY)
    play.wait(30_000)
    assert "left" in play.no("ada", c.Invite("cal"), Code.NO_SUCH_PERSON)
    play.no("ada", c.Invite("nobody"), Code.NO_SUCH_PERSON)


def test_12_turning_off_a_held_seat_is_nothing_to_do() -> None:
    play = Play()
    play.on_stage("cal", microphone=True)
    play.away("cal")
    assert play.do("ada", c.TurnOff("cal", Device.MICROPHONE)) == []
    assert "connected" in play.no("ada", c.AskToUnmute("cal"), Code.AWAY)


def test_12_a_role_changes_while_away() -> None:
    play = Play()
    play.away("cal")
    play.do("hal", c.AppointModerator("cal"))
    play.back("cal")
    assert play.person("cal").role is Role.MODERATOR


def test_the_next_deadline_is_the_earliest() -> None:
    play = Play()
    assert rules.next_deadline(play.room) is None
    play.do("ada", c.Invite("cal"))
    assert rules.next_deadline(play.room) == play.now + 60_000
    play.away("dee")
    assert rules.next_deadline(play.room) == play.now + 30_000
    play.back("dee")
    assert rules.next_deadline(play.room) == play.now + 60_000
