"""A publisher is told what is of use, and no more than its way bears."""

from __future__ import annotations

import random

from stagedoor.sfu.rates.downlink import Downlink
from stagedoor.sfu.rates.estimator import State
from stagedoor.sfu.rates.uplink import LEAST, MOST, UNWATCHED, Uplink, needed


def viewer(budget: int | None, *, fell: float | None = None) -> Downlink:
    """Somebody whose budget is this, and fell at some time."""
    found = Downlink()
    found.state = State(budget=budget, phase="increase")
    found._fell_at = fell
    return found


def test_a_picture_that_nobody_watches_is_sent_small() -> None:
    assert needed("video", [], 1, False, 100.0) == UNWATCHED["video"]


def test_whoever_does_not_struggle_can_take_all() -> None:
    slow = viewer(300_000, fell=95.0)
    assert needed("video", [slow, viewer(None)], 1, False, 100.0) == MOST["video"]
    assert needed("screen", [slow, viewer(400_000)], 1, False, 100.0) == MOST["screen"]


def test_the_best_of_those_who_struggle_says_what_is_of_use() -> None:
    slow = [viewer(300_000, fell=95.0), viewer(800_000, fell=99.0)]
    assert needed("video", slow, 1, False, 100.0) == 1_200_000
    assert needed("video", slow, 4, False, 100.0) == 300_000
    assert needed("video", slow, 40, False, 100.0) == LEAST["video"]
    assert needed("video", slow, 1, False, 200.0) == MOST["video"], "that was long ago"
    assert needed("video", slow, 4, True, 100.0) == MOST["video"], "they get smaller layers"


class Way:
    """A publisher who sends thirty pictures a second as it is told, over a way with a queue."""

    def __init__(self, capacity: int, jitter: float = 0.0) -> None:
        self.uplink = Uplink()
        self.capacity = capacity
        self.rate = 1_500_000
        self.waits: list[float] = []
        self._jitter, self._chance = jitter, random.Random(3)
        self._free = 0.0
        self._frame = 0
        self._coming: list[tuple[float, int, int]] = []

    def run(self, seconds: float) -> int | None:
        """The limit at the end."""
        for _ in range(round(seconds * 30)):
            now = self._frame / 30
            self._frame += 1
            self._send(now, min(self.rate, self.uplink.limit or self.rate) / 30)
            self.waits.append(self._free - now)
            while self._coming and self._coming[0][0] <= now:
                at, sent, octets = self._coming.pop(0)
                if sent >= 0:
                    self.uplink.began(sent, at)
                self.uplink.arrived(octets)
            self.uplink.look(now)
        return self.uplink.limit

    def _send(self, now: float, bits: float) -> None:
        """A picture of five packets."""
        self._free = max(self._free, now)
        for number in range(5):
            self._free += bits / 5 / self.capacity
            late = 0.02 + self._chance.random() * self._jitter
            sent = int(now * 2**18) & 0xFFFFFF if number == 0 else -1
            self._coming.append((self._free + late, sent, int(bits / 40)))
        self._coming.sort()


def test_a_wide_way_has_no_limit() -> None:
    assert Way(10_000_000).run(70) is None, "the times of sending wrap at 64 s"


def test_jitter_is_no_limit() -> None:
    assert Way(10_000_000, jitter=0.01).run(20) is None


def test_a_narrow_way_is_found_and_its_queue_drained() -> None:
    way = Way(600_000)
    limit = way.run(20)
    assert limit is not None
    assert limit < 700_000
    assert max(way.waits[450:]) < 0.5


def test_more_is_tried_once_there_is_more() -> None:
    way = Way(600_000)
    way.run(10)
    way.capacity = 10_000_000
    limit = way.run(30)
    assert limit is None or limit > 1_000_000
