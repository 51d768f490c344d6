"""Records between two workers, many in one message of a local socket."""

from __future__ import annotations

import socket
import struct

RTP, BACKSTAGE, RTCP, PUBLISHED, WISH = range(5)
"""``BACKSTAGE`` is RTP of somebody who is backstage."""
MESSAGE = 32 * 1024  # bytes, from which on records are not held back for more
LONGEST = 256 * 1024
READS = 16
_RECORD = struct.Struct("!BIH")
_LARGEST = 0xFFFF


class Link:
    """The socket to one other worker. What does not fit is dropped, and counted in ``lost``.

    But who publishes what is said as soon as it fits: without it all that follows is of no use.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.lost = 0
        self._socket = sock
        self._records: list[bytes] = []
        self._size = 0

    def put(self, kind: int, number: int, body: bytes) -> None:
        """Send a record at the next ``flush``."""
        if len(body) > _LARGEST:
            self.lost += 1
            return
        self._records += (_RECORD.pack(kind, number, len(body)), body)
        self._size += _RECORD.size + len(body)
        if self._size > MESSAGE:
            self.flush()

    def flush(self) -> None:
        """Send all records, in one message."""
        if not self._records:
            return
        try:
            self._socket.send(b"".join(self._records))
        except OSError:  # full, as the other worker does not keep up, or it is just being ended
            self._lose()
        else:
            self._records.clear()
            self._size = 0

    def _lose(self) -> None:
        """Drop all but who publishes what, the last of it if that is much, too."""
        pairs = list(zip(self._records[::2], self._records[1::2], strict=True))
        self.lost += len(pairs)
        self._records, self._size = [], 0
        for head, body in reversed(pairs):
            if head[0] == PUBLISHED and self._size + len(head) + len(body) <= MESSAGE:
                self._records[:0] = (head, body)
                self._size += len(head) + len(body)
                self.lost -= 1

    def read(self) -> list[tuple[int, int, bytes]]:
        """Records that came: kind, number, body."""
        found = []
        for _ in range(READS):
            try:
                message = self._socket.recv(LONGEST)
            except OSError:
                break
            if not message:
                break
            offset = 0
            while offset + _RECORD.size <= len(message):
                kind, number, length = _RECORD.unpack_from(message, offset)
                offset += _RECORD.size
                found.append((kind, number, message[offset : offset + length]))
                offset += length
        return found
