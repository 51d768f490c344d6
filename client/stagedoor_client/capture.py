"""What a person captures with: the chosen camera, microphone and screen, each in its slot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np

from stagedoor.rules.values import Device as Kind

from .clocks import Samples
from .devices import Device
from .errors import DeviceError
from .filming import Picture
from .hardware import Hardware
from .levels import dbfs
from .publisher import Publisher
from .slot import Missing, Openable, Slot
from .sources import Pictures, Sounds
from .words import t

Mute = Literal["release", "silence"]
SCREEN_FPS = 10


@dataclass(frozen=True)
class Capture:
    """What to capture with at first; None for a device that is not chosen.

    ``mute``: what a microphone that is off on stage means, see Studio. ``layers``: in how many
    sizes the camera is sent, 1 or 2; None leaves that to the machine and the camera's size.
    """

    camera: Device | Pictures | None = None
    microphone: Device | Sounds | None = None
    screen: Device | Pictures | None = None
    width: int = 640
    height: int = 480
    fps: int = 30
    mute: Mute = "release"
    layers: int | None = None


class Studio:
    """The devices, each open exactly while wanted, feeding the publisher's tracks on stage alone.

    A camera that is off is released. So is a microphone, with ``mute`` "release"; with "silence"
    one that is turned off on stage stays open until one leaves the stage, and zeros are sent.

    ``failed`` is told what failed and the error, ``changed`` that a device was opened or closed.
    Once a device is unwanted nothing more of it gets to the publisher, however long the closing
    itself takes. A window may set ``on_picture`` and ``on_screen``, told each picture of the
    camera and of the screen, ``on_sound``, told each block of sound captured, and ``on_level``,
    told its level in dBFS, both also while muted.
    """

    def __init__(
        self,
        hardware: Hardware,
        capture: Capture,
        publisher: Publisher,
        failed: Callable[[Kind, DeviceError], None],
        changed: Callable[[], None],
    ) -> None:
        self.hardware = hardware
        self.camera = capture.camera
        self.microphone = capture.microphone
        self.screen = capture.screen
        self.size = (capture.width, capture.height)
        self.fps = capture.fps
        self.on_picture: Callable[[Picture], None] | None = None
        self.on_screen: Callable[[Picture], None] | None = None
        self.on_level: Callable[[float], None] | None = None
        self.on_sound: Callable[[Samples], None] | None = None
        self._mute = capture.mute
        self._publisher = publisher
        self._on_air: frozenset[Kind] = frozenset()
        self._wanted: tuple[frozenset[Kind], bool] = (frozenset(), False)
        makers = {
            Kind.MICROPHONE: self._make_microphone,
            Kind.CAMERA: self._make_camera,
            Kind.SCREEN: self._make_screen,
        }
        self._slots = {
            kind: Slot(make, lambda error, kind=kind: failed(kind, error), changed)  # type: ignore[misc]
            for kind, make in makers.items()
        }

    @property
    def mute(self) -> Mute:
        """What a microphone that is off on stage means: "release" or "silence"."""
        return self._mute

    @mute.setter
    def mute(self, mute: Mute) -> None:
        self._mute = mute
        devices, on_stage = self._wanted
        self.want(devices, on_stage=on_stage)

    def choose(self, kind: str, device: Device | Pictures | Sounds | None) -> None:
        """Use this "camera", "microphone" or "screen".

        One that is open is closed first, then this is opened. The tracks stay the same, so that
        nothing is negotiated. Returns at once; see ``settled``.
        """
        setattr(self, Kind(kind), device)
        slot = self._slots[Kind(kind)]
        if kind in self._wanted[0]:
            slot.renew()
        else:
            slot.want(False)  # silenced: opened again when it is on again

    def resize(self, size: tuple[int, int], fps: int) -> None:
        """Use the camera with this size in pixels and this rate. Returns at once."""
        self.size, self.fps = size, fps
        self._slots[Kind.CAMERA].renew()

    def is_open(self, kind: str) -> bool:
        """Whether the "camera", "microphone" or "screen" is open now."""
        return self._slots[Kind(kind)].is_open

    def want(self, devices: Collection[Kind], *, on_stage: bool) -> None:
        """Have exactly these on from now on, and on stage send them. Returns at once."""
        self._wanted = (frozenset(devices), on_stage)
        self._on_air = frozenset(devices) if on_stage else frozenset()
        for kind, slot in self._slots.items():
            if kind not in self._on_air:
                self._publisher.forget(kind)
            slot.want(kind in devices or (on_stage and self._stays_open(kind)))

    def _stays_open(self, kind: Kind) -> bool:
        """Whether it may be off and open: silenced."""
        silenced = kind is Kind.MICROPHONE and self._mute == "silence"
        slot = self._slots[kind]
        return silenced and slot.is_open and slot.usable

    async def settled(self) -> None:
        """Wait until all is as wanted. Raises DeviceError if a device failed."""
        await asyncio.gather(*(slot.settled() for slot in self._slots.values()))

    async def close(self) -> None:
        """Close all."""
        self.want((), on_stage=False)
        await asyncio.gather(*(slot.close() for slot in self._slots.values()))

    def _make_microphone(self, failed: Callable[[DeviceError], None]) -> Openable:
        match self.microphone:
            case None:
                return Missing(t("No microphone was chosen."))
            case Sounds() as sounds:
                return sounds.opening(self._hear)
            case device:
                return self.hardware.microphone(device, self._hear, failed)

    def _make_camera(self, failed: Callable[[DeviceError], None]) -> Openable:
        match self.camera:
            case None:
                return Missing(t("No camera was chosen."))
            case Pictures() as pictures:
                return pictures.opening(self._show)
            case device:
                return self.hardware.camera(device, self.size, self.fps, self._show, failed)

    def _make_screen(self, failed: Callable[[DeviceError], None]) -> Openable:
        match self.screen:
            case None:
                return Missing(t("No screen was chosen."))
            case Pictures() as pictures:
                return pictures.opening(self._share)
            case device:
                return self.hardware.screen(device, SCREEN_FPS, self._share, failed)

    def _hear(self, block: Samples, at: float) -> None:
        slot = self._slots[Kind.MICROPHONE]
        if not slot.wanted:
            return
        if self.on_level is not None:
            self.on_level(dbfs(block))
        if self.on_sound is not None:
            self.on_sound(block)
        if Kind.MICROPHONE in self._on_air:
            self._publisher.hear(block, at)
        elif self._wanted[1]:
            self._publisher.hear(np.zeros_like(block), at)

    def _show(self, picture: Picture, at: float) -> None:
        self._pass(Kind.CAMERA, self.on_picture, picture, at)

    def _share(self, picture: Picture, at: float) -> None:
        self._pass(Kind.SCREEN, self.on_screen, picture, at)

    def _pass(
        self, kind: Kind, tap: Callable[[Picture], None] | None, picture: Picture, at: float
    ) -> None:
        if not self._slots[kind].wanted:
            return
        if tap is not None:
            tap(picture)
        if kind in self._on_air:
            self._publisher.show(kind, picture, at)
