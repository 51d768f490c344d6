"""aiohttp's WebSocket of the server, which is free again as soon as it has ended."""

from __future__ import annotations

from aiohttp import WSCloseCode, web


class WebSocket(web.WebSocketResponse):
    """As aiohttp's, without the circle through an error that it keeps of its end.

    That error's traceback has the frames in which it came up, and these have the WebSocket: so all
    of a connection whose client went without a word waited for the garbage collector.
    """

    async def close(
        self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True
    ) -> bool:
        """See WebSocketResponse.close; whatever ended it, it comes by here."""
        try:
            return await super().close(code=code, message=message, drain=drain)
        finally:
            error = self.exception()
            if error is not None:
                error.__traceback__ = error.__context__ = None
