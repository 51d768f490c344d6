"""People of a real room for the soak: over WebSockets, with light peers for the media."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from bench.attendees import Attendee
from bench.peer import Peer
from bench.viewers import layered

from .crowd import Crowd, Member
from .limited import LAYERS
from .stream import AUDIO_SSRC, VIDEO_SSRC, Source

OFFERED = b'{"type":"subscribe_offer"'
WELCOME = b'{"type":"welcome"'
REFUSED = b'{"type":"refused"'


class Person:
    """Somebody in the room; of what the server says only what is waited for is read."""

    def __init__(self) -> None:
        self.id = ""
        self.line: Attendee
        self._waiting: dict[bytes, asyncio.Future[dict[str, Any]]] = {}

    async def enter(self, address: tuple[str, int, str], name: str) -> None:
        """Connect and enter."""
        self.line = await Attendee.connect(*address, self.take)
        welcome = self.awaited(WELCOME)
        self.line.ask("enter", name=name)
        self.id = (await welcome)["view"]["you"]

    def awaited(self, start: bytes) -> asyncio.Future[dict[str, Any]]:
        """The next message that begins so."""
        found = self._waiting[start] = asyncio.get_running_loop().create_future()
        return found

    def take(self, payload: bytes) -> None:
        """A message."""
        if payload.startswith(REFUSED):
            print(payload.decode(), file=sys.stderr)
        for start in self._waiting:
            if payload.startswith(start):
                waiting = self._waiting.pop(start)
                if not waiting.done():
                    waiting.set_result(json.loads(payload))
                return

    def close(self) -> None:
        """Hang up, as a page does that is closed."""
        self.line.close()


class Performer(Person):
    """Who is on the stage, and sends its picture in layers."""

    def __init__(self) -> None:
        super().__init__()
        self.peer: Peer

    async def perform(self, stream: Source) -> None:
        """Go up, and connect what is to send."""
        self.peer = await Peer.open()
        self.peer.on_rtcp = stream.heed
        self.line.ask("join_stage", microphone=True, camera=True)
        published = self.awaited(b'{"type":"published"')
        self.line.ask("publish", sdp=layered(self.peer.offer(AUDIO_SSRC, VIDEO_SSRC), LAYERS))
        await self.peer.connect((await published)["sdp"])

    def close(self) -> None:
        """Hang up."""
        super().close()
        self.peer.close()


class Visitor(Person):
    """Who watches. ``member`` is theirs in the crowd that reads their socket."""

    def __init__(self) -> None:
        super().__init__()
        self.peer: Peer
        self.member: Member

    async def watch(self, crowd: Crowd) -> None:
        """Connect what receives, and have the crowd read it."""
        self.peer = await Peer.open()
        offered = self.awaited(OFFERED)
        self.line.ask("watch")
        self._answer(offer := await offered)
        await self.peer.connect(offer["sdp"])
        self.member = crowd.add(self.peer)

    def take(self, payload: bytes) -> None:
        """Answer the offers that come later."""
        if payload.startswith(OFFERED) and OFFERED not in self._waiting:
            self._answer(json.loads(payload))
        else:
            super().take(payload)

    def _answer(self, offer: dict[str, Any]) -> None:
        sdp = self.peer.answer(offer["sdp"])
        self.line.ask("subscribe_answer", revision=offer["revision"], sdp=sdp)

    def show(self, person: str, lines: int) -> None:
        """Show somebody's picture in so many lines."""
        self.line.ask("view_tiles", tiles=[{"person": person, "kind": "video", "lines": lines}])

    def leave(self, crowd: Crowd) -> None:
        """Be gone."""
        self.close()
        crowd.remove(self.member)
