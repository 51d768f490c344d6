"""Nothing grows: a short soak, counted, not timed. ``bench.client_soak`` is the long one."""

from __future__ import annotations

from bench.client_soak import ANEW, Counts, Soak
from tests.server_process import ServerProcess

#: Closing tasks and sockets, and the pool's next thread, come and go around a count. What leaks one
#: a round is beyond this by the end.
COMING_AND_GOING = 6


async def test_rounds_of_going_up_and_down_leave_nothing_behind(server: ServerProcess) -> None:
    """Threads, tasks and descriptors are the same after each round, and all gone in the end."""
    soak = Soak(server)
    before = Counts.now()
    rounds: list[Counts] = []
    await soak.run(ANEW + 2, lambda number, counts: rounds.append(counts))
    after = Counts.now()
    early, late = rounds[2:4], rounds[-2:]
    for what in ("tasks", "descriptors", "threads"):
        most = max(getattr(one, what) for one in early) + COMING_AND_GOING
        assert min(getattr(one, what) for one in late) <= most, what
    assert (after.tasks, after.descriptors) == (before.tasks, before.descriptors)
