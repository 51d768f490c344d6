"""Trains of padding, over a simulated way: what they find out, and what that does for viewers."""

from __future__ import annotations

import pytest

from stagedoor.sfu.rates.trains import (
    FIRST_WAIT,
    LENGTH,
    LONGEST_WAIT,
    PACKET,
    PAUSE,
    SHORT,
    WIDE,
    Needs,
    Trains,
)

from .link import steady
from .reporting import Reporting

TICK, RTT = 0.05, 0.04
NEEDS = Needs(budget=200_000, wanted=600_000, useful=1_700_000, plain=150_000, calm=True)


class Way:
    """Carries trains with a capacity; all that is sent arrives, or none where it is ``broken``."""

    def __init__(self, trains: Trains, capacity: float, burst: int = 0) -> None:
        self.trains, self.capacity, self.burst = trains, capacity, burst
        self.free_at = -10.0
        self.broken = False

    def carry(self, count: int, now: float) -> None:
        for _ in range(count):
            number = self.trains.number(now)
            idle = max(self.free_at, now - 8 * self.burst / self.capacity)
            self.free_at = idle + 8 * PACKET / self.capacity
            at = max(now, self.free_at) + 7.0  # the viewer's clock is another
            self.trains.heard([(number, None if self.broken else at)])

    def run(self, needs: Needs, start: float, seconds: float) -> int | None:
        """What is found within a time."""
        for step in range(round(seconds / TICK)):
            now = start + step * TICK
            found = self.trains.found(needs.budget, RTT, now)
            if found is not None:
                return found
            self.carry(self.trains.due(needs, TICK, now), now)
        return None


def connected(capacity: float) -> int | None:
    trains = Trains()
    trains.begin(1.0)
    return Way(trains, capacity).run(Needs(0, 0, 0, 0, True), 1.0, 2.0)


def test_whoever_connects_is_asked_what_there_is() -> None:
    assert connected(1e9) == WIDE
    assert connected(300_000) == pytest.approx(255_000, rel=0.01), "less a reserve"


def test_nothing_that_comes_back_is_an_answer_as_well() -> None:
    trains = Trains()
    trains.begin(1.0)
    way = Way(trains, 1e9)
    way.broken = True
    assert way.run(Needs(0, 0, 0, 0, True), 1.0, 2.0) == 0


def test_a_wide_way_is_found_in_half_a_second() -> None:
    assert Way(Trains(), 1e9).run(NEEDS, 10.0, LENGTH + 0.2) == NEEDS.useful


def test_a_narrow_one_costs_no_more_than_a_few_packets_now_and_then() -> None:
    trains = Trains()
    way = Way(trains, 300_000)
    sent = 0
    for step in range(round(10 * PAUSE / TICK)):
        now = 10 + step * TICK
        assert trains.found(NEEDS.budget, RTT, now) is None
        count = trains.due(NEEDS, TICK, now)
        way.carry(count, now)
        sent += count
    assert 7 * SHORT < sent <= 10 * SHORT


def test_where_a_burst_passes_and_no_more_the_long_train_says_no() -> None:
    """As at a shaper with a bucket of tokens; what arrived is allowed, less a reserve."""
    way = Way(Trains(), 700_000, burst=16_000)
    found = way.run(NEEDS, 10.0, 2.0)
    assert found is not None
    assert found < 1_200_000
    assert way.run(NEEDS, 12.0, FIRST_WAIT - 2.1) is None


def test_a_train_ends_when_something_speaks_against_it_and_the_next_waits_longer() -> None:
    trains = Trains()
    way = Way(trains, 1e9)
    now, waits = 10.0, []
    for _ in range(4):
        ended = now
        while trains.train is None or not trains.train.long:
            assert trains.found(NEEDS.budget, RTT, now) is None
            way.carry(trains.due(NEEDS, TICK, now), now)
            now += TICK
        waits.append(round(now - ended))
        assert trains.due(Needs(200_000, 600_000, 1_700_000, 150_000, calm=False), TICK, now) == 0
        assert trains.train is None
    assert waits == [0, FIRST_WAIT, 2 * FIRST_WAIT, LONGEST_WAIT]


def test_nothing_is_sent_where_there_is_nothing_to_gain() -> None:
    trains = Trains()
    assert trains.due(Needs(700_000, 600_000, 1_700_000, 150_000, True), TICK, 10.0) == 0
    assert trains.due(Needs(200_000, 0, 0, 150_000, True), TICK, 10.0) == 0
    assert trains.due(Needs(200_000, 600_000, 1_700_000, 150_000, False), TICK, 10.0) == 0


def test_numbers_go_round() -> None:
    trains = Trains()
    numbers = [trains.number(0.0) for _ in range(2**16 + 1)]
    assert (numbers[:2], numbers[-2:]) == ([0, 1], [2**16 - 1, 0])


def test_a_wide_way_has_the_best_layer_from_the_first_picture_on() -> None:
    viewer = Reporting(steady(20_000_000)).run(0, 15)
    assert {layer for _, layer in viewer.layers} == {None, 2}
    assert viewer.first(2, 0) < 0.25
    assert viewer.lost(0, 15) == 0


def test_a_narrow_way_has_the_low_layer_from_the_first_picture_on_and_all_of_the_sound() -> None:
    viewer = Reporting(steady(300_000)).run(0, 30)
    assert {layer for _, layer in viewer.layers} == {None, 0}
    assert viewer.lost(0, 30) == 0


def test_a_step_down_costs_a_quarter_of_a_second_of_sound_and_a_step_up_takes_some_seconds() -> (
    None
):
    viewer = Reporting(lambda now: 300_000 if 10 <= now < 30 else 5_000_000).run(0, 45)
    before = [layer for at, layer in viewer.layers if 28 <= at < 30]
    assert set(before) == {0}
    assert viewer.lost(10, 30) <= 13
    assert viewer.lost(12, 30) == 0
    assert viewer.first(2, 30) < 8
    trained = viewer.trained
    viewer.run(45, 60)
    assert viewer.trained == trained, "there is nothing more to gain"


def test_between_two_layers_nothing_swings_to_and_fro() -> None:
    viewer = Reporting(steady(900_000)).run(0, 60)
    later = [layer for at, layer in viewer.layers if at >= 10]
    assert later.count(1) > 0.95 * len(later)
    assert viewer.lost(0, 60) <= 5


def test_a_competing_flow_takes_a_layer_and_gives_it_back() -> None:
    viewer = Reporting(lambda now: 700_000 if 10 < now < 25 else 3_000_000).run(0, 50)
    assert {layer for at, layer in viewer.layers if 14 < at < 25} <= {0, 1}
    assert viewer.first(2, 25) < 12


def test_a_place_that_lets_bursts_through_is_found_out_by_the_first_gaps() -> None:
    viewer = Reporting(steady(400_000), burst=20_000).run(0, 30)
    assert {layer for at, layer in viewer.layers if at >= 20} == {0}
    assert viewer.lost(0, 30) < 30


def test_who_reports_no_arrivals_begins_low_and_goes_up_with_each_report_of_no_loss() -> None:
    viewer = Reporting(steady(5_000_000), reports=False).run(0, 10)
    assert viewer.layers[0][1] == 0
    assert viewer.first(2, 0) < 5
