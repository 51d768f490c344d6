"""The engine's port: one UDP socket for all peers, who are told apart by ufrag and by address.

Whoever cannot reach it comes by TCP, on the same number, to the same peers.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from ..troubles import Troubles
from . import ice, srtp
from .addresses import Address
from .admission import SILENT
from .batch import Batch
from .dtls import identity
from .peer import Peer
from .stream import Stream
from .tcp import Connections
from .udp import Inbox


class Port:
    """Reads datagrams and hands each to its peer; sends what is in the ``batch``.

    ``done`` is called when a burst has been read, and when a socket that took no more is writable
    again. Times are seconds of the event loop's clock.
    """

    def __init__(
        self,
        sock: socket.socket,
        troubles: Troubles,
        done: Callable[[], None],
        listener: socket.socket | None = None,
    ) -> None:
        self.number: int = sock.getsockname()[1]
        self.batch = Batch(sock)
        self.identity = identity()
        self._socket = sock
        self._inbox = Inbox(sock)
        self._troubles = troubles
        self._done = done
        self._by_ufrag: dict[str, Peer] = {}
        self._by_address: dict[Address, Peer] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(sock, self._readable)
        self.streams = Connections(listener, self._framed, done) if listener else None

    @property
    def peers(self) -> int:
        """How many there are."""
        return len(self._by_ufrag)

    def add_peer(self) -> Peer:
        """Have a new peer, who is known by its ufrag."""
        peer = Peer(self.batch, self.identity, self._loop.time())
        self._by_ufrag[peer.ufrag] = peer
        return peer

    def drop(self, peer: Peer | None) -> None:
        """Say goodbye to a peer and forget it."""
        if peer is None:
            return
        peer.close()
        self._by_ufrag.pop(peer.ufrag, None)
        for address in list(peer.addresses):
            if isinstance(address, Stream):
                assert self.streams is not None
                self.streams.end(address)
            elif self._by_address.get(address) is peer:
                del self._by_address[address]

    def flush(self) -> None:
        """Send what is in the batch; if the socket takes no more, go on once it does."""
        if not self.batch.flush():
            self._loop.add_writer(self._socket, self._writable)
        if self.streams is not None:
            self.streams.flush()

    def empty(self) -> None:
        """Have nothing wait that was made before now: send it at once, or not at all."""
        if not self.batch.flush():
            self.batch.discard()
        if self.streams is not None:
            self.streams.empty()

    def tick(self, now: float) -> None:
        """See to it that nobody holds a connection for nothing."""
        if self.streams is not None:
            self.streams.tick(now)

    def _writable(self) -> None:
        if self.batch.flush():
            self._loop.remove_writer(self._socket)
            self._done()

    def _readable(self) -> None:
        now = self._loop.time()
        for data, address in self._inbox.read():
            try:
                self._datagram(data, address, now)
            except srtp.Error:
                self._troubles.add()
            except Exception:
                self._troubles.log()
        self._done()

    def _datagram(self, data: bytes, address: Address, now: float) -> None:
        """Tell STUN, DTLS and SRTP apart by the first byte (RFC 7983)."""
        if len(data) < 12:
            return
        first = data[0]
        if first < 4:
            self._check(data, address, now)
            return
        peer = self._by_address.get(address)
        if peer is not None:
            _hand(peer, data, now)

    def _check(self, data: bytes, address: Address, now: float) -> None:
        check = ice.read(data)
        peer = self._by_ufrag.get(check.local_ufrag) if check is not None else None
        if check is None or peer is None or not peer.checks.take(now):
            return
        if self._taken(address, peer, now):
            return
        response = peer.checked(check, address, now)
        if response is not None:
            self._by_address[address] = peer
            self.batch.add(response, self.batch.destination(address))

    def _taken(self, address: Address, peer: Peer, now: float) -> bool:
        """Whether an address is another peer's, who has been heard there lately."""
        owner = self._by_address.get(address)
        if owner is None or owner is peer:
            return False
        return not owner.failed and now - owner.heard_at < SILENT

    def _framed(self, stream: Stream, data: bytes, peer: Peer | None) -> Peer | None:
        """Take a datagram of a TCP connection: whose that is, or None to have it closed."""
        if len(data) < 12:
            return peer
        try:
            if data[0] < 4:
                return self._check_stream(stream, data, peer)
            if peer is not None:
                _hand(peer, data, self._loop.time())
        except srtp.Error:
            self._troubles.add()
        except Exception:
            self._troubles.log()
        return peer

    def _check_stream(self, stream: Stream, data: bytes, peer: Peer | None) -> Peer | None:
        now, check = self._loop.time(), ice.read(data)
        found = self._by_ufrag.get(check.local_ufrag) if check is not None else None
        if check is None or found is None or peer not in (None, found):
            return peer
        if not found.checks.take(now):
            return peer
        response = found.checked(check, stream.address, now, stream)
        if response is None:
            return peer
        stream.put(response)
        return found


def _hand(peer: Peer, data: bytes, now: float) -> None:
    if 128 <= data[0] < 192:
        peer.srtp(data)
    elif 20 <= data[0] < 64:
        peer.dtls(data, now)
