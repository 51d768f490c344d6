"""An engine under a clock of the test's own, and an account of all that is protected for anybody.

Nothing goes through the network: publishers' packets are handed in, viewers' SRTP sessions have
keys that nobody negotiated. What leaves is looked at where it is protected, for every viewer.
"""

from __future__ import annotations

import functools
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, cast
from unittest import mock

from pylibsrtp import Policy
from pylibsrtp._binding import ffi

from bench import peer as bench
from stagedoor.media.interface import Grant, SubscribeOffer
from stagedoor.sfu import engine as engines
from stagedoor.sfu.negotiation import sdp
from stagedoor.sfu.negotiation.codecs import REPAIRS
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.stage.viewer import Viewer
from stagedoor.sfu.transport import dtls, port, srtp, udp
from stagedoor.sfu.workers import control

from .light import AUDIO, RID_EXTENSION, VIDEO
from .test_resending import WITH_RTX

ROOM = "room"
ALL = Grant(forward=True, microphone=True, camera=True)


class Protected(NamedTuple):
    """A packet that was protected: its sender's session, SSRC and index (RFC 3711, 3.3.1)."""

    session: int
    ssrc: int
    index: int
    plain: bytes


class Ledger:
    """Stands where packets are protected, and holds every number to its first content.

    ``broken``: what was protected under a number that had another content; ``refused``: what
    libsrtp would not protect, as it was out of its window.
    """

    def __init__(self) -> None:
        self.all: list[Protected] = []
        self.broken: list[tuple[Protected, Protected]] = []
        self.refused = 0
        self._known: dict[tuple[int, int, int], Protected] = {}
        self._newest: dict[tuple[int, int], int] = {}
        self._protect = srtp.protect

    def protect(self, handle: Any, buffer: Any, size: Any) -> int:
        """As libsrtp's, on record."""
        plain = bytes(ffi.buffer(buffer, size[0]))
        trouble = int(self._protect(handle, buffer, size))
        if trouble:
            self.refused += 1
            return trouble
        session, ssrc = int(ffi.cast("uintptr_t", handle)), int.from_bytes(plain[8:12])
        index = self._index(session, ssrc, int.from_bytes(plain[2:4]))
        entry = Protected(session, ssrc, index, plain)
        self.all.append(entry)
        first = self._known.setdefault(entry[:3], entry)
        if first.plain != plain:
            self.broken.append((first, entry))
        return 0

    def _index(self, session: int, ssrc: int, sequence: int) -> int:
        """The index as libsrtp takes it: the nearest to the newest, but none below 0."""
        newest = self._newest.get((session, ssrc), 0)
        index = sequence
        if newest > 0x8000:
            index = newest + ((sequence - newest + 0x8000) & 0xFFFF) - 0x8000
        self._newest[session, ssrc] = max(newest, index)
        return index


