"""One peer's TCP connection: datagrams in frames (RFC 4571), for networks that let no UDP through.

What a connection does not take at once waits in a queue that is bounded: sound before pictures,
pictures dropped where they come too fast, and a peer who does not even take the sound is given up.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from collections import deque
from collections.abc import Iterator

from .addresses import Address
from .udp import LONGEST

OPUS = 111  # the payload type that viewers are offered
KERNEL = 64 * 1024  # bytes of the system's send buffer, which no grant that is taken reaches
UNSENT = 16 * 1024  # of these not yet on their way
PICTURES = 128 * 1024  # bytes of pictures that wait: half a second of 2 Mbit/s
URGENT = 32 * 1024  # bytes of sound and all else
AT_ONCE = 64 * 1024
NOT_SENT_LOWAT = getattr(socket, "TCP_NOTSENT_LOWAT", 25)


class StreamClosedError(Exception):
    """The connection is gone, or is to be given up."""


class Stream:
    """A connection that was accepted. Reads and writes only; what it has put stands in ``waiting``.

    ``blocked``: it takes no more now. ``given_up``: not even the sound. ``dropped``: packets of
    pictures that it was too slow for.
    """

    def __init__(self, sock: socket.socket, address: Address, waiting: set[Stream]) -> None:
        self.socket = sock
        self.address = address
        self.blocked = self.given_up = False
        self.dropped = 0
        self._waiting = waiting
        self._received = b""
        self._partial = b""
        self._urgent: deque[bytes] = deque()
        self._pictures: deque[bytes] = deque()
        self._urgent_size = self._pictures_size = 0
        sock.setblocking(False)
        with contextlib.suppress(OSError):  # what is not known here is not needed
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
            sock.setsockopt(socket.IPPROTO_TCP, NOT_SENT_LOWAT, UNSENT)

    def read(self) -> Iterator[bytes]:
        """The datagrams that have come. Raises StreamClosedError."""
        try:
            data = self.socket.recv(AT_ONCE)
        except BlockingIOError:
            return
        except OSError as error:
            raise StreamClosedError from error
        if not data:
            raise StreamClosedError
        data, at = self._received + data, 0
        while len(data) - at >= 2:
            length = int.from_bytes(data[at : at + 2])
            if length > LONGEST:  # no datagram of WebRTC is
                raise StreamClosedError
            end = at + 2 + length
            if end > len(data):
                break
            yield data[at + 2 : end]
            at = end
        self._received = data[at:]

    def put(self, datagram: bytes) -> None:
        """Queue a datagram, or drop it; ``flush`` sends."""
        self._waiting.add(self)
        frame = struct.pack("!H", len(datagram)) + datagram
        if _is_picture(datagram):
            if self._pictures_size + len(frame) > PICTURES:
                self.dropped += 1
                return
            self._pictures.append(frame)
            self._pictures_size += len(frame)
            return
        if self._urgent_size + len(frame) > URGENT:
            self.given_up = True
            return
        self._urgent.append(frame)
        self._urgent_size += len(frame)

    def flush(self) -> bool:
        """Send what waits; False where the connection takes no more. Raises StreamClosedError."""
        if self.given_up:
            raise StreamClosedError
        self.blocked = False
        while self._partial or self._urgent or self._pictures:
            data = self._partial or self._next()
            try:
                sent = self.socket.send(data)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                raise StreamClosedError from error
            self._partial = data[sent:]
            if self._partial:
                self.blocked = True
                return False
        return True

    def _next(self) -> bytes:
        """Some frames, whole ones, sound first: what is begun must be ended."""
        size, frames = 0, []
        while size < UNSENT and (self._urgent or self._pictures):
            if self._urgent:
                frame = self._urgent.popleft()
                self._urgent_size -= len(frame)
            else:
                frame = self._pictures.popleft()
                self._pictures_size -= len(frame)
            frames.append(frame)
            size += len(frame)
        return b"".join(frames)

    def discard(self) -> None:
        """Drop what waits, save what is begun."""
        self.dropped += len(self._pictures)
        for queue in (self._urgent, self._pictures):
            queue.clear()
        self._urgent_size = self._pictures_size = 0

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def _is_picture(datagram: bytes) -> bool:
    """RTP that is no sound (RFC 7983; the header is readable, RFC 3711 section 3.1)."""
    if not 128 <= datagram[0] < 192:
        return False
    kind = datagram[1] & 0x7F
    return kind != OPUS and not 64 <= kind <= 95  # those are RTCP (RFC 5761 section 4)
