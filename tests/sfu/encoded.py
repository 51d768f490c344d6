"""A light publisher of real pictures and sound: aiortc encodes, in layers where they are wanted."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

import av
import numpy as np
from aiortc.codecs.base import Encoder
from aiortc.codecs.h264 import H264Encoder
from aiortc.codecs.opus import OpusEncoder
from aiortc.codecs.vpx import Vp8Encoder

from bench.peer import MID_EXTENSION, Peer
from stagedoor.sfu.negotiation import sdp
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import MovingPicture, Tone
from .light import AUDIO, RID_EXTENSION, VIDEO

RIDS = ("q", "f")
SIZES = ((160, 120), (320, 240))
H264_OFFER = (
    "a=rtpmap:96 H264/90000\r\n"
    "a=fmtp:96 packetization-mode=1;profile-level-id=42e01f;level-asymmetry-allowed=1"
)


@dataclass
class Stream:
    """One SSRC that is sent: its encoder, what it has sent, and what it is to send."""

    ssrc: int
    payload_type: int
    encoder: Encoder
    rid: str = ""
    size: tuple[int, int] = SIZES[1]
    sequence: int = 65500  # so that it passes through 0 early
    packets: int = 0
    octets: int = 0
    timestamp: int = 0
    key: bool = True
    recent: dict[int, bytes] = field(default_factory=dict)

    def cut(self, payloads: list[bytes], timestamp: int) -> list[bytes]:
        """The packets of one picture or 20 ms, with the marker on the last of a picture."""
        found = []
        for index, payload in enumerate(payloads):
            marker = 0x80 if self.payload_type == 96 and index == len(payloads) - 1 else 0
            head = bytes([0x90 if self.rid else 0x80, marker | self.payload_type])
            head += self.sequence.to_bytes(2) + timestamp.to_bytes(4) + self.ssrc.to_bytes(4)
            if self.rid:
                head += b"\xbe\xde\0\1" + bytes([MID_EXTENSION << 4, ord("1")])
                head += bytes([RID_EXTENSION << 4]) + self.rid.encode()
            found.append(head + payload)
            self.recent[self.sequence] = found[-1]
            self.sequence = self.sequence + 1 & 0xFFFF
            self.octets += len(payload)
        self.packets += len(payloads)
        self.timestamp = timestamp
        return found

    def report(self) -> bytes:
        """A sender report as of the last picture."""
        seconds = time.time() + 2_208_988_800
        info = rtcp.SenderInfo(self.ssrc, int(seconds * 2**32), self.timestamp)
        named = rtcp.source_description(self.ssrc, "light")
        return rtcp.sender_report(info, self.packets, self.octets) + named


class Studio:
    """A voice and a camera, in H.264 or in two layers of VP8, that obey PLI and NACK.

    Every thirtieth packet of pictures is lost on its way, while it is ``losing``, and sent when it
    is asked for; every fortieth is followed by one of padding alone.
    """

    def __init__(self, peer: Peer, pictures: list[Stream]) -> None:
        self.peer = peer
        self.pictures = pictures
        self.voice = Stream(AUDIO, 111, OpusEncoder())
        self.heard: list[bytes] = []
        self.filming = self.losing = True
        self._owed: set[tuple[int, int]] = set()
        self._repaired = asyncio.Event()
        peer.on_rtcp = self._obey
        self._tasks = [asyncio.create_task(job()) for job in (self._film, self._speak)]

    @classmethod
    async def open(cls, engine: EmbeddedEngine, person: str, *, layers: bool) -> Studio:
        """Connect and begin to send."""
        peer = await Peer.open()
        offer = peer.offer(AUDIO, VIDEO)
        if layers:
            lines = [f"a=extmap:{RID_EXTENSION} {sdp.RID}", *(f"a=rid:{rid} send" for rid in RIDS)]
            lines.append(f"a=simulcast:send {';'.join(RIDS)}")
            offer = offer.replace(f"a=ssrc:{VIDEO} cname:light", "\r\n".join(lines))
            found = [
                Stream(VIDEO + at, 96, Vp8Encoder(), rid, SIZES[at]) for at, rid in enumerate(RIDS)
            ]
        else:
            offer = offer.replace("a=rtpmap:96 VP8/90000", H264_OFFER)
            found = [Stream(VIDEO, 96, H264Encoder())]
        await peer.connect(await engine.publish("room", person, offer))
        return cls(peer, found)

    def _obey(self, compound: bytes) -> None:
        self.heard.append(compound)
        for packet in rtcp.split(compound):
            ssrc, lost = rtcp.lost_packets(packet)
            wanted = rtcp.keyframe_wanted(packet)
            for stream in self.pictures:
                stream.key = stream.key or stream.ssrc in wanted
                for sequence in lost if stream.ssrc == ssrc else ():
                    self.peer.send_rtp(stream.recent[sequence])
                    self._owed.discard((stream.ssrc, sequence))
                    self._repaired.set()

    async def _film(self) -> None:
        pictures = MovingPicture(*SIZES[1])
        chance = np.random.default_rng(3)
        while True:
            whole = await pictures.recv()
            if not self.filming:
                continue
            shown = whole.to_ndarray(format="bgr24") // 2
            shown += chance.integers(0, 64, shown.shape, np.uint8)
            for stream in self.pictures:
                frame = av.VideoFrame.from_ndarray(shown, format="bgr24")
                frame = frame.reformat(*stream.size, format="yuv420p")
                frame.pts, frame.time_base = whole.pts, whole.time_base
                key, stream.key = stream.key, False
                payloads, timestamp = stream.encoder.encode(frame, key)
                self._send(stream, stream.cut(payloads, timestamp & 0xFFFFFFFF))

    def _send(self, stream: Stream, packets: list[bytes]) -> None:
        for packet in packets:
            number = int.from_bytes(packet[2:4])
            if number % 30 or not self.losing:
                self.peer.send_rtp(packet)
            else:
                self._owed.add((stream.ssrc, number))
        if stream.packets // 40 != (stream.packets - len(packets)) // 40:
            (padding,) = stream.cut([b"\0\0\0\4"], stream.timestamp)
            padding = bytes([padding[0] | 0x20, padding[1] & 0x7F]) + padding[2:]
            stream.recent[int.from_bytes(padding[2:4])] = padding
            self.peer.send_rtp(padding)
            self.peer.send_rtcp(stream.report())

    async def _speak(self) -> None:
        tone = Tone(440)
        while True:
            payloads, timestamp = self.voice.encoder.encode(await tone.recv())
            for packet in self.voice.cut(payloads, timestamp & 0xFFFFFFFF):
                self.peer.send_rtp(packet)
            if self.voice.packets % 50 == 0:
                self.peer.send_rtcp(self.voice.report())

    async def whole(self) -> None:
        """Stop after a picture, as soon as all that was lost has been asked for and sent.

        What is lost just before a pause, a change of layers or the end stays lost, and a picture
        that a pause comes into has no end. It goes on ``filming`` without ``losing`` when told so.
        """
        self.losing = False
        async with asyncio.timeout(60):
            while self._owed:
                self._repaired.clear()
                await self._repaired.wait()
        self.filming = False

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self.peer.close()
