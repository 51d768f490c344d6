"""Many who come at once: in their order, a few a step, and commands do not wait for them."""

from __future__ import annotations

import asyncio
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.messages import Lobby
from stagedoor.rooms import Arrival, Visitor
from stagedoor.rooms.connection import Connection
from stagedoor.rooms.step import NEWCOMERS, Job, next_step
from stagedoor.rules import commands as c
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.values import Role

from .fakes import FakeConnection
from .stage import Stage


def job(new: bool) -> Job:
    visitor = Visitor("ann", "Ann", Role.ATTENDEE)
    entry = (visitor, cast(Connection, None)) if new else None
    done = cast("asyncio.Future[None]", None)
    return Job(lambda room, now: [], lambda outcome: None, done, entry)


@given(st.lists(st.lists(st.booleans(), max_size=12), max_size=12), st.integers(1, 4))
def test_commands_go_at_once_and_newcomers_keep_their_place(
    arriving: list[list[bool]], newcomers: int
) -> None:
    waiting: list[Job] = []
    came: list[Job] = []
    let_in: list[Job] = []
    for some in arriving:
        new = [job(one) for one in some]
        came += [one for one in new if one.entry]
        waiting += new
        taken, left = next_step(waiting, newcomers)
        expected = [one for one in waiting if one.entry is None or one in taken]
        assert [id(one) for one in taken] == [id(one) for one in expected]
        assert all(one.entry for one in left)
        entering = [one for one in taken if one.entry]
        assert len(entering) == min(newcomers, len(entering) + len(left)), "no turn is left out"
        let_in += entering
        waiting = left
    assert [id(one) for one in [*let_in, *waiting]] == [id(one) for one in came]


async def test_a_command_does_not_wait_for_all_who_come(crowd: Stage) -> None:
    entered: list[str] = []
    before: list[int] = []

    async def enter(name: str) -> None:
        def answer(arrival: Arrival | Lobby | Refusal) -> None:
            assert isinstance(arrival, Arrival)
            entered.append(arrival.person)

        visitor = Visitor(name, name.title(), Role.ATTENDEE)
        await crowd.keeper.enter(visitor, FakeConnection(name, crowd.diary), answer)

    async def command() -> None:
        await crowd.do("ann", c.RaiseHand())
        before.append(len(entered))

    names = [f"guest{number:02}" for number in range(3 * NEWCOMERS + 1)]
    await asyncio.gather(*(enter(name) for name in names), command())
    assert entered == names
    assert before == [NEWCOMERS]
    assert [name for name in crowd.keeper.room.people if name in names] == names


async def test_who_waits_when_the_server_stops_is_told_so(crowd: Stage) -> None:
    refused: list[Refusal] = []

    def answer(arrival: Arrival | Lobby | Refusal) -> None:
        if isinstance(arrival, Refusal):
            refused.append(arrival)

    async def enter(name: str) -> None:
        visitor = Visitor(name, name.title(), Role.ATTENDEE)
        await crowd.keeper.enter(visitor, FakeConnection(name, crowd.diary), answer)

    count = 2 * NEWCOMERS
    entering = [asyncio.create_task(enter(f"guest{number}")) for number in range(count)]
    await asyncio.sleep(0)
    crowd.keeper.stop()
    await asyncio.gather(*entering)
    assert refused
    assert {one.code for one in refused} == {"shutting_down"}
