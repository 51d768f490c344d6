"""Two moderators decide at the same time: rule 8, over every pair of decisions.

Both look at the same room and decide. What Ada decides comes first; then Bob's decision either
stands as if it had come alone, or there is nothing left to do, or he reads that Ada was first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Device, Mode, Role, Seat, Settings

from .play import Play

MICROPHONE, CAMERA, SCREEN = Device


def requested(play: Play) -> None:
    play.ask("cal")
    play.do("cal", c.RaiseHand())


def requested_and_away(play: Play) -> None:
    play.ask("cal")
    play.away("cal")


def requested_again_after_a_decline(play: Play) -> None:
    play.ask("cal")
    play.do("hal", c.Decline("cal"))
    play.ask("cal")


def offered(play: Play) -> None:
    play.do("hal", c.Invite("cal"))
    play.do("cal", c.RaiseHand())


def on_stage_and_loud(play: Play) -> None:
    play.on_stage("cal", microphone=True, camera=True)
    play.do("cal", c.SetDevice(SCREEN, on=True))
    play.do("cal", c.RaiseHand())


def on_stage_and_silent(play: Play) -> None:
    play.on_stage("cal")


def held(play: Play) -> None:
    play.on_stage("cal", microphone=True)
    play.away("cal")


def removed(play: Play) -> None:
    play.on_stage("cal")
    play.do("hal", c.RemoveFromStage("cal"))


def viewer(play: Play) -> None:
    play.do("cal", c.RaiseHand())


SITUATIONS: list[Callable[[Play], None]] = [
    viewer,
    requested,
    requested_and_away,
    requested_again_after_a_decline,
    offered,
    on_stage_and_loud,
    on_stage_and_silent,
    held,
    removed,
]


def decisions(play: Play) -> list[c.AnyCommand]:
    """What a moderator may have in mind who sees this room."""
    number = play.person("cal").requested_at
    return [
        c.Approve("cal", number),
        c.Decline("cal", number),
        c.Invite("cal"),
        c.RevokeOffer("cal"),
        c.RemoveFromStage("cal"),
        c.TurnOff("cal", MICROPHONE),
        c.TurnOff("cal", CAMERA),
        c.TurnOff("cal", SCREEN),
        c.TurnAllOff(MICROPHONE),
        c.TurnAllOff(CAMERA),
        c.TurnAllOff(SCREEN),
        c.AskToUnmute("cal"),
        c.LowerHand("cal"),
        c.LowerAllHands(),
        c.AppointModerator("cal"),
        c.SetMode(Mode.OPEN),
        c.SetMode(Mode.INVITE),
        c.SetMode(Mode.CLOSED),
    ]


#: Where the second hears "already handled", if the first did anything.
_ANSWERS = ("Approve", "Decline", "Invite")
_HANDLED: dict[Seat, set[tuple[str, str]]] = {
    Seat.VIEWER: {("Invite", "Invite")},
    Seat.REQUESTED: {
        *((first, second) for first in ("Approve", "Invite") for second in _ANSWERS),
        *((first, second) for first in ("Decline", "invite") for second in ("Approve", "Decline")),
        *(("open", second) for second in _ANSWERS),
        *(("closed", second) for second in ("Approve", "Decline")),
    },
    Seat.OFFERED: {("RevokeOffer", "RevokeOffer"), ("closed", "RevokeOffer")},
    Seat.ON_STAGE: {
        ("RemoveFromStage", "RemoveFromStage"),
        ("RemoveFromStage", "AskToUnmute"),
        *(("RemoveFromStage", f"TurnOff {device}") for device in Device),
        *((f"TurnOff {device}", f"TurnOff {device}") for device in Device),
        *((f"TurnAllOff {device}", f"TurnOff {device}") for device in Device),
    },
    Seat.HELD: {
        ("RemoveFromStage", "RemoveFromStage"),
        *(("RemoveFromStage", f"TurnOff {device}") for device in Device),
    },
}
_HANDLED_IN_ANY_SEAT = {
    ("LowerHand", "LowerHand"),
    ("LowerAllHands", "LowerHand"),
    ("AppointModerator", "AppointModerator"),
}
#: The new mode itself says no.
_WRONG_MODE = {("closed", "Invite")}
#: ``invite`` names no request. After a decline it is a decision of its own, which brings nobody
#: up without their own yes.
_NEW_INVITATION = {("Decline", "Invite"), ("invite", "Invite")}


def called(command: c.AnyCommand) -> str:
    if isinstance(command, c.SetMode):
        return str(command.mode)
    if isinstance(command, c.TurnOff | c.TurnAllOff):
        return f"{type(command).__name__} {command.device}"
    return type(command).__name__


def pairs(play: Play) -> Iterator[tuple[c.AnyCommand, c.AnyCommand]]:
    """All pairs that either could have decided, had the other not been there."""
    possible = [
        command
        for command in decisions(play)
        if not isinstance(rules.decide(play.room, command, "bob", play.now), Refusal)
    ]
    assert len(possible) >= 4
    for first in possible:
        for second in possible:
            yield first, second


def after(play: Play, first: c.AnyCommand) -> tuple[list[AnyEvent], Play]:
    """The room after Ada's decision; the one given stays as it is."""
    other = Play()
    other.room, other.now = play.room, play.now
    return other.do("ada", first), other


