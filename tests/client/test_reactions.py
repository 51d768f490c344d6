"""What is wanted of a view, and which step to take: rules 1, 2, 9, 12, 13, 15 and 16."""

from __future__ import annotations

import itertools

import pytest

from stagedoor.messages import PersonView, RoomInfo, View
from stagedoor.rules.values import Mode, Role, Seat, Settings
from stagedoor_client.reactions import NOTHING, Step, Wanted, Wishes, next_step, possible, wanted

ALL = Wishes(ask=True, accept=True, microphone=True, camera=True)


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


@pytest.mark.parametrize("microphone", [False, True])
@pytest.mark.parametrize("camera", [False, True])
def test_on_stage_the_server_alone_says_what_is_on(microphone: bool, camera: bool) -> None:
    """Rules 15 and 16: neither wishes nor a step being prepared count any more."""
    for wishes, preparing in itertools.product((Wishes(), ALL), Step):
        shown = view(Seat.ON_STAGE, microphone=microphone, camera=camera)
        assert wanted(shown, preparing, wishes) == Wanted(True, microphone, camera)


@pytest.mark.parametrize("seat", [Seat.VIEWER, Seat.REQUESTED, Seat.OFFERED, Seat.HELD])
def test_nothing_is_open_off_stage_unless_getting_ready(seat: Seat) -> None:
    """Rule 14, and whatever the view says of devices."""
    assert wanted(view(seat, microphone=True, camera=True), Step.NONE, ALL) == NOTHING


def test_getting_ready_opens_what_was_chosen_and_publishes_nothing() -> None:
    """Rules 2 and 15."""
    only_microphone = Wishes(accept=True, microphone=True)
    assert wanted(view(Seat.OFFERED), Step.ACCEPT, only_microphone) == Wanted(False, True, False)
    assert wanted(view(mode=Mode.OPEN), Step.JOIN, ALL) == Wanted(False, True, True)


def test_an_offer_taken_back_while_getting_ready_closes_the_devices() -> None:
    """Rules 3 and 10."""
    assert wanted(view(Seat.VIEWER), Step.ACCEPT, ALL) == NOTHING
    assert wanted(view(mode=Mode.CLOSED), Step.JOIN, ALL) == NOTHING


def test_without_a_connection_or_a_room_nothing_is_open() -> None:
    """Rule 12: one comes back with both off."""
    assert wanted(None, Step.ACCEPT, ALL) == NOTHING
    ended = view(Seat.ON_STAGE, ended=True, microphone=True)
    assert wanted(ended, Step.NONE, ALL) == NOTHING
    assert possible(ended) is Step.NONE


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
