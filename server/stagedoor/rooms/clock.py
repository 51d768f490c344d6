"""The rooms' clock: that of the wall, without its jumps."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Milliseconds since 1970."""

SLEW = 0.02  # how much faster or slower the clock may run than time passes


def wall_clock() -> int:
    """What the machine says; it may be set meanwhile, forward or back."""
    return time.time_ns() // 1_000_000


def elapsed() -> int:
    """Milliseconds that have passed since some moment, whatever the wall clock is set to."""
    return time.monotonic_ns() // 1_000_000


class SteadyClock:
    """Goes on as time passes, from the wall's clock at first, and follows that slowly.

    Where the wall's clock is set by hours, an offer of a minute lasts a minute all the same, give
    or take SLEW of it; and nothing is earlier than what came before it, nor than ``at_least``.
    """

    def __init__(
        self, wall: Clock = wall_clock, elapsed: Callable[[], int] = elapsed, at_least: int = 0
    ) -> None:
        self._wall = wall
        self._elapsed = elapsed
        self._looked = elapsed()
        self._now = float(max(wall(), at_least))

    def __call__(self) -> int:
        """The time now."""
        looked = self._elapsed()
        passed, self._looked = looked - self._looked, looked
        behind = self._wall() - (self._now + passed)
        self._now += passed + max(-SLEW * passed, min(SLEW * passed, behind))
        return int(self._now)
