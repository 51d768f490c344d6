"""TCP connections before they say anything: so many of an address, and not for ever in silence."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from contextlib import suppress

from aiohttp import web

from .callers import Networks, is_trusted, key_of
from .limits import Counts

IDLE = 20.0  # seconds for a whole request's head, from connecting or the last answer on
BEHIND_PROXY = 75.0  # the same where a proxy keeps connections for others
HANDSHAKE = 10.0  # seconds, of TLS
UNACKNOWLEDGED = 30.0  # seconds until a client that takes nothing is cut off (TCP_USER_TIMEOUT)
BACKLOG = 1024


class Guarded(web.RequestHandler):
    """aiohttp's side of a connection; one too many of its address is cut off at once."""

    __slots__ = ("_counted", "_counts", "_trusted")

    def __init__(
        self, server: web.Server, counts: Counts, trusted: Networks, **options: object
    ) -> None:
        super().__init__(server, **options)  # type: ignore[arg-type]
        self._counts = counts
        self._trusted = trusted
        self._counted: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        address = peer[0] if isinstance(peer, tuple) else ""
        if is_trusted(address, self._trusted):
            return
        key = key_of(address)
        if self._counts.enter(key):
            self._counted = key
        else:
            self.force_close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """See asyncio.Protocol."""
        if self._counted is not None:
            self._counts.leave(self._counted)
            self._counted = None
        super().connection_lost(exc)
        # aiohttp leaves it, and it leads to the WebSocket and back here: a circle, and so all that
        # belongs to the connection waited for the garbage collector, which comes seldom.
        self._data_received_cb = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """See RequestHandler; no line of a broken request is quoted: it may have a key in it."""
        if message is not None:
            message = "This is no request that can be read."
        return super().handle_error(request, status, exc, message)


async def listen(
    runner: web.AppRunner,
    listener: socket.socket,
    counts: Counts,
    trusted: Networks,
    *,
    logger: logging.Logger,
    ssl_context: ssl.SSLContext | None = None,
    idle: float | None = None,
) -> asyncio.Server:
    """Answer on a socket with the application of a runner that is set up. Raises OSError."""
    server = runner.server
    assert server is not None
    with suppress(OSError):
        timeout = round(UNACKNOWLEDGED * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, timeout)
    if idle is None:
        idle = BEHIND_PROXY if trusted else IDLE
    loop = asyncio.get_running_loop()

    def handler() -> Guarded:
        return Guarded(
            server,
            counts,
            trusted,
            loop=loop,
            access_log=None,
            logger=logger,
            keepalive_timeout=idle,
        )

    handshake = HANDSHAKE if ssl_context else None
    return await loop.create_server(
        handler, sock=listener, ssl=ssl_context, backlog=BACKLOG, ssl_handshake_timeout=handshake
    )
