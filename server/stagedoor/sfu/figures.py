"""What is going on in a stage, in numbers: worked out from what is counted anyway, when asked."""

from __future__ import annotations

from collections.abc import Iterator

from .stage.branch import NOTHING
from .stage.publisher import Publisher
from .stage.stage import Stage
from .stage.viewer import Viewer

Figures = dict[str, object]


def of_stage(stage: Stage) -> Figures:
    """A room's publishers, the tracks that they send, the tracks that leave, and its viewers.

    Nothing is counted a packet and viewer: a viewer's packets are the branch's since they came to
    it, and their octets those of as many packets of the average size until now.
    """
    return {
        "room": stage.room,
        "publishers": [of_publisher(one) for one in stage.publishers.values()],
        "tracks": [*_tracks(stage)],
        "viewers": [_viewer(stage, one) for one in stage.viewers.values()],
    }


def of_publisher(publisher: Publisher) -> Figures:
    """How somebody's sources arrive, by kind and layer; ``jitter`` in seconds."""
    sources = [
        {"kind": source.kind, "layer": source.layer, **source.reception.figures()}
        for source in publisher.sources.values()
    ]
    return {"person": publisher.person, "plis_sent": publisher.plis, "sources": sources}


def _tracks(stage: Stage) -> Iterator[Figures]:
    """What is sent of each person, a line for each group of viewers who get the same."""
    for place in stage.places:
        for track in place.tracks.values():
            for branch in track.branches:
                if branch.packets:
                    yield {
                        "person": place.person or "",
                        "place": place.stream,
                        "kind": track.kind,
                        "layer": branch.layer,
                        "viewers": len(branch.followers),
                        "packets": branch.packets,
                        "octets": branch.octets,
                    }


def _viewer(stage: Stage, viewer: Viewer) -> Figures:
    """What somebody is sent and says about it; ``budget`` is None while nothing is known."""
    packets = octets = 0
    layers = {}
    for place in stage.places:
        for track in place.tracks.values():
            follower = track.followers.get(viewer.person)
            if follower is None or follower.since < 0 or place.person == viewer.person:
                continue
            branch = follower.branch
            sent = follower.position()
            packets += (mine := sent.packets - follower.since)
            octets += sent.octets * mine // max(1, sent.packets)
            if track.kind != "audio" and place.person is not None and branch.layer != NOTHING:
                layers[f"{place.person} {track.kind}"] = branch.layer
    downlink = viewer.downlink
    return {
        "person": viewer.person,
        "connected": viewer.peer is not None and viewer.peer.ready,
        "packets": packets,
        "octets": octets,
        "expected": downlink.expected,
        "lost": downlink.lost,
        "nacks": viewer.nacks,
        "plis": viewer.plis,
        "layers": layers,
        "budget": downlink.budget,
        "sent_bits": downlink.sent,
        "rtt": round(downlink.rtt, 4),
    }
