"""A network between a client and the media server that loses packets, the same ones every time."""

from __future__ import annotations

import asyncio
import random
import re
import socket
from typing import Any, Self, cast

from stagedoor.messages import SubscribeOffered

LOOPBACK = "127.0.0.1"


class Relay:
    """Carries one client's datagrams to a UDP port of this machine and back.

    Of RTP and RTCP towards the client the share ``lose`` is lost, as ``seed`` has it. Several
    connections may use it, one after the other.
    """

    def __init__(self, target: int, lose: float, seed: int) -> None:
        self.lost = self.carried = 0
        self._target = target
        self.lose = lose
        self._chance = random.Random(seed)
        self._client: tuple[str, int] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._near, _ = await loop.create_datagram_endpoint(
            lambda: _Side(self._from_client), local_addr=(LOOPBACK, 0)
        )
        self._far, _ = await loop.create_datagram_endpoint(
            lambda: _Side(self._from_server), remote_addr=(LOOPBACK, self._target)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self._near.close()
        self._far.close()

    @property
    def port(self) -> int:
        """Where the client should send."""
        near: socket.socket = self._near.get_extra_info("socket")
        return int(near.getsockname()[1])

    def between(self, offer: SubscribeOffered) -> SubscribeOffered:
        """The offer with this relay in the server's place."""
        candidate = re.compile(rf"^(a=candidate:\S+ 1 udp \d+) \S+ {self._target} ", re.M)
        sdp = candidate.sub(rf"\1 {LOOPBACK} {self.port} ", offer.sdp)
        assert sdp != offer.sdp
        return SubscribeOffered(offer.revision, offer.fresh, sdp, offer.tracks)

    def _from_client(self, data: bytes, address: tuple[str, int]) -> None:
        self._client = address
        self._far.sendto(data)

    def _from_server(self, data: bytes, address: tuple[str, int]) -> None:
        if 128 <= data[0] < 192 and self._chance.random() < self.lose:
            self.lost += 1
        elif self._client is not None:
            self.carried += 1
            self._near.sendto(data, self._client)


class _Side(asyncio.DatagramProtocol):
    def __init__(self, take: Any) -> None:
        self.datagram_received = cast(Any, take)
