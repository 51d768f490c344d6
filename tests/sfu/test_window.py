"""What is further back than SRTP's window: never handed to libsrtp, which would refuse it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stagedoor.sfu.transport.srtp import SENT

from .ledger import World, staged
from .test_once import Camera, numbers


@pytest.fixture
def room() -> Iterator[World]:
    with staged() as made:
        yield made


@pytest.mark.parametrize("back", [SENT - 1, SENT])
def test_what_comes_too_late_for_srtp_is_for_whoever_asks(room: World, back: int) -> None:
    """Were it put among what is new, libsrtp's refusal would cost that, too."""
    camera = Camera(room)
    camera.show(key=True)
    (late,) = camera.packets()
    for _ in range(back):
        camera.show()
    camera.repair(late)
    found = numbers(room, "rich")
    wanted = found[0] + 1 & 0xFFFF
    assert (wanted in found) == (back < SENT)
    before = len(room.ledger.all)
    room.ask("rich", "video", [wanted])
    (again,) = room.ledger.all[before:]
    assert again.plain.endswith(late[late.index(b"ada") :])


@pytest.mark.parametrize("back", [SENT - 1, SENT])
def test_what_srtp_would_not_take_again_is_not_said_to_have_been_sent(
    room: World, back: int
) -> None:
    """As the audit has what was sent; who has a stream for repairs gets it by that."""
    camera = Camera(room)
    for at in range(back + 1):
        camera.show(key=at == 0)
    first = numbers(room, "plain")[0]
    tally = room.stage.places[0].tracks["video"].tally
    before = tally.packets, len(room.ledger.all)
    for person in ("plain", "rich"):
        room.ask(person, "video", [first])
    again = 1 + (back < SENT)
    assert (tally.packets, len(room.ledger.all)) == (before[0] + again, before[1] + again)