def facts(events: list[AnyEvent]) -> set[bytes]:
    return {msgspec.json.encode(event) for event in events}


@pytest.mark.parametrize("hosts", [False, True], ids=["moderators", "hosts"])
@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.__name__)
def test_8_the_first_decision_wins_and_the_second_hears_by_whom(
    situation: Callable[[Play], None], hosts: bool
) -> None:
    play = Play(settings=Settings(cooldown_ms=0))
    if hosts:  # so that appointing is theirs as well
        for who in ("ada", "bob"):
            person = msgspec.structs.replace(play.person(who), role=Role.HOST)
            play.room = msgspec.structs.replace(
                play.room, people=play.room.people.with_({who: person})
            )
    situation(play)
    seat = play.seat("cal")
    for first, second in pairs(play):
        alone = rules.decide(play.room, second, "bob", play.now)
        assert isinstance(alone, list)
        done, room = after(play, first)
        answer = rules.decide(room.room, second, "bob", room.now)
        pair = (called(first), called(second))
        if done and pair in _HANDLED[seat] | _HANDLED_IN_ANY_SEAT:
            assert isinstance(answer, Refusal), pair
            assert answer.code is Code.ALREADY_HANDLED, (pair, answer)
            assert answer.sentence.startswith("Already handled by Ada ("), pair
        elif pair in _WRONG_MODE:
            assert isinstance(answer, Refusal), pair
            assert answer.code is Code.WRONG_MODE, (pair, answer)
        elif pair in _NEW_INVITATION and play.person("cal").away_until is not None:
            assert isinstance(answer, Refusal), pair
            assert answer.code is Code.AWAY, (pair, answer)
        else:
            assert isinstance(answer, list), (pair, answer)
            stands = facts(answer) <= facts(alone)
            assert stands or isinstance(second, c.SetMode) or pair in _NEW_INVITATION, pair


@pytest.mark.parametrize("what", ["approved", "declined", "removed", "took the offer back"])
def test_8_the_sentence_says_who_and_what(what: str) -> None:
    play = Play()
    second: c.AnyCommand = c.Approve("cal")
    if what == "removed":
        play.on_stage("cal")
        play.do("ada", c.RemoveFromStage("cal"))
        second = c.RemoveFromStage("cal")
    elif what == "declined":
        play.ask("cal")
        play.do("ada", c.Decline("cal"))
    else:
        play.ask("cal")
        play.do("ada", c.Approve("cal"))
        if what != "approved":
            play.do("ada", c.RevokeOffer("cal"))
            second = c.RevokeOffer("cal")
    sentence = play.no("bob", second, Code.ALREADY_HANDLED)
    assert sentence.startswith("Already handled by Ada")
    assert what in sentence


@pytest.mark.parametrize("late", [c.Approve, c.Decline])
def test_8_a_decision_on_an_earlier_request_does_not_hit_the_new_one(
    late: type[c.Approve] | type[c.Decline],
) -> None:
    play = Play()
    play.ask("cal")
    seen = play.request("cal")
    play.do("ada", c.Decline("cal", seen))
    play.ask("cal")
    assert "Ada" in play.no("bob", late("cal", seen), Code.ALREADY_HANDLED)
    assert play.seat("cal") is Seat.REQUESTED
    play.do("cal", c.CancelRequest())
    play.ask("cal")
    assert "again" in play.no("bob", late("cal", seen), Code.WRONG_STATE)
    play.do("bob", late("cal", play.request("cal")))


