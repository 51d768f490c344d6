"""Receiving the stage by aiortc: answers the server's offers, hands frames on by person."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol

import av
from aiortc import (
    MediaStreamTrack,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from stagedoor.messages import IceServer, SubscribeOffered, Track, TracksChanged

from .peer import Endings, connection
from .repairs import forget_gaps, route_repairs
from .visible import BACKLOG, Backlog, Gate, ask_for_keyframe, fit


class Sink(Protocol):
    """Where frames of the stage go. Called in the event loop."""

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """A picture of a person's camera."""

    def screen(self, person: str, frame: av.VideoFrame) -> None:
        """A picture of the screen that a person shares."""

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """Sound of a person: 48 kHz, 16 bits, stereo interleaved."""


@dataclass
class Lane:
    """What arrives by one m-line: whose it is, which may change, and the way to its decoder."""

    receiver: RTCRtpReceiver
    track: MediaStreamTrack
    gate: Gate | None
    person: str | None = None
    screen: bool = False
    shown: bool = True

    def carry(self, person: str | None, screen: bool, shown: bool) -> None:
        """Whose camera or screen it is from now on, and whether that is seen."""
        if self.gate is not None:
            other = (person, screen) != (self.person, self.screen)
            if other:
                self.gate.begin_anew()
            if other or shown > self.shown:
                forget_gaps(self.receiver)
            self.gate.turn(shown)
        self.person, self.screen, self.shown = person, screen, shown


class Subscriber:
    """One receiving connection at a time.

    ``answer`` sends (revision, SDP) to the server; ``lost`` is told when a connection ends by
    itself, and a new one has to be asked for.
    """

    def __init__(
        self,
        sink: Sink,
        answer: Callable[[int, str], Awaitable[None]],
        lost: Callable[[], None],
    ) -> None:
        self._sink = sink
        self._answer = answer
        self._lost = lost
        self._connection: RTCPeerConnection | None = None
        self._endings = Endings()
        self.ice_servers: Sequence[IceServer] = ()
        self._lanes: dict[str, Lane] = {}
        self._revision = 0
        self._tracks: dict[str, Track] = {}
        self._cameras: Set[str] | None = None
        self._screens: Set[str] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._negotiating = asyncio.Lock()

    @property
    def connection(self) -> RTCPeerConnection | None:
        """The present connection."""
        return self._connection

    def show(self, cameras: Set[str] | None, screens: Set[str] | None = None) -> None:
        """Whose camera and whose screen is looked at from now on; None: everybody's.

        Nothing else is decoded.
        """
        self._cameras, self._screens = cameras, screens
        self._direct()

    async def offered(self, offer: SubscribeOffered) -> None:
        """Answer an offer, in a new connection if it asks for one."""
        async with self._negotiating:
            self._revision = offer.revision
            self._tracks = {track.mid: track for track in offer.tracks}
            if offer.fresh or self._connection is None:
                await self._disconnect()
                self._connection = connection(self.ice_servers)
                self._watch_state(self._connection)
            made = self._connection
            self._direct()  # of what is known already, without waiting for what is added
            await made.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
            for transceiver in made.getTransceivers():
                self._add(transceiver)
            self._direct()
            await made.setLocalDescription(await made.createAnswer())
            route_repairs(made, offer.sdp)
            await self._answer(offer.revision, made.localDescription.sdp)

    def changed(self, changed: TracksChanged) -> None:
        """Take who has which m-line of the last offer now; of an older one it is of no interest."""
        if changed.revision == self._revision:
            self._tracks = {track.mid: track for track in changed.tracks}
            self._direct()

    def _watch_state(self, made: RTCPeerConnection) -> None:
        def changed() -> None:
            if made is self._connection and made.connectionState in ("failed", "closed"):
                self._lost()

        made.on("connectionstatechange", changed)

    def _add(self, transceiver: RTCRtpTransceiver) -> None:
        """Prepare an m-line that has not been received before; its receiver has not started."""
        mid, receiver = transceiver.mid, transceiver.receiver
        track = receiver.track
        if mid is None or track is None or mid in self._lanes:
            return
        gate = None
        if track.kind == "video":
            gate = Gate(lambda: self._start(ask_for_keyframe(receiver)))
            gate = gate if fit(receiver, gate) else None
        else:
            fit(receiver, Backlog(BACKLOG["audio"]))
        self._lanes[mid] = lane = Lane(receiver, track, gate)
        self._start(self._pump(lane))

    def _direct(self) -> None:
        """Tell each m-line whose it is and whether they are seen."""
        for mid, lane in self._lanes.items():
            track = self._tracks.get(mid)
            if track is None:
                lane.carry(None, screen=False, shown=False)
                continue
            screen = track.kind == "screen"
            shown = self._screens if screen else self._cameras
            lane.carry(track.person, screen, shown is None or track.person in shown)

    async def _pump(self, lane: Lane) -> None:
        """Take every frame off the track: what nobody takes would pile up in memory."""
        while True:
            try:
                frame = await lane.track.recv()
            except MediaStreamError:
                return
            if lane.person is None:
                continue
            if isinstance(frame, av.VideoFrame):
                if lane.shown:
                    show = self._sink.screen if lane.screen else self._sink.video
                    show(lane.person, frame)
            elif isinstance(frame, av.AudioFrame):
                self._sink.audio(lane.person, frame)

    def _start(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _disconnect(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._lanes.clear()
        ending, self._connection = self._connection, None
        if ending is not None:
            await self._endings.end(ending)

    async def close(self) -> None:
        """End the receiving connection; nothing of it is left when this returns."""
        await self._disconnect()
        await self._endings.all()
