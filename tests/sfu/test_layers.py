"""Three layers through the real engine: named by rid, watched by tile, paused when nobody looks."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import cast

from msgspec import structs

from bench.peer import Peer
from stagedoor.media.interface import Grant, Tile
from stagedoor.rules.values import Device
from stagedoor.sfu.negotiation import sdp
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.stage.branch import NOTHING
from stagedoor.sfu.workers.supervisor import EmbeddedEngine
from stagedoor_client.publisher import Publisher

from .conftest import MovingPicture, Told, Watcher
from .inside import Inside
from .light import AUDIO, RID_EXTENSION, Light, payload
from .light import rtp as numbered

ALL = Grant(forward=True, microphone=True, camera=True)
RIDS = ("q", "h", "f")
LAYERS = [f"a=extmap:{RID_EXTENSION} {sdp.RID}", *(f"a=rid:{rid} send" for rid in RIDS)]


class Camera:
    """A publisher of three layers that sends keyframes when asked, and obeys nobody else."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.wanted = {0, 1, 2}
        peer.on_rtcp = self._feedback
        self.task = asyncio.create_task(self._run())

    @classmethod
    async def open(cls, engine: EmbeddedEngine, person: str) -> Camera:
        peer = await Peer.open()
        lines = [*LAYERS, f"a=simulcast:send {';'.join(RIDS)}"]
        offer = peer.offer(AUDIO, 1).replace("a=ssrc:1 cname:light", "\r\n".join(lines))
        answer = await engine.publish("room", person, offer)
        assert "a=simulcast:recv q;h;f" in answer
        await peer.connect(answer)
        return cls(peer)

    def _feedback(self, compound: bytes) -> None:
        for packet in rtcp.split(compound):
            self.wanted.update(ssrc - 10 for ssrc in rtcp.keyframe_wanted(packet))

    async def _run(self) -> None:
        for sequence in range(100_000):
            for layer, rid in enumerate(RIDS):
                packet = numbered(sequence, 10 + layer, 96, mid="1", rid=rid)
                key = layer in self.wanted
                size = b"\x9d\x01\x2a\x40\x01" + (180 << layer).to_bytes(2, "little")
                start = b"\x10" + (b"\x50\0\0" + size if key else b"\x51") + b"%d" % layer
                self.peer.send_rtp(packet[:-6] + start)
            self.wanted.clear()
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task


async def until_layer(viewer: Light, layer: int) -> list[bytes]:
    """The packets up to the first of this layer."""
    packets = [await viewer.next()]
    while payload(packets[-1])[-1:] != b"%d" % layer:
        packets.append(await viewer.next())
    return packets


async def test_each_viewer_gets_the_layer_of_their_tile(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    small, large = [await Light(engine, told, one).open() for one in ("small", "large")]
    for viewer, lines in ((small, 90), (large, 700)):
        await engine.view("room", viewer.person, [Tile("ada", "video", lines)])
    camera = await Camera.open(engine, "ada")
    await until_layer(large, 2)
    await until_layer(small, 0)
    packets = [await small.next() for _ in range(50)]
    assert {payload(packet)[-1:] for packet in packets} == {b"0"}
    await engine.view("room", "small", [Tile("ada", "video", 300)])
    packets += await until_layer(small, 1)
    assert payload(packets[-1])[1:2] == b"\x50", "with a keyframe"
    packets += [await small.next() for _ in range(20)]
    numbers = [int.from_bytes(packet[2:4]) for packet in packets]
    assert all((b - a) & 0xFFFF == 1 for a, b in itertools.pairwise(numbers))
    async with asyncio.timeout(20):
        await engine.view("room", "large", [Tile("ada", "video", 0)])
        while (await told.needed.get()) != ("ada", "video", [150_000, 500_000, 0]):
            pass
    await engine.grant("room", "ada", None)
    await camera.close()


async def test_who_is_brought_on_is_seen_from_the_keyframe_that_is_asked_for(told: Told) -> None:
    """However shortly before the layers were chosen, as nobody was seen yet."""
    inside = Inside(told)
    inside.engine.grant("room", "ada", structs.replace(ALL, backstage=True))
    camera = await Camera.open(cast(EmbeddedEngine, inside), "ada")
    ben = await Light(cast(EmbeddedEngine, inside), told, "ben").open()
    stage = inside.engine.stages["room"]
    follower = stage.places[0].tracks["video"].followers["ben"]
    async with asyncio.timeout(20):
        while follower.branch.layer != NOTHING:  # noqa: ASYNC110 - until the director has looked
            await asyncio.sleep(0.01)
    stage.director._round_at = asyncio.get_running_loop().time()
    inside.engine.grant("room", "ada", ALL)
    packets = [await ben.next() for _ in range(50)]
    assert b"\x50" in {payload(packet)[1:2] for packet in packets}, "with a keyframe"
    await camera.close()
    inside.close()


async def until_size(viewer: Watcher, size: tuple[int, int]) -> None:
    """Until pictures of this size are decoded; those of others come whole before."""
    async with asyncio.timeout(60):
        while await viewer.size("ada", "video", frames=4) != size:
            pass


async def test_the_python_client_sends_two(engine: EmbeddedEngine, told: Told) -> None:
    """By an m-line of its own; the larger one is asked for when somebody shows it large."""
    await engine.grant("room", "ada", ALL)
    publisher = Publisher(lambda sdp: engine.publish("room", "ada", sdp), lambda: None, layers=True)
    viewer = Watcher(engine, told, "ben")
    await engine.subscribe("room", "ben")
    await engine.view("room", "ben", [Tile("ada", "video", 200)])
    await publisher.connect()

    async def film() -> None:
        pictures = MovingPicture(640, 480)
        while True:
            frame = (await pictures.recv()).reformat(format="yuv420p")
            publisher.show(Device.CAMERA, frame, asyncio.get_running_loop().time())

    async def obey() -> None:
        while True:
            _, kind, bits = await told.needed.get()
            publisher.need(kind, bits)

    tasks = [asyncio.create_task(job()) for job in (film, obey)]
    await until_size(viewer, (320, 240))
    await engine.view("room", "ben", [Tile("ada", "video", 480)])
    await until_size(viewer, (640, 480))
    for task in tasks:
        task.cancel()
    await viewer.close()
    await publisher.close()
