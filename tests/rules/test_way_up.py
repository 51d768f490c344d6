"""A person's own way up and down: rules 1 to 5, 9, 15 and 18."""

from __future__ import annotations

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Mode, OfferReason, Seat, Settings

from .play import Play, kinds

NOT_OPEN = [Mode.REQUEST, Mode.INVITE, Mode.CLOSED]


def test_1_open_a_viewer_joins_directly() -> None:
    play = Play(Mode.OPEN)
    assert kinds(play.do("cal", c.JoinStage())) == ["went_on_stage"]
    assert play.seat("cal") is Seat.ON_STAGE


def test_1_open_somebody_whose_request_waits_joins_directly() -> None:
    play = Play(settings=Settings(capacity=1))
    play.on_stage("hal")
    play.ask("cal")
    play.do("ada", c.SetMode(Mode.OPEN))  # no seat is free: the request goes on waiting
    play.do("hal", c.LeaveStage())
    play.do("cal", c.JoinStage())
    assert play.seat("cal") is Seat.ON_STAGE
    assert play.person("cal").requested_at is None


@pytest.mark.parametrize("mode", NOT_OPEN)
@pytest.mark.parametrize("who", ["cal", "ada", "hal"])
def test_1_nobody_joins_directly_in_other_modes(mode: Mode, who: str) -> None:
    assert Play(mode).no(who, c.JoinStage(), Code.WRONG_MODE)


def test_1_request_a_viewer_asks() -> None:
    play = Play(Mode.REQUEST)
    assert kinds(play.do("cal", c.AskToJoinStage())) == ["request_made"]
    assert play.seat("cal") is Seat.REQUESTED
    assert play.request("cal") == play.room.number


def test_1_in_the_other_modes_there_is_nothing_to_ask_for() -> None:
    sentence = Play(Mode.OPEN).no("cal", c.AskToJoinStage(), Code.WRONG_MODE)
    assert "join it directly" in sentence
    assert Play(Mode.INVITE).no("cal", c.AskToJoinStage(), Code.WRONG_MODE)
    assert Play(Mode.CLOSED).no("cal", c.AskToJoinStage(), Code.WRONG_MODE)


@pytest.mark.parametrize("mode", [Mode.OPEN, Mode.REQUEST, Mode.INVITE])
@pytest.mark.parametrize("who", ["cal", "ada", "hal"])
def test_1_moderators_invite_anybody_and_themselves(mode: Mode, who: str) -> None:
    play = Play(mode)
    play.do(who if who != "cal" else "ada", c.Invite(who))
    offer = play.person(who).offer
    assert offer is not None
    assert offer.reason is OfferReason.INVITED
    play.do(who, c.AcceptOffer())
    assert play.seat(who) is Seat.ON_STAGE


def test_1_closed_nobody_new_comes_up() -> None:
    play = Play(Mode.CLOSED)
    assert "closed" in play.no("hal", c.Invite("cal"), Code.WRONG_MODE)
    play.no("hal", c.Invite("hal"), Code.WRONG_MODE)


@pytest.mark.parametrize("decide", [c.Approve("cal"), c.Invite("cal")])
def test_2_a_decision_makes_an_offer_and_puts_nobody_on_stage(
    decide: c.Approve | c.Invite,
) -> None:
    play = Play()
    play.ask("cal")
    assert kinds(play.do("ada", decide)) == ["offer_made"]
    cal = play.person("cal")
    assert cal.seat is Seat.OFFERED
    assert cal.requested_at is None
    assert cal.offer is not None
    assert cal.offer.by == "ada"
    assert cal.offer.expires_at == play.now + 60_000
    play.do("cal", c.AcceptOffer())
    assert play.seat("cal") is Seat.ON_STAGE
    assert play.person("cal").offer is None


def test_2_without_an_offer_there_is_nothing_to_accept_or_decline() -> None:
    play = Play()
    play.no("cal", c.AcceptOffer(), Code.WRONG_STATE)
    play.no("cal", c.DeclineOffer(), Code.WRONG_STATE)
    play.ask("cal")
    play.no("cal", c.AcceptOffer(), Code.WRONG_STATE)
    play.no("cal", c.DeclineOffer(), Code.WRONG_STATE)
    play.on_stage("dee")
    play.no("dee", c.AcceptOffer(), Code.WRONG_STATE)


@pytest.mark.parametrize(
    "command", [c.Approve("cal"), c.Decline("cal"), c.Invite("cal"), c.RevokeOffer("cal")]
)
def test_2_attendees_decide_on_nobody(command: c.AnyCommand) -> None:
    play = Play()
    play.ask("cal")
    assert "moderator" in play.no("dee", command, Code.NOT_ALLOWED)
    play.no("cal", command, Code.NOT_ALLOWED)


def test_3_cancel_and_decline_at_any_time() -> None:
    play = Play()
    play.no("cal", c.CancelRequest(), Code.WRONG_STATE)
    play.ask("cal")
    assert kinds(play.do("cal", c.CancelRequest())) == ["request_cancelled"]
    assert play.person("cal").requested_at is None
    play.do("ada", c.Invite("cal"))
    assert kinds(play.do("cal", c.DeclineOffer())) == ["offer_declined"]
    assert play.seat("cal") is Seat.VIEWER
    assert play.person("cal").offer is None


def test_3_declined_may_ask_again_at_once_by_default() -> None:
    play = Play()
    play.ask("cal")
    assert kinds(play.do("ada", c.Decline("cal", play.request("cal")))) == ["request_declined"]
    assert play.seat("cal") is Seat.VIEWER
    play.ask("cal")
    assert play.seat("cal") is Seat.REQUESTED


