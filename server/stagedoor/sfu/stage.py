"""The places of one room's stage, as the engine sees them: who is where, and who may send what.

A place has an audio and a video track for good, whoever sits there. So a person may follow
another without any viewer's SSRC, m-line or sequence numbers changing.
"""

from __future__ import annotations

import secrets

from stagedoor.media.interface import Grant

from .descriptions import Line
from .keyframes import KeyframeWish
from .peer import Peer
from .publisher import Publisher
from .speakers import Speakers
from .track import Track
from .viewer import Viewer


class Place:
    """One seat's pair of tracks. ``person`` is None while it is free."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.stream = f"stage-{index}"
        self.person: str | None = None
        self.tracks = {kind: Track(kind, secrets.randbits(32)) for kind in ("audio", "video")}

    def lines(self) -> list[Line]:
        """The place's m-lines, the same for every viewer."""
        return [
            Line(str(2 * self.index + offset), kind, self.tracks[kind].ssrc, self.stream)
            for offset, kind in enumerate(("audio", "video"))
        ]


class Stage:
    """One room: grants, places, publishers, viewers."""

    def __init__(self, room: str) -> None:
        self.room = room
        self.grants: dict[str, Grant] = {}
        self.places: list[Place] = [Place(0)]
        self.publishers: dict[str, Publisher] = {}
        self.viewers: dict[str, Viewer] = {}
        self.speakers = Speakers()
        self._receivers: dict[int, list[Peer]] = {}

    def place_of(self, person: str) -> Place | None:
        """Where a person sits."""
        return next((place for place in self.places if place.person == person), None)

    def place_with(self, ssrc: int) -> tuple[Place, Track] | None:
        """The place and track that an outgoing SSRC belongs to."""
        for place in self.places:
            for track in place.tracks.values():
                if track.ssrc == ssrc:
                    return place, track
        return None

    def seat(self, person: str, forward: bool) -> bool:
        """Give a person a place, or free it; whether anything changed for the viewers."""
        place = self.place_of(person)
        if forward == (place is not None):
            return False
        if place is not None:
            place.person = None
            for track in place.tracks.values():
                track.interrupt()
            self.speakers.silent(person)
        else:
            free = next((found for found in self.places if found.person is None), None)
            if free is None:
                free = Place(len(self.places))
                self.places.append(free)
            free.person = person
        self.changed()
        return True

    def changed(self) -> None:
        """Who receives what is to be worked out again."""
        self._receivers.clear()

    def lines(self) -> list[Line]:
        """All m-lines, in the order of the places."""
        return [line for place in self.places for line in place.lines()]

    def people(self) -> dict[str, str]:
        """Who is at which stream."""
        return {place.stream: place.person for place in self.places if place.person is not None}

    def receivers(self, place: Place, track: Track, payload_type: int) -> list[Peer]:
        """Who is sent this track in this codec: the connected, but not its own person."""
        key = track.ssrc << 7 | payload_type
        found = self._receivers.get(key)
        if found is None:
            mid = next(line.mid for line in place.lines() if line.ssrc == track.ssrc)
            found = self._receivers[key] = [
                viewer.peer
                for person, viewer in self.viewers.items()
                if person != place.person
                and viewer.peer is not None
                and viewer.peer.ready
                and payload_type in viewer.accepted.get(mid, ())
            ]
        return found

    def keyframes(self, place: Place) -> KeyframeWish | None:
        """Where to ask for a keyframe of a place's picture."""
        publisher = self.publishers.get(place.person) if place.person else None
        return publisher.keyframes if publisher else None

    def ask_for_keyframes(self) -> None:
        """Somebody new watches: every picture begins again, once."""
        for place in self.places:
            wish = self.keyframes(place)
            if wish is not None:
                wish.ask()

    @property
    def empty(self) -> bool:
        """Whether nobody is left here."""
        return not (self.grants or self.publishers or self.viewers)
