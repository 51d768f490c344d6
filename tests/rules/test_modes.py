"""Mode changes: rule 10, and what of it concerns the removed (rule 13)."""

from __future__ import annotations

from itertools import product

import pytest

from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Mode, OfferReason, Seat, Settings

from .play import Play, kinds


@pytest.mark.parametrize(("before", "after"), list(product(Mode, Mode)))
def test_10_a_mode_change_never_removes_anyone(before: Mode, after: Mode) -> None:
    play = Play(Mode.OPEN)
    for who in ("hal", "cal", "dee"):
        play.do(who, c.JoinStage(microphone=True, camera=True))
    play.away("dee")
    play.do("ada", c.SetMode(before))
    people = [play.person(who) for who in ("hal", "cal", "dee")]
    play.do("ada", c.SetMode(after))
    assert [play.person(who) for who in ("hal", "cal", "dee")] == people
    assert play.room.mode is after


def test_10_only_moderators_change_it_and_the_same_mode_is_no_event() -> None:
    play = Play()
    play.no("cal", c.SetMode(Mode.OPEN), Code.NOT_ALLOWED)
    assert play.do("ada", c.SetMode(Mode.REQUEST)) == []
    assert kinds(play.do("ada", c.SetMode(Mode.OPEN))) == ["mode_set"]


def test_10_to_open_requests_become_offers_in_queue_order_while_seats_last() -> None:
    play = Play(settings=Settings(capacity=4))
    play.on_stage("hal")
    play.do("ada", c.Invite("bob"))
    play.ask("eve", "cal", "dee")
    events = play.do("ada", c.SetMode(Mode.OPEN))
    assert kinds(events) == ["mode_set", "offer_made", "offer_made"]
    assert [event.person for event in events[1:]] == ["eve", "cal"]
    for who in ("eve", "cal"):
        offer = play.person(who).offer
        assert offer is not None
        assert (offer.by, offer.reason) == ("ada", OfferReason.OPENED)
        assert offer.expires_at == play.now + 60_000
    assert play.seat("dee") is Seat.REQUESTED
    play.no("dee", c.JoinStage(), Code.STAGE_FULL)
    play.do("cal", c.DeclineOffer())
    play.do("dee", c.JoinStage())


def test_10_to_open_more_seats_promised_than_there_are_makes_no_offers() -> None:
    play = Play(settings=Settings(capacity=2))
    play.do("ada", c.Invite("cal"))
    play.do("ada", c.Invite("dee"))
    play.do("ada", c.ChangeSettings(capacity=1))
    play.ask("eve", "bob")
    assert kinds(play.do("ada", c.SetMode(Mode.OPEN))) == ["mode_set"]


def test_10_12_to_open_who_is_away_within_the_grace_gets_an_offer_too() -> None:
    play = Play()
    play.ask("cal")
    play.away("cal")
    play.do("ada", c.SetMode(Mode.OPEN))
    assert play.seat("cal") is Seat.OFFERED
    play.back("cal")
    play.do("cal", c.AcceptOffer())


def test_10_13_to_open_who_was_removed_goes_on_waiting() -> None:
    play = Play()
    play.on_stage("cal")
    play.do("ada", c.RemoveFromStage("cal"))
    play.ask("cal", "dee")
    events = play.do("ada", c.SetMode(Mode.OPEN))
    assert [event.person for event in events[1:]] == ["dee"]
    assert play.seat("cal") is Seat.REQUESTED
    play.no("cal", c.JoinStage(), Code.REMOVED)
    play.do("bob", c.Approve("cal"))
    play.do("cal", c.AcceptOffer())


def test_10_13_to_open_a_removed_moderator_needs_nobodys_word() -> None:
    play = Play()
    play.on_stage("bob")
    play.do("ada", c.RemoveFromStage("bob"))
    play.ask("bob")
    play.do("ada", c.SetMode(Mode.OPEN))
    assert play.seat("bob") is Seat.OFFERED


@pytest.mark.parametrize("mode", [Mode.INVITE, Mode.CLOSED])
def test_10_to_invite_or_closed_requests_are_closed(mode: Mode) -> None:
    play = Play()
    play.ask("dee", "cal")
    events = play.do("ada", c.SetMode(mode))
    assert kinds(events) == ["mode_set", "request_closed", "request_closed"]
    assert [event.person for event in events[1:]] == ["dee", "cal"], "in queue order"
    assert {play.seat("cal"), play.seat("dee")} == {Seat.VIEWER}
    assert play.queue() == []


def test_10_to_invite_offers_stay_valid() -> None:
    play = Play()
    play.ask("cal")
    play.do("ada", c.Approve("cal"))
    assert kinds(play.do("ada", c.SetMode(Mode.INVITE))) == ["mode_set"]
    play.do("cal", c.AcceptOffer())


def test_10_to_closed_offers_are_revoked() -> None:
    play = Play()
    play.ask("cal", "eve")
    play.do("ada", c.Approve("cal"))
    play.do("bob", c.Invite("dee"))
    events = play.do("ada", c.SetMode(Mode.CLOSED))
    assert sorted(
        zip(kinds(events), (getattr(one, "person", "") for one in events), strict=True)
    ) == [
        ("mode_set", ""),
        ("offer_revoked", "cal"),
        ("offer_revoked", "dee"),
        ("request_closed", "eve"),
    ]
    play.no("cal", c.AcceptOffer(), Code.WRONG_STATE)


def test_10_from_open_to_request_the_removed_person_still_waits() -> None:
    play = Play(Mode.OPEN)
    play.do("cal", c.JoinStage())
    play.do("ada", c.RemoveFromStage("cal"))
    play.ask("cal")
    assert kinds(play.do("ada", c.SetMode(Mode.REQUEST))) == ["mode_set"]
    assert play.queue() == ["cal"]
