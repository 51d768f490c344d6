"""``GET /api/metrics``: the media engine's counters as Prometheus reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from stagedoor.media.interface import MediaError

from .api import check_key
from .keys import HOUSE

#: By the engine's name for it: the metric, what it is, whether it only grows.
WORKER = {
    "cpu_seconds": ("cpu_seconds", "CPU time", True),
    "rooms": ("rooms", "Rooms that have somebody at the worker", False),
    "peers": ("peers", "Connections", False),
    "packets_received": ("packets_received", "RTP packets of publishers", True),
    "packets_refused": ("packets_refused", "RTP packets of people who may not send them", True),
    "packets_forwarded": ("packets_forwarded", "RTP packets on their way to viewers", True),
    "packets_resent": ("packets_resent", "RTP packets sent again", True),
    "datagrams_sent": ("datagrams_sent", "Datagrams sent", True),
    "datagrams_dropped": ("datagrams_dropped", "Datagrams given up", True),
    "relays_dropped": ("relays_dropped", "Packets that another worker was too slow for", True),
    "jobs": ("send_jobs", "Bursts that left the send queue", True),
    "jobs_delay": ("send_delay_seconds", "How long these were in it, together", True),
    "jobs_waiting": ("send_queue", "Bursts that are in the send queue now", False),
}
SOURCE = {
    "packets": ("source_packets", "RTP packets that arrived of a publisher's source", True),
    "lost": ("source_lost", "RTP packets that did not arrive, or only when asked again", False),
    "jitter": ("source_jitter_seconds", "Jitter of their arrival", False),
}
TRACK = {
    "packets": ("track_packets", "RTP packets of a track, as each of its viewers gets them", False),
    "octets": ("track_bytes", "Bytes of their payload", False),
    "viewers": ("track_viewers", "Who is sent this layer", False),
}
VIEWER = {
    "packets": ("viewer_packets", "RTP packets sent to a viewer", False),
    "octets": ("viewer_bytes", "Bytes of their payload, about", False),
    "lost": ("viewer_lost", "Packets of pictures lost on the way, by the viewer's reports", False),
    "nacks": ("viewer_nacks", "Packets that the viewer asked for again", True),
    "plis": ("viewer_plis", "Keyframes that the viewer asked for", True),
    "budget": ("viewer_budget_bits", "Bits a second that pictures may take, where known", False),
    "sent_bits": ("viewer_sent_bits", "Bits a second that pictures took lately", False),
    "rtt": ("viewer_rtt_seconds", "Round trip", False),
}
Table = Mapping[str, tuple[str, str, bool]]


async def get_metrics(request: web.Request) -> web.Response:
    """``GET /api/metrics``, with the operator's key; those of viewers with ``?viewers=1``."""
    check_key(request)
    house = request.app[HOUSE]
    try:
        stats: dict[str, Any] = await house.media.stats()
    except MediaError:
        stats = {}
    registry = CollectorRegistry(auto_describe=False)
    connections = sum(keeper.connections for keeper in house.keepers())
    viewers = request.query.get("viewers") == "1"
    registry.register(_Collected(stats, connections, viewers))
    return web.Response(
        body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


class _Collected:
    """A collector of what was counted just now."""

    def __init__(self, stats: Mapping[str, Any], connections: int, viewers: bool) -> None:
        self._workers: list[Any] = stats.get("workers", [])
        self._connections = connections
        self._viewers = viewers

    def collect(self) -> Iterator[Metric]:
        """The metrics, each once."""
        yield _one("connections", "WebSockets of people in rooms", self._connections)
        yield _one("media_up", "Media workers that answer", len(self._workers))
        workers = [({"worker": str(at)}, worker) for at, worker in enumerate(self._workers)]
        yield from _family(WORKER, workers)
        stages = [
            ({**labels, "room": stage["room"]}, stage)
            for labels, worker in workers
            for stage in worker["stages"]
        ]
        yield from _family(
            SOURCE,
            [
                ({**labels, "person": one["person"], **_layer(source)}, source)
                for labels, stage in stages
                for one in stage["publishers"]
                for source in one["sources"]
            ],
        )
        tracks = _merged(
            ({**labels, "place": track["place"], **_layer(track)}, track)
            for labels, stage in stages
            for track in stage["tracks"]
        )
        yield from _family(TRACK, tracks)
        if self._viewers:
            viewers = [
                ({**labels, "viewer": one["person"]}, one)
                for labels, stage in stages
                for one in stage["viewers"]
            ]
            yield from _family(VIEWER, viewers)


def _one(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"stagedoor_{name}", text, value=value)


def _layer(of: Mapping[str, Any]) -> dict[str, str]:
    return {"kind": of["kind"], "layer": str(of["layer"])}


def _merged(
    found: Iterable[tuple[dict[str, str], Mapping[str, Any]]],
) -> list[tuple[dict[str, str], dict[str, Any]]]:
    """Groups of viewers who get the same layer, by other numbers, are one line."""
    sums: dict[tuple[str, ...], tuple[dict[str, str], dict[str, Any]]] = {}
    for labels, values in found:
        _, known = sums.setdefault(tuple(labels.values()), (labels, dict.fromkeys(TRACK, 0)))
        known["viewers"] += values["viewers"]
        for key in ("packets", "octets"):
            known[key] = max(known[key], values[key])
    return [*sums.values()]


def _family(table: Table, found: list[tuple[dict[str, str], Any]]) -> Iterator[Metric]:
    """A metric for each line of the table, with a sample for each that was found."""
    if not found:
        return
    names = list(found[0][0])
    for key, (name, text, grows) in table.items():
        family = CounterMetricFamily if grows else GaugeMetricFamily
        metric = family(f"stagedoor_media_{name}", text, labels=names)
        for labels, values in found:
            if values.get(key) is not None:
                metric.add_metric(list(labels.values()), values[key])
        yield metric
