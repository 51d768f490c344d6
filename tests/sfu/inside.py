"""An engine in the test's own process, so that a test can come between any two of its steps."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from typing import Any

from stagedoor.sfu.engine import Engine
from stagedoor.sfu.transport import udp
from stagedoor.sfu.workers import control

from .conftest import Told


class Inside:
    """An Engine as ``Light`` and ``light_publisher`` take it, and what is known of its inside."""

    def __init__(self, told: Told, links: Mapping[int, socket.socket] | None = None) -> None:
        self._told = told
        self.socket = udp.open_socket("127.0.0.1", 0)
        self.engine = Engine(self.socket, ["127.0.0.1"], self._tell, links or {})

    def _tell(self, told: control.Told) -> None:
        if isinstance(told, control.OfferNeeded):
            self._told.offer_needed(told.room, told.person, told.offer)
        if isinstance(told, control.TracksChanged):
            self._told.tracks_changed(told.room, told.viewers, told.tracks)

    async def subscribe(self, room: str, person: str) -> None:
        self.engine.subscribe(room, person)

    async def answer(self, room: str, person: str, revision: int, sdp: str) -> None:
        self.engine.answer(room, person, revision, sdp)

    async def publish(self, room: str, person: str, offer: str) -> str:
        return self.engine.publish(room, person, offer)

    async def stats(self) -> dict[str, Any]:
        return self.engine.stats()

    def hand(self, person: str, packet: bytes) -> None:
        """Let a packet of a publisher come in now, without the network."""
        self.engine.stages["room"].publishers[person].peer.on_rtp(packet)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.socket)
        self.socket.close()
