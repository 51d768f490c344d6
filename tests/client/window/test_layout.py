"""Where the tiles go: the page's own places, and pages of people where they do not fit."""

from __future__ import annotations

import pytest

from stagedoor_client.window.layout import SMALLEST, Rect, arrange, place_tiles

from .page import said_by

BOXES = [(1280, 700), (516, 440), (390, 700), (2000, 300), (100, 100)]


@pytest.mark.parametrize("size", BOXES)
def test_tiles_are_where_the_page_has_them(size: tuple[int, int]) -> None:
    width, height = size
    theirs = said_by(
        "layout.js", f"[...Array(14).keys()].map((n) => placeTiles(n, {width}, {height}, 10))"
    )
    ours = [[vars(place) for place in place_tiles(count, width, height, 10)] for count in range(14)]
    assert ours == theirs


@pytest.mark.parametrize("size", BOXES)
@pytest.mark.parametrize("screens", [0, 1, 3])
def test_nothing_overlaps_or_leaves_the_stage(size: tuple[int, int], screens: int) -> None:
    for count in (0, 1, 2, 7, 12, 50):
        people = [f"p{n}" for n in range(count)]
        shared = [f"s{n}" for n in range(screens)]
        seen: list[str] = []
        pages = arrange(people, shared, size).pages
        for page in range(pages):
            plan = arrange(people, shared, size, page)
            assert plan.page == page
            places = list(plan.places.values())
            for place in places:
                assert place.x >= 0
                assert place.y >= 0
                assert place.x + place.width <= size[0]
                assert place.y + place.height <= size[1]
            for number, one in enumerate(places):
                assert not any(overlap(one, other) for other in places[number + 1 :])
            seen += [key for key in plan.places if key in people]
        assert seen == people


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def test_twelve_fit_into_the_least_window_and_more_are_turned_to() -> None:
    """900x600, with the people at the side."""
    people = [f"p{n}" for n in range(12)]
    assert arrange(people, [], (516, 440)).pages == 1
    many = arrange([f"p{n}" for n in range(50)], [], (516, 440))
    assert many.pages > 1
    assert all(
        place.width >= SMALLEST[0] and place.height >= SMALLEST[1] for place in many.places.values()
    )
    last = arrange([f"p{n}" for n in range(50)], [], (516, 440), page=99)
    assert last.page == last.pages - 1
    assert last.places


def test_a_shared_screen_gets_the_larger_part() -> None:
    plan = arrange(["a", "b"], ["s"], (1200, 700))
    screen, person = plan.places["s"], plan.places["a"]
    assert screen.width * screen.height > 4 * person.width * person.height
