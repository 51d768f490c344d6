"""Between the workers of one room: what its home passes on, and keyframe wishes back to it.

Over a local socket to each other worker go records of kind, publisher's number and body, as many
in one message as there were. The other worker has a publisher of its own for each of the home's,
whose transport is the socket: packets come unprotected, and are looked at as at home (rule 14).
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from ..negotiation.descriptions import Published
from ..packets import rtcp
from ..stage.publisher import Publisher
from ..stage.stage import Stage
from ..transport.batch import Batch
from ..transport.dtls import Identity
from ..transport.peer import Peer
from .links import BACKSTAGE, PUBLISHED, RTCP, WISH, Link


class Announced(Struct, frozen=True):
    """The body of PUBLISHED: somebody publishes this in a room."""

    room: str
    person: str
    published: Published


_announced = msgspec.msgpack.Decoder(Announced)


class RelayedPeer(Peer):
    """A publisher's transport that is at another worker."""

    def __init__(self, link: Link, number: int, batch: Batch, identity: Identity) -> None:
        super().__init__(batch, identity, 0.0)
        self._link, self._number = link, number

    @property
    def reachable(self) -> bool:
        """By the socket, always."""
        return True

    def lost(self, now: float) -> bool:
        """Its home knows."""
        return False

    def send_rtcp(self, packet: bytes) -> None:
        """Keyframe wishes go to the home; reports and NACKs are the home's alone."""
        if any(rtcp.keyframe_wanted(one) for one in rtcp.split(packet)):
            self._link.put(WISH, self._number, packet)


class Relays:
    """All links of one worker. ``stages`` are the engine's, by room.

    ``join(stage, publisher)`` has the engine take a publisher; ``peer(link, number)`` makes the
    transport of one that is at another worker.
    """

    def __init__(
        self,
        sockets: Mapping[int, socket.socket],
        stages: Mapping[str, Stage],
        join: Callable[[Stage, Publisher], None],
        peer: Callable[[Link, int], RelayedPeer],
    ) -> None:
        self._links = {worker: Link(sock) for worker, sock in sockets.items()}
        self._stages = stages
        self._join = join
        self._peer = peer
        self._publishers: dict[tuple[int, int], Publisher] = {}  # by worker and number

    @property
    def lost(self) -> int:
        """How many records other workers were too slow for."""
        return sum(link.lost for link in self._links.values())

    def relay(self, stage: Stage, worker: int, on: bool) -> None:
        """Pass on to a worker what is published in a room, beginning with who publishes."""
        if not on:
            stage.relays.pop(worker, None)
            return
        link = stage.relays[worker] = self._links[worker]
        for publisher in stage.publishers.values():
            self._announce(stage, publisher, link)
        link.flush()

    def announce(self, stage: Stage, publisher: Publisher) -> None:
        """Tell the room's other workers what somebody publishes."""
        for link in stage.relays.values():
            self._announce(stage, publisher, link)
            link.flush()

    def _announce(self, stage: Stage, publisher: Publisher, link: Link) -> None:
        announced = Announced(stage.room, publisher.person, publisher.published)
        link.put(PUBLISHED, publisher.number, msgspec.msgpack.encode(announced))

    def flush(self) -> None:
        """Send what was put into the links."""
        for link in self._links.values():
            link.flush()

    def read(self, worker: int) -> list[tuple[int, int, bytes]]:
        """The records that have come from a worker."""
        return self._links[worker].read()

    def take(self, worker: int, kind: int, number: int, body: bytes) -> None:
        """Do as a record says."""
        if kind == PUBLISHED:
            self._published(worker, number, _announced.decode(body))
        elif kind == WISH:
            self._wish(number, body)
        else:
            publisher = self._publishers.get((worker, number))
            if publisher is not None and not publisher.peer.failed:
                peer, publisher.backstage = publisher.peer, kind == BACKSTAGE
                (peer.on_rtcp if kind == RTCP else peer.on_rtp)(body)

    def _published(self, worker: int, number: int, announced: Announced) -> None:
        """Have a publisher for one at another worker; what the room knows nothing of is late."""
        stage = self._stages.get(announced.room)
        if stage is None or announced.person not in stage.grants:
            return
        known = self._publishers.get((worker, number))
        if known is not None and stage.publishers.get(announced.person) is known:
            known.renegotiate(announced.published)
        else:
            peer = self._peer(self._links[worker], number)
            known = Publisher(announced.person, peer, announced.published)
            self._join(stage, known)
            self._publishers = {
                key: one for key, one in self._publishers.items() if not one.peer.failed
            }
            self._publishers[worker, number] = known
        for wish in known.keyframes.values():
            wish.reset()

    def _wish(self, number: int, compound: bytes) -> None:
        wanted = [ssrc for one in rtcp.split(compound) for ssrc in rtcp.keyframe_wanted(one)]
        for stage in self._stages.values():
            for publisher in stage.publishers.values():
                if publisher.number == number:
                    publisher.ask_for_keyframes(wanted)
