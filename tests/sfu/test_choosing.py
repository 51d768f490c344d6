"""Layers by size and budget: what is of use, within the budget, and without flapping."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.rates.choosing import FLOOR, ROOM, Choice, Layer, Picture, choose
from stagedoor.sfu.stage.branch import ALL, NOTHING

CAMERA = {
    0: Layer(180, (60_000, 90_000, 120_000)),
    1: Layer(360, (200_000, 300_000, 400_000)),
    2: Layer(720, (600_000, 900_000, 1_200_000)),
}
NEW = Choice(NOTHING)
MIN_BUDGET = 50_000


def one(lines: float | None, budget: int | None, now: Choice = NEW) -> Choice:
    return choose([Picture(lines, CAMERA, now)], budget).choices[0]


@pytest.mark.parametrize(
    ("lines", "layer"),
    [(0, NOTHING), (90, 0), (240, 0), (241, 1), (480, 1), (481, 2), (2000, 2), (None, 2)],
)
def test_as_large_as_it_is_shown(lines: float | None, layer: int) -> None:
    assert one(lines, None) == Choice(layer, ALL)


@pytest.mark.parametrize(
    ("budget", "choice"),
    [
        (20_000, Choice(0, 0)),
        (70_000, Choice(0, 0)),
        (140_000, Choice(0, ALL)),
        (350_000, Choice(1, 1)),
        (470_000, Choice(1, ALL)),
        (1_100_000, Choice(2, 1)),
        (1_400_000, Choice(2, ALL)),
    ],
)
def test_as_much_as_the_way_takes(budget: int, choice: Choice) -> None:
    assert one(None, budget) == choice


def test_what_is_reached_is_kept_until_it_does_not_fit() -> None:
    present = Choice(1, ALL)
    assert one(None, 400_000, present) == present
    assert one(None, 399_999, present) == Choice(1, 1)
    assert one(None, 400_000, Choice(1, 1)) == Choice(1, 1), "to rise takes some room"


def test_a_tile_that_changes_a_little_keeps_its_layer() -> None:
    assert one(220, None, Choice(1)) == Choice(1)
    assert one(180, None, Choice(1)) == Choice(0)
    assert one(220, None, Choice(0)) == Choice(0)


def test_the_large_picture_first_and_the_small_ones_not_at_all() -> None:
    pictures = [Picture(100, CAMERA), Picture(700, CAMERA), *[Picture(90, CAMERA)] * 2]
    chosen = choose(pictures, 210_000)
    assert [choice.layer for choice in chosen.choices] == [0, 0, 0, NOTHING]
    assert chosen.wanted > 210_000
    pictures.pop()
    chosen = choose(pictures, 1_000_000)
    assert [choice.layer for choice in chosen.choices] == [0, 1, 0]
    assert 1_000_000 < chosen.wanted < 2_000_000
    assert choose(pictures, 5_000_000).wanted == 0


def test_a_low_estimate_takes_away_none_of_a_few_pictures() -> None:
    """One of two was not sent for half a minute, by an estimate of a busy machine."""
    shown = [Picture(400, CAMERA, Choice(0, 0)), Picture(400, CAMERA)]
    chosen = choose(shown, 60_000)
    assert chosen.choices == [Choice(0, 0), Choice(0, 0)]
    assert 60_000 < chosen.spent <= FLOOR < chosen.wanted


def test_what_comes_in_one_layer_is_sent_unless_nobody_looks() -> None:
    single = {0: Layer(480, (1_000_000,))}
    for budget in (1_200_000, 50_000):
        both = [Picture(700, CAMERA), Picture(100, single)]
        assert choose(both, budget).choices[1] == Choice(0)
    assert choose([Picture(0, single)], 50_000).choices == [Choice(NOTHING)]
    assert choose([Picture(None, {})], None).choices == [Choice(NOTHING)]


sizes = st.one_of(st.none(), st.just(0), st.integers(20, 1200))
choices = st.builds(Choice, st.integers(NOTHING, 2), st.sampled_from([0, 1, ALL]))
layers = st.dictionaries(
    st.integers(0, 2),
    st.builds(
        Layer,
        st.integers(90, 1080),
        st.lists(st.integers(20_000, 2_000_000), min_size=1, max_size=3).map(
            lambda rates: tuple(sorted(rates))
        ),
    ),
    max_size=3,
)
pictures = st.lists(st.builds(Picture, sizes, layers, choices), max_size=6)


def rate(picture: Picture, choice: Choice) -> int:
    if choice.layer == NOTHING:
        return 0
    rates = picture.layers[choice.layer].rates
    return rates[min(choice.temporal, len(rates) - 1)]


@given(pictures, st.integers(10_000, 8_000_000))
def test_it_fits_is_of_use_and_stays(wanted: list[Picture], budget: int) -> None:
    chosen = choose(wanted, budget)
    pairs = list(zip(wanted, chosen.choices, strict=True))
    spent = [rate(*pair) for pair in pairs]
    rest = [one for one, (picture, _) in zip(spent, pairs, strict=True) if len(picture.layers) > 1]
    assert sum(spent) <= max(budget, FLOOR) or sum(one > 0 for one in rest) <= 1
    for picture, choice in pairs:
        assert choice.layer == NOTHING or choice.layer in picture.layers
        assert picture.lines != 0 or choice.layer == NOTHING
    settled = choose([one._replace(now=choice) for one, choice in pairs], budget)
    again = choose(
        [one._replace(now=choice) for one, choice in zip(wanted, settled.choices, strict=True)],
        budget,
    )
    assert again.choices == settled.choices, "what is chosen is chosen again"
    more = choose(wanted, int(budget * ROOM) + 2_000_000 * len(wanted)).choices
    assert sum(choice.layer == NOTHING for choice in more) <= sum(
        choice.layer == NOTHING for choice in chosen.choices
    )


def test_what_drowns_the_sound_is_left_out_where_that_was_seen() -> None:
    single = [Picture(None, {0: Layer(720, (1_500_000,))})]
    assert choose(single, 200_000).choices == [Choice(0, ALL)]
    chosen = choose(single, 200_000, strict=True)
    assert chosen.choices == [Choice(NOTHING)]
    assert chosen.wanted > 1_500_000
    assert choose(single, 800_000, strict=True).choices == [Choice(0, ALL)]
    assert choose([Picture(None, CAMERA)], MIN_BUDGET, strict=True).choices == [Choice(0, 0)]
