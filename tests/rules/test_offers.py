"""Offers in time, and the capacity of the stage: rules 7 and 11."""

from __future__ import annotations

import pytest

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Mode, Seat, Settings

from .play import Play, kinds


def test_7_an_offer_expires() -> None:
    play = Play()
    play.do("ada", c.Invite("cal"))
    deadline = play.now + 60_000
    assert rules.next_deadline(play.room) == deadline
    assert play.wait(59_999) == []
    assert kinds(play.wait(1)) == ["offer_expired"]
    assert play.log[-1].by == ""
    assert play.seat("cal") is Seat.VIEWER
    assert play.person("cal").offer is None
    assert rules.next_deadline(play.room) is None


def test_7_an_offer_is_too_late_at_its_deadline_even_if_the_timer_has_not_run() -> None:
    play = Play(settings=Settings(offer_ms=10_000))
    play.do("ada", c.Invite("cal"))
    play.now += 10_000
    assert "expired" in play.no("cal", c.AcceptOffer(), Code.WRONG_STATE)
    play.now -= 1
    play.do("cal", c.AcceptOffer())


def test_7_an_open_offer_keeps_its_time_when_the_setting_changes() -> None:
    play = Play()
    play.do("ada", c.Invite("cal"))
    play.do("ada", c.ChangeSettings(offer_ms=5_000))
    assert play.wait(59_999) == []
    play.do("ada", c.Invite("dee"))
    assert rules.next_deadline(play.room) == play.now + 1
    assert kinds(play.wait(5_000)) == ["offer_expired", "offer_expired"]


def test_7_what_is_due_comes_in_the_order_of_its_time_then_of_the_person() -> None:
    play = Play()
    play.do("ada", c.Invite("eve"))
    play.do("ada", c.Invite("dee"))
    play.wait(1_000)
    play.away("cal")
    play.away("ada")
    events = play.wait(100_000)
    assert [(tag, event.person) for tag, event in zip(kinds(events), events, strict=True)] == [
        ("left", "ada"),
        ("left", "cal"),
        ("offer_expired", "dee"),
        ("offer_expired", "eve"),
    ]
    assert {event.at for event in events} == {play.now}


def test_7_an_offer_reserves_a_seat() -> None:
    play = Play(Mode.OPEN, Settings(capacity=2))
    play.do("cal", c.JoinStage())
    play.do("ada", c.Invite("dee"))
    play.no("eve", c.JoinStage(), Code.STAGE_FULL)
    play.no("ada", c.Invite("eve"), Code.STAGE_FULL)
    play.do("dee", c.DeclineOffer())
    play.do("eve", c.JoinStage())


@pytest.mark.parametrize("end", ["revoked", "expired", "declined", "left"])
def test_7_the_seat_is_free_when_the_offer_ends(end: str) -> None:
    play = Play(settings=Settings(capacity=1))
    play.do("ada", c.Invite("cal"))
    play.no("ada", c.Invite("dee"), Code.STAGE_FULL)
    if end == "revoked":
        play.do("ada", c.RevokeOffer("cal"))
    elif end == "declined":
        play.do("cal", c.DeclineOffer())
    else:
        if end == "left":
            play.away("cal")
        play.wait(30_000 if end == "left" else 60_000)
    play.do("ada", c.Invite("dee"))


def test_11_a_full_stage_refuses_join_approval_and_invitation() -> None:
    play = Play(Mode.OPEN, Settings(capacity=1))
    play.do("hal", c.JoinStage())
    sentence = play.no("cal", c.JoinStage(), Code.STAGE_FULL)
    assert "full" in sentence
    assert "1" in sentence
    play.no("ada", c.Invite("cal"), Code.STAGE_FULL)
    play.do("ada", c.SetMode(Mode.REQUEST))
    play.ask("cal")
    play.no("ada", c.Approve("cal"), Code.STAGE_FULL)
    assert play.seat("cal") is Seat.REQUESTED, "the request is not lost"


def test_11_a_held_seat_is_taken() -> None:
    play = Play(Mode.OPEN, Settings(capacity=1))
    play.do("cal", c.JoinStage())
    play.away("cal")
    play.no("dee", c.JoinStage(), Code.STAGE_FULL)


def test_11_capacity_is_checked_again_when_the_offer_is_confirmed() -> None:
    play = Play(settings=Settings(capacity=2))
    play.on_stage("hal")
    play.do("ada", c.Invite("cal"))
    play.do("ada", c.ChangeSettings(capacity=1))
    assert "still stands" in play.no("cal", c.AcceptOffer(), Code.STAGE_FULL)
    assert play.seat("cal") is Seat.OFFERED
    play.do("hal", c.LeaveStage())
    play.do("cal", c.AcceptOffer())
    assert play.seat("cal") is Seat.ON_STAGE


