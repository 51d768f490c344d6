"""Reception statistics and upstream NACKs (RFC 3550, appendix A)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.stage.reception import TRIES, Reception


def test_losses_are_counted_as_the_rfc_says() -> None:
    reception = Reception(5, 90000)
    for number in range(100):
        if number % 4:
            reception.arrived((65500 + number) & 0xFFFF, 0, 0.0)
    block = reception.report(1.0)
    assert block.lost == 24  # the first one was never expected
    assert block.lost_fraction == 24 * 256 // 99
    assert block.highest == 65500 + 99
    reception.arrived(65600 & 0xFFFF, 0, 1.0)
    assert reception.report(2.0).lost_fraction == 0


def test_a_gap_is_asked_for_a_few_times_and_then_given_up() -> None:
    reception = Reception(5, 90000)
    reception.arrived(65534, 0, 0.0)
    assert reception.arrived(1, 0, 0.0)
    asked = [reception.to_ask_again(step * 0.1) for step in range(TRIES + 3)]
    assert asked == [[65535, 0]] * TRIES + [[]] * 3


def test_what_arrives_late_is_not_asked_for_again() -> None:
    reception = Reception(5, 90000)
    for sequence in (1, 4):
        reception.arrived(sequence, 0, 0.0)
    assert not reception.arrived(2, 0, 0.0)
    assert reception.to_ask_again(0.0) == [3]


def test_a_jump_is_not_a_loss() -> None:
    reception = Reception(5, 90000)
    reception.arrived(1, 0, 0.0)
    assert not reception.arrived(5000, 0, 0.0)
    assert reception.to_ask_again(1.0) == []


def test_jitter_of_an_even_stream_is_none_and_of_an_uneven_one_some() -> None:
    even, uneven = Reception(1, 90000), Reception(2, 90000)
    for number in range(50):
        even.arrived(number, number * 3600, number * 0.04)
        uneven.arrived(number, number * 3600, number * 0.04 + (number % 2) * 0.02)
    assert even.report(2.0).jitter == 0
    assert 1200 < uneven.report(2.0).jitter < 2000


def test_the_round_trip_fields_echo_the_senders_report() -> None:
    reception = Reception(1, 90000)
    reception.arrived(1, 0, 0.0)
    reception.sender_report(0x1122334455667788, 1.0)
    block = reception.report(1.5)
    assert (block.last_sr, block.delay) == (0x33445566, 32768)


@given(st.lists(st.integers(0, 0xFFFF), max_size=80))
def test_any_order_of_packets_gives_a_sound_report(sequences: list[int]) -> None:
    reception = Reception(1, 48000)
    for number, sequence in enumerate(sequences):
        reception.arrived(sequence, number, number * 0.02)
        reception.to_ask_again(number * 0.02)
    block = reception.report(9.0)
    assert 0 <= block.lost_fraction <= 255
    assert block.jitter >= 0
