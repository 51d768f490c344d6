"""Lightweight viewers and publishers at a real engine: packets that carry their own number."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bench.peer import MID_EXTENSION, Peer
from stagedoor.media.interface import SubscribeOffer, TrackMap
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.packets.rtp import parse
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told

AUDIO, VIDEO, SCREEN = 1111, 2222, 3333
RID_EXTENSION = 5


def rtp(
    sequence: int, ssrc: int = AUDIO, payload_type: int = 111, mid: str = "", rid: str = ""
) -> bytes:
    """A small RTP packet that carries its own number, its m-line's ``mid`` and its layer's ``rid``.

    Both are left out where they are empty.
    """
    first, extension, element = 0x80, b"", b""
    for identifier, name in ((MID_EXTENSION, mid), (RID_EXTENSION, rid)):
        if name:
            element += bytes([identifier << 4 | len(name) - 1]) + name.encode()
    if element:
        words = -(-len(element) // 4)
        first, extension = 0x90, b"\xbe\xde" + words.to_bytes(2) + element.ljust(4 * words, b"\0")
    header = bytes([first, payload_type]) + (sequence & 0xFFFF).to_bytes(2)
    header += (sequence * 960).to_bytes(4) + ssrc.to_bytes(4)
    return header + extension + b"%06d" % sequence


def wishes(publisher: Peer) -> asyncio.Queue[list[int]]:
    """The keyframes that the publisher is asked for, by SSRC."""
    wanted: asyncio.Queue[list[int]] = asyncio.Queue()

    def on_rtcp(compound: bytes) -> None:
        for packet in rtcp.split(compound):
            if rtcp.keyframe_wanted(packet):
                wanted.put_nowait(rtcp.keyframe_wanted(packet))

    publisher.on_rtcp = on_rtcp
    return wanted


def payload(packet: bytes) -> bytes:
    """What an RTP packet carries, without padding (RFC 3550, section 5.1)."""
    header = parse(packet)
    assert header is not None
    padded = packet[-1] if packet[0] & 0x20 else 0
    return packet[header.payload : len(packet) - padded]


class Light:
    """A lightweight viewer: counts and keeps what it is sent."""

    def __init__(self, engine: EmbeddedEngine, told: Told, person: str, room: str = "room") -> None:
        self.engine, self.told, self.person, self.room = engine, told, person, room
        self.packets: asyncio.Queue[bytes] = asyncio.Queue()
        self.revision = 0

    async def open(self) -> Light:
        """Begin to watch; returns when it is connected."""
        await self.engine.subscribe(self.room, self.person)
        return await self.begin()

    async def begin(self) -> Light:
        """Take the next offer by a new connection."""
        self.peer = await Peer.open(self.packets.put_nowait)
        offer = await self.renegotiate()
        await self.peer.connect(offer.sdp)
        return self

    async def renegotiate(self) -> SubscribeOffer:
        """Answer the next offer."""
        async with asyncio.timeout(20):
            offer = await self.told.offers_to(self.person).get()
        answer = self.peer.answer(offer.sdp)
        await self.engine.answer(self.room, self.person, offer.revision, answer)
        self.revision = offer.revision
        return offer

    async def mapped(self) -> Sequence[TrackMap]:
        """Whose the m-lines of the last offer are, when it is told without another one."""
        async with asyncio.timeout(20):
            revision, tracks = await self.told.tracks_of(self.person).get()
        assert revision == self.revision
        assert self.told.offers_to(self.person).empty()
        return tracks

    async def next(self) -> bytes:
        """The next RTP packet."""
        async with asyncio.timeout(20):
            return await self.packets.get()


async def light_publisher(
    engine: EmbeddedEngine, person: str, *videos: int, room: str = "room"
) -> Peer:
    """Somebody who sends whatever they are told to; ``videos`` are the video m-lines' SSRCs."""
    peer = await Peer.open()
    await peer.connect(await engine.publish(room, person, peer.offer(AUDIO, *videos or (VIDEO,))))
    return peer


async def counted(engine: EmbeddedEngine, counter: str, value: int) -> None:
    """Wait until the engine's process has counted as many."""
    async with asyncio.timeout(20):
        while (await engine.stats())[counter] != value:  # noqa: ASYNC110 - another process counts
            await asyncio.sleep(0.01)


async def repeat(peer: Peer, *, ssrc: int = AUDIO, payload_type: int = 111) -> None:
    """Go on sending until cancelled, whatever anybody says."""
    for sequence in range(100_000):
        peer.send_rtp(rtp(sequence, ssrc, payload_type))
        await asyncio.sleep(0.005)
