"""A viewer's budget over simulated links, with aiortc's receiver at the other end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor.sfu.rates.estimator import (
    GUESS,
    GUESSED,
    MAX,
    MIN,
    WORDLESS,
    Feedback,
    State,
    estimate,
    found,
    guess,
    unheard,
    wordless,
)
from stagedoor.sfu.rates.probing import LONGEST_WAIT, Probe, probe

from .link import Link, steady

WIDE = steady(5_000_000)


def rates(link: Link, start: float, end: float) -> list[int]:
    """Which layers were sent in this time."""
    return [rate for at, _, rate, _ in link.history if start <= at < end]


def test_nobody_is_held_back_while_nothing_is_known() -> None:
    assert Link(WIDE).run(0, 0.2).state.budget is None


def test_a_wide_link_carries_the_best_layer_and_no_padding() -> None:
    link = Link(WIDE).run(0, 20)
    assert (set(rates(link, 0, 20)), link.padded) == ({1_500_000}, 0)


def test_a_step_down_leads_to_the_low_layer_within_three_seconds() -> None:
    link = Link(lambda now: 5_000_000 if now < 15 else 300_000).run(0, 40)
    assert set(rates(link, 0, 15)) == {1_500_000}
    assert set(rates(link, 18, 40)) == {150_000}
    assert max(queue for at, _, _, queue in link.history if at >= 18) < 0.4


def test_a_step_up_is_found_by_padding() -> None:
    link = Link(lambda now: 300_000 if now < 15 else 3_000_000).run(0, 45)
    assert set(rates(link, 5, 15)) == {150_000}
    assert set(rates(link, 40, 45)) == {1_500_000}
    padded = link.padded
    assert padded > 0
    assert link.run(45, 60).padded == padded, "there is nothing more to gain"


@pytest.mark.parametrize("share", [0.02, 0.05])
def test_some_random_loss_costs_no_layer(share: float) -> None:
    link = Link(WIDE, lose=lambda chance, now: chance.random() < share).run(0, 20)
    assert set(rates(link, 0, 20)) == {1_500_000}


def test_much_random_loss_is_known_as_the_link_s_own() -> None:
    link = Link(WIDE, lose=lambda chance, now: chance.random() < 0.10).run(0, 60)
    assert set(rates(link, 30, 60)) == {1_500_000}


def test_loss_without_delay_lowers_the_budget() -> None:
    """A shallow queue: nothing is late, a lot is lost."""
    link = Link(steady(700_000), queue=0.01).run(0, 40)
    assert set(rates(link, 15, 40)) <= {150_000, 500_000}


def test_bursts_of_loss_are_forgotten() -> None:
    link = Link(WIDE, lose=lambda chance, now: 5 < now < 12 and now % 2 < 0.1).run(0, 30)
    assert set(rates(link, 20, 30)) == {1_500_000}


def test_jitter_is_no_congestion() -> None:
    link = Link(WIDE, jitter=0.02).run(0, 30)
    assert set(rates(link, 0, 30)) == {1_500_000}


def test_a_competing_flow_takes_a_layer_and_gives_it_back() -> None:
    link = Link(lambda now: 700_000 if 10 < now < 25 else 3_000_000).run(0, 75)
    assert set(rates(link, 15, 25)) <= {150_000, 500_000}
    assert set(rates(link, 65, 75)) == {1_500_000}


def test_a_standing_queue_is_drained() -> None:
    link = Link(steady(700_000), queue=2.0)
    link.stand(1.5)
    link.run(0, 30)
    late = [queue for at, _, _, queue in link.history if at > 20]
    assert sum(late) / len(late) < 0.4
    assert set(rates(link, 5, 30)) <= {150_000, 500_000}


def test_without_feedback_less_and_less_is_sent_until_there_is_some_again() -> None:
    link = Link(WIDE, deaf=lambda now: 10 < now < 20).run(0, 30)
    assert rates(link, 19, 20) == [150_000]
    assert rates(link, 25, 30) == [1_500_000] * 5


def test_without_sending_no_feedback_is_missed() -> None:
    known = State(budget=1_000_000, by_delay=1_000_000, phase="increase")
    assert unheard(known, 0, 100.0).budget == 1_000_000
    assert unheard(known, 500_000, 100.0).budget == 500_000


def test_who_never_says_anything_is_not_held_back() -> None:
    assert unheard(State(), 500_000, 100.0).budget is None


def test_a_guess_doubles_with_each_report_of_no_loss_and_holds_though_remb_begins_with_less() -> (
    None
):
    state = guess(State(), GUESS, 0.0)
    assert state.budget == GUESS
    state = estimate(state, Feedback(150_000, loss=0.0), 1.0)
    assert state.budget == 2 * GUESS
    state = estimate(state, Feedback(150_000, loss=0.05), 2.0)
    assert state.budget == 2 * GUESS
    state = estimate(state, Feedback(150_000, remb=170_000), 3.0)
    state = estimate(state, Feedback(150_000, remb=171_000, loss=0.0), 4.0)
    assert state.budget == 2 * GUESS
    for step in range(6):
        state = estimate(state, Feedback(500_000, remb=172_000 + 1000 * step, loss=0.0), 5.0 + step)
    assert state.guess is None
    assert state.budget is not None
    assert state.budget >= GUESSED


def test_a_guess_ends_when_remb_falls_or_says_as_much() -> None:
    state = guess(State(), GUESS, 0.0)
    assert estimate(state, Feedback(0, remb=50_000_000), 1.0).budget == 50_000_000
    low = estimate(state, Feedback(290_000, remb=200_000), 1.0)
    assert (low.budget, low.phase) == (200_000, "decrease")


def test_a_guess_takes_nothing_from_whoever_is_known_or_says_nothing() -> None:
    assert guess(State(budget=900_000), GUESS, 0.0).budget == 900_000
    state = guess(State(), GUESS, 5.0)
    assert wordless(state, 5.0 + WORDLESS).budget == GUESS
    assert wordless(state, 5.1 + WORDLESS).budget is None


def test_what_was_found_is_allowed_at_once_until_a_queue_grows() -> None:
    state = estimate(State(), Feedback(1_000_000, loss=0.8), 0.0)
    state = estimate(state, Feedback(200_000, remb=200_000), 1.5)
    assert state.budget == 199_999
    state = found(state, 1_600_000, 3.0)
    assert state.budget == 1_600_000
    state = estimate(state, Feedback(1_500_000, remb=216_000, loss=0.0), 4.0)
    assert state.budget == 1_600_000, "REMB has not got there yet"
    state = estimate(state, Feedback(1_500_000, remb=180_000), 5.0)
    assert state.budget == 180_000


def test_more_sent_than_the_receiver_admits_is_a_queue() -> None:
    state = estimate(State(), Feedback(1_000_000, remb=900_000), 0.0)
    assert state.phase == "increase"
    for step in range(1, 8):
        state = estimate(state, Feedback(1_000_000, remb=900_000), step * 0.25)
    assert (state.phase, state.budget) == ("decrease", 900_000)


def test_a_flood_is_stemmed_by_the_first_word_of_it() -> None:
    """Two large pictures and their repairs on a way of 300 kbit/s, as a browser reported them."""
    state = estimate(State(), Feedback(1_086_000, loss=0.92), 1.6)
    assert state.budget == 86_879
    for step in range(4):
        state = estimate(state, Feedback(732_000, remb=150_000 + step * 1000), 1.7 + step / 10)
    assert state.by_delay == 153_000, "what is sent and lost is no sign of a wide way"
    for step in range(12):
        said = Feedback(150_000, 190_000 + step, None if step % 4 else 0.0)
        state = estimate(state, said, 2.6 + step / 4)
    assert state.budget == 190_011, "what arrives since is allowed again"


def test_a_low_estimate_of_a_wide_link_is_soon_mended() -> None:
    """A busy machine begins with one; the next rung alone would be tried for half a minute."""
    link = Link(steady(20_000_000))
    link.state = State(budget=50_000, phase="decrease", remb=50_000, by_delay=50_000)
    assert rates(link.run(0, 25), 20, 25) == [1_500_000] * 5


def test_padding_ends_once_what_was_tried_is_allowed() -> None:
    good = State(budget=200_000, phase="increase", risen=10.5)
    found = probe(Probe(), good, 150_000, 200_001, 300_000, 10.0)
    assert found.padding == 150_000, "as much as is useful"
    found = probe(found, good._replace(budget=299_999), 0, 200_001, 300_000, 11.0)
    assert found.padding == 150_000
    found = probe(found, good._replace(budget=300_000), 150_000, 0, 300_000, 11.0)
    assert found.padding == 0
    assert found.until < 12


def test_padding_ends_with_the_first_sign_of_a_queue_and_waits_longer_each_time() -> None:
    good = State(budget=200_000, phase="increase")
    found, now, waits = Probe(), 10.0, []
    for expected in (250_000, *[150_000] * 4):
        now = max(now, found.until)
        found = probe(found, good, 150_000, 500_000, 1_500_000, now)
        assert found.padding == expected, (
            "twice what is allowed, then half more, not what is wanted"
        )
        found = probe(
            found, good._replace(phase="decrease"), 150_000, 500_000, 1_500_000, now + 0.5
        )
        assert found.padding == 0
        waits.append(found.until - now - 0.5)
    assert waits == [5, *[LONGEST_WAIT] * 4]


def test_no_padding_without_something_to_gain() -> None:
    good = State(budget=600_000, phase="increase")
    assert probe(Probe(), good, 500_000, 500_000, 500_000, 10.0).padding == 0
    assert probe(Probe(), good, 500_000, 0, 0, 10.0).padding == 0
    assert probe(Probe(), State(), 500_000, 900_000, 900_000, 10.0).padding == 0
    assert probe(Probe(), good._replace(phase="hold"), 500_000, 900_000, 900_000, 10.0).padding == 0


FEEDBACK = st.builds(
    Feedback,
    st.integers(0, 10**9),
    st.none() | st.integers(0, 2**63),
    st.none() | st.floats(0, 1),
)


@given(st.lists(st.tuples(FEEDBACK, st.floats(0, 8)), max_size=40))
def test_the_budget_keeps_within_its_bounds_whatever_is_reported(
    said: list[tuple[Feedback, float]],
) -> None:
    state, now, asking = State(), 0.0, Probe()
    for feedback, elapsed in said:
        now += elapsed
        state = unheard(estimate(state, feedback, now), feedback.sent, now + 5.0)
        asking = probe(asking, state, feedback.sent, 10**6, 10**6, now)
        assert state.budget is None or MIN <= state.budget <= MAX
        assert asking.padding >= 0
        assert len(state.losses) < 45
        if feedback.remb is not None:
            assert state.budget is not None


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1000), st.integers(200_000, 4_000_000))
def test_the_queue_of_any_steady_link_is_bounded(seed: int, capacity: int) -> None:
    """From the fifth second on, whatever the link."""
    chance = random.Random(seed)
    link = Link(steady(capacity), jitter=chance.random() * 0.005, queue=1.0, seed=seed).run(0, 20)
    late = [queue for at, _, _, queue in link.history if at >= 5]
    assert sum(late) / len(late) < 0.6
