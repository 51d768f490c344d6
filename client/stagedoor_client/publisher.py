"""Publishing by aiortc: one connection while on stage, fed with what the devices give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from stagedoor.messages import IceServer
from stagedoor.rules.values import Device

from .camera import CameraTrack
from .clocks import Samples
from .filming import Picture
from .microphone import MicrophoneTrack
from .peer import Endings, connection
from .smaller import SmallerTrack, named


class Publisher:
    """Owns the publishing connection and its tracks; sends nothing while nothing is fed.

    ``offer`` sends an SDP offer to the server and gives its answer; ``lost`` is told when a
    connection that was made ends by itself. ``layers``: the camera is sent in two sizes.
    """

    def __init__(
        self,
        offer: Callable[[str], Awaitable[str]],
        lost: Callable[[], None],
        *,
        layers: bool = False,
    ) -> None:
        self._offer = offer
        self._lost = lost
        self._smaller = SmallerTrack() if layers else None
        self._large = True
        self._connection: RTCPeerConnection | None = None
        self._endings = Endings()
        self.ice_servers: Sequence[IceServer] = ()
        self._microphone = MicrophoneTrack()
        self._camera = CameraTrack()
        self._screen = CameraTrack()

    @property
    def connection(self) -> RTCPeerConnection | None:
        """The present connection."""
        return self._connection

    @property
    def connected(self) -> bool:
        """Whether there is a publishing connection, or one on its way."""
        return self._connection is not None

    @property
    def idle(self) -> bool:
        """Whether there is no connection, and nothing left of earlier ones."""
        return self._connection is None and not self._endings

    def show(self, device: Device, picture: Picture, at: float) -> None:
        """Send a picture of the camera or the screen, if there is a connection."""
        if device is Device.SCREEN:
            self._screen.show(picture, at)
            return
        if self._smaller is not None and self.connected:
            self._smaller.show(picture, at)
        if self._large:
            self._camera.show(picture, at)

    def need(self, kind: str, bits: list[int]) -> None:
        """Somebody watches these layers, by bits a second: the larger one is sent if need be."""
        if kind == "video" and self._smaller is not None:
            self._large = len(bits) < 2 or bits[-1] > 0
            if not self._large:
                self._camera.forget()

    def hear(self, block: Samples, at: float) -> None:
        """Send a block of sound, as ``Microphone`` gives it, if there is a connection."""
        self._microphone.hear(block, at)

    def forget(self, device: Device) -> None:
        """Send nothing of a device that has not been sent yet."""
        match device:
            case Device.MICROPHONE:
                self._microphone.forget()
            case Device.CAMERA:
                self._camera.forget()
                if self._smaller is not None:
                    self._smaller.forget()
            case Device.SCREEN:
                self._screen.forget()

    def detach(self) -> None:
        """Take the tracks off their senders, at once. The connection is of no use afterwards."""
        if self._connection is not None:
            for sender in self._connection.getSenders():
                sender.replaceTrack(None)

    async def connect(self) -> None:
        """Publish. Raises what ``offer`` raises; then there is no connection."""
        if self._connection is not None:
            return
        self._connection = made = connection(self.ice_servers)
        # A connection that is closed stops its tracks, so each has its own.
        self._microphone, self._camera, self._screen = (
            MicrophoneTrack(),
            CameraTrack(),
            CameraTrack(),
        )
        tracks = [self._camera, self._screen]  # the server tells them by their order
        self._large = True
        if self._smaller is not None:
            self._smaller = SmallerTrack()
            tracks.append(self._smaller)
        made.on("connectionstatechange", lambda: self._state_changed(made))
        made.addTransceiver(self._microphone, direction="sendonly")
        codecs = RTCRtpSender.getCapabilities("video").codecs
        codecs.sort(key=lambda codec: codec.mimeType != "video/VP8")
        for track in tracks:
            made.addTransceiver(track, direction="sendonly").setCodecPreferences(codecs)
        try:
            await made.setLocalDescription(await made.createOffer())
            sdp = made.localDescription.sdp
            if self._smaller is not None:
                _, camera, _, smaller = (one.mid or "" for one in made.getTransceivers())
                sdp = named(sdp, smaller, camera)
            answer = await self._offer(sdp)
            await made.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except BaseException:
            await self.disconnect()
            raise

    def _state_changed(self, made: RTCPeerConnection) -> None:
        if made is self._connection and made.connectionState in ("failed", "closed"):
            self._connection = None
            self._lost()

    async def disconnect(self) -> None:
        """End the publishing connection, if there is one."""
        self.detach()
        ending, self._connection = self._connection, None
        if ending is not None:
            await self._endings.end(ending)

    async def close(self) -> None:
        """End the connection; nothing of it is left when this returns."""
        await self.disconnect()
        await self._endings.all()
