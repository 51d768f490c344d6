"""Received frames made into what a window paints: of the tile's own size, off the event loop.

Knows no toolkit: a picture is a piece of memory with 32-bit BGRA pixels.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import av
from av.video.reformatter import VideoReformatter

CAMERA, SCREEN = "camera", "screen"
PIXEL = 4  # bytes

Source = tuple[str, str]
"""A person's id, and CAMERA or SCREEN."""

Size = tuple[int, int]
"""Width and height in pixels of the display."""


@dataclass(frozen=True)
class Pixels:
    """Rows of B, G, R, A bytes (A is 255), each ``stride`` bytes after the one before.

    The memory belongs to whoever holds ``data``, and is not written again.
    """

    data: memoryview
    width: int
    height: int
    stride: int


def covering(source: Size, tile: Size) -> Size:
    """The least size that covers a tile and has the source's proportions."""
    return _scaled(source, max(tile[0] / source[0], tile[1] / source[1]))


def within(source: Size, tile: Size) -> Size:
    """The greatest size that fits into a tile and has the source's proportions."""
    return _scaled(source, min(tile[0] / source[0], tile[1] / source[1]))


def _scaled(source: Size, scale: float) -> Size:
    return max(1, round(source[0] * scale)), max(1, round(source[1] * scale))


class Tile:
    """One source's way to its tile: the newest frame that waits, at most one under way.

    ``frame`` is set in the event loop and taken in a worker.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.size: Size = (0, 0)
        self.frame: av.VideoFrame | None = None
        self.busy = False
        self._reformatter = VideoReformatter()

    def convert(self) -> Pixels | None:
        """The waiting frame as its tile wants it: a screen whole, a person filling the tile.

        FFmpeg does the work without Python's lock.
        """
        frame, self.frame = self.frame, None
        if frame is None:
            return None
        fit = within if self.source[1] == SCREEN else covering
        width, height = fit((frame.width, frame.height), self.size)
        made = self._reformatter.reformat(frame, width, height, "bgra", threads=1)
        plane = made.planes[0]
        shown = min(width, self.size[0]), min(height, self.size[1])
        left, top = (width - shown[0]) // 2, (height - shown[1]) // 2
        start = top * plane.line_size + left * PIXEL
        return Pixels(memoryview(plane)[start:], *shown, plane.line_size)


class Pictures:
    """Converts the frames of what is seen. Everything is called in the event loop.

    ``ready`` gets each picture. Frames that come faster than they are converted are left out.
    """

    def __init__(self, ready: Callable[[Source, Pixels], None]) -> None:
        self._ready = ready
        self._tiles: dict[Source, Tile] = {}
        self._loop = asyncio.get_running_loop()
        workers = max(1, min(4, (os.cpu_count() or 1) - 1))
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="pictures")

    def show(self, sizes: Mapping[Source, Size]) -> None:
        """What is seen from now on, and how large; frames of anything else are dropped."""
        seen = {source: size for source, size in sizes.items() if min(size) > 0}
        self._tiles = {source: self._tiles.get(source) or Tile(source) for source in seen}
        for source, size in seen.items():
            self._tiles[source].size = size

    def put(self, source: Source, frame: av.VideoFrame) -> None:
        """A new frame."""
        tile = self._tiles.get(source)
        if tile is not None:
            tile.frame = frame
            self._next(tile)

    def _next(self, tile: Tile) -> None:
        if tile.frame is not None and not tile.busy:
            tile.busy = True
            self._pool.submit(self._work, tile)

    def _work(self, tile: Tile) -> None:
        pixels = None
        try:
            pixels = tile.convert()
        finally:
            self._loop.call_soon_threadsafe(self._done, tile, pixels)

    def _done(self, tile: Tile, pixels: Pixels | None) -> None:
        tile.busy = False
        if self._tiles.get(tile.source) is not tile:
            return
        self._next(tile)
        if pixels is not None:
            self._ready(tile.source, pixels)

    def close(self) -> None:
        """Convert no more; no thread is left when this returns."""
        self._tiles.clear()
        self._pool.shutdown(cancel_futures=True)
