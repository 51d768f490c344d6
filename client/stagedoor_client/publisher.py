"""Publishing by aiortc: one connection while on stage, fed by the devices that are open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from .camera import Camera, CameraTrack
from .devices import Device, DeviceError
from .microphone import Microphone, MicrophoneTrack


@dataclass(frozen=True)
class Capture:
    """Which devices to use, and how; None for a device that is not to be used."""

    camera: Device | None = None
    microphone: Device | None = None
    width: int = 640
    height: int = 480
    fps: int = 30


def connection() -> RTCPeerConnection:
    """A peer connection that asks no third party for anything."""
    return RTCPeerConnection(RTCConfiguration(iceServers=[]))


class Publisher:
    """Owns the devices and the publishing connection; both are open only when asked for.

    ``offer``: sends an SDP offer to the server and gives its answer. ``on_failure`` is told
    ("microphone" or "camera", error) when an open device fails; ``on_lost`` when the connection is.
    """

    def __init__(
        self,
        capture: Capture,
        offer: Callable[[str], Awaitable[str]],
        on_failure: Callable[[str, DeviceError], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._capture = capture
        self._offer = offer
        self._on_failure = on_failure
        self._on_lost = on_lost
        self._camera: Camera | None = None
        self._microphone: Microphone | None = None
        self._camera_track = CameraTrack()
        self._microphone_track = MicrophoneTrack()
        self._connection: RTCPeerConnection | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a publishing connection, or one on its way."""
        return self._connection is not None

    async def devices(self, *, microphone: bool, camera: bool) -> None:
        """Have exactly these open. Raises DeviceError; the others are closed all the same."""
        if not microphone and self._microphone is not None:
            closing, self._microphone = self._microphone, None
            await closing.close()
        if not camera and self._camera is not None:
            shutting, self._camera = self._camera, None
            await shutting.close()
        if microphone and self._microphone is None:
            await self._open_microphone()
        if camera and self._camera is None:
            await self._open_camera()

    async def _open_microphone(self) -> None:
        if self._capture.microphone is None:
            raise DeviceError("No microphone was chosen.")
        opened = Microphone(self._capture.microphone.index, lambda: self._microphone_track)
        opened.on_failure = lambda error: self._on_failure("microphone", error)
        await opened.open()
        self._microphone = opened

    async def _open_camera(self) -> None:
        if self._capture.camera is None:
            raise DeviceError("No camera was chosen.")
        size = (self._capture.width, self._capture.height, self._capture.fps)
        opened = Camera(self._capture.camera.index, *size, lambda: self._camera_track)
        opened.on_failure = lambda error: self._on_failure("camera", error)
        await opened.open()
        self._camera = opened

    async def connect(self) -> None:
        """Publish. Raises what ``offer`` raises; then there is no connection."""
        if self._connection is not None:
            return
        self._connection = made = connection()
        made.on("connectionstatechange", lambda: self._state_changed(made))
        for track in (self._microphone_track, self._camera_track):
            made.addTransceiver(track, direction="sendonly")
        try:
            await made.setLocalDescription(await made.createOffer())
            answer = await self._offer(made.localDescription.sdp)
            await made.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except BaseException:
            await self.disconnect()
            raise

    def _state_changed(self, made: RTCPeerConnection) -> None:
        if made is self._connection and made.connectionState in ("failed", "closed"):
            self._connection = None
            self._on_lost()

    async def disconnect(self) -> None:
        """End the publishing connection. The devices are another matter."""
        ending, self._connection = self._connection, None
        if ending is None:
            return
        # Closing a connection stops its tracks: the next one gets new ones, of the same devices.
        self._camera_track, self._microphone_track = CameraTrack(), MicrophoneTrack()
        await ending.close()

    async def close(self) -> None:
        """Close everything, whatever else is going on."""
        closing, self._connection = self._connection, None
        await self.devices(microphone=False, camera=False)
        if closing is not None:
            await asyncio.shield(closing.close())
