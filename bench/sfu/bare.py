"""The floor as one of the candidates: its process, in the namespace, and who receives."""

from __future__ import annotations

import asyncio
import json
import socket
import sys

from bench.peer import RECEIVE_BUFFER

from .crowd import Crowd
from .namespace import Namespace
from .stage import Run, background


class Floor:
    """Made for so many viewers; an async context manager. ``sampled``: see Stage."""

    def __init__(self, namespace: Namespace, mbit: float, count: int) -> None:
        self._namespace = namespace
        self._mbit = mbit
        self._count = count
        self._crowd = Crowd()
        self.sampled = False

    async def __aenter__(self) -> Floor:
        addresses = []
        for index in range(self._count):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            here = self._crowd.sampled(index)
            sock.bind((self._namespace.ours if here else self._namespace.away, 0))
            self._crowd.add_socket(sock)
            addresses.append("{}:{}".format(*sock.getsockname()))
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "bench.sfu.floor", str(self._mbit), *addresses]
        with self._namespace.inside():
            self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
        assert self._process.stdout is not None
        await self._process.stdout.readline()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._process.kill()
        await self._process.wait()
        self._crowd.close()

    async def measure(self, seconds: float, segments: int) -> Run:
        """What comes of so many seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._crowd.begin()
        left = self._namespace.left().packets
        self._process.stdin.write(f"{seconds} {segments}\n".encode())
        async with background(self._crowd.run()):
            done = json.loads(await self._process.stdout.readline())
            self._crowd.end()
        left = self._namespace.left().packets - left
        delivered, _ = self._crowd.counts(self.sampled)
        return Run(seconds, done["cpu"], delivered, done["packets"] - delivered, left)