def test_11_nobody_is_bumped_by_default() -> None:
    play = Play(Mode.OPEN, Settings(capacity=1))
    play.do("cal", c.JoinStage())
    play.no("dee", c.JoinStage(), Code.STAGE_FULL)
    assert play.seat("cal") is Seat.ON_STAGE


def bumping(capacity: int) -> Play:
    return Play(Mode.OPEN, Settings(capacity=capacity, bump_longest_silent=True))


@pytest.mark.parametrize("way", ["join", "invite", "approve"])
def test_11_the_longest_silent_makes_room(way: str) -> None:
    play = bumping(2)
    play.do("cal", c.JoinStage(microphone=True))
    play.wait(1)
    play.do("dee", c.JoinStage())
    play.wait(1)
    play.do("cal", c.SetDevice(Device.MICROPHONE, on=False))  # silent, but later than Dee
    play.wait(1)
    if way == "join":
        events = play.do("eve", c.JoinStage())
    elif way == "invite":
        events = play.do("ada", c.Invite("eve"))
    else:
        play.do("ada", c.SetMode(Mode.REQUEST))
        play.ask("eve")
        events = play.do("ada", c.Approve("eve"))
    assert kinds(events) == ["bumped", "went_on_stage" if way == "join" else "offer_made"]
    assert play.seat("dee") is Seat.VIEWER
    assert play.seat("cal") is Seat.ON_STAGE
    assert not play.person("dee").barred


def test_11_never_a_moderator_nor_anyone_unmuted() -> None:
    play = bumping(3)
    play.do("hal", c.JoinStage())
    play.do("ada", c.JoinStage())
    play.do("cal", c.JoinStage(microphone=True))
    play.no("dee", c.JoinStage(), Code.STAGE_FULL)
    play.do("cal", c.SetDevice(Device.MICROPHONE, on=False))
    play.do("cal", c.SetDevice(Device.CAMERA, on=True))  # a camera is not a voice
    assert kinds(play.do("dee", c.JoinStage()))[0] == "bumped"
    assert play.seat("cal") is Seat.VIEWER


def test_11_nobody_is_bumped_who_shares() -> None:
    play = bumping(2)
    play.do("cal", c.JoinStage())
    play.do("cal", c.SetDevice(Device.SCREEN, on=True))
    play.wait(1)
    play.do("dee", c.JoinStage())
    assert [event.person for event in play.do("eve", c.JoinStage())] == ["dee", "eve"]
    play.do("eve", c.SetDevice(Device.SCREEN, on=True))
    play.no("dee", c.JoinStage(), Code.STAGE_FULL)
    play.do("cal", c.SetDevice(Device.SCREEN, on=False))
    assert kinds(play.do("dee", c.JoinStage()))[0] == "bumped"
    assert play.seat("cal") is Seat.VIEWER


def test_11_a_held_seat_is_silent_and_coming_back_does_not_break_the_silence() -> None:
    play = bumping(2)
    play.do("cal", c.JoinStage(microphone=True))
    play.do("dee", c.JoinStage(microphone=True))
    play.wait(1)
    play.away("cal")
    play.wait(1)
    play.do("dee", c.SetDevice(Device.MICROPHONE, on=False))
    play.wait(1)
    play.back("cal")
    play.do("eve", c.JoinStage())
    assert play.seat("cal") is Seat.VIEWER
    assert play.seat("dee") is Seat.ON_STAGE


def test_11_being_away_does_not_make_a_silence_shorter() -> None:
    play = bumping(2)
    play.do("cal", c.JoinStage())
    play.wait(1)
    play.do("dee", c.JoinStage())
    play.wait(1)
    play.away("cal")
    play.do("eve", c.JoinStage())
    assert play.seat("cal") is Seat.VIEWER, "held, and silent for longer than Dee"


def test_11_bumping_one_must_suffice() -> None:
    """Capacity lowered below seats and offers together: one bump frees no seat."""
    play = bumping(3)
    play.do("cal", c.JoinStage())
    play.do("ada", c.Invite("dee"))
    play.do("ada", c.Invite("eve"))
    play.do("ada", c.ChangeSettings(capacity=2))
    play.no("ada", c.Invite("bob"), Code.STAGE_FULL)
    assert play.seat("cal") is Seat.ON_STAGE


def test_11_nobody_is_bumped_by_the_change_to_open() -> None:
    play = Play(settings=Settings(capacity=1, bump_longest_silent=True))
    play.on_stage("cal")
    play.ask("dee")
    assert kinds(play.do("ada", c.SetMode(Mode.OPEN))) == ["mode_set"]
    assert play.seat("dee") is Seat.REQUESTED
