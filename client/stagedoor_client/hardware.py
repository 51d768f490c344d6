"""The one layer through which any device is listed or opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from . import devices
from .devices import Device
from .errors import DeviceError
from .slot import Openable

if TYPE_CHECKING:
    from .filming import Show
    from .microphone import Hear
    from .speaker import Pull

Failed = Callable[[DeviceError], None]


class Hardware(Protocol):
    """Lists devices, and makes them ready to be opened: ``open`` of what it gives opens one.

    ``failed`` is told of a device that fails while open. Listing raises DeviceError where what it
    needs is missing; it opens nothing.
    """

    def cameras(self) -> list[Device]:
        """The cameras there are."""

    def microphones(self) -> list[Device]:
        """What can be recorded from."""

    def speakers(self) -> list[Device]:
        """What can be played on."""

    def screens(self) -> list[Device]:
        """The screens that can be shared."""

    def camera(
        self, source: Device, size: tuple[int, int], fps: int, show: Show, failed: Failed
    ) -> Openable:
        """A camera; see ``camera.Camera``."""

    def microphone(self, device: Device, hear: Hear, failed: Failed) -> Openable:
        """A microphone; see ``microphone.Microphone``."""

    def screen(self, source: Device, fps: int, show: Show, failed: Failed) -> Openable:
        """A screen, whose pictures are shown as a camera's are."""

    def speaker(self, device: Device | None, pull: Pull, failed: Failed) -> Openable:
        """A speaker, the machine's own choice for None.

        ``pull`` is asked for so many frames at 48 kHz, and gives 16-bit samples of shape
        (frames, 2); it is called in a thread of the sound system's.
        """


class Machine:
    """The hardware of this machine."""

    def cameras(self) -> list[Device]:
        """See Hardware."""
        return devices.cameras()

    def microphones(self) -> list[Device]:
        """See Hardware."""
        return devices.microphones()

    def speakers(self) -> list[Device]:
        """See Hardware."""
        return devices.speakers()

    def screens(self) -> list[Device]:
        """See Hardware."""
        from .screen import screens

        return screens()

    def camera(
        self, source: Device, size: tuple[int, int], fps: int, show: Show, failed: Failed
    ) -> Openable:
        """See Hardware."""
        from .camera import Camera

        return Camera(source, size, fps, show, failed)

    def microphone(self, device: Device, hear: Hear, failed: Failed) -> Openable:
        """See Hardware."""
        from .microphone import Microphone

        return Microphone(device, hear, failed)

    def screen(self, source: Device, fps: int, show: Show, failed: Failed) -> Openable:
        """See Hardware."""
        from .screen import Screen

        return Screen(source, fps, show, failed)

    def speaker(self, device: Device | None, pull: Pull, failed: Failed) -> Openable:
        """See Hardware."""
        from .speaker import Speaker

        return Speaker(device, pull, failed)
