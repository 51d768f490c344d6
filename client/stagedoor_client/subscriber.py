"""Receiving the stage by aiortc: answers the server's offers, hands frames on by person."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

import av
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from stagedoor.messages import SubscribeOffered

from .peer import Endings, connection


class Sink(Protocol):
    """Where frames of the stage go. Called in the event loop."""

    def video(self, person: str, frame: av.VideoFrame) -> None:
        """A picture of a person."""

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        """Sound of a person: 48 kHz, 16 bits, stereo interleaved."""


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
        self._people: dict[str, str] = {}
        self._pumps: dict[str, asyncio.Task[None]] = {}
        self._negotiating = asyncio.Lock()

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
            await made.setLocalDescription(await made.createAnswer())
            for transceiver in made.getTransceivers():
                mid, track = transceiver.mid, transceiver.receiver.track
                if mid is not None and track is not None and mid not in self._pumps:
                    self._pumps[mid] = asyncio.create_task(self._pump(mid, track))
            await self._answer(offer.revision, made.localDescription.sdp)

    def _watch_state(self, made: RTCPeerConnection) -> None:
        def changed() -> None:
            if made is self._connection and made.connectionState in ("failed", "closed"):
                self._lost()

        made.on("connectionstatechange", changed)

    async def _pump(self, mid: str, track: MediaStreamTrack) -> None:
        """Take every frame off the track: what nobody takes would pile up in memory."""
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            person = self._people.get(mid)
            if person is None:
                continue
            if isinstance(frame, av.VideoFrame):
                self._sink.video(person, frame)
            elif isinstance(frame, av.AudioFrame):
                self._sink.audio(person, frame)

    async def _disconnect(self) -> None:
        for pump in self._pumps.values():
            pump.cancel()
        self._pumps.clear()
        ending, self._connection = self._connection, None
        if ending is not None:
            await self._endings.end(ending)

    async def close(self) -> None:
        """End the receiving connection; nothing of it is left when this returns."""
        await self._disconnect()
        await self._endings.all()
