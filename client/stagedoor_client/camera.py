"""A camera by OpenCV, read as raw as its driver gives it, and a track of its newest pictures."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from aiortc import MediaStreamTrack

from .devices import Device, places
from .errors import DeviceError
from .filming import Filming, Picture, Planar, Reel, Show
from .words import t

CLOCK = Fraction(1, 90000)
BUFFERS = 2
OLDEST = 1.0  # seconds: what a driver's time may lie back
SLOW = 0.9  # of the rate asked for
# Read by OpenCV once, on its import or first use.
SETTINGS = {
    "OPENCV_LOG_LEVEL": "ERROR",
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",  # seconds until a camera pulled out is noticed
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",  # or opening takes a minute on Windows
}

Raw = npt.NDArray[np.uint8]


class Camera(Filming):
    """A camera: ``device.index`` as OpenCV counts; size in pixels and rate as far as it can.

    ``show`` and ``failed`` as for Filming.
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
        super().__init__(t("The camera {name}", name=device.name), self._read, show, failed)

    def _read(self) -> Reel:
        capture = self._opened()
        try:
            convert = negotiate(capture, self._size, self._fps)
            while True:
                good, raw = convert.read(capture)
                if not good:
                    return
                at = taken(capture)
                picture = convert(raw)
                if picture is not None:
                    yield picture, at
        finally:
            capture.release()

    def _opened(self) -> Any:
        for name, value in SETTINGS.items():
            os.environ.setdefault(name, value)
        import cv2

        for index, backend in places(self._device):
            capture = cv2.VideoCapture(index, backend)
            if capture.isOpened():
                return capture
            capture.release()
        raise DeviceError(
            "{device} cannot be opened; it may be in use elsewhere.", device=self._what
        )


def taken(capture: Any) -> float:
    """When the last picture was taken, by the monotonic clock: V4L2's own time, else now."""
    import cv2

    now = time.monotonic()
    if sys.platform == "linux":
        at = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        if now - OLDEST < at <= now:
            return float(at)
    return now


def negotiate(capture: Any, size: tuple[int, int], fps: int) -> Converter:
    """Ask for raw pictures: YUYV, or JPEG where the camera is too slow without, or BGR.

    Of raw pictures, the conversion to yuv420p is the only one.
    """
    import cv2

    def ask(code: str) -> bool:
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*code))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
        capture.set(cv2.CAP_PROP_FPS, fps)
        given = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=True)
        return given.decode("ascii", "replace") == code

    def enough() -> bool:
        width = capture.get(cv2.CAP_PROP_FRAME_WIDTH)
        rate = capture.get(cv2.CAP_PROP_FPS)
        return bool(width == size[0] and (rate <= 0 or rate >= fps * SLOW))

    capture.set(cv2.CAP_PROP_BUFFERSIZE, BUFFERS)
    raw = ask("YUYV")
    jpeg = not (raw and enough()) and ask("MJPG")
    if jpeg and not enough() and raw:
        jpeg = not ask("YUYV")
    if (raw or jpeg) and capture.set(cv2.CAP_PROP_CONVERT_RGB, 0):
        if jpeg:
            return FromJpeg()
        return FromYuyv()
    return Converter()


class Converter:
    """Reads from an OpenCV capture, and makes pictures of what that gives: here BGR."""

    def __init__(self) -> None:
        self._planar = Planar()

    def read(self, capture: Any) -> tuple[bool, Raw]:
        """Wait for the next; False where there is none."""
        good, raw = capture.read()
        return good, raw

    def __call__(self, raw: Raw) -> Picture | None:
        """The picture of what was read last; None for what is broken."""
        return self._planar(av.VideoFrame.from_numpy_buffer(raw, format="bgr24"))


class FromYuyv(Converter):
    """For YUYV, shape (height, width, 2): OpenCV writes it into the frame that is converted."""

    def __init__(self) -> None:
        super().__init__()
        self._frame = av.VideoFrame(0, 0, "yuyv422")
        self._array: Raw | None = None

    def read(self, capture: Any) -> tuple[bool, Raw]:
        """See Converter."""
        good, raw = capture.read(self._array)
        return good, raw

    def __call__(self, raw: Raw) -> Picture | None:
        """See Converter. A driver that converts all the same is believed."""
        if raw.shape[2:] == (3,):
            return super().__call__(raw)
        if raw is not self._array:
            self._fit(raw)
        return self._planar(self._frame)

    def _fit(self, raw: Raw) -> None:
        """Have a frame of its size, with it inside."""
        height, width = raw.shape[:2]
        self._frame = av.VideoFrame(width, height, "yuyv422")
        plane = self._frame.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
        rows[:, : 2 * width] = raw.reshape(height, -1)
        # OpenCV writes into whole arrays alone: where rows are padded each picture is copied.
        self._array = rows.reshape(raw.shape) if plane.line_size == 2 * width else None


class FromJpeg(Converter):
    """For JPEG, the bytes of one picture."""

    def __init__(self) -> None:
        super().__init__()
        self._decoder: Any = av.CodecContext.create("mjpeg", "r")

    def __call__(self, raw: Raw) -> Picture | None:
        """See Converter. A driver that decodes all the same is believed."""
        if raw.shape[2:] == (3,):
            return super().__call__(raw)
        try:
            frames = self._decoder.decode(av.Packet(raw.tobytes()))
        except av.FFmpegError:  # cut off on its way, as happens on a busy USB
            return None
        return self._planar(frames[0]) if frames else None


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
        picture.pts, picture.time_base = int((at - self._start) * 90000), CLOCK
        return picture
