"""How much CPU the embedded SFU spends on a packet delivered to a viewer, and whether any is lost.

One publisher sends VP8-shaped video and Opus-shaped audio; real viewers (ICE, DTLS, SRTP) receive,
decrypt and count. ``python -m bench.viewers --viewers 50 --mbit 1 --seconds 10``

``--layers 3``: the picture comes in three layers, and each viewer gets one of them in turn.
``--apart``: every viewer has looked away once, each at another time, so that none has the numbers
of another.
"""

from __future__ import annotations

import argparse
import asyncio
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.peer import Peer
from stagedoor.media.interface import Forwarded, Grant, SubscribeOffer, Tile, TrackMap
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

ROOM, PUBLISHER = "bench", "publisher"
AUDIO_SSRC, VIDEO_SSRC = 0x0A0A0A0A, 0x0B0B0B0B
RID, RID_EXTENSION = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", 5
LINES = 180  # of the smallest layer
PAYLOAD = 1100
FRAMES_A_SECOND = 25


@dataclass
class Counted:
    """What one viewer received, by SSRC: how many packets, between which sequence numbers."""

    packets: int = 0
    first: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)

    def take(self, packet: bytes) -> None:
        """Count an RTP packet; sequence numbers are unwrapped against the last one."""
        sequence, _, ssrc = struct.unpack_from("!HII", packet, 2)
        self.packets += 1
        last = self.last.get(ssrc)
        if last is None:
            self.first[ssrc] = self.last[ssrc] = sequence
            return
        ahead = ((sequence - last + 0x8000) & 0xFFFF) - 0x8000
        self.last[ssrc] = max(last, last + ahead)

    @property
    def expected(self) -> int:
        """How many packets lie between the first and the last seen."""
        return sum(self.last[ssrc] - self.first[ssrc] + 1 for ssrc in self.first)


class Listener:
    """Answers each viewer's offers, and connects the viewer at the first one.

    The first offer to whoever is in ``offered`` is left to those who wait for it there.
    """

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.engine = engine
        self.peers: dict[str, Peer] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.connected: dict[str, asyncio.Event] = {}
        self.offered: dict[str, asyncio.Future[SubscribeOffer]] = {}

    def expect(self, person: str, peer: Peer) -> None:
        """This person's offers are for this peer."""
        self.peers[person] = peer
        self.connected[person] = asyncio.Event()

    def offer_needed(self, room: str, person: str, offer: SubscribeOffer) -> None:
        """Answer as a browser would."""
        if person in self.offered:
            self.offered.pop(person).set_result(offer)
            return
        task = asyncio.create_task(self._answer(room, person, offer))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, room: str, person: str, offer: SubscribeOffer) -> None:
        peer = self.peers[person]
        await self.engine.answer(room, person, offer.revision, peer.answer(offer.sdp))
        if not peer.connected.is_set():
            await peer.connect(offer.sdp)
            self.connected[person].set()

    def tracks_changed(
        self, room: str, viewers: Mapping[str, int], tracks: Sequence[TrackMap]
    ) -> None:
        """Of no interest here."""

    def speaking(self, room: str, people: list[str]) -> None:
        """Of no interest here."""

    def publishing(self, room: str, person: str, connected: bool) -> None:
        """Of no interest here."""

    def layers_needed(self, room: str, person: str, kind: str, bits: list[int]) -> None:
        """Of no interest here."""

    def forwarded(self, room: str, periods: list[Forwarded]) -> None:
        """Of no interest here."""

    def restarted(self, rooms: Collection[str] | None = None) -> None:
        """A benchmark of an engine that died is none."""
        raise RuntimeError("the engine was restarted")


def layered(offer: str, layers: int) -> str:
    """The offer, with simulcast of as many layers in the place of the video's SSRC."""
    if layers == 1:
        return offer
    rids = [str(layer) for layer in range(layers)]
    lines = [f"a=extmap:{RID_EXTENSION} {RID}", *(f"a=rid:{rid} send" for rid in rids)]
    lines.append(f"a=simulcast:send {';'.join(rids)}")
    return offer.replace(f"a=ssrc:{VIDEO_SSRC} cname:light", "\r\n".join(lines))


def video_packets(bits_a_second: float, layer: int = -1) -> Iterator[list[bytes]]:
    """Frames without end, each a list of RTP packets with a VP8 descriptor (RFC 7741).

    ``layer``: which of several, 0 being the smallest; -1 where there is one alone.
    """
    rid, first, ssrc, lines = b"", 0x80, VIDEO_SSRC, 480
    if layer >= 0:
        rid = b"\xbe\xde\0\1" + bytes([RID_EXTENSION << 4]) + b"%d\0\0" % layer
        first, ssrc, lines = 0x90, VIDEO_SSRC + layer, LINES << layer
    size = b"\x9d\x01\x2a\x80\x02" + lines.to_bytes(2, "little")
    packets_a_frame = bits_a_second / 8 / (PAYLOAD + 12) / FRAMES_A_SECOND
    sequence = owed = frame = 0.0
    while True:
        owed += packets_a_frame
        count = max(1, int(owed))
        owed -= count
        key = int(frame) % (2 * FRAMES_A_SECOND) == 0
        picture = b"\x80" + (0x8000 | int(frame) & 0x7FFF).to_bytes(2)
        start = b"\x90" + picture + (b"\x50\x00\x00" + size if key else b"\x51\x00\x00")
        packets = []
        for index in range(count):
            marker = 0x80 if index == count - 1 else 0
            payload = (start if index == 0 else b"\x80" + picture).ljust(PAYLOAD, b"\xaa")
            timestamp = int(frame * 90000 / FRAMES_A_SECOND) & 0xFFFFFFFF
            header = struct.pack(
                "!BBHII", first, marker | 96, int(sequence) & 0xFFFF, timestamp, ssrc
            )
            packets.append(header + rid + payload)
            sequence += 1
        frame += 1
        yield packets


