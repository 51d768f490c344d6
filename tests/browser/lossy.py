"""A way from the media engine to a browser that loses packets, for synchronous tests."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from tests.client.relay import LOOPBACK, Relay


class LossyWay:
    """A Relay in a thread of its own; ``script`` makes a page's connections take it."""

    def __init__(self, target: int, lose: float, seed: int) -> None:
        self._relay = Relay(target, lose, seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="lossy way")

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._relay.__aenter__(), self._loop).result(10)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._relay.__aexit__(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def script(self) -> str:
        """Put the relay in the server's place in what is offered, and keep the connections."""
        return f"""
        window.connections = [];
        const take = RTCPeerConnection.prototype.setRemoteDescription;
        RTCPeerConnection.prototype.setRemoteDescription = function (given) {{
          window.connections.push(this);
          const sdp = given.sdp.replace(
            /^(a=candidate:\\S+ 1 udp \\d+) \\S+ \\d+ /gm, "$1 {LOOPBACK} {self._relay.port} ");
          return take.call(this, {{ type: given.type, sdp }});
        }};
        """
