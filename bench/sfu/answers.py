"""How soon the engine answers viewers who ask all the time, while it is busy sending.

What it answers are connectivity checks (RFC 8445), on which consent to be sent anything depends,
and lost packets that are asked for (RTCP's NACK). An answer's time is the kernel's at the viewer's
socket, so that it has nothing of the viewer's waiting for the processor.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import struct
import time
from collections.abc import Sequence

from bench.delays import median_and_tail
from bench.peer import Peer
from stagedoor.sfu.negotiation import codecs
from stagedoor.sfu.packets import rtcp

from .crowd import SO_TIMESTAMPNS
from .stream import VP8

EVERY = 0.008  # seconds between two checks, of one viewer after the other
REPAIRS = 8  # checks to one packet that is said to be lost
BURST = 0.15  # seconds from a keyframe's first packet on that are looked at apart
_TIMESPEC = struct.Struct("@qq")


class Answers:
    """How long answers of one sort took, in milliseconds, and when they were asked for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._taken: list[tuple[int, float]] = []

    def take(self, asked: int, answered: int) -> None:
        """An answer; nanoseconds."""
        self._taken.append((asked, (answered - asked) / 1e6))

    def words(self, keys: list[int], unanswered: int) -> str:
        """Over all, and of those who asked while a keyframe was being sent."""
        every = [taken for _, taken in self._taken]
        busy = [one for at, one in self._taken if any(0 <= at - key < BURST * 1e9 for key in keys)]
        return (
            f"{self.name}: {_most(every)}, in the {BURST * 1000:.0f} ms after a keyframe"
            f" {_most(busy)} ({len(every)} asked, {unanswered} not answered)"
        )

    def clear(self) -> None:
        """Begin anew."""
        self._taken.clear()


def _most(taken: list[float]) -> str:
    if not taken:
        return "none"
    half, most = median_and_tail(taken)
    return f"median {half:.1f}, 99th percentile {most:.1f}, latest {max(taken):.1f} ms"


class Asker:
    """Viewers of a server, whose ``peers`` are connected. ``run`` asks until it is cancelled.

    They take turns, as one alone is not answered so often.
    """

    def __init__(self, peers: Sequence[Peer]) -> None:
        self._peers = peers
        for peer in peers:
            peer.detach()
            peer.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.checks = Answers("connectivity checks answered")
        self.repairs = Answers("lost packets sent again")
        self.keys: list[int] = []
        self._checked: dict[bytes, int] = {}
        self._newest: dict[Peer, tuple[int, int]] = {}
        self._lost: dict[Peer, int] = {}

    def sent(self, packet: bytes) -> None:
        """A packet that the publisher sends now: keyframes are noted."""
        part = codecs.part(VP8, packet, 12)
        if part is not None and part.start and part.key:
            self.keys.append(time.time_ns())

    def clear(self) -> None:
        """Begin anew."""
        self._read()
        for kept in (self._checked, self._lost, self.keys):
            kept.clear()
        self.checks.clear()
        self.repairs.clear()

    def lines(self) -> list[str]:
        """What came of it."""
        self._read()
        late = time.time_ns() - 10**9
        sorts = (self.checks, self._checked.values()), (self.repairs, self._lost.values())
        return [one.words(self.keys, sum(at < late for at in open_)) for one, open_ in sorts]

    async def run(self) -> None:
        """Ask."""
        for count in itertools.count():
            self._read()
            peer = self._peers[count % len(self._peers)]
            self._check(peer)
            if count % REPAIRS == 0:
                self._lose(self._peers[count // REPAIRS % len(self._peers)])
            await asyncio.sleep(EVERY)

    def _check(self, peer: Peer) -> None:
        transaction = os.urandom(12)
        request = peer.check(transaction)
        self._checked[transaction] = time.time_ns()
        peer.send(request)

    def _lose(self, peer: Peer) -> None:
        if peer in self._newest and peer not in self._lost:
            sequence, ssrc = self._newest[peer]
            self._lost[peer] = time.time_ns()
            peer.send_rtcp(rtcp.nack(1, ssrc, [sequence]))

    def _read(self) -> None:
        for peer in self._peers:
            with contextlib.suppress(BlockingIOError):
                while True:
                    data, controls, _, _ = peer.socket.recvmsg(2048, 64)
                    self._take(peer, data, _stamp(controls))

    def _take(self, peer: Peer, data: bytes, at: int) -> None:
        if data[0] < 4:
            asked = self._checked.pop(data[8:20], None)
            if asked is not None:
                self.checks.take(asked, at)
            return
        payload_type = data[1] & 0x7F
        if payload_type == VP8:
            self._newest[peer] = int.from_bytes(data[2:4]), int.from_bytes(data[8:12])
        elif payload_type == codecs.REPAIRS[VP8] and peer in self._lost:
            self.repairs.take(self._lost.pop(peer), at)

    def close(self) -> None:
        """Hang up."""
        for peer in self._peers:
            peer.close()


def _stamp(controls: list[tuple[int, int, bytes]]) -> int:
    """When the kernel got a datagram, in nanoseconds."""
    for level, kind, content in controls:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = _TIMESPEC.unpack(content)
            return int(seconds) * 10**9 + int(nanoseconds)
    return time.time_ns()
