"""A real engine, in its own process, and aiortc as the browsers of these tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from fractions import Fraction

import av
import numpy as np
import pytest_asyncio
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)

from stagedoor.media.interface import Forwarded, SubscribeOffer, TrackMap
from stagedoor.sfu.workers.supervisor import EmbeddedEngine


class Told:
    """A Listener that keeps what it is told, for tests to wait for."""

    def __init__(self) -> None:
        self.offers: dict[str, asyncio.Queue[SubscribeOffer]] = {}
        self.tracks: dict[str, asyncio.Queue[tuple[int, Sequence[TrackMap]]]] = {}
        self.speakers: asyncio.Queue[list[str]] = asyncio.Queue()
        self.publishers: asyncio.Queue[tuple[str, bool]] = asyncio.Queue()
        self.restarts: asyncio.Queue[Collection[str] | None] = asyncio.Queue()
        self.periods: asyncio.Queue[list[Forwarded]] = asyncio.Queue()
        self.needed: asyncio.Queue[tuple[str, str, list[int]]] = asyncio.Queue()

    def offers_to(self, person: str) -> asyncio.Queue[SubscribeOffer]:
        return self.offers.setdefault(person, asyncio.Queue())

    def tracks_of(self, person: str) -> asyncio.Queue[tuple[int, Sequence[TrackMap]]]:
        """Whose the m-lines are, as was told without an offer, with the offer's revision."""
        return self.tracks.setdefault(person, asyncio.Queue())

    def tracks_changed(
        self, room: str, viewers: Mapping[str, int], tracks: Sequence[TrackMap]
    ) -> None:
        for person, revision in viewers.items():
            self.tracks_of(person).put_nowait((revision, tracks))

    def offer_needed(self, room: str, person: str, offer: SubscribeOffer) -> None:
        self.offers_to(person).put_nowait(offer)

    def speaking(self, room: str, people: list[str]) -> None:
        self.speakers.put_nowait(people)

    def publishing(self, room: str, person: str, connected: bool) -> None:
        self.publishers.put_nowait((person, connected))

    def layers_needed(self, room: str, person: str, kind: str, bits: list[int]) -> None:
        self.needed.put_nowait((person, kind, bits))

    def forwarded(self, room: str, periods: list[Forwarded]) -> None:
        self.periods.put_nowait(periods)

    def restarted(self, rooms: Collection[str] | None = None) -> None:
        self.restarts.put_nowait(rooms)


class Tone(MediaStreamTrack):
    """A sine of ``frequency`` in hertz, 48 kHz mono, in real time."""

    kind = "audio"

    def __init__(self, frequency: float) -> None:
        super().__init__()
        self._frequency = frequency
        self._sent = 0
        self._start = asyncio.get_running_loop().time()

    async def recv(self) -> av.AudioFrame:
        due = self._start + self._sent / 48000
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))
        times = (np.arange(960) + self._sent) / 48000
        samples = (np.sin(2 * np.pi * self._frequency * times) * 12000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self._sent, Fraction(1, 48000)
        self._sent += 960
        return frame


class MovingPicture(VideoStreamTrack):
    """A bright bar that moves over 320x240 pixels, or others, 30 frames a second."""

    def __init__(self, width: int = 320, height: int = 240) -> None:
        super().__init__()
        self._size = (height, width, 3)
        self._count = 0

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        picture = np.zeros(self._size, np.uint8)
        place = self._count * 8 % 300
        picture[:, place : place + 20] = 255
        self._count += 1
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = pts, time_base
        return frame


def peer_connection() -> RTCPeerConnection:
    """A connection that asks no STUN server, as aiortc's default would.

    By aiortc's own bundle policy a second video would stay on a transport that is given up.
    """
    bundled = RTCBundlePolicy.MAX_BUNDLE
    return RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=bundled))


