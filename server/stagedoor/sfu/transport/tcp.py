"""ICE over TCP, passive (RFC 6544): the listener, and the connections of the port's peers."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import time
from collections.abc import Callable

from .peer import Peer
from .stream import Stream, StreamClosedError
from .udp import BIND_PATIENCE

BACKLOG = 64
NAMELESS = 64  # connections that have not said whose they are; the oldest goes for the next one
MOST = 900  # a process has 1,024 descriptors where nobody has said otherwise
ACCEPTS = 16
PATIENCE = 10.0  # seconds to say whose one is; and for which a connection may take nothing


def open_listener(host: str, port: int, *, patience: float = BIND_PATIENCE) -> socket.socket | None:
    """Listen on a TCP port, waiting a little for a predecessor; None where it cannot be had."""
    deadline = time.monotonic() + patience
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setblocking(False)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    while True:
        try:
            found.bind((host, port))
            found.listen(BACKLOG)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                found.close()
                return None
            time.sleep(0.05)  # before the event loop runs: nothing else waits
        else:
            return found


class Connections:
    """Accepts, reads and writes. ``take(stream, datagram, peer)`` says whose the connection is.

    ``peer`` is who it was known to be of. ``done`` is called when a burst has been read.
    """

    def __init__(
        self,
        listener: socket.socket,
        take: Callable[[Stream, bytes, Peer | None], Peer | None],
        done: Callable[[], None],
    ) -> None:
        self.dropped = 0
        """Packets of pictures, and connections, that were given up as too slow."""
        self.number: int = listener.getsockname()[1]
        self._listener = listener
        self._take = take
        self._done = done
        self._peers: dict[Stream, Peer | None] = {}
        self._since: dict[Stream, float] = {}  # when the nameless came, and others took least
        self._waiting: set[Stream] = set()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(listener, self._accept)

    def __len__(self) -> int:
        return len(self._peers)

    def _accept(self) -> None:
        for _ in range(ACCEPTS):
            try:
                sock, address = self._listener.accept()
            except OSError:  # nobody more, or no descriptor left for them
                return
            nameless = [one for one, peer in self._peers.items() if peer is None]
            if len(nameless) >= NAMELESS:
                self.close(nameless[0])
            if len(self._peers) >= MOST:
                sock.close()
                continue
            stream = Stream(sock, address, self._waiting)
            self._peers[stream] = None
            self._since[stream] = self._loop.time()
            self._loop.add_reader(sock, self._readable, stream)

    def _readable(self, stream: Stream) -> None:
        try:
            for datagram in stream.read():
                peer = self._take(stream, datagram, self._peers[stream])
                if peer is None or stream not in self._peers:
                    raise StreamClosedError
                if self._peers[stream] is None:
                    self._peers[stream] = peer
                    self._since.pop(stream, None)
        except StreamClosedError:
            self.close(stream)
        self._done()

    def flush(self) -> None:
        """Send what was put into the streams; where one takes no more, go on once it does."""
        while self._waiting:
            stream = self._waiting.pop()
            if stream in self._peers and (not stream.blocked or stream.given_up):
                self._flush(stream)

    def _flush(self, stream: Stream) -> None:
        was = stream.blocked
        try:
            sent = stream.flush()
        except StreamClosedError:
            self.close(stream)
            return
        if not sent:
            self._since[stream] = self._loop.time()
            if not was:
                self._loop.add_writer(stream.socket, self._flush, stream)
        elif was:
            del self._since[stream]
            self._loop.remove_writer(stream.socket)

    def tick(self, now: float) -> None:
        """Give up who does not say whose connection it is, and who takes nothing any more."""
        for stream in [one for one, since in self._since.items() if now - since > PATIENCE]:
            self.close(stream)

    def empty(self) -> None:
        """Have nothing wait that was made before now, save the rest of what is begun."""
        self.flush()
        for stream in self._peers:
            stream.discard()

    def end(self, stream: Stream) -> None:
        """Send what was put into it, as far as it takes that, and hang up."""
        with contextlib.suppress(StreamClosedError):
            stream.flush()
        self.close(stream)

    def close(self, stream: Stream) -> None:
        """Hang up; its peer has another way, or is lost."""
        if stream not in self._peers:
            return
        peer = self._peers.pop(stream)
        self._since.pop(stream, None)
        self.dropped += stream.dropped
        self._waiting.discard(stream)
        self._loop.remove_reader(stream.socket)
        self._loop.remove_writer(stream.socket)
        stream.close()
        if peer is not None:
            peer.left(stream)
