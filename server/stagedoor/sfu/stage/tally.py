"""What has been sent of one track under one grant: when first, when last, how many packets.

The engine's own account, for the audit: it is kept where packets leave, apart from the grants that
are looked at where they arrive.
"""

from __future__ import annotations

from collections.abc import Iterator

from stagedoor.media.interface import Forwarded

from .stage import Place, Stage
from .track import Tally, Track


def forwarded(stage: Stage, person: str | None = None) -> Iterator[Forwarded]:
    """What has been sent of everybody, or of one person, if it is more than was told last."""
    for place in stage.places:
        if person is None or place.person == person:
            for track in place.tracks.values():
                tally = track.tally
                if tally.packets > tally.told:
                    yield _told(stage, place, track)


def _told(stage: Stage, place: Place, track: Track) -> Forwarded:
    tally = track.tally
    tally.told = tally.packets
    if place.person is None:
        track.tally = Tally()  # nobody's packets are not to be counted among the next person's
    grant = stage.grants.get(place.person or "")
    return Forwarded(
        person=place.person or "",
        kind=track.kind,
        backstage=grant is not None and grant.backstage,
        first=int(1000 * tally.first),
        last=int(1000 * tally.last),
        packets=tally.packets,
    )
