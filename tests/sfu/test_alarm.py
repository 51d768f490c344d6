"""When what a viewer asks for again says that their way is full."""

from __future__ import annotations

import random

from stagedoor.sfu.rates.alarm import LOST, Alarm


def asked(lost: list[int], *, pace: float = 0.007) -> float:
    """The first alarm where these of the packets were lost, each gap asked for behind it."""
    alarm, gap = Alarm(), []
    for number in range(max(lost) + 2):
        if number in lost:
            gap.append(number & 0xFFFF)
        elif gap:
            found = alarm.asked(1, gap, number * pace)
            gap = []
            if found:
                return found
    return 0.0


def test_a_full_queue_that_lets_one_of_four_through() -> None:
    assert asked([number for number in range(100, 160) if number % 4]) > 0.6


def test_one_gap_alone_may_be_a_moment_without_radio() -> None:
    assert asked([*range(100, 140)]) == 0


def test_some_random_loss_is_none() -> None:
    chance = random.Random(3)
    assert asked([number for number in range(3000) if chance.random() < 0.15]) == 0


def test_little_is_none_and_what_is_asked_for_again_is_known() -> None:
    alarm = Alarm()
    for step in range(20):
        assert alarm.asked(1, [10, 11, 12, 14, 15, 16], step * 0.1) == 0
    assert LOST > 6


def test_what_was_long_ago_does_not_count() -> None:
    alarm = Alarm()
    assert alarm.asked(1, [10, 11, 12, 13], 1.0) == 0
    assert alarm.asked(1, [15, 16, 17, 18], 2.0) == 0
    assert alarm.asked(1, [20, 21, 22, 23], 2.1) > 0.8


def test_numbers_go_round_and_tracks_are_told_apart() -> None:
    alarm = Alarm()
    assert alarm.asked(1, [0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF], 1.0) == 0
    assert alarm.asked(2, [3, 4, 5, 6], 1.0) == 0
    assert alarm.asked(1, [1, 2, 3, 4], 1.05) == 8 / 9


def test_after_an_alarm_it_begins_anew() -> None:
    alarm = Alarm()
    alarm.asked(1, [10, 11, 12, 13], 1.0)
    assert alarm.asked(1, [15, 16, 17, 18], 1.05) > 0.8
    alarm.forget()
    assert alarm.asked(1, [20, 21, 22, 23], 1.1) == 0
