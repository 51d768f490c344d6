"""Every command, by every role, in every seat state, mode and setting: as the one table says."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from msgspec.structs import replace

from stagedoor.permissions_page import PAGE, page
from stagedoor.rules import commands as c
from stagedoor.rules.permissions import TABLE, USUAL, Permission, Situation
from stagedoor.rules.permissions.table import OWN
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Mode, Role, Seat, Settings

from .scene import MAKE, Scene, refusal

_DEFAULTS = msgspec.structs.asdict(Settings())
SWITCHES = [name for name, value in _DEFAULTS.items() if isinstance(value, bool)]
#: Those that the table speaks of are on, unless the situation has them off.
NAMED = sorted({name for one in TABLE.values() for name in one.settings})


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene()


def situations(permission: Permission) -> Iterator[Situation]:
    """All that can be, with each setting that matters off in turn."""
    alone = [(Role.ATTENDEE, Seat.VIEWER)]
    settings = [frozenset[str](), *(frozenset([one]) for one in NAMED)]
    for by, seat, mode, case, off in product(Role, Seat, Mode, permission.cases, settings):
        about_another = permission.person and case != OWN
        for of, at in product(Role, Seat) if about_another else alone:
            if possible(mode, seat) and possible(mode, at):
                yield Situation(by=by, seat=seat, mode=mode, of=of, at=at, case=case, off=off)


def possible(mode: Mode, seat: Seat) -> bool:
    """Rule 10: these modes leave no requests, and no offers."""
    if seat is Seat.REQUESTED:
        return mode in (Mode.OPEN, Mode.REQUEST)
    return seat is not Seat.OFFERED or mode is not Mode.CLOSED


def test_the_table_knows_every_command_and_no_other() -> None:
    assert TABLE.keys() == set(get_args(c.AnyCommand))
    assert MAKE.keys() == TABLE.keys()


def test_the_table_speaks_of_switches_that_there_are() -> None:
    assert set(NAMED) <= set(SWITCHES)
    for permission in TABLE.values():
        for line in permission.lines:
            assert set(line.case) <= set(permission.cases), permission.command


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: str(kind.__struct_config__.tag))
def test_22_every_command_is_allowed_or_refused_as_the_table_says(
    kind: type[c.Command], scene: Scene
) -> None:
    permission = TABLE[kind]
    tried = 0
    for situation in situations(permission):
        room = scene.put(situation, {name: name not in situation.off for name in NAMED})
        who = "me" if situation.case == OWN else "you"
        answer = refusal(room, MAKE[kind](who, situation.case, scene.ids))
        expected = permission.answer(situation)
        assert (answer.code if answer else None) == expected, situation
        if answer is not None:
            assert answer.sentence.endswith(".")
        tried += 1
    assert tried >= 60


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: str(kind.__struct_config__.tag))
def test_22_no_other_switch_makes_a_difference(kind: type[c.Command], scene: Scene) -> None:
    """``bump_longest_silent`` changes who gives way on a full stage, which is no case here."""
    permission = TABLE[kind]
    case = permission.cases[0]
    for by, seat, switch in product(Role, (Seat.VIEWER, Seat.ON_STAGE), SWITCHES):
        situation = Situation(
            by=by, seat=seat, mode=Mode.REQUEST, of=Role.ATTENDEE, at=Seat.VIEWER, case=case
        )
        plain = dict.fromkeys(NAMED, True)
        usual = refusal(scene.put(situation, plain), MAKE[kind]("you", case, scene.ids))
        flipped = {**plain, switch: not plain.get(switch, _DEFAULTS[switch])}
        answer = refusal(scene.put(situation, flipped), MAKE[kind]("you", case, scene.ids))
        if switch not in permission.settings:
            assert (answer and answer.code) == (usual and usual.code), switch


@pytest.mark.parametrize("kind", TABLE, ids=lambda kind: str(kind.__struct_config__.tag))
def test_22_nothing_is_done_in_a_room_that_is_over_or_by_people_who_are_gone(
    kind: type[c.Command], scene: Scene
) -> None:
    permission = TABLE[kind]
    for by, case in product(Role, permission.cases):
        situation = Situation(
            by=by, seat=Seat.VIEWER, mode=Mode.OPEN, of=Role.ATTENDEE, at=Seat.VIEWER, case=case
        )
        room = scene.put(situation, {})
        command = MAKE[kind]("you", case, scene.ids)
        ended = refusal(replace(room, ended=True), command)
        assert ended is not None
        assert ended.code is Code.ROOM_ENDED
        gone = {**room.people, "me": replace(room.people["me"], present=False)}
        left = refusal(replace(room, people=gone), command)
        assert left is not None
        assert left.code is Code.NO_SUCH_PERSON


def test_the_page_in_the_docs_is_made_from_the_table() -> None:
    """If this fails: make docs."""
    written = (Path(__file__).parents[2] / PAGE).read_text()
    assert written == page()
    assert USUAL not in ("", OWN)