def test_8_what_the_person_did_themselves_was_handled_by_nobody() -> None:
    play = Play()
    play.ask("cal")
    seen = play.request("cal")
    play.do("cal", c.CancelRequest())
    assert "Cal" in play.no("bob", c.Approve("cal", seen), Code.WRONG_STATE)
    play.do("ada", c.Invite("cal"))
    play.do("cal", c.DeclineOffer())
    assert "Cal" in play.no("bob", c.RevokeOffer("cal"), Code.WRONG_STATE)
    play.do("ada", c.Invite("cal"))
    play.do("cal", c.AcceptOffer())
    play.no("bob", c.Approve("cal"), Code.WRONG_STATE)
    play.do("cal", c.SetDevice(CAMERA, on=True))
    play.do("ada", c.TurnOff("cal", CAMERA))
    play.do("cal", c.SetDevice(CAMERA, on=True))
    play.do("cal", c.SetDevice(CAMERA, on=False))
    assert play.do("bob", c.TurnOff("cal", CAMERA)) == []


def test_8_ones_own_decision_is_not_anothers() -> None:
    play = Play()
    play.ask("cal")
    play.do("ada", c.Approve("cal"))
    play.no("ada", c.Approve("cal"), Code.WRONG_STATE)
    assert "offer already" in play.no("ada", c.Invite("cal"), Code.WRONG_STATE)
    play.do("ada", c.RevokeOffer("cal"))
    play.no("ada", c.RevokeOffer("cal"), Code.WRONG_STATE)


@pytest.mark.parametrize("asked", [False, True])
def test_8_a_moderators_decision_on_themselves_counts_too(asked: bool) -> None:
    play = Play()
    if asked:
        play.ask("ada")
    play.do("ada", c.Invite("ada"))
    assert "Ada" in play.no("bob", c.Invite("ada"), Code.ALREADY_HANDLED)
    assert "Ada" in play.no("bob", c.Approve("ada"), Code.ALREADY_HANDLED)
    assert "Ada" in play.no("bob", c.Decline("ada"), Code.ALREADY_HANDLED)


def test_8_a_decision_in_one_matter_does_not_hide_anothers() -> None:
    play = Play()
    play.ask("cal")
    play.do("cal", c.RaiseHand())
    play.do("ada", c.Approve("cal"))
    play.do("bob", c.LowerHand("cal"))
    assert "Ada" in play.no("hal", c.Approve("cal"), Code.ALREADY_HANDLED)
    assert "Bob" in play.no("hal", c.LowerHand("cal"), Code.ALREADY_HANDLED)
    play.do("cal", c.AcceptOffer(microphone=True, camera=True))
    play.do("ada", c.TurnOff("cal", MICROPHONE))
    play.do("bob", c.TurnOff("cal", CAMERA))
    assert "Ada" in play.no("hal", c.TurnOff("cal", MICROPHONE), Code.ALREADY_HANDLED)
    assert "Bob" in play.no("hal", c.TurnOff("cal", CAMERA), Code.ALREADY_HANDLED)
    play.no("hal", c.Approve("cal"), Code.WRONG_STATE)


def test_8_an_offer_that_expired_was_nobodys_revocation() -> None:
    play = Play()
    play.ask("cal")
    play.do("ada", c.Approve("cal"))
    play.wait(60_000)
    play.no("bob", c.RevokeOffer("cal"), Code.WRONG_STATE)
    assert "approved" in play.no("bob", c.Decline("cal"), Code.ALREADY_HANDLED)


def test_8_the_name_is_the_one_that_was_shown_then() -> None:
    play = Play()
    play.ask("cal")
    play.do("ada", c.Decline("cal"))
    play.back("ada", "Adele")
    assert "Ada (" in play.no("bob", c.Decline("cal"), Code.ALREADY_HANDLED)


def test_8_17_two_hosts_appoint_and_demote() -> None:
    play = Play()
    play.enter("Hub", Role.HOST)
    play.do("hal", c.AppointModerator("cal"))
    assert "Hal" in play.no("hub", c.AppointModerator("cal"), Code.ALREADY_HANDLED)
    play.do("hub", c.DemoteModerator("cal"))
    assert "Hub" in play.no("hal", c.DemoteModerator("cal"), Code.ALREADY_HANDLED)
    assert play.no("hub", c.DemoteModerator("cal"), Code.WRONG_STATE)
