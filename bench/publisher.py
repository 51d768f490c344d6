"""One process of bench.client: publishes a camera in one of two ways, and measures itself.

It talks in lines of JSON: says its offer, is told the answer, says that it is warm, and after
``seconds`` what was spent. ``python -m bench.publisher stagedoor|aiortc SECONDS``
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from aiortc import RTCDtlsTransport, RTCPeerConnection, RTCSessionDescription
from av.video.frame import PictureType

SIZE, FPS = (640, 480), 30
WARM_UP = 3.0


class Delays:
    """From the time a picture was taken to its first RTP packet being sent, in seconds.

    A sender takes a picture, encodes it, and sends it, before it takes the next: so a packet with
    a new time stamp is the first one of the picture taken last.
    """

    def __init__(self) -> None:
        self.all: list[float] = []
        self.begun = asyncio.Event()
        self._taken = 0.0
        self._stamp = b""

    def watch(self, track: type, start: Any) -> None:
        """Note when pictures of this kind of track were taken: ``start`` plus their own time."""
        receive = track.recv

        async def recv(self_: Any) -> Any:
            frame = await receive(self_)
            self._taken = start(self_) + frame.time
            return frame

        track.recv = recv

    def watch_packets(self) -> None:
        """Note when packets were sent."""
        send = RTCDtlsTransport._send_rtp

        async def send_rtp(transport: Any, packet: bytes) -> None:
            await send(transport, packet)
            if not 192 <= packet[1] <= 223 and packet[4:8] != self._stamp:  # RTCP (RFC 5761)
                self._stamp = packet[4:8]
                self.all.append(time.monotonic() - self._taken)
                self.begun.set()

        RTCDtlsTransport._send_rtp = send_rtp


async def exchange(offer: str) -> str:
    """Have the other process answer."""
    print(json.dumps({"offer": offer}), flush=True)
    answer = json.loads(await asyncio.to_thread(sys.stdin.readline))
    return str(answer)


async def stagedoor(delays: Delays) -> Any:
    """As our client does on stage."""
    from stagedoor.rules.values import Device as Kind
    from stagedoor_client import devices
    from stagedoor_client.camera import Camera, CameraTrack
    from stagedoor_client.publisher import Publisher

    def fail(error: Exception | None = None) -> None:
        os._exit(1)

    delays.watch(CameraTrack, lambda track: track._start)
    publisher = Publisher(exchange, fail)
    camera = Camera(
        devices.cameras()[0],
        SIZE,
        FPS,
        lambda picture, at: publisher.show(Kind.CAMERA, picture, at),
        fail,
    )
    await camera.open()
    await publisher.connect()
    return publisher, camera


class Container:
    """A PyAV container that notes when its first picture was taken."""

    first = 0.0

    def __init__(self, container: Any, marked: bool) -> None:
        self._container = container
        self._marked = marked

    def decode(self, *streams: Any) -> Iterator[Any]:
        for frame in self._container.decode(*streams):
            Container.first = Container.first or frame.time
            if not self._marked:
                frame.pict_type = PictureType.NONE
            yield frame

    def __getattr__(self, name: str) -> Any:
        return getattr(self._container, name)


async def aiortc(delays: Delays, *, marked: bool = True) -> Any:
    """As aiortc's example "webcam" does; without ``marked`` pictures ask for no keyframes."""
    from aiortc.contrib.media import MediaPlayer, MediaRelay, PlayerStreamTrack

    from stagedoor_client import devices

    delays.watch(PlayerStreamTrack, lambda track: Container.first)
    path = f"/dev/video{devices.cameras()[0].index}"
    options = {"framerate": str(FPS), "video_size": "{}x{}".format(*SIZE)}
    player = MediaPlayer(path, format="v4l2", options=options)
    player._MediaPlayer__container = Container(player._MediaPlayer__container, marked)
    relay = MediaRelay()
    connection = RTCPeerConnection()
    connection.addTrack(relay.subscribe(player.video))
    await connection.setLocalDescription(await connection.createOffer())
    answer = await exchange(connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    return connection, player, relay


async def publish(way: str, seconds: float) -> None:
    """Publish, warm up, and measure."""
    delays = Delays()
    delays.watch_packets()
    ways = {
        "stagedoor": stagedoor,
        "aiortc": aiortc,
        "aiortc-unmarked": partial(aiortc, marked=False),
    }
    kept = await ways[way](delays)
    await delays.begun.wait()
    await asyncio.sleep(WARM_UP)
    delays.all.clear()
    print(json.dumps("warm"), flush=True)
    before, start = os.times(), time.monotonic()
    await asyncio.sleep(seconds)
    after, end = os.times(), time.monotonic()
    cpu = after.user + after.system - before.user - before.system
    print(json.dumps({"cpu": cpu, "wall": end - start, "delays": delays.all}), flush=True)
    os._exit(0)  # drivers may take their time; the figures are known
    del kept


if __name__ == "__main__":
    asyncio.run(publish(sys.argv[1], float(sys.argv[2])))
