"""A camera by OpenCV, read on a thread of its own, and a track of its newest pictures."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack

from .devices import Device
from .errors import DeviceError

CLOCK = Fraction(1, 90000)
FIRST_PICTURE = 10.0
RELEASE = 15.0

Picture = npt.NDArray[np.uint8]
Show = Callable[[Picture, float], None]


class Camera:
    """A camera: ``device.index`` as OpenCV counts; size in pixels and rate as far as it can.

    ``show`` gets each picture, BGR of shape (height, width, 3), with the time it was taken at by
    the monotonic clock; ``failed`` is told if it fails while open. Both in the event loop.
    """

    def __init__(
        self,
        device: Device,
        size: tuple[int, int],
        fps: int,
        show: Show,
        failed: Callable[[DeviceError], None],
    ) -> None:
        self._device = device
        self._size = size
        self._fps = fps
        self._show = show
        self._failed = failed
        self._stop = threading.Event()
        self._released = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._first: asyncio.Future[None] = self._loop.create_future()

    async def open(self) -> None:
        """Start; returns with the first picture. Raises DeviceError."""
        threading.Thread(target=self._run, name="camera", daemon=True).start()
        try:
            async with asyncio.timeout(FIRST_PICTURE):
                await self._first
        except TimeoutError:
            await self.close()
            raise DeviceError(
                f"The camera {self._device.name} gives no picture; it may be in use elsewhere."
            ) from None
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Release the camera; nothing of it is shown any more from the call on."""
        self._stop.set()
        await asyncio.to_thread(self._released.wait, RELEASE)

    def _run(self) -> None:
        try:
            self._read()
        except Exception as error:  # cv2.error and what drivers raise
            self._call(self._fail, f"failed: {error}")
        finally:
            self._released.set()

    def _read(self) -> None:
        import cv2

        backend = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
        capture = cv2.VideoCapture(self._device.index, backend)
        try:
            if not capture.isOpened():
                self._call(self._fail, "cannot be opened; it may be in use elsewhere.")
                return
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._size[1])
            capture.set(cv2.CAP_PROP_FPS, self._fps)
            while not self._stop.is_set():
                good, picture = capture.read()
                if not good:
                    self._call(self._fail, "stopped giving pictures.")
                    return
                self._call(self._take, picture, time.monotonic())
        finally:
            capture.release()

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """In the event loop, unless it is closed already."""
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            self._stop.set()

    def _take(self, picture: Picture, at: float) -> None:
        if self._stop.is_set():
            return
        self._show(picture, at)
        if not self._first.done():
            self._first.set_result(None)

    def _fail(self, how: str) -> None:
        error = DeviceError(f"The camera {self._device.name} {how}")
        if not self._first.done():
            self._first.set_exception(error)
        elif not self._stop.is_set():
            self._failed(error)


class CameraTrack(MediaStreamTrack):
    """A video track of whatever was shown last; waits while nothing is shown.

    A picture that nobody took in time is replaced by the next: late ones are dropped, not queued.
    """

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()
        self._newest: tuple[Picture, float] | None = None
        self._there = asyncio.Event()

    def show(self, picture: Picture, at: float) -> None:
        """Offer a picture, as ``Camera`` gives it."""
        self._newest = (picture, at)
        self._there.set()

    def forget(self) -> None:
        """Show nothing any more, not even what was offered already."""
        self._newest = None
        self._there.clear()

    async def recv(self) -> av.VideoFrame:
        """The next frame, when there is one; its time is that of the taking, at 90 kHz."""
        while self._newest is None:
            self._there.clear()
            await self._there.wait()
        picture, at = self._newest
        self._newest = None
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = int((at - self._start) * 90000), CLOCK
        return frame
