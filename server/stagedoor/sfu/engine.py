"""The engine's heart: its stages, and what the server asks for. Runs in the child."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from stagedoor.media.interface import Grant, MediaError, Tile

from . import figures
from .negotiation import descriptions, sdp
from .negotiation.codecs import Codec
from .stage.forwarding import Forwarder
from .stage.loudest import MOST
from .stage.offering import Offering
from .stage.outgoing import Outgoing
from .stage.publisher import PICTURES, Publisher
from .stage.stage import Stage
from .stage.tally import forwarded
from .stage.track import Tally
from .stage.viewer import Viewer
from .transport.peer import Peer
from .transport.port import Port
from .troubles import Troubles
from .workers import control
from .workers.links import Link
from .workers.relays import RelayedPeer, Relays

TICK = 0.05
REPORT = 1.0
RECORD = 2.0  # seconds after which the server is told what was forwarded, for the audit
MAX_SDP = 256 * 1024
MAX_TILES = 200


class Engine:
    """Stages by room, and the port of their peers.

    ``tell`` takes what the server is told; ``full`` is whether it has enough to read for now.
    """

    def __init__(
        self,
        sock: socket.socket,
        addresses: Sequence[str],
        tell: Callable[[control.Told], None],
        links: Mapping[int, socket.socket],
        voices: int = MOST,
        more: tuple[Codec, ...] = (),
        listener: socket.socket | None = None,
        full: Callable[[], bool] = lambda: False,
    ) -> None:
        self.stages: dict[str, Stage] = {}
        self._addresses = tuple(addresses)
        self._tell = tell
        self._voices = voices
        self._more = more
        self._loop = asyncio.get_running_loop()
        self._troubles = Troubles()
        self._port = Port(sock, self._troubles, self._arrived, listener)
        self._outgoing = Outgoing(self._port.batch, self._loop.time)
        self._forwarder = Forwarder(self._port.batch, self._outgoing)
        self._offering = Offering(self._local, tell, full)
        self._working = False
        self._reported_at = 0.0
        self._recorded_at = 0.0
        self._relays = Relays(links, self.stages, self._attach, self._relayed_peer)
        for worker, link in links.items():
            self._loop.add_reader(link, self._relayed, worker)
        self._loop.call_later(TICK, self._tick)

    # -- packets

    def _arrived(self) -> None:
        """Packets have been handed to their peers, or the socket takes more again."""
        self._relays.flush()
        if not self._working:
            self._work()

    def _relayed(self, worker: int) -> None:
        for record in self._relays.read(worker):
            try:
                self._relays.take(worker, *record)
            except Exception:
                self._troubles.log()
        if not self._working:
            self._work()

    def _work(self) -> None:
        """Fan out for a while; what is left goes on after whatever has arrived meanwhile."""
        self._working = not self._outgoing.work()
        if self._working:
            self._loop.call_soon(self._work)
        self._port.flush()

    def _relayed_peer(self, link: Link, number: int) -> RelayedPeer:
        return RelayedPeer(link, number, self._port.batch, self._port.identity)

    def _local(self, peer: Peer) -> descriptions.Local:
        port = self._port
        return descriptions.Local(
            peer.ufrag,
            peer.pwd,
            port.identity.fingerprint,
            self._addresses,
            port.number,
            self._more,
            tcp=port.streams.number if port.streams is not None else 0,
        )

    # -- what the server asks for

    def _stage(self, room: str) -> Stage:
        return self.stages.setdefault(room, Stage(room, self._voices))

    def grant(self, room: str, person: str, grant: Grant | None) -> None:
        """In force for the next packet when this returns (rule 13)."""
        stage = self._stage(room)
        self._end_period(stage, person)
        before = stage.grants.pop(person, Grant())
        if grant is not None:
            stage.grants[person] = grant
        now = grant or Grant()
        moved = before.forward and now.forward and before.backstage != now.backstage
        if stage.interrupt(person, before, now, moved):
            self._port.empty()
        changed = stage.seat(person, now.forward) or moved
        if now.allows("screen") and stage.share(person):
            changed = True
        publisher = stage.publishers.get(person)
        if grant is None and publisher is not None:
            self._unpublish(stage, publisher)
        elif publisher is not None:
            for kind in ("audio", *PICTURES):
                if now.allows(kind) and (moved or not before.allows(kind)):
                    publisher.begin(kind)
        if changed:
            stage.director.hurried = True
            for viewer in stage.viewers.values():
                if before.public or now.public or viewer.person in stage.insiders:
                    viewer.change()
            self._offering.all(stage)
        self._forget_if_empty(stage)

    def _end_period(self, stage: Stage, person: str) -> None:
        """Say what was sent of a person under the grant that ends here, and count anew."""
        self._tell_forwarded(stage, person)
        place = stage.place_of(person)
        for track in place.tracks.values() if place is not None else ():
            track.tally = Tally()

    def _tell_forwarded(self, stage: Stage, person: str | None = None) -> None:
        periods = [*forwarded(stage, person)]
        if periods:
            self._tell(control.Recorded(stage.room, periods))

    def show_backstage(self, room: str, people: Sequence[str]) -> None:
        """In force for the next packet when this returns (rule 13)."""
        stage = self._stage(room)
        stage.show_backstage(people)
        self._port.empty()
        self._offering.all(stage)
        self._forget_if_empty(stage)

    def publish(self, room: str, person: str, offer: str) -> str:
        """Answer a publishing offer. Raises MediaError."""
        stage = self._stage(room)
        if person not in stage.grants:
            self._forget_if_empty(stage)
            raise MediaError("no_seat", "Only people with a seat or an offer of one can publish.")
        try:
            parsed = sdp.parse(_limited(offer))
            remote = parsed.transport()
            if remote.setup not in ("actpass", "active"):
                raise sdp.SdpError("the offer's a=setup must be actpass or active")
            old = stage.publishers.get(person)
            same = old is not None and old.peer.remote == remote and not old.peer.failed
            peer = old.peer if old is not None and same else self._port.add_peer()
            try:
                taken = descriptions.answer(parsed, self._local(peer), secrets.randbits(48))
            except sdp.SdpError:
                if not same:
                    self._port.drop(peer)
                raise
        except descriptions.NoCommonCodecError as error:
            raise MediaError("no_common_codec", f"{_sentence(error)}") from error
        except sdp.SdpError as error:
            raise MediaError("bad_sdp", f"{_sentence(error)}") from error
        if old is not None and same:
            old.renegotiate(taken)
        else:
            self._attach(stage, Publisher(person, peer, taken))
            peer.connect(remote)
        self._relays.announce(stage, stage.publishers[person])
        for wish in stage.publishers[person].keyframes.values():
            wish.reset()
        return taken.sdp

    def _attach(self, stage: Stage, publisher: Publisher) -> None:
        before = stage.publishers.get(publisher.person)
        self._port.drop(before.peer if before is not None else None)
        stage.publishers[publisher.person] = publisher
        peer, loop, forwarder = publisher.peer, self._loop, self._forwarder

        def rtp(packet: bytes) -> None:
            forwarder.rtp(stage, publisher, packet, loop.time())

        def rtcp(packet: bytes) -> None:
            forwarder.publisher_rtcp(stage, publisher, packet, loop.time())

        peer.on_rtp, peer.on_rtcp = rtp, rtcp
        told = control.Publishing(stage.room, publisher.person, True)
        peer.on_ready = partial(self._tell, told)

    def _unpublish(self, stage: Stage, publisher: Publisher) -> None:
        self._port.drop(publisher.peer)
        self._port.flush()
        if stage.publishers.get(publisher.person) is publisher:
            del stage.publishers[publisher.person]
            self._tell(control.Publishing(stage.room, publisher.person, False))

    def subscribe(self, room: str, person: str) -> None:
        """Begin (again) to send a person the stage."""
        stage = self._stage(room)
        viewer = stage.viewers.get(person)
        if viewer is None:
            viewer = Viewer(person, 0)
        self._port.drop(viewer.peer)
        peer = self._port.add_peer()
        viewer.renew(peer)
        stage.admit(viewer)

        def ready() -> None:
            now = self._loop.time()
            self._forwarder.settle(stage, viewer, now)

        def rtcp(packet: bytes) -> None:
            self._forwarder.viewer_rtcp(stage, viewer, packet, self._loop.time())

        peer.on_ready, peer.on_rtcp = ready, rtcp
        self._offering.one(stage, viewer)

    def answer(self, room: str, person: str, revision: int, answer: str) -> None:
        """Take a viewer's answer. Raises MediaError."""
        stage = self._stage(room)
        viewer = stage.viewers.get(person)
        if viewer is None:
            self._forget_if_empty(stage)
            raise MediaError("stale_answer", "Nothing was offered to you.")
        try:
            viewer.answer(revision, sdp.parse(_limited(answer)))
        except sdp.SdpError as error:
            raise MediaError("bad_sdp", _sentence(error)) from error
        now = self._loop.time()
        self._forwarder.settle(stage, viewer, now)
        self._offering.one(stage, viewer)
        self._port.flush()

    def view(self, room: str, person: str, tiles: Sequence[Tile]) -> None:
        """How large a viewer shows pictures; without an effect for whoever does not watch."""
        stage = self.stages.get(room)
        viewer = stage.viewers.get(person) if stage is not None else None
        if stage is not None and viewer is not None:
            viewer.sizes = {(tile.person, tile.kind): tile.lines for tile in tiles[:MAX_TILES]}
            stage.director.direct(viewer)

    def leave(self, room: str, person: str) -> None:
        """Forget a person."""
        stage = self.stages.get(room)
        if stage is None:
            return
        viewer = stage.dismiss(person)
        if viewer is not None:
            self._port.drop(viewer.peer)
        self._port.flush()
        self.grant(room, person, None)

    def close_room(self, room: str) -> None:
        """Forget a room and everybody in it."""
        stage = self.stages.get(room)
        if stage is None:
            return
        stage.insiders = frozenset()
        stage.relays.clear()
        for person in {*stage.viewers, *stage.publishers, *stage.grants}:
            self.leave(room, person)
        self._forget_if_empty(stage)

    def relay(self, room: str, worker: int, on: bool) -> None:
        """Pass what is published in a room on to another worker, or stop that."""
        stage = self._stage(room)
        self._relays.relay(stage, worker, on)
        self._forget_if_empty(stage)

    def _forget_if_empty(self, stage: Stage) -> None:
        if stage.empty:
            self.stages.pop(stage.room, None)

    # -- time

    def _tick(self) -> None:
        now = self._loop.time()
        report = now - self._reported_at >= REPORT
        if report:
            self._reported_at = now
        record = now - self._recorded_at >= RECORD
        if record:
            self._recorded_at = now
        for stage in list(self.stages.values()):
            try:
                self._tick_stage(stage, now, report)
                if record:
                    self._tell_forwarded(stage)
            except Exception:
                self._troubles.log()
        self._port.tick(now)
        if not self._working:
            self._work()
        self._port.flush()
        self._relays.flush()
        self._loop.call_later(TICK, self._tick)

    def _tick_stage(self, stage: Stage, now: float, report: bool) -> None:
        for publisher in list(stage.publishers.values()):
            publisher.peer.tick(now)
            if publisher.peer.reachable:  # or a wish would be spent on nobody
                publisher.feedback(now, stage.grants.get(publisher.person))
            if publisher.peer.lost(now):
                self._unpublish(stage, publisher)
            elif report:
                publisher.report(now, stage.needed(publisher, now))
        for needed in stage.director.tick(now):
            self._tell(control.LayersNeeded(stage.room, *needed))
        self._forwarder.release(stage, now)
        self._forwarder.pace(stage, now)
        self._forwarder.catch_up(stage, now)
        pictured = stage.pictured() if report else None
        for viewer in list(stage.viewers.values()):
            peer = viewer.peer
            if peer is None:
                continue
            if peer.retransmit_at is not None:
                peer.tick(now)
            if viewer.tries:
                self._forwarder.pad(stage, viewer, TICK, now)
            if pictured is None:  # of a thousand viewers, nothing else is looked at each time
                continue
            viewer.downlink.wait(peer in pictured, now)
            if viewer.overdue(now) or (peer.lost(now) and peer.remote is not None):
                self.subscribe(stage.room, viewer.person)
        speaking = stage.speakers.changed(now)
        if speaking is not None:
            self._tell(control.Speaking(stage.room, speaking))

    # -- figures

    def stats(self) -> dict[str, object]:
        """Counters of the whole engine."""
        stages = self.stages.values()
        return {
            "pid": os.getpid(),
            "cpu_seconds": time.process_time(),
            "rooms": len(self.stages),
            "publishers": sum(len(stage.publishers) for stage in stages),
            "viewers": sum(len(stage.viewers) for stage in stages),
            "peers": self._port.peers,
            "packets_received": self._forwarder.received,
            "packets_refused": self._forwarder.refused,
            "packets_forwarded": self._forwarder.forwarded,
            "packets_resent": self._forwarder.resent,
            "packets_withheld": self._forwarder.withheld,
            "datagrams_sent": self._port.batch.sent,
            "datagrams_dropped": self._port.batch.dropped + self._outgoing.dropped,
            "relays_dropped": self._relays.lost,
            "tcp_connections": len(self._port.streams or ()),
            "tcp_dropped": self._port.streams.dropped if self._port.streams is not None else 0,
            "troubles": self._troubles.count,
            "jobs": self._outgoing.jobs,
            "jobs_delay": self._outgoing.delay,
            "jobs_waiting": self._outgoing.waiting,
            "stages": [figures.of_stage(stage) for stage in stages],
        }


def _limited(text: str) -> str:
    if len(text) > MAX_SDP:
        raise sdp.SdpError("the description is too long")
    return text


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
