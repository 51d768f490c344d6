"""The media of the evening's people: all watch by light peers, whoever is on stage sends a little.

So that two hundred of them are a small load, there are few packets: four of sound a second and two
pictures from each on stage, of which each viewer gets every one.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, cast

from bench.peer import Peer
from bench.sfu.crowd import Crowd, Member
from bench.sfu.stream import AUDIO_SSRC, VIDEO_SSRC, Stream
from stagedoor.messages import (
    Publish,
    Published,
    SubscribeAnswer,
    SubscribeOffered,
    TracksChanged,
    Watch,
)
from stagedoor.rules.values import Seat

if TYPE_CHECKING:
    from .person import Guest

TICK = 0.25  # seconds between two packets of sound, and half of those between two pictures
SMALL, BITS = (160, 96), 60_000


class Hall(Crowd):
    """All who receive; ``gone``: packets that came to those who do not any more.

    ``sent``: those of all who were on stage.
    """

    gone = sent = 0

    @property
    def total(self) -> int:
        """Packets that ever came."""
        return self.gone + self.delivered

    def leave(self, member: Member) -> None:
        """Read what lies there still, and close it."""
        self.read(member)
        self.gone += member.delivered
        self.remove(member)


class Watching:
    """Somebody's receiving connection, from ``begin`` on; the hall reads it.

    ``people``: who has an m-line, by the newest that was told.
    """

    def __init__(self, guest: Guest, hall: Hall) -> None:
        self._guest, self._hall = guest, hall
        self._peer: Peer | None = None
        self._member: Member | None = None
        self._revision = 0
        self.people: set[str] = set()
        self._offers: asyncio.Queue[SubscribeOffered] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Watch over a new connection."""
        self.stop()
        self._offers = asyncio.Queue()
        self._revision, self.people = 0, set()
        self._task = asyncio.create_task(self._watch())

    def offered(self, offer: SubscribeOffered) -> None:
        """Take an offer of the server's."""
        self._revision = offer.revision
        self.people = {track.person for track in offer.tracks}
        self._offers.put_nowait(offer)

    def changed(self, changed: TracksChanged) -> None:
        """Take whose the m-lines are now; before the first offer it is the last connection's."""
        if changed.revision == self._revision:
            self.people = {track.person for track in changed.tracks}
        elif self._revision:
            self._guest.tally.unexpected.append(f"{self._guest.name} was told of no offer's tracks")

    def stop(self) -> None:
        """Fall silent."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._close()

    def _close(self) -> None:
        if self._member is not None:
            self._hall.leave(self._member)
        elif self._peer is not None:
            self._peer.close()
        self._member = self._peer = None

    async def _watch(self) -> None:
        await self._guest.ask(Watch())
        while True:
            offer = await self._offers.get()
            if offer.fresh or self._peer is None:
                self._close()
                self._peer = await Peer.open()
            answer = SubscribeAnswer(offer.revision, self._peer.answer(offer.sdp))
            if await self._guest.ask(answer) is None or self._member is not None:
                continue
            try:
                await self._peer.connect(offer.sdp)
            except TimeoutError:
                self._guest.tally.unexpected.append(f"{self._guest.name} could not receive")
                return
            self._member = self._hall.add(self._peer)


class Sending:
    """Somebody's publishing connection while they are on stage or backstage."""

    def __init__(self, guest: Guest, hall: Hall) -> None:
        self._guest, self._hall = guest, hall
        self._task: asyncio.Task[None] | None = None

    def follow(self, up: bool) -> None:
        """Send or do not."""
        if not up:
            self.stop()
        elif self._task is None:
            self._task = asyncio.create_task(self._send())

    def stop(self) -> None:
        """Fall silent."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _send(self) -> None:
        peer = await Peer.open()
        stream = Stream(BITS, SMALL)
        peer.on_rtcp = stream.heed
        try:
            offer = Publish(peer.offer(AUDIO_SSRC, VIDEO_SSRC))
            answer = cast(Published | None, await self._guest.ask(offer, Published))
            if answer is None:
                return
            await peer.connect(answer.sdp)
            for tick in itertools.count():
                me = self._guest.me
                packets = []
                if me is not None and me.microphone:
                    packets.append(stream.sound())
                if me is not None and me.camera and tick % 2 == 0:
                    packets += stream.frame()
                for packet in packets:
                    peer.send_rtp(packet)
                if me is not None and me.seat is Seat.ON_STAGE:
                    self._hall.sent += len(packets)
                await asyncio.sleep(TICK)
        except TimeoutError:
            # The engine does not answer one whose grant was taken while they connected.
            self._guest.tally.happened["a sender could not connect"] += 1
        finally:
            peer.close()
