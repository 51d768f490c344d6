"""What is still to be sent to one client: bounded, so that a slow reader costs no memory."""

from __future__ import annotations

import asyncio
import logging
import struct
from collections import deque
from functools import lru_cache

from aiohttp import WSMsgType, web

logger = logging.getLogger(__name__)

MAX_QUEUED = 256  # messages
MAX_QUEUED_BYTES = 1024 * 1024
CLOSE_TIMEOUT = 5.0  # seconds for the client to take the last messages and the close frame

TOO_SLOW = 4008

_TEXT = 0x80 | WSMsgType.TEXT


@lru_cache(maxsize=4)
def framed(message: bytes) -> bytes:
    """A text message as one frame (RFC 6455 section 5.2), the same for all: ours are unmasked.

    What goes to everybody is framed once, as it is remembered until the next few messages.
    """
    size = len(message)
    if size < 126:
        return struct.pack("!BB", _TEXT, size) + message
    if size < 0x10000:
        return struct.pack("!BBH", _TEXT, 126, size) + message
    return struct.pack("!BBQ", _TEXT, 127, size) + message


class Outbox:
    """The queue and the sending to one WebSocket; ``run`` it in a task.

    As long as the client takes everything, messages go straight to the transport: with a thousand
    clients, waking a task for each costs more than sending. The queue begins when the transport
    could not pass on all of the last message.

    Beyond MAX_QUEUED messages or MAX_QUEUED_BYTES that the client does not take, the connection is
    cut off: the client comes back and gets a snapshot, which is smaller than all it has missed.
    """

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self._socket = socket
        self._transport = transport
        self._queue: deque[bytes] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._close_code: int | None = None
        self.overflowed = False

    @property
    def closing(self) -> bool:
        """Whether nothing more can be queued."""
        return self._close_code is not None

    def put(self, message: bytes) -> None:
        """Send a message or queue it; dropped if the connection is closing."""
        if self.closing:
            return
        transport = self._transport
        if (
            not self._queue
            and transport is not None
            and not transport.get_write_buffer_size()
            and not transport.is_closing()
        ):
            transport.write(framed(message))
            return
        # A single message may be larger than the limit, as a crowded room's snapshot may be.
        full = self._bytes + len(message) > MAX_QUEUED_BYTES and self._queue
        if full or len(self._queue) >= MAX_QUEUED:
            self.overflowed = True
            self._close_code = TOO_SLOW
            self.abort()
            return
        self._queue.append(message)
        self._bytes += len(message)
        self._wake.set()

    def finish(self, code: int) -> None:
        """Send what is queued, then close with ``code``; cut off if the client does not take it."""
        if self.closing:
            return
        self._close_code = code
        self._wake.set()
        asyncio.get_running_loop().call_later(CLOSE_TIMEOUT, self.abort)

    def abort(self) -> None:
        """Cut the connection off at once."""
        if self._transport is not None:
            self._transport.abort()

    async def run(self) -> None:
        """Send until closed, or until the connection is gone."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._queue:
                    message = self._queue.popleft()
                    self._bytes -= len(message)
                    await self._socket.send_frame(message, WSMsgType.TEXT)
                if self._close_code is not None:
                    await self._socket.close(code=self._close_code)
                    return
        except (ConnectionError, RuntimeError) as error:
            logger.debug("sending ended: %s", error)
            self._close_code = self._close_code or TOO_SLOW
            self.abort()
