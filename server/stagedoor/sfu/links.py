"""Records between two workers, many in one message of a local socket."""

from __future__ import annotations

import socket
import struct

RTP, RTCP, PUBLISHED, WISH = range(4)
MESSAGE = 32 * 1024  # bytes, from which on records are not held back for more
LONGEST = 256 * 1024
READS = 16
_RECORD = struct.Struct("!BIH")
_LARGEST = 0xFFFF


class Link:
    """The socket to one other worker. What does not fit is dropped, and counted in ``lost``."""

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
            self.lost += len(self._records) // 2
        self._records.clear()
        self._size = 0

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
