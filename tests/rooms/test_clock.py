"""The rooms' clock while the machine's is set, forward and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from stagedoor import rules
from stagedoor.rooms import House
from stagedoor.rooms.clock import SLEW, SteadyClock
from stagedoor.rules.event.events import RoomRenamed

from .fakes import Diary, FakeEngine, NotingLog

HOUR = 3_600_000
NOON = 1_700_000_000_000


@dataclass
class Machine:
    """A machine whose clock on the wall can be set. Milliseconds."""

    wall: int = NOON
    running: int = 5_000

    def passes(self, ms: int) -> None:
        self.wall += ms
        self.running += ms

    def clock(self, at_least: int = 0) -> SteadyClock:
        return SteadyClock(lambda: self.wall, lambda: self.running, at_least)


def test_it_is_the_machine_s_while_nobody_sets_that() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(100):
        machine.passes(777)
        assert clock() == machine.wall


@given(st.lists(st.tuples(st.integers(0, HOUR), st.integers(-5 * HOUR, 5 * HOUR))))
def test_what_passes_passes_and_nothing_goes_back(days: list[tuple[int, int]]) -> None:
    machine = Machine()
    clock = machine.clock()
    for passed, jump in days:
        before = clock()
        machine.wall += jump
        assert clock() == before
        machine.passes(passed)
        assert abs(clock() - before - passed) <= SLEW * passed + 2


def test_it_comes_to_the_machine_s_in_the_end() -> None:
    """As after a machine that slept, or a clock that runs at another speed."""
    machine = Machine()
    clock = machine.clock()
    machine.wall += HOUR
    for _ in range(60):
        machine.passes(HOUR)
        clock()
    assert clock() == machine.wall


async def test_a_house_s_clock_is_never_earlier_than_its_log(tmp_path: Path) -> None:
    """Its machine's was right when that happened, and is not any more; so that it goes on."""
    diary = Diary()
    log = await NotingLog.open(tmp_path / "log.db", diary)
    later = 4_000_000_000_000
    await log.append("a", 0, [rules.create("a", "A", now=1), RoomRenamed(at=later, name="B")])
    await log.append("b", 0, [rules.create("b", "B", now=2)])
    house = await House.open(log, FakeEngine(diary))
    assert later <= house.clock() < later + HOUR
    await house.close()
    await log.close()
