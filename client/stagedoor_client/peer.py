"""Peer connections of aiortc: how they are made, and how they are ended."""

from __future__ import annotations

import asyncio

from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection


def connection() -> RTCPeerConnection:
    """A peer connection that asks no third party for anything.

    One transport from the beginning: by its default, "balanced", aiortc (1.16) leaves the second
    and further video m-lines of one offer on a transport that is never connected.
    """
    return RTCPeerConnection(
        RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
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
