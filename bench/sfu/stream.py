"""What the publisher of a benchmark sends: real VP8 of a given rate, and packets shaped as Opus.

Cut into packets as Chromium does (RFC 7741, with 15-bit picture ids): all of a picture are about
equally long, the first ones a byte shorter than the last.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Protocol

import av
import numpy as np

from bench.peer import Peer
from stagedoor.sfu.packets.rtcp import keyframe_wanted, split

AUDIO_SSRC, VIDEO_SSRC = 0x0A0A0A0A, 0x0B0B0B0B
OPUS, VP8 = 111, 96
PAYLOAD = 1180  # bytes of a packet at most, with the descriptor
FRAMES_A_SECOND = 25
SIZE = (640, 360)
KEY_EVERY = 50  # frames
KEY_APART = 8  # frames at least between two that viewers have asked for, as in Chromium
SECONDS = 4  # until the pictures begin again, with a keyframe
SOUND = b"\xbb" * 80
PACED = 0.005, 2.5  # Chromium's pacer: seconds between two bursts, times the stream's rate


@cache
def pictures(bits_a_second: float, size: tuple[int, int] = SIZE) -> list[bytes]:
    """Encode some seconds of moving noise."""
    width, height = size
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base = Fraction(1, FRAMES_A_SECOND)
    codec.framerate = Fraction(FRAMES_A_SECOND)
    rate = int(bits_a_second)
    codec.bit_rate = rate
    codec.gop_size = KEY_EVERY
    codec.options = {
        "deadline": "realtime",
        "cpu-used": "8",
        "lag-in-frames": "0",
        "minrate": str(rate),
        "maxrate": str(rate),
        "bufsize": str(rate // 2),
    }
    chance = np.random.default_rng(5)
    noise = chance.integers(0, 256, (height + 200, width + 200), np.uint8)
    found = []
    for number in range(SECONDS * FRAMES_A_SECOND):
        at = number % 100
        grey = noise[at : at + height, 2 * at : 2 * at + width] // 2 + chance.integers(
            0, 64, (height, width), np.uint8
        )
        picture = av.VideoFrame.from_ndarray(grey, "gray").reformat(format="yuv420p")
        picture.pts = number
        found += [bytes(packet) for packet in codec.encode(picture)]
    return found


def cut(picture: bytes) -> list[bytes]:
    """A picture's payloads without their descriptors, about equally long."""
    room = PAYLOAD - 4
    count = -(-len(picture) // room)
    size, longer = divmod(len(picture), count)
    ends = [size * number + max(0, number - count + longer) for number in range(1, count + 1)]
    return [picture[start:end] for start, end in zip([0, *ends], ends, strict=False)]


class Source(Protocol):
    """What ``publish`` sends."""

    bits_a_second: float
    on_send: Callable[[bytes], None]

    def frame(self) -> list[bytes]:
        """The next picture's RTP packets."""

    def sound(self) -> bytes:
        """The next 20 ms of sound."""

    def heed(self, compound: bytes) -> None:
        """RTCP that comes back."""


class Stream:
    """Pictures without end. ``frame`` gives the next one's RTP packets, ``sound`` the next.

    ``heed`` takes the RTCP that comes back: who asks for a keyframe gets one soon.
    """

    def __init__(
        self, bits_a_second: float, size: tuple[int, int] = SIZE, ssrc: int = VIDEO_SSRC
    ) -> None:
        self.bits_a_second = bits_a_second
        self.on_send: Callable[[bytes], None] = _nothing
        encoded = pictures(bits_a_second, size)
        self._pictures = [cut(picture) for picture in encoded]
        self._keys = [at for at, picture in enumerate(encoded) if not picture[0] & 1]
        self._ssrc = ssrc
        self._sequence = self._frame = self._sounds = 0
        self._at = self._last_key = 0

    def heed(self, compound: bytes) -> None:
        """Go on with a keyframe if this asks for one, unless there was one just now."""
        wanted = [ssrc for packet in split(compound) for ssrc in keyframe_wanted(packet)]
        if self._ssrc in wanted and self._frame - self._last_key >= KEY_APART:
            self._at = next((key for key in self._keys if key >= self._at), 0)

    def frame(self) -> list[bytes]:
        """The next picture's packets."""
        payloads = self._pictures[self._at]
        if self._at in self._keys:
            self._last_key = self._frame
        self._at = (self._at + 1) % len(self._pictures)
        stamp = self._frame * 90000 // FRAMES_A_SECOND & 0xFFFFFFFF
        packets = []
        for index, payload in enumerate(payloads):
            marker = 0x80 if index == len(payloads) - 1 else 0
            descriptor = struct.pack(
                "!BBH", 0x80 if index else 0x90, 0x80, 0x8000 | self._frame & 0x7FFF
            )
            header = (0x80, marker | VP8, self._sequence & 0xFFFF, stamp, self._ssrc)
            packets.append(struct.pack("!BBHII", *header) + descriptor + payload)
            self._sequence += 1
        self._frame += 1
        return packets

    def sound(self) -> bytes:
        """The next 20 ms of sound."""
        number = self._sounds
        self._sounds += 1
        header = (0x80, OPUS, number & 0xFFFF, number * 960 & 0xFFFFFFFF, AUDIO_SSRC)
        return struct.pack("!BBHII", *header) + SOUND


def _nothing(packet: bytes) -> None:
    pass


def bursts(packets: list[bytes], bits_a_second: float) -> Iterator[list[bytes]]:
    """A picture's packets as Chromium's pacer lets them go."""
    every, factor = PACED
    most = bits_a_second / 8 * factor * every
    start, size = 0, 0
    for index, packet in enumerate(packets):
        if size >= most:
            yield packets[start:index]
            start, size = index, 0
        size += len(packet)
    yield packets[start:]


async def publish(peer: Peer, stream: Source, *, paced: bool = False) -> None:
    """Send in real time until cancelled: a picture every 40 ms, sound every 20 ms."""
    loop = asyncio.get_running_loop()
    start, tick = loop.time(), 0
    while True:
        at = start + tick * 0.02
        await asyncio.sleep(at - loop.time())
        peer.send_rtp(stream.sound())
        if tick % 2 == 0:
            packets = stream.frame()
            pieces = list(bursts(packets, stream.bits_a_second)) if paced else [packets]
            for number, piece in enumerate(pieces):
                await asyncio.sleep(at + number * PACED[0] - loop.time())
                for packet in piece:
                    stream.on_send(packet)
                    peer.send_rtp(packet)
        tick += 1
