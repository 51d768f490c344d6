"""People on stage who cost next to nothing: what they show and say was encoded once.

Real VP8 and Opus, so that whoever receives them can decode them; in a real room, so that the
server treats them as anybody. ``python -m bench.performer LINK --people 6`` plays until it is
ended; the room's stage has to be open.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import struct
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np

from bench.peer import Peer
from stagedoor.messages import AnyMessage, Ok, Publish, Published, Welcome
from stagedoor.rules.commands import JoinStage
from stagedoor.sfu.packets.rtcp import keyframe_wanted, split
from stagedoor_client import parse
from stagedoor_client.connection import Connection
from stagedoor_client.link import Link

PAYLOAD = 1100
RATE = 48000
BLOCK = RATE // 50
BAR = 32


@dataclass(frozen=True)
class Loop:
    """What is replayed: RTP payloads, of each video frame, the first a keyframe, and of sound."""

    fps: int
    pictures: list[list[bytes]]
    sound: list[bytes]


def film(
    *, width: int = 640, height: int = 360, fps: int = 25, seconds: float = 4, mbit: float = 0.8
) -> Loop:
    """A white bar that wanders over a drifting, noisy texture, and a tone of 440 Hz.

    Width and height are multiples of 8.
    """
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base, codec.gop_size = Fraction(1, fps), 10_000
    codec.bit_rate = int(mbit * 1e6)
    codec.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "max-intra-rate": "900",  # in percent of a frame's share: no browser sends larger ones
    }
    chance = np.random.default_rng(7)
    texture = chance.integers(0, 160, (height // 8, width // 8), np.uint8)
    texture = np.kron(texture, np.ones((8, 8), np.uint8))
    encoded = []
    for number in range(int(fps * seconds)):
        luma = np.roll(texture, 2 * number, axis=1) + chance.integers(
            0, 24, texture.shape, np.uint8
        )
        left = number * 16 % (width - BAR)
        luma[:, left : left + BAR] = 255
        chroma = np.full((height // 2, width), 128, np.uint8)
        frame = av.VideoFrame.from_ndarray(np.vstack([luma, chroma]), format="yuv420p")
        frame.pts = number
        encoded += [bytes(packet) for packet in codec.encode(frame)]
    return Loop(fps, [_payloads(frame) for frame in encoded], _tone())


def _payloads(frame: bytes) -> list[bytes]:
    """A frame's RTP payloads, each with a VP8 descriptor of one byte (RFC 7741, section 4.2)."""
    parts = [frame[at : at + PAYLOAD] for at in range(0, len(frame), PAYLOAD)]
    return [(b"\0" if index else b"\x10") + part for index, part in enumerate(parts)]


def _tone() -> list[bytes]:
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, av.AudioCodecContext)
    codec.sample_rate, codec.format, codec.layout = RATE, "s16", "stereo"
    wave = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE) * 3000
    samples = np.repeat(wave.astype(np.int16), 2)
    packets = []
    for at in range(0, len(samples), 2 * BLOCK):
        block = samples[None, at : at + 2 * BLOCK].copy()
        frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE, at // 2
        packets += [bytes(packet) for packet in codec.encode(frame)]
    return packets


class Performer:
    """One person on stage. ``playing`` is set when what they send goes out; ``keyframes`` counts.

    Use ``run`` as a task; cancelling it leaves the room.
    """

    def __init__(self, link: Link, name: str, loop: Loop) -> None:
        self.playing = asyncio.Event()
        self.keyframes = 0
        self.person = ""
        self._loop = loop
        self._entered = asyncio.Event()
        self._connection = Connection(link, name, self._heard, lambda seconds: None)
        self._audio, self._video = secrets.randbits(31), secrets.randbits(31)
        self._at = 0

    def _heard(self, message: AnyMessage) -> None:
        if isinstance(message, Welcome):
            self.person = message.view.you
            self._entered.set()

    async def run(self) -> None:
        """Enter, join the stage and play. Raises RefusedError, ConnectionLostError."""
        peer = await Peer.open()
        peer.on_rtcp = self._feedback
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._connection.run())
                await self._entered.wait()
                await self._connection.request(JoinStage(microphone=True, camera=True), Ok)
                offer = Publish(peer.offer(self._audio, self._video))
                await peer.connect((await self._connection.request(offer, Published)).sdp)
                await self._play(peer)
        finally:
            peer.close()

    def _feedback(self, compound: bytes) -> None:
        if any(keyframe_wanted(packet) for packet in split(compound)):
            self._at = 0

    async def _play(self, peer: Peer) -> None:
        """Send in real time until cancelled: sound every 20 ms, pictures in between."""
        clock = asyncio.get_running_loop()
        start = clock.time()
        sounds = pictures = sequence = 0
        self.playing.set()
        while True:
            elapsed = clock.time() - start
            while sounds < elapsed * 50:
                header = struct.pack(
                    "!BBHII", 0x80, 111, sounds & 0xFFFF, sounds * BLOCK & 0xFFFFFFFF, self._audio
                )
                peer.send_rtp(header + self._loop.sound[sounds % len(self._loop.sound)])
                sounds += 1
            while pictures < elapsed * self._loop.fps:
                sequence = self._show(peer, pictures, sequence)
                pictures += 1
            due = min(sounds / 50, pictures / self._loop.fps)
            await asyncio.sleep(max(0.0, start + due - clock.time()))

    def _show(self, peer: Peer, number: int, sequence: int) -> int:
        """Send the next picture as frame ``number``; the next sequence number."""
        self.keyframes += self._at == 0
        payloads = self._loop.pictures[self._at]
        self._at = (self._at + 1) % len(self._loop.pictures)
        timestamp = number * 90000 // self._loop.fps & 0xFFFFFFFF
        for index, payload in enumerate(payloads, 1):
            kind = 96 | (0x80 if index == len(payloads) else 0)
            header = struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, timestamp, self._video)
            peer.send_rtp(header + payload)
            sequence += 1
        return sequence


async def perform(link: Link, people: int, loop: Loop) -> None:
    """Play as so many people; prints a line once all of them do."""
    async with asyncio.TaskGroup() as tasks:
        performers = [Performer(link, f"Performer {number + 1}", loop) for number in range(people)]
        for performer in performers:
            tasks.create_task(performer.run())
            await performer.playing.wait()
        print("playing", flush=True)


def main() -> None:
    """Play as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.performer", description=__doc__)
    parser.add_argument("link")
    parser.add_argument("--people", type=int, default=6)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--mbit", type=float, default=0.8)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    loop = film(width=width, height=height, fps=options.fps, mbit=options.mbit)
    asyncio.run(perform(parse(options.link), options.people, loop))


if __name__ == "__main__":
    main()
