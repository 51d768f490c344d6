"""The room itself: its settings, its log, its end. Rules 11, 17, 21 and 22."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent, HandRaised, RoomCreated
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.values import Device, Mode, Role, Seat, Settings

from .play import START, Play, kinds

LIMITS = [
    ("capacity", 1, 50),
    ("offer_ms", 5_000, 3_600_000),
    ("hold_ms", 5_000, 3_600_000),
    ("cooldown_ms", 0, 3_600_000),
]


def test_a_room_begins_as_its_first_event_says() -> None:
    settings = Settings(capacity=3)
    created = rules.create("r", "Room", now=5, mode=Mode.OPEN, settings=settings, open_door=False)
    assert created == RoomCreated(
        at=5, room="r", name="Room", mode=Mode.OPEN, settings=settings, open_door=False
    )
    room = rules.evolve(None, created)
    assert (room.id, room.name, room.mode, room.settings) == ("r", "Room", Mode.OPEN, settings)
    assert (room.open_door, room.number, room.people, room.ended) == (False, 1, {}, False)


def test_a_room_begins_with_its_creation_and_is_created_once() -> None:
    created = rules.create("r", "Room", now=START)
    assert (created.mode, created.settings, created.open_door) == (Mode.REQUEST, Settings(), True)
    with pytest.raises(ValueError, match="first"):
        rules.evolve(None, HandRaised(at=START, by="cal", person="cal"))
    with pytest.raises(ValueError, match="once"):
        rules.evolve(rules.evolve(None, created), created)


def test_11_the_defaults_are_those_of_the_rules() -> None:
    assert Settings() == Settings(
        capacity=12,
        offer_ms=60_000,
        hold_ms=30_000,
        cooldown_ms=0,
        may_leave_stage=False,
        bump_longest_silent=False,
    )


@pytest.mark.parametrize(("name", "least", "most"), LIMITS)
def test_11_settings_have_limits(name: str, least: int, most: int) -> None:
    play = Play()
    for value in (least - 1, most + 1):
        assert play.no("ada", c.ChangeSettings(**{name: value}), Code.BAD_VALUE)
    for value in (least, most):
        play.do("ada", c.ChangeSettings(**{name: value}))
        assert getattr(play.room.settings, name) == value


def test_11_one_bad_value_changes_none() -> None:
    play = Play()
    play.no("ada", c.ChangeSettings(capacity=5, hold_ms=1), Code.BAD_VALUE)
    assert play.room.settings == Settings()


def test_settings_are_changed_by_moderators_and_one_by_one() -> None:
    play = Play()
    play.no("cal", c.ChangeSettings(capacity=5), Code.NOT_ALLOWED)
    assert kinds(play.do("ada", c.ChangeSettings(capacity=5))) == ["settings_changed"]
    play.do("ada", c.ChangeSettings(may_leave_stage=True))
    play.do("ada", c.ChangeSettings(bump_longest_silent=True, cooldown_ms=1))
    assert play.room.settings == Settings(
        capacity=5, cooldown_ms=1, may_leave_stage=True, bump_longest_silent=True
    )
    play.do("ada", c.ChangeSettings(may_leave_stage=False))
    assert not play.room.settings.may_leave_stage


def test_settings_that_change_nothing_are_no_event() -> None:
    play = Play()
    assert play.do("ada", c.ChangeSettings()) == []
    assert play.do("ada", c.ChangeSettings(capacity=12, may_leave_stage=False)) == []


def test_11_capacity_is_not_set_below_the_people_on_stage() -> None:
    play = Play()
    play.on_stage("cal", "dee")
    play.do("ada", c.Invite("eve"))
    play.away("cal")
    assert "2" in play.no("ada", c.ChangeSettings(capacity=1), Code.BAD_VALUE)
    play.do("ada", c.ChangeSettings(capacity=2))
    assert play.seat("eve") is Seat.OFFERED


def test_17_the_end_is_the_end() -> None:
    play = Play()
    play.on_stage("cal", "dee", microphone=True, camera=True)
    play.do("cal", c.RaiseHand())
    play.ask("eve")
    play.do("ada", c.Invite("bob"))
    play.away("dee")
    assert kinds(play.do("hal", c.EndRoom())) == ["room_ended"]
    assert play.room.ended
    for person in play.room.people.values():
        assert person.seat is Seat.VIEWER
        assert (person.requested_at, person.offer, person.hand_at) == (None, None, None)
        assert not person.microphone
        assert not person.camera
    for who in ("hal", "cal", "dee", "nobody"):
        play.no(who, c.RaiseHand(), Code.ROOM_ENDED)
    for entry in (
        rules.enter(play.room, "fay", "Fay", Role.HOST, play.now),
        rules.come_back(play.room, "dee", "Dee", play.now),
    ):
        assert isinstance(entry, Refusal)
        assert entry.code is Code.ROOM_ENDED
    assert play.away("cal") == []
    assert rules.next_deadline(play.room) is None
    assert play.wait(3_600_000) == []


def test_21_the_log_says_who_whom_when_and_by_which_rule() -> None:
    play = Play()
    play.ask("cal")
    play.now += 7
    play.do("ada", c.Approve("cal"))
    offer = msgspec.to_builtins(play.log[-1])
    assert offer == {
        "type": "offer_made",
        "at": START + 7,
        "by": "ada",
        "rule": 2,
        "person": "cal",
        "reason": "approved",
        "expires_at": START + 60_007,
    }


#: A command of each kind that yields events, and the rules that they are decided under.
DECIDED_UNDER: list[tuple[str, c.AnyCommand, list[int]]] = [
    ("eve", c.AskToJoinStage(), [1]),
    ("cal", c.CancelRequest(), [3]),
    ("dee", c.AcceptOffer(), [2]),
    ("dee", c.DeclineOffer(), [3]),
    ("bob", c.LeaveStage(), [4]),
    ("bob", c.SetDevice(Device.CAMERA, on=True), [4]),
    ("bob", c.DismissUnmute(), [16]),
    ("eve", c.RaiseHand(), [20]),
    ("cal", c.LowerHand(), [20]),
    ("ada", c.LowerAllHands(), [20]),
    ("ada", c.SetMode(Mode.CLOSED), [10, 10, 10]),
    ("ada", c.ChangeSettings(capacity=5), [11]),
    ("ada", c.Approve("cal"), [2]),
    ("ada", c.Decline("cal"), [3]),
    ("ada", c.Invite("eve"), [2]),
    ("ada", c.Invite("cal"), [9]),
    ("ada", c.RevokeOffer("dee"), [3]),
    ("ada", c.RemoveFromStage("bob"), [13]),
    ("ada", c.BringOn(), [2]),
    ("ada", c.SendBackstage("fay"), [13]),
    ("gus", c.LeaveStage(), [3]),
    ("ada", c.TurnOff("fay", Device.MICROPHONE), [16]),
    ("ada", c.TurnAllOff(Device.MICROPHONE), [16]),
    ("hal", c.AskToUnmute("hal"), [16]),
    ("hal", c.AppointModerator("cal"), [17]),
    ("hal", c.DemoteModerator("ada"), [17]),
    ("hal", c.EndRoom(), [17]),
]


def busy_room() -> Play:
    """Cal asks with a hand up, Dee holds an offer, Gus waits backstage.

    Hal, Bob and Fay are on stage, Fay speaking.
    """
    play = Play()
    play.enter("Fay")
    play.on_stage("hal", "bob")
    play.on_stage("fay", microphone=True)
    play.do("ada", c.AskToUnmute("bob"))
    play.enter("Gus")
    play.do("ada", c.ChangeSettings(backstage=True))
    play.on_stage("gus")
    play.ask("cal")
    play.do("cal", c.RaiseHand())
    play.do("ada", c.Invite("dee"))
    return play


@pytest.mark.parametrize(
    ("who", "command", "numbers"), DECIDED_UNDER, ids=lambda one: type(one).__name__
)
def test_21_each_event_has_who_when_and_its_rule(
    who: str, command: c.AnyCommand, numbers: list[int]
) -> None:
    play = busy_room()
    play.now += 1
    events = play.do(who, command)
    assert [event.rule for event in events] == numbers
    assert {(event.by, event.at) for event in events} == {(who, play.now)}


def test_21_every_kind_of_command_was_looked_at() -> None:
    looked_at = {type(command) for _, command, _ in DECIDED_UNDER} | {c.JoinStage}
    assert looked_at == set(get_args(c.StageCommand))


@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: kind.__name__)
def test_21_no_event_is_called_the_same_as_another(kind: type[msgspec.Struct]) -> None:
    tags = [one.__struct_config__.tag for one in get_args(AnyEvent)]
    assert tags.count(kind.__struct_config__.tag) == 1


#: What attendees may not do at all; rule 22 wants a sentence for each.
MODERATORS_ONLY: list[c.AnyCommand] = [
    c.LowerHand("dee"),
    c.LowerAllHands(),
    c.SetMode(Mode.OPEN),
    c.ChangeSettings(capacity=2),
    c.Approve("dee"),
    c.Decline("dee"),
    c.Invite("dee"),
    c.RevokeOffer("dee"),
    c.RemoveFromStage("dee"),
    c.BringOn(),
    c.SendBackstage("dee"),
    c.TurnOff("dee", Device.CAMERA),
    c.TurnAllOff(Device.CAMERA),
    c.AskToUnmute("dee"),
    c.AppointModerator("dee"),
    c.DemoteModerator("ada"),
    c.EndRoom(),
]


@pytest.mark.parametrize("command", MODERATORS_ONLY, ids=lambda one: type(one).__name__)
def test_22_a_refused_command_says_why_and_changes_nothing(command: c.AnyCommand) -> None:
    play = busy_room()
    before = msgspec.json.encode(play.room)
    sentence = play.no("cal", command, Code.NOT_ALLOWED)
    assert sentence.endswith(".")
    assert " " in sentence
    assert msgspec.json.encode(play.room) == before


def test_the_rules_know_nothing_but_msgspec_and_the_standard_library() -> None:
    """No I/O, no clock, no randomness: by what the modules import."""
    allowed = {
        "__future__",
        "collections",
        "enum",
        "functools",
        "hmac",  # to compare without saying by the time it takes
        "msgspec",
        "re",
        "typing",
        "unicodedata",
    }
    folder = Path(rules.__file__).parent
    files = sorted(folder.rglob("*.py"))
    assert len(files) > 10
    for file in files:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                assert {name.name.split(".")[0] for name in node.names} <= allowed, file
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                assert (node.module or "").split(".")[0] in allowed, file
            elif isinstance(node, ast.ImportFrom):
                depth = len(file.relative_to(folder).parts)
                assert node.level <= depth, f"{file} reaches outside the rules"
