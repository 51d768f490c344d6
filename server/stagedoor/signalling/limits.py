"""How often somebody may ask: token buckets, one or by key, on whatever clock. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from msgspec import Struct

KEPT = 50_000  # keys of one limit, about 10 MB; whoever asked longest ago is forgotten first
DROPPED = 2  # buckets that are full again, at most, with each that is taken from


class Rate(Struct, frozen=True):
    """So many a second in the long run, and up to ``burst`` at once."""

    a_second: float
    burst: int

    def refilled(self, left: float, seconds: float) -> float:
        """What a bucket with so much left has after a time."""
        return min(self.burst, left + seconds * self.a_second)


class Bucket:
    """A token bucket: ``rate`` a second, up to ``burst`` at once. ``clock`` in seconds."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._left = burst
        self._then = clock()

    def take(self) -> bool:
        """Whether one more is within the limit."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._then) * self._rate)
        self._then = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Buckets:
    """A token bucket for each key, of ``kept`` keys at most. Times in seconds of any clock.

    A bucket that is full again is as good as none, and is dropped by those who ask after it.
    """

    def __init__(self, rate: Rate, kept: int = KEPT) -> None:
        self.rate = rate
        self._kept = kept
        self._left: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: Hashable, now: float) -> float:
        """0 where one more is within the limit; else the seconds until it will be."""
        left = self._has(key, now)
        self._left[key] = (left - 1 if left >= 1 else left, now)
        self._left.move_to_end(key)
        if len(self._left) > self._kept:
            self._left.popitem(last=False)
        self._drop(now)
        return self._until(left)

    def wait(self, key: Hashable, now: float) -> float:
        """What ``take`` would answer."""
        return self._until(self._has(key, now))

    def _drop(self, now: float) -> None:
        """Forget who asked longest ago, if that was so long ago that it makes no difference.

        A few at a time, which is more than one call adds.
        """
        for _ in range(DROPPED):
            oldest = next(iter(self._left))
            if self._has(oldest, now) < self.rate.burst:
                return
            del self._left[oldest]

    def _has(self, key: Hashable, now: float) -> float:
        left, then = self._left.get(key, (float(self.rate.burst), now))
        return self.rate.refilled(left, now - then)

    def _until(self, left: float) -> float:
        return 0.0 if left >= 1 else (1 - left) / self.rate.a_second


class Counts:
    """How many there are of each key at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._counts: dict[Hashable, int] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def enter(self, key: Hashable) -> bool:
        """Whether there may be one more, who then counts until ``leave``."""
        count = self._counts.get(key, 0)
        if count >= self.most:
            return False
        self._counts[key] = count + 1
        return True

    def leave(self, key: Hashable) -> None:
        """One less."""
        count = self._counts.get(key, 0) - 1
        if count > 0:
            self._counts[key] = count
        else:
            self._counts.pop(key, None)
