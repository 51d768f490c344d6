"""Light attendees: WebSockets that cost a benchmark little more than reading their bytes.

Server frames are unmasked (RFC 6455 section 5.1): a text message is found in the buffer as it is.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable
from typing import Any

_OPENING = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10

Take = Callable[[bytes], None]


class Attendee(asyncio.Protocol):
    """One WebSocket; ``take`` is given every text message as it came."""

    def __init__(self, opening: str, take: Take) -> None:
        self.take = take
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self._opening = opening
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._id = 0

    @classmethod
    async def connect(
        cls,
        host: str,
        port: int,
        path: str,
        take: Take,
        local: tuple[str, int] | None = None,
    ) -> Attendee:
        """Connect, from the address ``local`` if need be, and shake hands. Raises OSError."""
        opening = _OPENING.format(path=path, host=host, port=port)
        loop = asyncio.get_running_loop()
        _, attendee = await loop.create_connection(
            lambda: cls(opening, take), host, port, local_addr=local
        )
        await attendee.opened
        return attendee

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._opening.encode())

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits for the handshake waits no more."""
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """Cut frames out of the stream."""
        buffer = self._buffer + data if self._buffer else data
        at = 0
        if not self.opened.done():
            at = buffer.find(b"\r\n\r\n") + 4
            if at == 3:
                self._buffer = buffer
                return
            if not buffer.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(buffer[:at].decode()))
                return
            self.opened.set_result(None)
        size = len(buffer)
        while size - at >= 2:
            first, length = buffer[at], buffer[at + 1]
            start = at + 2
            if length == 126:
                start = at + 4
                length = int.from_bytes(buffer[at + 2 : start])
            elif length == 127:
                start = at + 10
                length = int.from_bytes(buffer[at + 2 : start])
            if size < start or size - start < length:
                break
            at = start + length
            self._frame(first & 15, buffer[start:at])
        self._buffer = buffer[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == _TEXT:
            self.take(payload)
        elif opcode == _PING:
            self._write(_PONG, payload)
        elif opcode == _CLOSE:
            self.close()

    def ask(self, kind: str, **fields: Any) -> int:
        """Send a request; its id."""
        self._id += 1
        self.send(json.dumps({"type": kind, "id": self._id, **fields}).encode())
        return self._id

    def send(self, text: bytes) -> None:
        """Send a text message."""
        self._write(_TEXT, text)

    def _write(self, opcode: int, payload: bytes) -> None:
        """A client's frame is masked; a mask of zeros leaves the payload as it is."""
        size = len(payload)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        else:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        assert self._transport is not None
        self._transport.write(head + b"\0\0\0\0" + payload)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
