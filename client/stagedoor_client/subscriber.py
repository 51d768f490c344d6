"""Receiving the stage by aiortc: answers the server's offers, hands frames on by person."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Set
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

from stagedoor.messages import SubscribeOffered

from .peer import Endings, connection
from .visible import BACKLOG, Backlog, Gate, ask_for_keyframe, fit


class Sink(Protocol):
    """Where frames of the stage go. Called in the event loop."""

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """A picture of a person."""

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """Sound of a person: 48 kHz, 16 bits, stereo interleaved."""


@dataclass
class Lane:
    """What arrives by one m-line: whose it is, which may change, and the way to its decoder."""

    receiver: RTCRtpReceiver
    track: MediaStreamTrack
    gate: Gate | None
    person: str | None = None
    shown: bool = True

    def carry(self, person: str | None, shown: bool) -> None:
        """Whose it is from now on, and whether they are seen."""
        if self.gate is not None:
            if person != self.person:
                self.gate.begin_anew()
            self.gate.turn(shown)
        self.person, self.shown = person, shown


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
        self._lanes: dict[str, Lane] = {}
        self._people: dict[str, str] = {}
        self._shown: Set[str] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._negotiating = asyncio.Lock()

    def show(self, people: Set[str] | None) -> None:
        """Whose video is looked at from now on; None is everybody's. Others' is not decoded."""
        self._shown = None if people is None else frozenset(people)
        self._direct()

    async def offered(self, offer: SubscribeOffered) -> None:
        """Answer an offer, in a new connection if it asks for one."""
        async with self._negotiating:
            if offer.fresh or self._connection is None:
                await self._disconnect()
                self._connection = connection()
                self._watch_state(self._connection)
            made = self._connection
            await made.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
            self._people = {track.mid: track.person for track in offer.tracks}
            for transceiver in made.getTransceivers():
                self._add(transceiver)
            self._direct()
            await made.setLocalDescription(await made.createAnswer())
            await self._answer(offer.revision, made.localDescription.sdp)

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
            person = self._people.get(mid)
            lane.carry(person, self._shown is None or person in self._shown)

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
                    self._sink.video(lane.person, frame)
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
