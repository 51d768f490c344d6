"""A screen to share, by mss: pictures of it on a thread, as a camera's."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import av
import numpy as np

from .devices import Device
from .errors import DeviceError
from .filming import Filming, Planar, Reel, Show

MOST = (1920, 1080)
STILL = 1.0  # seconds


def screens() -> list[Device]:
    """The screens there are; none where nothing can be captured."""
    import mss

    try:
        with mss.MSS() as grabber:
            monitors = grabber.monitors[1:]
    except mss.ScreenShotError:
        return []
    return [Device(index, named(index, monitor)) for index, monitor in enumerate(monitors, 1)]


def named(index: int, monitor: dict[str, Any]) -> str:
    """A name by which to tell screens apart, the same as long as they are arranged alike."""
    return f"Screen {index} ({monitor['width']}×{monitor['height']})"


def fitting(width: int, height: int) -> tuple[int, int]:
    """The size to send a screen in: at most MOST, the same proportions, even numbers."""
    scale = min(1.0, MOST[0] / width, MOST[1] / height)
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


class Screen(Filming):
    """A screen: ``device.index`` as mss counts, from 1. At most ``fps`` pictures a second.

    A screen that does not change is shown once a second. ``show`` and ``failed`` as for Filming.
    """

    def __init__(
        self, device: Device, fps: int, show: Show, failed: Callable[[DeviceError], None]
    ) -> None:
        self._device = device
        self._fps = fps
        super().__init__(device.name, self._read, show, failed)

    def _read(self) -> Reel:
        import mss

        try:
            with mss.MSS(with_cursor=True) as grabber:
                yield from self._pictures_of(grabber)
        except mss.ScreenShotError as error:
            raise DeviceError(
                "{device} cannot be captured: {error}", device=self._what, error=str(error)
            ) from error

    def _pictures_of(self, grabber: Any) -> Reel:
        if self._device.index >= len(grabber.monitors):
            raise DeviceError("{device} is not there any more.", device=self._what)
        monitor = grabber.monitors[self._device.index]
        planar = Planar()
        size = fitting(monitor["width"], monitor["height"])
        last, shown = b"", 0.0
        due = time.monotonic()
        while True:
            at = time.monotonic()
            shot = grabber.grab(monitor)
            if at - shown > STILL or shot.raw != last:
                last, shown = shot.raw, at
                array = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
                yield planar(av.VideoFrame.from_numpy_buffer(array, format="bgra"), size), at
            due = max(due + 1 / self._fps, time.monotonic())
            if self._stop.wait(due - time.monotonic()):
                return
