"""aiortc's MediaRelay as a server: it decodes what is published, and encodes it for each viewer.

``python -m bench.sfu.aiortc_relay`` answers offers, a line of JSON each: of the publisher first,
then of viewers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay

from bench.peer import Peer

from .namespace import Namespace
from .stream import AUDIO_SSRC, VIDEO_SSRC


class AiortcRelay:
    """The relay's process, in the namespace; an async context manager."""

    name = "aiortc's MediaRelay"

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._process: asyncio.subprocess.Process | None = None
        self._one = asyncio.Lock()

    @property
    def pids(self) -> set[int]:
        """Its process."""
        return set() if self._process is None else {self._process.pid}

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        with self._namespace.inside():
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bench.sfu.aiortc_relay",
                stdin=pipe,
                stdout=pipe,
                stderr=subprocess.DEVNULL,
                limit=2**20,
            )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _exchange(self, offer: str) -> str:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        async with self._one:
            process.stdin.write(json.dumps(offer).encode() + b"\n")
            return str(json.loads(await process.stdout.readline()))

    async def publish(self, peer: Peer) -> None:
        """Connect the publisher."""
        await peer.connect(await self._exchange(peer.offer(AUDIO_SSRC, VIDEO_SSRC)))

    async def subscribe(self, peer: Peer) -> None:
        """Connect a viewer."""
        offer = peer.offer(AUDIO_SSRC, VIDEO_SSRC, direction="recvonly")
        await peer.connect(await self._exchange(offer))


async def serve() -> None:
    """Answer offers until there are no more."""
    relay = MediaRelay()
    connections: list[RTCPeerConnection] = []
    tracks: list[Any] = []
    while line := await asyncio.to_thread(sys.stdin.readline):
        connection = RTCPeerConnection()
        if connections:
            for track in tracks:
                connection.addTrack(relay.subscribe(track))
        else:
            connection.on("track", tracks.append)
        connections.append(connection)
        await connection.setRemoteDescription(RTCSessionDescription(json.loads(line), "offer"))
        await connection.setLocalDescription(await connection.createAnswer())
        print(json.dumps(connection.localDescription.sdp), flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
    os._exit(0)
