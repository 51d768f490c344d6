"""A camera by OpenCV: read on a thread, only the newest frame kept, as a track for aiortc."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
from aiortc import MediaStreamTrack

from .devices import DeviceError

CLOCK = Fraction(1, 90000)
FIRST_FRAME = 10.0


class Camera:
    """An open camera. ``index`` as OpenCV counts; size in pixels and rate as far as it can.

    ``track`` gives the track to show its pictures on, which may change while it is open.
    """

    def __init__(
        self, index: int, width: int, height: int, fps: int, track: Callable[[], CameraTrack]
    ) -> None:
        self._wanted = (index, width, height, fps)
        self._track = track
        self._stop = threading.Event()
        self._first: asyncio.Future[None] | None = None
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self.on_failure = _ignore

    async def open(self) -> None:
        """Start; returns with the first frame. Raises DeviceError."""
        self._first = self._loop.create_future()
        self._thread.start()
        try:
            async with asyncio.timeout(FIRST_FRAME):
                await self._first
        except TimeoutError:
            await self.close()
            raise DeviceError("The camera gives no picture; it may be in use elsewhere.") from None

    async def close(self) -> None:
        """Release the device; nothing of it is used any more when this returns."""
        self._stop.set()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)
        self._track().forget()

    def _run(self) -> None:
        import cv2

        index, width, height, fps = self._wanted
        backend = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
        capture = cv2.VideoCapture(index, backend)
        try:
            if not capture.isOpened():
                self._tell(DeviceError(f"Camera {index} cannot be opened; it may be in use."))
                return
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
            capture.set(cv2.CAP_PROP_FPS, fps)
            while not self._stop.is_set():
                good, picture = capture.read()
                if not good:
                    self._tell(DeviceError(f"Camera {index} stopped giving pictures."))
                    return
                self._loop.call_soon_threadsafe(self._take, picture, time.monotonic())
        finally:
            capture.release()

    def _take(self, picture: Any, at: float) -> None:
        if self._stop.is_set():
            return
        self._track().show(picture, at)
        if self._first is not None and not self._first.done():
            self._first.set_result(None)

    def _tell(self, error: DeviceError) -> None:
        self._loop.call_soon_threadsafe(self._fail, error)

    def _fail(self, error: DeviceError) -> None:
        if self._first is not None and not self._first.done():
            self._first.set_exception(error)
        elif not self._stop.is_set():
            self.on_failure(error)


def _ignore(error: DeviceError) -> None:
    pass


class CameraTrack(MediaStreamTrack):
    """A video track of whatever was shown last; waits while the camera is off.

    A frame that nobody took in time is replaced by the next: late pictures are dropped, not queued.
    """

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._start = time.monotonic()
        self._newest: tuple[Any, float] | None = None
        self._there = asyncio.Event()

    def show(self, picture: Any, at: float) -> None:
        """Offer a BGR picture, (height, width, 3) bytes, taken at ``at`` by the monotonic clock."""
        self._newest = (picture, at)
        self._there.set()

    def forget(self) -> None:
        """Show nothing any more, not even what was offered already."""
        self._newest = None
        self._there.clear()

    async def recv(self) -> av.VideoFrame:
        """The next frame, when there is one."""
        while self._newest is None:
            self._there.clear()
            await self._there.wait()
        picture, at = self._newest
        self._newest = None
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = int((at - self._start) * 90000), CLOCK
        return frame
