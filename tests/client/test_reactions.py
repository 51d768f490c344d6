"""What is wanted of a view, and which step to take: rules 1, 2, 9, 12, 13, 15 and 16."""

from __future__ import annotations

import itertools

import pytest
from msgspec import structs

from stagedoor.messages import PersonView, RoomInfo, View
from stagedoor.rules.values import Device, Mode, Role, Seat, Settings
from stagedoor_client.reactions import (
    NOTHING,
    Step,
    Wanted,
    Wishes,
    next_step,
    possible,
    stays_ready,
    wanted,
)

MIC, CAM = Device.MICROPHONE, Device.CAMERA
BOTH = {MIC, CAM}
UP = (Seat.ON_STAGE, Seat.BACKSTAGE)
SETS: list[set[Device]] = [set(), {MIC}, {CAM}, BOTH]


def view(
    seat: Seat = Seat.VIEWER,
    mode: Mode = Mode.REQUEST,
    *,
    ended: bool = False,
    role: Role = Role.ATTENDEE,
    barred: bool = False,
    microphone: bool = False,
    camera: bool = False,
) -> View:
    """A view of a room with oneself and somebody on stage who has everything on."""
    me = PersonView(
        id="me", name="Me", role=role, seat=seat, barred=barred,
        microphone=microphone, camera=camera,
    )  # fmt: skip
    other = PersonView(
        id="other", name="Other", role=Role.HOST, seat=Seat.ON_STAGE, microphone=True, camera=True
    )
    room = RoomInfo(id="r", name="R", mode=mode, settings=Settings(), ended=ended)
    return View(number=1, you="me", room=room, people=[other, me])


@pytest.mark.parametrize("seat", UP)
@pytest.mark.parametrize("microphone", [False, True])
@pytest.mark.parametrize("camera", [False, True])
def test_on_stage_the_server_alone_says_what_is_on(
    seat: Seat, microphone: bool, camera: bool
) -> None:
    """Rules 15 and 16: what was on in the ready window does not count any more."""
    on = {device for device, is_on in ((MIC, microphone), (CAM, camera)) if is_on}
    person = view(seat, microphone=microphone, camera=camera)
    for preview in SETS:
        assert wanted(person, preview) == Wanted(True, frozenset(on))


@pytest.mark.parametrize("off", SETS)
def test_what_one_has_turned_off_oneself_is_off_before_the_server_says_so(off: set[Device]) -> None:
    """Rule 4."""
    both = view(Seat.ON_STAGE, microphone=True, camera=True)
    assert wanted(both, (), off) == Wanted(True, frozenset(BOTH - off))


@pytest.mark.parametrize("seat", [seat for seat in Seat if seat not in UP])
def test_off_stage_only_what_is_on_in_the_ready_window_is_open(seat: Seat) -> None:
    """Rule 14, and whatever the view says of devices."""
    for preview in SETS:
        expected = frozenset() if seat is Seat.HELD else frozenset(preview)
        shown = view(seat, microphone=True, camera=True)
        assert wanted(shown, preview) == Wanted(False, expected)


def test_without_a_connection_or_a_room_nothing_is_open() -> None:
    """Rule 12: one comes back with both off."""
    assert wanted(None, BOTH) == NOTHING
    ended = view(Seat.ON_STAGE, ended=True, microphone=True)
    assert wanted(ended, BOTH) == NOTHING
    assert possible(ended) is Step.NONE


def test_the_ready_window_lasts_while_its_way_up_does() -> None:
    """Rules 3, 7, 12 and 13: it ends with the offer, on stage, and with the room."""
    offered = view(Seat.OFFERED)
    lasting = (Seat.VIEWER, Seat.REQUESTED, Seat.OFFERED)
    for before, after in itertools.product(lasting, Seat):
        lasts = after in lasting and (before is not Seat.OFFERED or after is Seat.OFFERED)
        assert stays_ready(view(before), view(after)) is lasts
    assert not stays_ready(offered, view(Seat.OFFERED, ended=True))
    assert not stays_ready(None, offered)
    forgotten = structs.replace(offered, you="other")
    assert not stays_ready(offered, forgotten)


@pytest.mark.parametrize(
    ("seat", "mode", "step"),
    [
        (Seat.VIEWER, Mode.OPEN, Step.JOIN),
        (Seat.VIEWER, Mode.REQUEST, Step.ASK),
        (Seat.VIEWER, Mode.INVITE, Step.NONE),
        (Seat.VIEWER, Mode.CLOSED, Step.NONE),
        *((Seat.OFFERED, mode, Step.ACCEPT) for mode in Mode),
        *((Seat.REQUESTED, mode, Step.NONE) for mode in Mode),
        *((Seat.ON_STAGE, mode, Step.NONE) for mode in Mode),
        *((Seat.HELD, mode, Step.NONE) for mode in Mode),
    ],
)
def test_the_step_that_is_possible(seat: Seat, mode: Mode, step: Step) -> None:
    """Rules 1 and 2."""
    assert possible(view(seat, mode)) is step


def test_who_was_removed_has_to_ask_in_an_open_room_unless_moderating() -> None:
    """Rule 13."""
    assert possible(view(mode=Mode.OPEN, barred=True)) is Step.ASK
    moderator = view(mode=Mode.OPEN, barred=True, role=Role.MODERATOR)
    assert possible(moderator) is Step.JOIN


def test_only_what_was_wished_is_done_and_asking_but_once() -> None:
    """Nobody who was declined or removed is a nuisance by default."""
    assert next_step(view(), Wishes(accept=True), False) is Step.NONE
    assert next_step(view(), Wishes(ask=True), False) is Step.ASK
    assert next_step(view(), Wishes(ask=True), True) is Step.NONE
    assert next_step(view(mode=Mode.OPEN), Wishes(ask=True), True) is Step.NONE
    assert next_step(view(Seat.OFFERED), Wishes(ask=True), False) is Step.NONE
    assert next_step(view(Seat.OFFERED), Wishes(accept=True), True) is Step.ACCEPT