class Watcher:
    """A viewer by aiortc: answers every offer and gives the tracks by person and kind."""

    def __init__(self, engine: EmbeddedEngine, told: Told, person: str, room: str = "room") -> None:
        self._engine, self._person, self._room = engine, person, room
        self._offers, self._changes = told.offers_to(person), told.tracks_of(person)
        self._revision = 0
        self._tracks: Sequence[TrackMap] = []
        self._changed = asyncio.Condition()
        self._mids: dict[tuple[str, str], str] = {}
        self.connection = peer_connection()
        self._tasks = [asyncio.create_task(one) for one in (self._negotiate(), self._follow())]

    async def _negotiate(self) -> None:
        while True:
            offer = await self._offers.get()
            self._revision, self._tracks = offer.revision, offer.tracks
            if offer.fresh:
                await self.connection.close()
                self.connection = peer_connection()
            await self.connection.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
            await self.connection.setLocalDescription(await self.connection.createAnswer())
            answer = self.connection.localDescription.sdp
            await self._engine.answer(self._room, self._person, offer.revision, answer)
            await self._show()

    async def _follow(self) -> None:
        while True:
            revision, tracks = await self._changes.get()
            if revision == self._revision:
                self._tracks = tracks
                await self._show()

    async def _show(self) -> None:
        known = {transceiver.mid for transceiver in self.connection.getTransceivers()}
        async with self._changed:
            self._mids = {
                (one.person, one.kind): one.mid for one in self._tracks if one.mid in known
            }
            self._changed.notify_all()

    async def track(self, person: str, kind: str) -> MediaStreamTrack:
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: (person, kind) in self._mids)
            mid = self._mids[person, kind]
        for transceiver in self.connection.getTransceivers():
            if transceiver.mid == mid:
                return transceiver.receiver.track
        raise AssertionError(f"no transceiver {mid}")

    async def sees(self, person: str, frames: int = 12) -> bool:
        """Whether pictures arrive, are decoded, and are not all the same one."""
        return await self.size(person, "video", frames) is not None

    async def size(self, person: str, kind: str, frames: int = 12) -> tuple[int, int] | None:
        """The width and height of the last of some decoded pictures; None if most are the same."""
        track = await self.track(person, kind)
        seen = set()
        async with asyncio.timeout(40):
            for _ in range(frames):
                frame = await track.recv()
                seen.add(frame.to_ndarray(format="gray")[::8, ::8].tobytes())
        return (frame.width, frame.height) if len(seen) > frames // 2 else None

    async def hears(self, person: str) -> float:
        """The frequency in hertz that is strongest in a second of sound, after a short start."""
        track = await self.track(person, "audio")
        heard: list[np.ndarray] = []
        async with asyncio.timeout(40):
            for _ in range(75):
                frame = await track.recv()
                heard.append(frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0])
        samples = np.concatenate(heard[25:]).astype(np.float64)
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
        return float(np.argmax(spectrum) * 48000 / len(samples))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self.connection.close()


async def publish(
    engine: EmbeddedEngine, person: str, *tracks: MediaStreamTrack, codec: str = ""
) -> RTCPeerConnection:
    """Publish tracks by aiortc; ``codec`` as "video/H264" takes that one alone for the video."""
    from aiortc.rtcrtpsender import RTCRtpSender

    connection = peer_connection()
    for track in tracks:
        transceiver = connection.addTransceiver(track, direction="sendonly")
        if codec and track.kind == "video":
            known = RTCRtpSender.getCapabilities("video").codecs
            transceiver.setCodecPreferences([one for one in known if one.mimeType == codec])
    await connection.setLocalDescription(await connection.createOffer())
    answer = await engine.publish("room", person, connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return connection


@pytest_asyncio.fixture
async def told() -> Told:
    return Told()


@pytest_asyncio.fixture
async def engine(told: Told) -> AsyncIterator[EmbeddedEngine]:
    engine = EmbeddedEngine(port=0)
    await engine.start(told)
    yield engine
    await engine.close()
