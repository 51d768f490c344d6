"""What a person captures with: the chosen camera and microphone, each in its slot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from .camera import Camera, Picture
from .devices import Device
from .errors import DeviceError
from .microphone import Microphone
from .publisher import Publisher
from .slot import Openable, Slot

Failed = Callable[[str, DeviceError], None]


@dataclass(frozen=True)
class Capture:
    """Which devices to use, and how; None for a device that is not to be used."""

    camera: Device | None = None
    microphone: Device | None = None
    width: int = 640
    height: int = 480
    fps: int = 30


class Studio:
    """Both devices, each open exactly while wanted, feeding the publisher's tracks.

    ``failed`` is told "microphone" or "camera", and the error. Once a device is unwanted nothing
    more of it gets to the publisher, however long the closing itself takes.
    """

    def __init__(self, capture: Capture, publisher: Publisher, failed: Failed) -> None:
        self._capture = capture
        self._publisher = publisher
        self._microphone = Slot(self._make_microphone, lambda error: failed("microphone", error))
        self._camera = Slot(self._make_camera, lambda error: failed("camera", error))

    def want(self, *, microphone: bool, camera: bool) -> None:
        """Have exactly these open from now on. Returns at once."""
        self._microphone.want(microphone)
        self._camera.want(camera)
        if not microphone:
            self._publisher.forget("microphone")
        if not camera:
            self._publisher.forget("camera")

    async def settled(self) -> None:
        """Wait until all is as wanted. Raises DeviceError if a device failed."""
        await asyncio.gather(self._microphone.settled(), self._camera.settled())

    async def close(self) -> None:
        """Close both."""
        await asyncio.gather(self._microphone.close(), self._camera.close())

    def _make_microphone(self, failed: Callable[[DeviceError], None]) -> Openable:
        if self._capture.microphone is None:
            return _Missing("microphone")
        return Microphone(self._capture.microphone, self._hear, failed)

    def _make_camera(self, failed: Callable[[DeviceError], None]) -> Openable:
        wanted = self._capture
        if wanted.camera is None:
            return _Missing("camera")
        size = (wanted.width, wanted.height)
        return Camera(wanted.camera, size, wanted.fps, self._show, failed)

    def _hear(self, block: bytes, rate: int) -> None:
        if self._microphone.wanted:
            self._publisher.hear(block, rate)

    def _show(self, picture: Picture, at: float) -> None:
        if self._camera.wanted:
            self._publisher.show(picture, at)


class _Missing:
    """A device that was not chosen, and so cannot be opened."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    async def open(self) -> None:
        raise DeviceError(f"No {self._kind} was chosen.")

    async def close(self) -> None:
        pass