def test_3_cool_down_after_a_decline_says_how_long() -> None:
    play = Play(settings=Settings(cooldown_ms=90_000))
    play.ask("cal")
    play.do("ada", c.Decline("cal"))
    assert " 90 s " in play.no("cal", c.AskToJoinStage(), Code.COOL_DOWN)
    play.wait(88_001)
    assert " 2 s " in play.no("cal", c.AskToJoinStage(), Code.COOL_DOWN)
    play.wait(1_998)
    assert " 1 s " in play.no("cal", c.AskToJoinStage(), Code.COOL_DOWN)
    play.wait(1)
    play.ask("cal")
    assert play.seat("cal") is Seat.REQUESTED


def test_3_the_cool_down_is_no_obstacle_to_an_invitation() -> None:
    play = Play(settings=Settings(cooldown_ms=90_000))
    play.ask("cal")
    play.do("ada", c.Decline("cal"))
    play.on_stage("cal")
    assert play.seat("cal") is Seat.ON_STAGE


def test_3_a_moderator_revokes_an_open_offer() -> None:
    play = Play()
    play.do("ada", c.Invite("cal"))
    assert kinds(play.do("bob", c.RevokeOffer("cal"))) == ["offer_revoked"]
    play.no("cal", c.AcceptOffer(), Code.WRONG_STATE)
    assert play.seat("cal") is Seat.VIEWER


def test_4_participants_do_not_leave_by_themselves() -> None:
    play = Play()
    play.no("cal", c.LeaveStage(), Code.WRONG_STATE)
    play.on_stage("cal")
    play.no("cal", c.LeaveStage(), Code.NOT_ALLOWED)
    play.do("ada", c.ChangeSettings(may_leave_stage=True))
    assert kinds(play.do("cal", c.LeaveStage())) == ["left_stage"]
    assert play.seat("cal") is Seat.VIEWER


@pytest.mark.parametrize("who", ["ada", "hal"])
def test_4_moderators_step_down_and_may_come_back(who: str) -> None:
    play = Play(Mode.OPEN)
    play.do(who, c.JoinStage(microphone=True))
    assert kinds(play.do(who, c.LeaveStage())) == ["left_stage"]
    assert not play.person(who).microphone
    assert not play.person(who).barred
    play.do(who, c.JoinStage())


def test_4_who_left_by_themselves_is_not_barred() -> None:
    play = Play(Mode.OPEN, Settings(may_leave_stage=True))
    play.do("cal", c.JoinStage())
    play.do("cal", c.LeaveStage())
    play.do("cal", c.JoinStage())
    assert play.seat("cal") is Seat.ON_STAGE


def test_5_first_in_first_out_and_asking_again_goes_to_the_back() -> None:
    play = Play()
    play.ask("dee", "cal", "eve")
    assert play.queue() == ["dee", "cal", "eve"]
    play.do("dee", c.CancelRequest())
    play.ask("dee")
    assert play.queue() == ["cal", "eve", "dee"]


def test_5_moderators_pick_in_any_order() -> None:
    play = Play()
    play.ask("cal", "dee", "eve")
    play.do("ada", c.Approve("dee"))
    assert play.queue() == ["cal", "eve"]


def test_5_asking_twice_keeps_the_place() -> None:
    play = Play()
    play.ask("cal", "dee")
    assert play.do("cal", c.AskToJoinStage()) == []
    assert play.queue() == ["cal", "dee"]


def test_9_inviting_someone_who_has_asked_is_approving() -> None:
    play = Play()
    play.ask("cal")
    play.do("ada", c.Invite("cal"))
    offer = play.person("cal").offer
    assert offer is not None
    assert offer.reason is OfferReason.APPROVED


def test_9_asking_while_holding_an_offer_shows_the_offer() -> None:
    play = Play()
    play.do("ada", c.Invite("cal"))
    assert play.do("cal", c.AskToJoinStage()) == []
    assert play.seat("cal") is Seat.OFFERED


def test_who_is_on_stage_or_holds_an_offer_neither_asks_nor_joins() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage())
    play.no("cal", c.JoinStage(), Code.WRONG_STATE)
    play.no("cal", c.AskToJoinStage(), Code.WRONG_STATE)
    play.do("ada", c.Invite("dee"))
    assert "accept" in play.no("dee", c.JoinStage(), Code.WRONG_STATE)


def test_inviting_who_is_on_stage_is_refused() -> None:
    play = Play()
    play.on_stage("cal")
    assert "Cal" in play.no("ada", c.Invite("cal"), Code.WRONG_STATE)


@pytest.mark.parametrize("microphone", [False, True])
@pytest.mark.parametrize("camera", [False, True])
def test_15_on_stage_with_exactly_the_devices_chosen(microphone: bool, camera: bool) -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage(microphone=microphone, camera=camera))
    play.do("ada", c.Invite("dee"))
    play.do("dee", c.AcceptOffer(microphone=microphone, camera=camera))
    for who in ("cal", "dee"):
        assert (play.person(who).microphone, play.person(who).camera) == (microphone, camera)


def test_15_both_are_off_unless_chosen() -> None:
    assert c.JoinStage() == c.JoinStage(microphone=False, camera=False)
    assert c.AcceptOffer() == c.AcceptOffer(microphone=False, camera=False)


def test_18_nothing_is_approved_by_time_passing() -> None:
    play = Play()
    play.ask("cal")
    for moderator in ("hal", "ada", "bob"):
        play.away(moderator)
    events = play.wait(24 * 3_600_000)
    assert kinds(events) == ["left"] * 3
    assert play.seat("cal") is Seat.REQUESTED
