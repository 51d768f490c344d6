"""Pictures read on a thread of their own: what a camera and a shared screen have in common."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing

import av
import numpy as np
import numpy.typing as npt
from av.video.reformatter import VideoReformatter

from .errors import DeviceError

FIRST_PICTURE = 10.0
RELEASE = 15.0
SILENCE = 2.5
WATCH = 0.5

# A picture is a frame in yuv420p, as the encoder takes it and as the stage's own arrive.
Picture = av.VideoFrame
Show = Callable[[Picture, float], None]
Reel = Generator[tuple[Picture, float], None, None]


def picture(array: npt.NDArray[np.uint8]) -> Picture:
    """The picture of an array as OpenCV has it: BGR of shape (height, width, 3), not kept."""
    return Planar()(av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(array), format="bgr24"))


def bgr(picture: Picture) -> npt.NDArray[np.uint8]:
    """A picture as OpenCV has it: BGR of shape (height, width, 3)."""
    array: npt.NDArray[np.uint8] = picture.to_ndarray(format="bgr24")  # type: ignore[assignment]
    return array


class Planar:
    """Converts frames of any format and one size to yuv420p, in the calling thread alone."""

    def __init__(self) -> None:
        # Kept: making one anew for each frame costs as much as the conversion itself.
        self._reformatter = VideoReformatter()

    def __call__(self, frame: av.VideoFrame, size: tuple[int, int] | None = None) -> Picture:
        """A picture of it, in this size where one is given."""
        width, height = size or (frame.width, frame.height)
        return self._reformatter.reformat(frame, width, height, "yuv420p", threads=1)


class Filming:
    """Something that gives pictures, open from ``open`` to ``close``.

    ``what`` names it in sentences. ``pictures`` is iterated in a thread: it opens the device, gives
    pictures with the times they were taken at by the monotonic clock, and releases the device when
    it is closed; it raises DeviceError, or ends where there are no more. ``show`` gets them,
    the newest alone where the event loop is late; ``failed`` is told of a failure while open, and
    of silence. Both in the event loop.
    """

    def __init__(
        self,
        what: str,
        pictures: Callable[[], Reel],
        show: Show,
        failed: Callable[[DeviceError], None],
    ) -> None:
        self._what = what
        self._pictures = pictures
        self._show = show
        self._failed = failed
        self._stop = threading.Event()
        self._released = threading.Event()
        self._lock = threading.Lock()
        self._newest: tuple[Picture, float] | None = None
        self._seen = 0.0
        self._loop = asyncio.get_running_loop()
        self._first: asyncio.Future[None] = self._loop.create_future()
        self._watch: asyncio.TimerHandle | None = None

    async def open(self) -> None:
        """Start; returns with the first picture. Raises DeviceError."""
        threading.Thread(target=self._run, name=self._what, daemon=True).start()
        try:
            async with asyncio.timeout(FIRST_PICTURE):
                await self._first
        except TimeoutError:
            await self.close()
            raise DeviceError(
                "{device} gives no picture; it may be in use elsewhere.", device=self._what
            ) from None
        except BaseException:
            await self.close()
            raise
        self._look()

    async def close(self) -> None:
        """Release it; nothing of it is shown any more from the call on."""
        self._stop.set()
        if self._watch is not None:
            self._watch.cancel()
        await asyncio.to_thread(self._released.wait, RELEASE)

    def _run(self) -> None:
        try:
            with closing(self._pictures()) as pictures:
                for picture, at in pictures:
                    self._offer(picture, at)
                    if self._stop.is_set():
                        return
            self._call(self._fail, self._stopped())
        except DeviceError as error:
            self._call(self._fail, error)
        except Exception as error:  # cv2.error and what drivers raise
            failed = DeviceError("{device} failed: {error}", device=self._what, error=str(error))
            self._call(self._fail, failed)
        finally:
            self._released.set()

    def _offer(self, picture: Picture, at: float) -> None:
        """Have it shown; one that was not shown yet is dropped, not queued."""
        with self._lock:
            waiting = self._newest is not None
            self._newest = (picture, at)
            self._seen = time.monotonic()
        if not waiting:
            self._call(self._take)

    def _take(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, None
        if newest is None or self._stop.is_set():
            return
        self._show(*newest)
        if not self._first.done():
            self._first.set_result(None)

    def _look(self) -> None:
        """Notice a device that hangs: some drivers do not return for a long time, or ever."""
        if self._stop.is_set():
            return
        if time.monotonic() - self._seen > SILENCE:
            self._fail(self._stopped())
        else:
            self._watch = self._loop.call_later(WATCH, self._look)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """In the event loop, unless it is closed already."""
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:
            self._stop.set()

    def _stopped(self) -> DeviceError:
        return DeviceError("{device} stopped giving pictures.", device=self._what)

    def _fail(self, error: DeviceError) -> None:
        if not self._first.done():
            self._first.set_exception(error)
        elif not self._stop.is_set():
            self._stop.set()  # told once, whatever the device still does
            self._failed(error)
