"""The places of one room's stage, as the engine sees them: who is where, and who may send what.

A place has an audio and a video track for good, whoever sits there, and a screen's from the first
time that somebody shares there. So a person may follow another without any viewer's SSRC, m-line or
sequence numbers changing. One place more than there are people is kept, so that viewers know it by
the time that somebody takes it, and see its first picture. Whoever comes gets the one that has been
free for longest: what is told of a place takes another way than its media, which may be sooner, and
nobody is to be seen under the name of whoever has just left.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator
from itertools import count

from stagedoor.media.interface import Grant

from ..negotiation.descriptions import Line
from ..packets import rtx
from ..rates import uplink
from ..rates.directing import Director
from ..transport.peer import Peer
from ..workers.links import Link
from .branch import NOTHING, Branch
from .catching import TOGETHER, CatchUp, beginning
from .loudest import MOST, Loudest
from .pacing import Pacing
from .publisher import Publisher
from .receivers import Receivers
from .speakers import Speakers
from .track import Track
from .viewer import Viewer

SPARE = 4  # places at most that are offered before anybody sits there


class Place:
    """One seat's tracks by kind. ``person`` is None while it is free.

    ``left``: when it was left last, counted in leavings of any place; 0 if it never was.
    """

    def __init__(self, index: int) -> None:
        self.stream = f"stage-{index}"
        self.person: str | None = None
        self.left = 0
        self.tracks: dict[str, Track] = {}


class Stage:
    """One room: grants, places, publishers, viewers.

    ``lines`` are the m-lines that every viewer is offered: new ones are added at the end, for
    several places at a time, so that a stage that grows is seldom negotiated.
    ``insiders``: to whom people backstage are shown. ``relays``: the other workers that have
    viewers of the room, if it is at home here. ``holding``: who is sent no picture until a time, or
    until it is known what their way bears. ``pacing``: whose pictures are spread in time.
    """

    def __init__(self, room: str, voices: int = MOST) -> None:
        self.room = room
        self.grants: dict[str, Grant] = {}
        self.places: list[Place] = []
        self.lines: list[Line] = []
        self.publishers: dict[str, Publisher] = {}
        self.viewers: dict[str, Viewer] = {}
        self.insiders: frozenset[str] = frozenset()
        self.relays: dict[int, Link] = {}
        self.speakers = Speakers()
        self.loudest = {public: Loudest(voices) for public in (True, False)}
        self.director = Director(self)
        self._leaving = count(1)
        self._by_ssrc: dict[int, tuple[Place, Track]] = {}
        self.catching: dict[str, dict[int, CatchUp]] = {}
        self.holding: dict[str, float] = {}
        self.pacing: dict[str, Pacing] = {}
        self._add_place()

    def _add_place(self) -> Place:
        place = Place(len(self.places))
        self.places.append(place)
        for kind in ("audio", "video"):
            self._add_track(place, kind)
        return place

    def _add_track(self, place: Place, kind: str) -> None:
        track = place.tracks[kind] = Track(kind, self._unused_ssrc())
        self._by_ssrc[track.ssrc] = place, track
        self.lines.append(Line(str(len(self.lines)), kind, track.ssrc, place.stream))
        for person in self.viewers:
            track.admit(person)

    def _unused_ssrc(self) -> int:
        """An SSRC that is no track's here, nor that of what is sent again of one."""
        while True:
            ssrc = secrets.randbits(32)
            if not self._by_ssrc.keys() & {ssrc, rtx.stream_of(ssrc)}:
                return ssrc

    def admit(self, viewer: Viewer) -> None:
        """Somebody watches, by a new connection."""
        self.viewers[viewer.person] = viewer
        self.catching.pop(viewer.person, None)
        self.holding.pop(viewer.person, None)
        self.pacing.pop(viewer.person, None)
        for track in self._tracks():
            track.admit(viewer.person)
        self.changed()

    def dismiss(self, person: str) -> Viewer | None:
        """Somebody watches no more; gives what was known of them."""
        self.director.forget(person)
        self.catching.pop(person, None)
        self.holding.pop(person, None)
        self.pacing.pop(person, None)
        for track in self._tracks():
            track.dismiss(person)
        self.changed()
        return self.viewers.pop(person, None)

    def settle(self, viewer: Viewer, now: float) -> None:
        """A viewer connected, or took more m-lines: from now on they get what is sent on these.

        A picture begins with what there is since its last keyframe, or else with a new one.
        """
        self.changed()
        self.director.direct(viewer)
        if viewer.peer is None or not viewer.peer.ready:
            return
        for line in self.lines:
            place, track = self._by_ssrc[line.ssrc]
            if track.kind != "audio" and viewer.person in self.holding:
                continue
            if not viewer.accepted.get(line.mid) or not track.settle(viewer.person):
                continue
            self.begin(viewer, place, track, now)

    def begin(self, viewer: Viewer, place: Place, track: Track, now: float) -> None:
        """Show a connected viewer a track of which they have got nothing yet."""
        branch = track.followers[viewer.person].branch
        start = self._beginning(viewer, track, branch, now)
        if start is None or not self.shows(place, viewer.person):
            self.ask_for_keyframe(place, track, branch.layer)
        else:
            track.followers[viewer.person].begun = True
            caught = CatchUp(track, branch, track.era, start)
            self.catching.setdefault(viewer.person, {})[track.ssrc] = caught
            track.receivers.clear()

    def _beginning(self, viewer: Viewer, track: Track, branch: Branch, now: float) -> int | None:
        room = viewer.person in self.catching or len(self.catching) < TOGETHER
        if not room or track.kind == "audio":
            return None
        guessed = viewer.downlink.state.guess is not None
        budget = None if guessed and not self.director.layered else viewer.budget
        return beginning(track, branch, now, budget)

    def caught_up(self, person: str, track: Track) -> None:
        """From now on they get this track as all others do."""
        self.catching[person].pop(track.ssrc)
        if not self.catching[person]:
            del self.catching[person]
        track.receivers.clear()

    def _tracks(self) -> Iterator[Track]:
        return (track for _, track in self._by_ssrc.values())

    def place_of(self, person: str) -> Place | None:
        """Where a person sits."""
        for place in self.places:
            if place.person == person:
                return place
        return None

    def place_with(self, ssrc: int) -> tuple[Place, Track] | None:
        """The place and track that an outgoing SSRC belongs to."""
        return self._by_ssrc.get(ssrc)

    def interrupt(self, person: str, before: Grant, now: Grant, moved: bool) -> bool:
        """Stop the tracks that ``now`` takes from anybody; whether there are any.

        ``moved``: on or off the stage, so that what was sent before is not for all who watch now.
        """
        if before.microphone and not now.microphone:
            self.speakers.silent(person)
        if moved or not now.microphone:
            self._hush(person)
        place = self.place_of(person)
        if moved:
            self.changed()
            self._show(place)
        stopped = [
            track
            for kind, track in (place.tracks.items() if place is not None else ())
            if before.allows(kind) and (moved or not now.allows(kind))
        ]
        for track in stopped:
            track.interrupt()
        return bool(stopped)

    def _hush(self, person: str) -> None:
        """Whatever the person says next is to be let in anew."""
        for voices in self.loudest.values():
            voices.leave(person)

    def seat(self, person: str, forward: bool) -> bool:
        """Give a person a place, or free it; whether anything changed for the viewers."""
        place = self.place_of(person)
        if forward == (place is not None):
            return False
        if place is not None:
            place.person, place.left = None, next(self._leaving)
            for track in place.tracks.values():
                track.interrupt()
            self.speakers.silent(person)
            self._hush(person)
        else:
            free = [found for found in self.places if found.person is None]
            place = min(free, key=lambda found: found.left)
            place.person = person
            self._show(place)
            if len(free) == 1:
                for _ in range(min(len(self.places), SPARE)):
                    self._add_place()
        self.changed()
        return True

    def share(self, person: str) -> bool:
        """Have a screen's track at the person's place; whether there was none before."""
        place = self.place_of(person)
        if place is None or "screen" in place.tracks:
            return False
        self._add_track(place, "screen")
        return True

    def changed(self) -> None:
        """Who receives what is to be worked out again."""
        for track in self._tracks():
            track.receivers.clear()

    def people(self, *, backstage: bool) -> dict[str, str]:
        """Who is at which stream, with or without those backstage."""
        return {
            place.stream: place.person
            for place in self.places
            if place.person is not None and (backstage or not self._hidden(place.person))
        }

    def _hidden(self, person: str) -> bool:
        grant = self.grants.get(person)
        return grant is None or not grant.public

    def shows(self, place: Place, viewer: str) -> bool:
        """Whether this viewer is sent what comes from the place (rule 14)."""
        if place.person is None or place.person == viewer:
            return False
        return viewer in self.insiders or not self._hidden(place.person)

    def _show(self, place: Place | None) -> None:
        """Have the tracks of a place stand still for those to whom it is not shown."""
        if place is None:
            return
        for track in place.tracks.values():
            track.show(lambda person: self.shows(place, person))

    def show_backstage(self, people: Iterable[str]) -> None:
        """Show people backstage to these alone; to others not even what waits to be sent."""
        before, self.insiders = self.insiders, frozenset(people)
        for person in (before ^ self.insiders) & self.viewers.keys():
            self.viewers[person].change()
        for place in self.places:
            if place.person is None or not self._hidden(place.person):
                continue
            for track in place.tracks.values():
                if before - self.insiders:
                    track.interrupt()
                self._ask_for_keyframes(place, track)
            self._show(place)
        self.changed()

    def mid(self, track: Track) -> str:
        """The m-line on which viewers are offered this track."""
        return next(line.mid for line in self.lines if line.ssrc == track.ssrc)

    def pace(self, viewer: Viewer) -> None:
        """Spread a viewer's pictures in time, or not any more, by what was chosen for them."""
        pacing, budget = self.pacing.get(viewer.person), viewer.budget
        if not viewer.wanted or budget is None or viewer.peer is None:
            if pacing is not None:
                pacing.ends = True
            return
        if pacing is None:
            pacing = self.pacing[viewer.person] = Pacing(viewer.peer)
            self.changed()
        pacing.aim(viewer.spent, budget)

    def paced(self, person: str) -> None:
        """A viewer's pictures are not spread in time any more."""
        if self.pacing.pop(person, None) is not None:
            self.changed()

    def receivers(
        self, place: Place, track: Track, branch: Branch, without: Collection[str] = ()
    ) -> Receivers:
        """Who is sent what this branch carries: the connected to whom its person is shown.

        Some may be left out this time.
        """
        payload_type = branch.payload_type
        key = branch.number << 7 | payload_type
        found = track.receivers.get(key)
        if found is None or without:
            mid, found = self.mid(track), Receivers()
            for person, viewer in self.viewers.items():
                follower = track.followers[person]
                if (
                    follower.branch is branch
                    and viewer.peer is not None
                    and payload_type in viewer.accepted.get(mid, ())
                    and self._gets(place, track, viewer)
                    and person not in without
                ):
                    pacing = self.pacing.get(person) if track.kind != "audio" else None
                    found.add(viewer.peer, follower.shift, pacing)
            if not without:
                track.receivers[key] = found
        return found

    def _gets(self, place: Place, track: Track, viewer: Viewer) -> bool:
        """Whether what comes from a place is for this viewer, and not just being caught up with."""
        return (
            viewer.peer is not None
            and viewer.peer.ready
            and self.shows(place, viewer.person)
            and track.ssrc not in self.catching.get(viewer.person, ())
            and (track.kind == "audio" or viewer.person not in self.holding)
        )

    def sent(self, place: Place, track: Track, viewer: Viewer) -> bool:
        """Whether this viewer is sent the track now."""
        payload_type = track.followers[viewer.person].branch.payload_type
        taken = payload_type in viewer.accepted.get(self.mid(track), ())
        return taken and self._gets(place, track, viewer)

    def pictured(self) -> set[Peer]:
        """Who has been sent pictures since the last call."""
        found: set[Peer] = set()
        for place, track in self._by_ssrc.values():
            for branch in track.branches if track.kind != "audio" else ():
                if branch.packets != branch.counted:
                    branch.counted = branch.packets
                    found.update(peer for peer, _ in self.receivers(place, track, branch))
        return found

    def needed(self, publisher: Publisher, now: float) -> int:
        """The bits a second of all of a publisher's pictures that are of use to somebody."""
        place = self.place_of(publisher.person)
        pictures = sum(
            grant.allows(kind) for grant in self.grants.values() for kind in ("video", "screen")
        )
        total = 0
        for kind in {source.kind for source in publisher.sources.values()} - {"audio"}:
            track = place.tracks.get(kind) if place is not None else None
            if place is None or track is None:
                continue
            if self.relays:  # what viewers at other workers take is not known here
                total += uplink.MOST[kind]
                continue
            watching = [
                self.viewers[person].downlink
                for person, follower in track.followers.items()
                if follower.branch.layer != NOTHING and self.shows(place, person)
            ]
            total += uplink.needed(kind, watching, pictures, len(publisher.layers(kind)) > 1, now)
        return total

    def ask_for_keyframe(self, place: Place, track: Track, layer: int) -> None:
        """Somebody needs the track's picture from its beginning, of this layer."""
        publisher = self.publishers.get(place.person) if place.person else None
        wish = publisher.keyframes.get((track.kind, layer)) if publisher else None
        if wish is not None:
            wish.ask()

    def _ask_for_keyframes(self, place: Place, track: Track) -> None:
        for layer in {branch.layer for branch in track.branches}:
            self.ask_for_keyframe(place, track, layer)

    @property
    def empty(self) -> bool:
        """Whether nobody is left here."""
        return not (self.grants or self.publishers or self.viewers or self.insiders or self.relays)
