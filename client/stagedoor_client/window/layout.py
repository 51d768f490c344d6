"""Where the tiles of the stage go. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDEST = 16 / 9
SMALLEST = (132, 92)
"""The least a tile may measure in pixels before the stage is shown page by page."""
SCREENS = 0.78
"""How much of the stage shared screens get beside the people."""


@dataclass(frozen=True)
class Rect:
    """A place on the stage, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Arrangement:
    """The places of those who are visible now, by key; ``page`` of ``pages``, from 0."""

    places: dict[str, Rect]
    page: int = 0
    pages: int = 1


def place_tiles(count: int, width: int, height: int, gap: int = 8) -> list[Rect]:
    """The biggest equal tiles for ``count`` people in a box, in rows, the last one centred.

    A tile is between 4:3 and 16:9, in an upright box between 1:1 and 16:9: the picture fills it and
    loses a little at its edges rather than leave much of the box empty.
    """
    if count < 1 or width <= 0 or height <= 0:
        return []
    narrowest = 1 if height > width else 4 / 3
    best = (-1, 1, 1, 0, 0)
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        tile = _fit(
            (width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows, narrowest
        )
        if tile[0] * tile[1] > best[0]:
            best = (tile[0] * tile[1], columns, rows, *tile)
    _, columns, rows, tile_width, tile_height = best
    top = (height - rows * tile_height - gap * (rows - 1)) / 2
    places = []
    for index in range(count):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        left = (width - in_row * tile_width - gap * (in_row - 1)) / 2
        x = max(0, int(left + column * (tile_width + gap)))
        y = max(0, int(top + row * (tile_height + gap)))
        places.append(Rect(x, y, tile_width, tile_height))
    return places


def _fit(width: float, height: float, narrowest: float) -> tuple[int, int]:
    """The biggest tile of an allowed shape within a cell, in whole pixels."""
    wide = max(0.0, min(width, height * WIDEST))
    high = max(0.0, min(height, wide / narrowest))
    return int(wide), int(high)


def capacity(count: int, width: int, height: int, gap: int) -> int:
    """How many of ``count`` people fit at once with tiles of a size that one can look at."""
    for fewer in range(count, 1, -1):
        tile = place_tiles(fewer, width, height, gap)[:1]
        if tile and tile[0].width >= SMALLEST[0] and tile[0].height >= SMALLEST[1]:
            return fewer
    return min(count, 1)


def arrange(
    people: Sequence[str],
    screens: Sequence[str],
    size: tuple[int, int],
    page: int = 0,
    gap: int = 10,
) -> Arrangement:
    """Place people and shared screens, by key, on a stage of ``size`` pixels.

    Screens get the larger part, people a strip beside it, or below in an upright box. People who
    do not fit are on further pages, and have no place.
    """
    width, height = size
    if not screens:
        return _paged(people, Rect(0, 0, width, height), page, gap)
    if not people:
        return Arrangement(_placed(screens, Rect(0, 0, width, height), gap))
    if width >= height:
        part = int(width * SCREENS)
        main = Rect(0, 0, part, height)
        strip = Rect(part + gap, 0, width - part - gap, height)
    else:
        part = int(height * SCREENS)
        main = Rect(0, 0, width, part)
        strip = Rect(0, part + gap, width, height - part - gap)
    beside = _paged(people, strip, page, gap)
    return Arrangement(_placed(screens, main, gap) | beside.places, beside.page, beside.pages)


def _paged(people: Sequence[str], box: Rect, page: int, gap: int) -> Arrangement:
    if not people or box.width <= 0 or box.height <= 0:
        return Arrangement({})
    most = capacity(len(people), box.width, box.height, gap)
    pages = -(-len(people) // most)
    page = max(0, min(page, pages - 1))
    shown = people[page * most : (page + 1) * most]
    return Arrangement(_placed(shown, box, gap), page, pages)


def _placed(keys: Sequence[str], box: Rect, gap: int) -> dict[str, Rect]:
    places = place_tiles(len(keys), box.width, box.height, gap)
    return {
        key: Rect(box.x + place.x, box.y + place.y, place.width, place.height)
        for key, place in zip(keys, places, strict=False)
    }
