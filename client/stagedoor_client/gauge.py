"""Measures the connections of a room: aiortc's statistics in, a judgement out."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any

from aiortc import RTCPeerConnection

from .quality import Quality, Sample, Stream, judge

CLOCK_RATES = {"audio": 48000, "video": 90000}


def sample(stats: Collection[Any], at: float, *, connected: bool, expecting: bool) -> Sample:
    """A sample from the values of aiortc's reports.

    Its round trips are in seconds, its jitter is in units of the RTP clock.
    """
    streams, transports, round_trips = {}, {}, []
    for one in stats:
        match one.type:
            case "transport":
                transports[one.id] = (one.bytesSent, one.bytesReceived)
            case "inbound-rtp" | "remote-inbound-rtp":
                jitter = one.jitter / CLOCK_RATES[one.kind]
                streams[one.id] = Stream(one.packetsReceived, one.packetsLost, jitter)
        if getattr(one, "roundTripTime", None) is not None:
            round_trips.append(one.roundTripTime)
    return Sample(at, transports, streams, min(round_trips, default=None), connected, expecting)


class Gauge:
    """Compares each measurement with the last."""

    def __init__(self) -> None:
        self._before: Sample | None = None

    async def measure(
        self, connections: Collection[RTCPeerConnection | None], *, expecting: bool
    ) -> Quality | None:
        """The quality since the last call; None where that cannot be told yet.

        ``connections``: those that there should be, None for one that is missing.
        """
        up = [one for one in connections if one and one.connectionState == "connected"]
        reports = [await one.getStats() for one in up]
        stats = [one for report in reports for one in report.values()]
        connected = len(up) == len(connections)
        after = sample(stats, time.monotonic(), connected=connected, expecting=expecting)
        before, self._before = self._before, after
        return judge(before, after) if before is not None else None

    def forget(self) -> None:
        """Begin anew."""
        self._before = None
