"""A stage with all that is on it: what people send, once it is decrypted, up to what is sent on.

Two engines, as a large room is at two workers: ann, who names her SSRCs, and ben, who sends layers,
publish at the first; cat and dan watch there, eve at the second. An input is several steps, joined:
each a byte that says what it is, and what that carries.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
from typing import Any

from stagedoor.media.interface import Grant, Tile
from stagedoor.sfu.engine import Engine
from stagedoor.sfu.transport import srtp, udp
from stagedoor.sfu.transport.peer import Peer

from . import descriptions as d
from .packets import COMPOUNDS, MID, PAYLOADS, RID, TIME, packet
from .target import LONGEST, Run, Target, join, split

ROOM = "room"
ANN, BEN, CAT, DAN, EVE, ANN_REPORTS, WAIT, CHANGE = range(8)
OURS = b"SSRC"  # stands for the SSRC of a track of ours
RENEW = 50  # inputs for which the same connections serve
OFFERS = {
    "ann": d._text(*d._AUDIO, *d._VIDEO, *d._NAMED).decode(),
    "ben": d._text(*d._AUDIO, *d._VIDEO, *d._SIMULCAST).decode(),
}
GRANTS = [
    Grant(True, True, True, True),
    Grant(True, True, False, False),
    Grant(False, False, False, False),
    Grant(True, True, True, True, backstage=True),
]


class Stage:
    """Both engines, on a clock that the inputs move on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._loop = asyncio.new_event_loop()
        self._loop.time = lambda: self.now  # type: ignore[method-assign]
        self._offers: dict[str, Any] = {}
        self._versions = itertools.count()
        self._sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sink.bind(("127.0.0.1", 0))
        self._loop.run_until_complete(self._open())
        self._count = 0

    async def _open(self) -> None:
        ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in ends:
            end.setblocking(False)
        self._engines = [
            Engine(udp.open_socket("127.0.0.1", 0), ["127.0.0.1"], self._tell, {1 - index: end})
            for index, end in enumerate(ends)
        ]
        for engine in self._engines:
            for person in OFFERS:
                engine.grant(ROOM, person, GRANTS[0])
        self._renew()

    def _tell(self, told: Any) -> None:
        if hasattr(told, "offer"):
            self._offers[told.person] = told.offer

    def _renew(self) -> None:
        """Have everybody connect anew, as each connection takes a few SSRCs only."""
        home, other = self._engines
        version = f"a=ice-ufrag:v{next(self._versions)}"
        for person, offer in OFFERS.items():
            home.publish(ROOM, person, offer.replace("a=ice-ufrag:abcd", version))
            self._connect(home, home.stages[ROOM].publishers[person].peer)
        home.relay(ROOM, 1, True)
        for engine, person in ((home, "cat"), (home, "dan"), (other, "eve")):
            engine.subscribe(ROOM, person)
            peer = engine.stages[ROOM].viewers[person].peer
            offer = self._offers[person]
            engine.answer(ROOM, person, offer.revision, _answer(offer.sdp))
            self._connect(engine, peer)

    def _connect(self, engine: Engine, peer: Peer | None) -> None:
        """As if DTLS were done."""
        assert peer is not None
        keys = srtp.Keys(srtp.PROFILES[0].libsrtp, bytes(28), bytes(28))
        peer._sender = srtp.Sender(keys)
        peer._destination = engine._port.batch.destination(self._sink.getsockname())
        peer.ready = True
        peer._aim()
        peer.on_ready()

    def take(self, data: bytes) -> None:
        """One input."""
        self._count += 1
        if self._count % RENEW == 0:
            self._renew()
        for step in split(data):
            if step:
                self._step(step[0] & 7, step[1 : 1 + LONGEST])
        self._loop.run_until_complete(asyncio.sleep(0))
        for engine in self._engines:
            assert engine._troubles.count == 0, "an engine met with an error"

    def _step(self, kind: int, body: bytes) -> None:
        home, other = (engine.stages[ROOM] for engine in self._engines)
        if OURS in body:
            track = home.places[0].tracks["video"]
            body = body.replace(OURS, track.ssrc.to_bytes(4))
        if kind in (ANN, BEN, ANN_REPORTS):
            publisher = home.publishers["ben" if kind == BEN else "ann"]
            (publisher.peer.on_rtcp if kind == ANN_REPORTS else publisher.peer.on_rtp)(body)
        elif kind in (CAT, DAN, EVE):
            viewers = (other if kind == EVE else home).viewers
            peer = viewers[{CAT: "cat", DAN: "dan", EVE: "eve"}[kind]].peer
            assert peer is not None
            peer.on_rtcp(body)
        elif kind == WAIT:
            self._wait(int.from_bytes(body[:2]) / 4096)
        elif kind == CHANGE and body:
            for engine in self._engines:
                engine.grant(ROOM, "ann", GRANTS[body[0] & 3])
            lines = float(10 * body[0])
            self._engines[0].view(ROOM, "dan", [Tile("ben", "video", lines)])

    def _wait(self, seconds: float) -> None:
        """Move on, up to 16 s; nobody's consent runs out."""
        self.now += seconds
        for engine in self._engines:
            stage = engine.stages[ROOM]
            for one in (*stage.viewers.values(), *stage.publishers.values()):
                if one.peer is not None:
                    one.peer.heard_at = self.now
            engine._tick_stage(stage, self.now, True)


def _answer(offer: str) -> str:
    """A viewer's answer that takes everything."""
    lines = offer.replace("actpass", "active").replace("sendonly", "recvonly").split("\r\n")
    return "\r\n".join(line for line in lines if not line.startswith("a=ice-lite"))


def _stage() -> Run:
    return Stage().take


def _seeds() -> list[bytes]:
    key, rest = PAYLOADS[1], b"\x90\xf0\x81\x24\x46\x67\x60\x01\0\0"
    named = [packet(key, sequence=1), *(packet(rest, sequence=one) for one in (2, 3, 5, 6))]
    rids = [packet(key, 96, MID + RID + TIME, one) for one in (1, 2, 65535)]
    wait = bytes([WAIT, 1, 0])
    reports = [bytes([ANN_REPORTS]) + one for one in COMPOUNDS]
    ours = [one.replace((2222).to_bytes(4), OURS) for one in COMPOUNDS]
    watching = [bytes([who]) + one for who in (CAT, DAN, EVE) for one in ours]
    return [
        join([bytes([ANN]) + one for one in named]),
        join([*(bytes([BEN]) + one for one in rids), wait, *watching[:4]]),
        join([*(bytes([ANN]) + one for one in named), *reports, wait, *watching]),
        join([bytes([CHANGE, 1]), wait, bytes([ANN]) + named[0], bytes([CHANGE, 3]), *watching]),
        join([bytes([ANN]) + packet(b"sound", 111, b"\x10\x85" + b"\x40\x30"), wait] * 4),
    ]


STAGE = Target(
    "stage",
    _stage,
    _seeds(),
    words=[OURS, b"\x90\xf0\x81\x23", b"\x81\xcd\0\x03", b"\x8f\xce", b"REMB", MID, RID, TIME],
    longest=4096,
)
