"""The metrics as Prometheus reads them, from an engine's counters."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from .conftest import Server
from .test_http import KEY

WORKER: dict[str, Any] = {
    "cpu_seconds": 1.5,
    "rooms": 1,
    "peers": 2,
    "packets_received": 10,
    "packets_refused": 1,
    "packets_forwarded": 9,
    "packets_resent": 0,
    "datagrams_sent": 20,
    "datagrams_dropped": 0,
    "relays_dropped": 0,
    "jobs": 4,
    "jobs_delay": 0.25,
    "jobs_waiting": 0,
}
LABELS = ("worker", "room", "person", "place", "viewer", "kind", "layer")
TRACK = {"person": "ada", "place": "stage-0", "kind": "video", "layer": 1}
STAGE: dict[str, Any] = {
    "room": 'the "room"',
    "publishers": [
        {
            "person": "ada",
            "plis_sent": 1,
            "sources": [{"kind": "video", "layer": 1, "packets": 10, "lost": 2, "jitter": 0.01}],
        }
    ],
    "tracks": [
        {**TRACK, "viewers": 2, "packets": 9, "octets": 900},
        {**TRACK, "viewers": 1, "packets": 7, "octets": 700},
    ],
    "viewers": [
        {
            "person": "vic",
            "packets": 9,
            "octets": 900,
            "lost": 1,
            "nacks": 1,
            "plis": 0,
            "budget": None,
            "sent_bits": 1000,
            "rtt": 0.05,
        }
    ],
}


async def scrape(server: Server, query: str = "") -> dict[tuple[str, ...], float]:
    """Samples by name and the values of their LABELS."""
    async with server.http.get(f"{server.url}/api/metrics{query}", headers=KEY) as response:
        assert response.status == 200
        text = await response.text()
    return {
        (sample.name, *(sample.labels[name] for name in LABELS if name in sample.labels)): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_each_worker_room_track_and_viewer_has_its_line(
    server: Server, monkeypatch: Any
) -> None:
    async def stats() -> dict[str, object]:
        return {"workers": [{**WORKER, "stages": [STAGE]}, {**WORKER, "stages": []}]}

    monkeypatch.setattr(server.engine, "stats", stats)
    found = await scrape(server)
    assert found["stagedoor_media_up",] == 2
    assert found["stagedoor_media_send_delay_seconds_total", "1"] == 0.25
    layer = ("0", 'the "room"', "ada", "video", "1")
    assert found["stagedoor_media_source_lost", *layer] == 2
    place = ("0", 'the "room"', "stage-0", "video", "1")
    assert found["stagedoor_media_track_packets", *place] == 9
    assert found["stagedoor_media_track_viewers", *place] == 3
    assert not any("vic" in key for key in found)
    found = await scrape(server, "?viewers=1")
    viewer = ("0", 'the "room"', "vic")
    assert found["stagedoor_media_viewer_nacks_total", *viewer] == 1
    assert ("stagedoor_media_viewer_budget_bits", *viewer) not in found


async def test_an_engine_that_is_down_is_seen_as_down(server: Server) -> None:
    server.engine.down = True
    assert (await scrape(server))["stagedoor_media_up",] == 0
