"""Nothing grows: a short soak, counted, not timed. ``bench.client_soak`` is the long one."""

from __future__ import annotations

from bench.client_soak import Counts, Soak
from tests.server_process import ServerProcess


async def test_rounds_of_going_up_and_down_leave_nothing_behind(server: ServerProcess) -> None:
    """Threads, tasks and descriptors are the same after each round, and all gone in the end."""
    soak = Soak(server, anew=4)
    before = Counts.now()
    rounds: list[Counts] = []
    await soak.run(4 + 2, lambda number, counts: rounds.append(counts))
    after = Counts.now()
    early, late = rounds[2:4], rounds[-2:]
    assert max(one.tasks for one in late) <= max(one.tasks for one in early)
    assert max(one.descriptors for one in late) <= max(one.descriptors for one in early)
    assert max(one.threads for one in late) <= max(one.threads for one in early)
    assert (after.tasks, after.descriptors) == (before.tasks, before.descriptors)