async def publish(peer: Peer, bits_a_second: float, layers: int = 1) -> None:
    """Send in real time until cancelled: a video frame every 40 ms, audio every 20 ms."""
    loop = asyncio.get_running_loop()
    start, tick = loop.time(), 0
    frames = [video_packets(bits_a_second)]
    if layers > 1:  # each has twice the lines of the one before, and some three times its bits
        shares = [3**layer / sum(3**one for one in range(layers)) for layer in range(layers)]
        frames = [video_packets(bits_a_second * share, at) for at, share in enumerate(shares)]
    while True:
        header = struct.pack("!BBHII", 0x80, 111, tick & 0xFFFF, tick * 960, AUDIO_SSRC)
        peer.send_rtp(header + b"\xbb" * 80)
        if tick % 2 == 0:
            for packet in [packet for layer in frames for packet in next(layer)]:
                peer.send_rtp(packet)
        tick += 1
        await asyncio.sleep(start + tick * 0.02 - loop.time())


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and all of its threads, from the scheduler's nanoseconds."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


async def bear_anything(peers: Iterable[Peer]) -> None:
    """Have viewers say, each second until cancelled, that their way takes all there is (REMB)."""
    while True:
        for peer in peers:
            peer.send_rtcp(rtcp.receiver_report(1, []) + rtcp.remb(1, 50_000_000, [1]))
        await asyncio.sleep(1)


async def look_away(engine: EmbeddedEngine, sizes: dict[str, int]) -> None:
    """Have each viewer look away at another time, and back."""
    for person in sizes:
        await engine.view(ROOM, person, [Tile(PUBLISHER, "video", 0)])
        await asyncio.sleep(1 / FRAMES_A_SECOND)
    for person, lines in sizes.items():
        await engine.view(ROOM, person, [Tile(PUBLISHER, "video", lines)])
    await asyncio.sleep(3)  # there is a keyframe every two seconds


async def measure(
    viewers: int, mbit: float, seconds: float, layers: int = 1, apart: bool = False
) -> str:
    """Run the stage and give the line to print."""
    engine = EmbeddedEngine(port=0)
    listener = Listener(engine)
    await engine.start(listener)
    publisher = await Peer.open()
    await engine.grant(ROOM, PUBLISHER, Grant(forward=True, microphone=True, camera=True))
    offer = layered(publisher.offer(AUDIO_SSRC, VIDEO_SSRC), layers)
    await publisher.connect(await engine.publish(ROOM, PUBLISHER, offer))
    sending = asyncio.create_task(publish(publisher, mbit * 1e6, layers))
    sizes = {f"viewer-{index}": LINES << index % layers for index in range(viewers)}
    for index in range(viewers):
        person = f"viewer-{index}"
        listener.expect(person, await Peer.open())
        await engine.subscribe(ROOM, person)
        if layers > 1:
            await engine.view(ROOM, person, [Tile(PUBLISHER, "video", sizes[person])])
        await listener.connected[person].wait()
    tasks = [sending, asyncio.create_task(bear_anything(listener.peers.values()))]
    if apart:
        await look_away(engine, sizes)
    await asyncio.sleep(1 if layers == 1 else 3)

    counted = [Counted() for _ in listener.peers]
    for counter, peer in zip(counted, listener.peers.values(), strict=True):
        peer.on_rtp = counter.take
    assert engine.pid is not None
    before = cpu_seconds(engine.pid)
    await asyncio.sleep(seconds)
    for peer in listener.peers.values():
        peer.on_rtp = None
    spent = cpu_seconds(engine.pid) - before

    for task in tasks:
        task.cancel()
    for peer in [publisher, *listener.peers.values()]:
        peer.close()
    await engine.close()
    delivered = sum(counter.packets for counter in counted)
    lost = sum(counter.expected for counter in counted) - delivered
    return (
        f"viewers {viewers}  stage {mbit:g} Mbit/s  delivered {delivered} packets in {seconds:g} s"
        f"  lost {lost}  server CPU {spent / max(delivered, 1) * 1e6:.2f} us per delivered packet"
    )


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m bench.viewers", description=__doc__)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--mbit", type=float, default=1.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--apart", action="store_true")
    print(asyncio.run(measure(**vars(parser.parse_args()))))


if __name__ == "__main__":
    main()