class Clock:
    """The part of an event loop that an engine has; nothing runs by itself."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *arguments: None


class Agreed:
    """DTLS that is done, with keys of its own."""

    done = True

    def verify(self, fingerprint: object) -> bool:
        return True

    def keys(self) -> srtp.Keys:
        profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
        return srtp.Keys(profile, os.urandom(28), os.urandom(28))

    def close(self) -> list[bytes]:
        return []


class World:
    """A room of one engine. ``offers`` by person; ``answers`` are made by one peer for all."""

    def __init__(self, sock: socket.socket, answers: bench.Peer, ledger: Ledger) -> None:
        self.clock = Clock()
        self.ledger = ledger
        self._answers = answers
        self._kept: list[object] = []  # sessions, so that no other one is known by its address
        self._offers: dict[str, SubscribeOffer] = {}
        with mock.patch.object(engines.asyncio, "get_running_loop", return_value=self.clock):
            self.engine = engines.Engine(sock, ["127.0.0.1"], self._tell, {})
        self._sink = self.engine._port.batch.destination(sock.getsockname())

    def _tell(self, told: control.Told) -> None:
        if isinstance(told, control.OfferNeeded):
            self._offers[told.person] = told.offer

    @property
    def stage(self) -> Any:
        return self.engine.stages[ROOM]

    def viewer(self, person: str) -> Viewer:
        return cast(Viewer, self.stage.viewers[person])

    def watch(self, person: str, *, repairs: bool) -> None:
        """Begin to watch, by a new connection; with or without a stream for repairs."""
        self.engine.subscribe(ROOM, person)
        peer = self.viewer(person).peer
        assert peer is not None
        cast(Any, peer)._dtls, cast(Any, peer)._destination = Agreed(), self._sink
        self.answer(person, repairs=repairs)
        self._kept.append(cast(Any, peer)._sender)
        self.leave()

    def answer(self, person: str, *, repairs: bool) -> None:
        """Take the offer that is out, if one is.

        What is taken is what the m-line says: without rtpmap lines alone a payload type stays.
        """
        offer = self._offers.pop(person, None)
        if offer is None:
            return
        answer = self._answers.answer(offer.sdp)
        if not repairs:
            lines = answer.split("\r\n")
            for number in REPAIRS.values():
                lines = [
                    line.replace(f" {number}", "") if line.startswith("m=") else line
                    for line in lines
                ]
            answer = "\r\n".join(lines)
        self.engine.answer(ROOM, person, offer.revision, answer)

    def publish(self, person: str, *rids: str) -> None:
        """Begin to publish sound and a picture, of so many layers, which can be sent again."""
        offer = self._answers.offer(AUDIO, VIDEO).replace("a=rtpmap:96 VP8/90000", WITH_RTX)
        if rids:
            lines = [f"a=extmap:{RID_EXTENSION} {sdp.RID}", *(f"a=rid:{rid} send" for rid in rids)]
            lines.append(f"a=simulcast:send {';'.join(rids)}")
            offer = offer.replace(f"a=ssrc:{VIDEO} cname:light", "\r\n".join(lines))
        self.engine.publish(ROOM, person, offer.replace("F 96", "F 96 97"))

    def hand(self, person: str, packet: bytes) -> None:
        """A packet of a publisher's comes, and all that it brings leaves."""
        self.stage.publishers[person].peer.on_rtp(packet)
        self.leave()

    def leave(self) -> None:
        """Have all leave that waits."""
        while not self.engine._outgoing.work():
            pass
        self.engine._port.batch.flush()

    def tick(self, seconds: float) -> None:
        """Time passes."""
        self.clock.now += seconds
        for publisher in self.stage.publishers.values():
            publisher.peer.heard_at = self.clock.now
        for viewer in self.stage.viewers.values():
            viewer.peer.heard_at = self.clock.now
        self.engine._tick()
        self.leave()

    def ask(self, person: str, kind: str, numbers: list[int]) -> None:
        """A viewer asks for numbers of the first place's track again."""
        track = self.stage.places[0].tracks[kind]
        peer = self.viewer(person).peer
        assert peer is not None
        peer.on_rtcp(rtcp.nack(1, track.ssrc, numbers))
        self.leave()

    def sent(self, person: str, kind: str = "video") -> list[bytes]:
        """What this viewer was sent of the first place's track by the present connection."""
        ssrc = self.stage.places[0].tracks[kind].ssrc
        peer = self.viewer(person).peer
        assert peer is not None
        assert peer.target is not None
        session = int(ffi.cast("uintptr_t", peer.target[0]))
        found = (one for one in self.ledger.all if (one.session, one.ssrc) == (session, ssrc))
        return [one.plain for one in found]


@contextmanager
def world() -> Iterator[World]:
    """A World whose every packet is on the ledger."""
    ledger = Ledger()
    identity, answers = _once()
    with (
        udp.open_socket("127.0.0.1", 0) as sock,
        mock.patch.object(port, "identity", return_value=identity),
        mock.patch.object(srtp, "protect", ledger.protect),
    ):
        yield World(sock, answers, ledger)


@contextmanager
def staged() -> Iterator[World]:
    """With Ada on the stage and her camera, and two who watch, the second without RTX.

    No number may have two contents in the end, and nothing have been refused.
    """
    with world() as made:
        made.engine.grant(ROOM, "ada", ALL)
        made.watch("rich", repairs=True)
        made.watch("plain", repairs=False)
        made.publish("ada")
        yield made
        assert made.ledger.broken == []
        assert made.ledger.refused == 0


@functools.cache
def _once() -> tuple[dtls.Identity, bench.Peer]:
    """What takes a while to make, and can be the same for all."""
    return dtls.identity(), bench.Peer(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
