"""The network gone at each seat state, for moments and for longer; see bench/reconnect.

Here both ends notice the loss at once, and the grace is the shortest that a room may have.
"""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from bench.reconnect.scene import scene
from bench.reconnect.states import After, State, as_the_rules_say
from stagedoor.rules.commands import ChangeSettings
from stagedoor.rules.values import Seat
from tests.browser.visitors import CHROMIUM

PAGES = [State.REQUESTED, State.EXPIRING, State.BACKSTAGE, State.ON_STAGE, State.MODERATOR]
SHORTEST, LONG = 5_000, 600_000  # milliseconds


@pytest.mark.browser
@pytest.mark.timeout(600)  # many pages at once, on a machine that may have much else to do
async def test_6_7_12_within_the_grace_and_after_it() -> None:
    pages = PAGES if os.access(CHROMIUM, os.X_OK) else []
    async with scene(pages, list(State)) as here:
        await here.host.command(ChangeSettings(hold_ms=LONG))
        await here.prepare(SHORTEST)

        def offers_over() -> bool:
            seen = [here.find(one) for one in here.of(State.EXPIRING)]
            return here.all_away() and all(one and one.seat is Seat.VIEWER for one in seen)

        back = await here.cut(
            lambda: here.until(offers_over), grace_over=False, offer_over=True, told=True
        )
        assert [str(cell) for cell in back if not cell.right] == []

        await here.host.command(ChangeSettings(hold_ms=SHORTEST))
        late = await here.cut(
            lambda: here.until(here.all_left),
            grace_over=True,
            offer_over=True,
            told=True,
            decide=False,
        )
        assert [str(cell) for cell in late if not cell.right] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"seat": Seat.VIEWER, "own": (Seat.VIEWER, False)},
        {"own": (Seat.VIEWER, False)},
        {"own": (Seat.ON_STAGE, True)},
        {"sending": 1},
        {"open": 1},
        {"requests": 2},
        {"moderates": False},
    ],
)
def test_whatever_differs_from_the_rules_is_found(wrong: dict[str, object]) -> None:
    good = After(Seat.ON_STAGE, own=(Seat.ON_STAGE, False), moderates=True, requests=3)

    def right(after: After) -> bool:
        return as_the_rules_say(
            State.MODERATOR, after, grace_over=False, offer_over=False, requests=3
        )

    assert right(good)
    assert not right(replace(good, **wrong))  # type: ignore[arg-type]
