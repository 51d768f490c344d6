"""A bad network between a server and a viewer: it loses packets, the same ones in every run."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
from typing import Any

from bench.peer import RECEIVE_BUFFER, Remote

QUEUE = 0.2  # seconds of packets that wait where the rate is limited; others are dropped
HEADERS = 28  # bytes of IPv4 and UDP


class Relay:
    """Stands at an address of this side for a server, whose offer it rewrites (``offer``).

    Both ways take ``delay`` seconds. Towards the viewer the share ``lose`` of RTP and RTCP is lost,
    and not more than ``rate`` bits a second pass, if that is set.
    """

    def __init__(
        self,
        here: str,
        offer: str,
        *,
        lose: float = 0.0,
        delay: float = 0.0,
        rate: float | None = None,
        seed: int = 1,
    ) -> None:
        self.rate = rate
        self._lose, self._delay = lose, delay
        self._target = Remote.parse(offer).address
        self._chance = random.Random(seed)
        self._free = 0.0  # when the narrow place has let through what it has taken
        self._loop = asyncio.get_running_loop()
        self._far: dict[Any, socket.socket] = {}
        self._near = _socket()
        self._near.bind((here, 0))
        self._loop.add_reader(self._near, self._from_viewer)
        host, port = self._near.getsockname()
        candidate = re.compile(r"^(a=candidate:\S+ 1 udp \d+) \S+ \d+ ", re.M | re.I)
        self.offer = candidate.sub(rf"\1 {host} {port} ", offer)

    def close(self) -> None:
        """Carry nothing any more."""
        for one in (self._near, *self._far.values()):
            self._loop.remove_reader(one)
            one.close()

    def _from_viewer(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                data, address = self._near.recvfrom(2048)
                if address not in self._far:
                    self._connect(address)
                self._loop.call_later(self._delay, _send, self._far[address], data, self._target)

    def _connect(self, viewer: Any) -> None:
        """A socket of its own for each of the viewer's, so that the server can tell them apart."""
        far = self._far[viewer] = _socket()
        self._loop.add_reader(far, self._from_server, far, viewer)

    def _from_server(self, far: socket.socket, viewer: Any) -> None:
        with contextlib.suppress(OSError):
            while True:
                data = far.recv(2048)
                lost = 128 <= data[0] < 192 and self._chance.random() < self._lose
                wait = None if lost else self._queued(len(data))
                if wait is not None:
                    self._loop.call_later(self._delay + wait, _send, self._near, data, viewer)

    def _queued(self, size: int) -> float | None:
        """How long a datagram waits at the narrow place; None if there is no room for it."""
        if self.rate is None:
            return 0.0
        now = self._loop.time()
        begin = max(now, self._free)
        if begin - now > QUEUE:
            return None
        self._free = begin + (size + HEADERS) * 8 / self.rate
        return self._free - now


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    return made


def _send(sock: socket.socket, data: bytes, address: Any) -> None:
    with contextlib.suppress(OSError):  # it is lost, as it may be on any network
        sock.sendto(data, address)
