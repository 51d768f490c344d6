"""Those who watch and write while there is a flood, and how late what they get is."""

from __future__ import annotations

import asyncio
import statistics
import struct
import time
from dataclasses import dataclass, field

from bench.peer import Peer
from bench.viewers import AUDIO_SSRC, VIDEO_SSRC, Counted, video_packets
from stagedoor.messages import (
    AnyMessage,
    Ok,
    Publish,
    Published,
    SubscribeAnswer,
    SubscribeOffered,
    Update,
    Watch,
    Welcome,
)
from stagedoor.rules.commands import JoinStage
from stagedoor.rules.talk.commands import Say
from stagedoor_client.connection import Connection
from stagedoor_client.link import Link

FRAME = 0.04  # seconds
TALK = 1.0
MARK = b"sent at "


def now() -> int:
    """Microseconds of a clock that all processes of the machine share."""
    return time.monotonic_ns() // 1000


@dataclass
class Delays:
    """Microseconds of every packet and chat message at every viewer, and how many were lost."""

    media: list[int] = field(default_factory=list)
    chat: list[int] = field(default_factory=list)
    expected: int = 0
    received: int = 0

    def line(self) -> str:
        """In milliseconds: the median and the 99th percentile."""
        lost = self.expected - self.received
        return (
            f"media {_both(self.media)}, chat {_both(self.chat)}, "
            f"{lost:,} of {self.expected:,} packets lost"
        )


def _both(delays: list[int]) -> str:
    if len(delays) < 2:
        return "nothing"
    return f"{statistics.median(delays) / 1000:.1f} / {_late(delays) / 1000:.1f} ms"


def _late(delays: list[int]) -> int:
    return sorted(delays)[int(len(delays) * 0.99)]


class Person:
    """Somebody in the room, by the client's own connection."""

    def __init__(self, link: Link, name: str) -> None:
        self.entered = asyncio.Event()
        self.connection = Connection(link, name, self.heard, lambda seconds: None)
        self.task = asyncio.create_task(self.connection.run())

    def heard(self, message: AnyMessage) -> None:
        """What the server says."""
        if isinstance(message, Welcome):
            self.entered.set()


class Viewer(Person):
    """Watches, and notes how late everything is."""

    def __init__(self, link: Link, name: str) -> None:
        self.delays = Delays()
        self.watching = asyncio.Event()
        self._counted = Counted()
        self._peer: Peer | None = None
        self._connecting = False
        self._answers: set[asyncio.Task[None]] = set()
        super().__init__(link, name)

    async def watch(self) -> None:
        """Begin; returns with the first packet."""
        await self.entered.wait()
        self._peer = await Peer.open(self._rtp)
        await self.connection.request(Watch(), Ok)
        await self.watching.wait()

    def heard(self, message: AnyMessage) -> None:
        """What the server says."""
        super().heard(message)
        if isinstance(message, SubscribeOffered):
            task = asyncio.create_task(self._answer(message))
            self._answers.add(task)
            task.add_done_callback(self._answers.discard)
        if isinstance(message, Update) and message.talk is not None:
            for entry in message.talk.entries:
                if entry.text.startswith(MARK.decode()):
                    self.delays.chat.append(now() - int(entry.text.split()[-1]))

    async def _answer(self, offer: SubscribeOffered) -> None:
        assert self._peer is not None
        answer = SubscribeAnswer(offer.revision, self._peer.answer(offer.sdp))
        await self.connection.request(answer, Ok)
        first, self._connecting = not self._connecting, True
        if first:
            await self._peer.connect(offer.sdp)

    def _rtp(self, packet: bytes) -> None:
        at = packet.rfind(MARK)
        if at < 0:
            return
        self._counted.take(packet)
        self.delays.media.append(now() - struct.unpack_from("!Q", packet, at + len(MARK))[0])
        self.watching.set()

    def take(self) -> Delays:
        """What there was since the last time."""
        found, self.delays = self.delays, Delays()
        found.expected, found.received = self._counted.expected, self._counted.packets
        self._counted = Counted()
        return found


class Performer(Person):
    """On stage: sends pictures that say when they were sent, and writes, too."""

    async def perform(self, mbit: float) -> None:
        """Go up and begin."""
        await self.entered.wait()
        await self.connection.request(JoinStage(microphone=True, camera=True), Ok)
        self._peer = await Peer.open()
        offer = Publish(self._peer.offer(AUDIO_SSRC, VIDEO_SSRC))
        await self._peer.connect((await self.connection.request(offer, Published)).sdp)
        self._tasks = [asyncio.create_task(self._show(mbit)), asyncio.create_task(self._talk())]

    async def _show(self, mbit: float) -> None:
        clock, frames = asyncio.get_running_loop(), video_packets(mbit * 1e6)
        due = clock.time()
        while True:
            for packet in next(frames):
                mark = MARK + struct.pack("!Q", now())
                self._peer.send_rtp(packet[: -len(mark)] + mark)
            due += FRAME
            await asyncio.sleep(max(0.0, due - clock.time()))

    async def _talk(self) -> None:
        while True:
            await self.connection.request(Say(f"{MARK.decode()}{now()}"), Ok)
            await asyncio.sleep(TALK)
