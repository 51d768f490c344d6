"""Peer connections of aiortc: how they are made, and how they are ended."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCIceServer, RTCPeerConnection

from stagedoor.messages import IceServer


def ice_servers(given: Sequence[IceServer]) -> list[RTCIceServer]:
    """The server's TURN servers as aiortc has them; it uses the first address that it knows."""
    return [RTCIceServer(one.urls, one.username, one.credential) for one in given]


def connection(servers: Sequence[IceServer] = ()) -> RTCPeerConnection:
    """A peer connection that asks no third party for anything, save these TURN servers.

    One transport from the beginning: by its default, "balanced", aiortc (1.16) leaves the second
    and further video m-lines of one offer on a transport that is never connected.
    """
    return RTCPeerConnection(
        RTCConfiguration(iceServers=ice_servers(servers), bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
    )


class Endings:
    """Closes connections, each to its end even when whoever asked for it is cancelled.

    aiortc closes a connection by itself, too, when the other side does; cancelling one of two
    such closings would make the other fail.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def __bool__(self) -> bool:
        """Whether a connection is still being closed."""
        return bool(self._tasks)

    async def end(self, ending: RTCPeerConnection) -> None:
        """Close a connection."""
        task = asyncio.create_task(ending.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.shield(task)

    async def all(self) -> None:
        """Wait for whatever is still being closed."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
