"""Frames made into what tiles paint: the right part, in the right size, the newest only."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import av
import numpy as np
import pytest

from stagedoor_client import pictures as module
from stagedoor_client.pictures import (
    CAMERA,
    SCREEN,
    Pictures,
    Pixels,
    Size,
    Source,
    Tile,
    covering,
    within,
)

ANN, ANNS_SCREEN = ("ann", CAMERA), ("ann", SCREEN)
RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def thirds(width: int = 96, height: int = 48) -> av.VideoFrame:
    """Red, green and blue from left to right, as a decoder gives it."""
    rgb = np.zeros((height, width, 3), np.uint8)
    for index, colour in enumerate((RED, GREEN, BLUE)):
        rgb[:, index * width // 3 : (index + 1) * width // 3] = colour
    return av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")


def bgra(pixels: Pixels) -> Any:
    """The pixels as an array of (height, width, 4)."""
    flat = np.frombuffer(pixels.data, np.uint8)
    rows = [
        flat[y * pixels.stride : y * pixels.stride + 4 * pixels.width] for y in range(pixels.height)
    ]
    return np.stack(rows).reshape(pixels.height, pixels.width, 4)


def colour_at(pixels: Pixels, x: int) -> tuple[int, ...]:
    """The colour in the middle of a column, as (R, G, B) of 0 and 255."""
    blue, green, red, alpha = bgra(pixels)[pixels.height // 2, x]
    assert alpha == 255
    return tuple(255 if value > 127 else 0 for value in (red, green, blue))


@pytest.mark.parametrize(
    ("source", "tile", "cover", "whole"),
    [
        ((640, 360), (320, 180), (320, 180), (320, 180)),
        ((640, 360), (200, 200), (356, 200), (200, 112)),
        ((360, 640), (200, 200), (200, 356), (112, 200)),
        ((640, 480), (1280, 720), (1280, 960), (960, 720)),
        ((1920, 1080), (1, 1), (2, 1), (1, 1)),
    ],
)
def test_sizes_keep_the_proportions(source: Size, tile: Size, cover: Size, whole: Size) -> None:
    assert covering(source, tile) == cover
    assert within(source, tile) == whole


def test_a_person_fills_the_tile_and_loses_the_edges() -> None:
    tile = Tile(ANN)
    tile.size, tile.frame = (40, 40), thirds()
    pixels = tile.convert()
    assert pixels is not None
    assert (pixels.width, pixels.height) == (40, 40)
    assert [colour_at(pixels, x) for x in (1, 20, 38)] == [RED, GREEN, BLUE]
    widths = [colour_at(pixels, x) for x in range(40)].count(GREEN)
    assert 24 <= widths <= 28, "a third of what was 80 wide"
    assert tile.convert() is None, "each frame once"


def test_a_screen_is_shown_whole() -> None:
    tile = Tile(ANNS_SCREEN)
    tile.size, tile.frame = (40, 40), thirds()
    pixels = tile.convert()
    assert pixels is not None
    assert (pixels.width, pixels.height) == (40, 20)
    assert [colour_at(pixels, x) for x in (2, 20, 37)] == [RED, GREEN, BLUE]


class Shown:
    """What tiles were given, and pictures that it can wait for."""

    def __init__(self) -> None:
        self.all: list[tuple[Source, Pixels]] = []
        self.news = asyncio.Event()

    def take(self, source: Source, pixels: Pixels) -> None:
        self.all.append((source, pixels))
        self.news.set()

    async def next(self) -> tuple[Source, Pixels]:
        async with asyncio.timeout(20):
            await self.news.wait()
        self.news.clear()
        return self.all[-1]


@pytest.fixture
async def shown() -> AsyncIterator[tuple[Pictures, Shown]]:
    found = Shown()
    pictures = Pictures(found.take)
    yield pictures, found
    pictures.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("pictures")]


async def test_what_is_seen_comes_in_the_tiles_size(shown: tuple[Pictures, Shown]) -> None:
    pictures, found = shown
    pictures.show({ANN: (48, 24)})
    pictures.put(ANNS_SCREEN, thirds())
    pictures.put(ANN, thirds())
    source, pixels = await found.next()
    assert source == ANN
    assert (pixels.width, pixels.height) == (48, 24)
    pictures.show({ANN: (24, 24), ANNS_SCREEN: (30, 15)})
    pictures.put(ANN, thirds())
    _, pixels = await found.next()
    assert (pixels.width, pixels.height) == (24, 24)
    pictures.put(ANNS_SCREEN, thirds())
    assert (await found.next())[0] == ANNS_SCREEN
    assert len(found.all) == 3


async def test_a_tile_without_a_size_wants_nothing(shown: tuple[Pictures, Shown]) -> None:
    pictures, found = shown
    pictures.show({ANN: (0, 24), ANNS_SCREEN: (10, 10)})
    pictures.put(ANN, thirds())
    pictures.put(ANNS_SCREEN, thirds())
    await found.next()
    assert [source for source, _ in found.all] == [ANNS_SCREEN]


async def test_only_the_newest_waits_and_one_is_under_way(
    shown: tuple[Pictures, Shown], monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, found = shown
    begun, go = threading.Semaphore(0), threading.Semaphore(0)
    convert = Tile.convert
    under_way = most = 0

    def slow(self: Tile) -> Pixels | None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        pixels = convert(self)
        begun.release()
        assert go.acquire(timeout=20)
        under_way -= 1
        return pixels

    monkeypatch.setattr(module.Tile, "convert", slow)
    pictures.show({ANN: (30, 30)})
    pictures.put(ANN, thirds())
    assert await asyncio.to_thread(begun.acquire, timeout=20)
    for width in (48, 60, 30):  # a square is the last: green in the middle, red at the edge
        pictures.put(ANN, thirds(width, 30))
    go.release(2)
    await found.next()
    while len(found.all) < 2:
        await found.next()
    assert most == 1
    first, second = (pixels for _, pixels in found.all)
    assert [colour_at(first, x) for x in (2, 27)] == [RED, BLUE]
    assert [colour_at(second, x) for x in (3, 15, 27)] == [RED, GREEN, BLUE]
    assert len(found.all) == 2


async def test_who_is_hidden_meanwhile_gets_nothing(shown: tuple[Pictures, Shown]) -> None:
    pictures, found = shown
    pictures.show({ANN: (30, 30)})
    pictures.put(ANN, thirds())
    pictures.show({ANNS_SCREEN: (30, 30)})
    pictures.put(ANNS_SCREEN, thirds())
    assert (await found.next())[0] == ANNS_SCREEN
    assert len(found.all) == 1


def test_a_qimage_keeps_the_memory_it_shows() -> None:
    qt = pytest.importorskip(
        "stagedoor_client.window.pictures", reason="Qt's libraries", exc_type=ImportError
    )
    tile = Tile(ANN)
    tile.size, tile.frame = (40, 40), thirds()
    pixels = tile.convert()
    assert pixels is not None
    image = qt.image(pixels)
    copy = image.copy(0, 0, 40, 40)
    shared = type(image)(image)
    del tile, pixels, image
    assert (shared.width(), shared.height()) == (40, 40)
    colours = [shared.pixelColor(x, 20) for x in (1, 20, 38)]
    assert shared == copy
    assert [one.getRgb()[3] for one in colours] == [255] * 3
    for one, colour in zip(colours, (RED, GREEN, BLUE), strict=True):
        assert tuple(255 if value > 127 else 0 for value in one.getRgb()[:3]) == colour
