"""Keeps viewers at the layers that are right for them, and tells publishers which ones are needed.

Who is to be looked at anew is due: those who come, whose tiles or way have changed, and all when
the layers that can be had have. A few are done at a time, so that many of them delay no packet.

An estimate does not rise above what arrives, so that it would hold a viewer where they are. That
more would arrive is tried with padding (``probing.py``), or, for whoever takes none, like this:
where nothing has spoken against it for a while, more is sent, up to twice the budget. If the budget
follows, the next step comes soon; if a queue grows or packets are lost, the viewer falls back to
what the budget says, and the next try waits twice as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..stage.branch import NOTHING
from ..stage.publisher import Publisher
from .choosing import Choice, Layer, Picture, choose

if TYPE_CHECKING:
    from ..stage.stage import Place, Stage
    from ..stage.track import Track
    from ..stage.viewer import Viewer

ROUND = 0.25  # seconds between two looks at everybody
SLICE = 64  # viewers at a time
LIVE = 1.0  # seconds; a layer that was silent for longer is not there
PATIENCE = 3.0  # seconds that a layer is given to come, and to go unneeded
AGAIN = 10.0  # seconds until a publisher who does not do as told is told again
SOON, MOST_PATIENT = 1.0, 60.0  # seconds to the next try after one that went well, and at most
TRIAL = 8.0  # seconds that a try is given
MORE = 1.1  # times what the next rung takes: rates are never quite the same
AMPLE = 1.25  # times what is sent: with a budget of more nothing is to be decided
LINES, BITS = 180, 1_000_000  # of a layer of which nothing is known yet, the lines of the smallest
MOST = {1: (1_500_000,), 2: (400_000, 1_500_000), 3: (150_000, 500_000, 1_500_000)}
"""Bits a second that are of use at most, by the number of layers."""


class Needed(NamedTuple):
    """What a publisher is to be told: for each layer of a kind the bits a second, 0 to pause."""

    person: str
    kind: str
    bits: list[int]


@dataclass
class Told:
    """Whether a publisher was told to send a layer, since when, and when it was needed last."""

    on: bool = True
    since: float = 0.0
    needed_at: float = 0.0


@dataclass
class Judged:
    """What a viewer was last judged by, and how it stands with trying more; see the module.

    ``ample``: with a budget of that much nothing is to be decided. ``trial``: what is tried, 0 for
    nothing; ``since`` when, or since when it was not; ``patience``: until the next one.
    """

    budget: int | None = None
    ample: float = 0.0
    spent: int = 0
    trial: int = 0
    since: float = 0.0
    patience: float = 2.0

    def allowed(self, budget: int | None, wanted: int, phase: str, now: float) -> int | None:
        """What may be sent now, in bits a second."""
        if budget is None or self.budget is None or phase == "decrease":
            if self.trial:
                self.patience = min(MOST_PATIENT, 2 * self.patience)
            self.trial, self.since = 0, now
        elif self.trial and budget >= self.spent:
            self.trial, self.since, self.patience = 0, now, SOON
        elif self.trial and now - self.since > TRIAL:
            self.trial, self.since, self.patience = 0, now, 2 * self.patience
        elif not self.trial and wanted and now - self.since >= self.patience:
            self.trial, self.since = max(int(MORE * wanted), 2 * budget), now
        return None if budget is None else max(budget, self.trial)


@dataclass
class Director:
    """Looks after one stage. Times in seconds of one clock.

    ``hurried``: somebody is to be seen who was not, so that the next tick looks at everybody.
    """

    stage: Stage
    due: dict[str, None] = field(default_factory=dict)
    hurried: bool = False
    _round_at: float = 0.0
    _offered: dict[int, dict[int, Layer]] = field(default_factory=dict)
    _live: dict[int, frozenset[int]] = field(default_factory=dict)
    _known: object = None
    _told: dict[tuple[int, str, int], Told] = field(default_factory=dict)
    _judged: dict[str, Judged] = field(default_factory=dict)

    def tick(self, now: float) -> list[Needed]:
        """What is due; gives what publishers are to be told."""
        needed: list[Needed] = []
        if self.hurried or now - self._round_at >= ROUND:
            self._round_at, self.hurried = now, False
            self._look(now)
            needed = list(self._needed(now))
        for person in list(self.due)[:SLICE]:
            del self.due[person]
            viewer = self.stage.viewers.get(person)
            if viewer is not None:
                self.direct(viewer)
        for place, track in self._pictures():
            for layer in track.missing():
                self.stage.ask_for_keyframe(place, track, layer)
        return needed

    def direct(self, viewer: Viewer) -> None:
        """Choose the layers of all pictures for one viewer."""
        tracks: list[tuple[Place, Track]] = []
        pictures: list[Picture] = []
        for place, track in self._pictures():
            layers = self._offered.get(track.ssrc, {})
            follower = track.followers[viewer.person]
            if not self.stage.shows(place, viewer.person):
                if len(layers) > 1:
                    track.aim(viewer.person, NOTHING)
                continue
            if layers:
                lines = viewer.sizes.get((place.person or "", track.kind))
                present = Choice(follower.layer, follower.temporal)
                tracks.append((place, track))
                pictures.append(Picture(lines, layers, present))
        judged = self._judged.setdefault(viewer.person, Judged(since=self._round_at))
        phase = viewer.downlink.state.phase
        tried = 0 if viewer.takes_padding else viewer.wanted
        budget = judged.allowed(viewer.budget, tried, phase, self._round_at)
        chosen = choose(pictures, budget, viewer.downlink.strict(self._round_at))
        viewer.wanted, viewer.useful = chosen.wanted, int(AMPLE * chosen.useful)
        viewer.spent = chosen.spent
        self.stage.pace(viewer)
        judged.budget, judged.spent = viewer.budget, chosen.spent
        judged.ample = float("inf") if chosen.wanted or judged.trial else AMPLE * chosen.spent
        for (place, track), picture, choice in zip(tracks, pictures, chosen.choices, strict=True):
            if choice != picture.now:
                self._aim(viewer, place, track, choice)

    def _aim(self, viewer: Viewer, place: Place, track: Track, choice: Choice) -> None:
        """Have a viewer get this; whoever gets nothing so far begins with what can be had soonest.

        The publisher was asked for a keyframe when they were let in, and it may have come since.
        """
        first = self._beginning(track, choice.layer)
        track.aim(viewer.person, *choice, first)
        follower = track.followers[viewer.person]
        if follower.fresh and follower.since >= 0:
            self.stage.begin(viewer, place, track, self._round_at)
        elif follower.left is not None and first is not None:
            self.stage.ask_for_keyframe(place, track, first)

    def stem(self, viewer: Viewer) -> None:
        """A viewer's way is full: have it empty itself, and begin again with what it takes."""
        self.direct(viewer)
        if viewer.person in self.stage.pacing:
            self.stage.pacing[viewer.person].drop()
        for _, track in self._pictures():
            track.leave(viewer.person)

    @property
    def layered(self) -> bool:
        """Whether there is anything to choose from."""
        return any(len(layers) > 1 for layers in self._offered.values())

    def _beginning(self, track: Track, layer: int) -> int | None:
        """The layer to begin with until this one is sent: one that is, or the smallest there is.

        That one always comes, and first.
        """
        live = self._live.get(track.ssrc, frozenset())
        first = min(live or self._offered[track.ssrc])
        return first if layer not in (NOTHING, first, *live) else None

    def forget(self, person: str) -> None:
        """A viewer is gone."""
        self.due.pop(person, None)
        self._judged.pop(person, None)

    def _pictures(self) -> Iterator[tuple[Place, Track]]:
        for place in self.stage.places:
            for kind, track in place.tracks.items() if place.person is not None else ():
                if kind != "audio":
                    yield place, track

    def _look(self, now: float) -> None:
        """See what there is to choose from, and who is due."""
        known: list[object] = [self.stage.insiders]
        self._offered, self._live = {}, {}
        for place, track in self._pictures():
            person = place.person or ""
            publisher, grant = self.stage.publishers.get(person), self.stage.grants.get(person)
            if publisher is None or grant is None or not grant.allows(track.kind):
                continue
            layers = self._offered[track.ssrc] = self._layers(publisher, track.kind, now)
            sources = (publisher.newest(track.kind, layer) for layer in layers)
            self._live[track.ssrc] = frozenset(
                one.layer for one in sources if one is not None and now - one.heard_at < LIVE
            )
            sizes = tuple((number, layer.lines) for number, layer in layers.items())
            known.append((track.ssrc, person, publisher.number, sizes, grant.backstage))
        for person, viewer in self.stage.viewers.items():
            judged, budget = self._judged.get(person), viewer.budget
            changed = judged is None or (budget is None) != (judged.budget is None)
            tight = judged is not None and budget is not None and budget < judged.ample
            if changed or tight or known != self._known:
                self.due[person] = None
        self._known = known

    def _layers(self, publisher: Publisher, kind: str, now: float) -> dict[int, Layer]:
        """What can be had of a picture: what arrives, and what would if it was asked for."""
        numbers = publisher.layers(kind)
        found = {}
        for layer in numbers:
            source = publisher.newest(kind, layer)
            told = self._told.setdefault((publisher.number, kind, layer), Told(True, now, now))
            live = source is not None and now - source.heard_at < LIVE
            if live or len(numbers) == 1 or not told.on or now - told.since < PATIENCE:
                lines = source.lines if source is not None else 0
                most = MOST.get(len(numbers), ())
                rates = source.rates if source is not None else ()
                guess = most[layer] if layer < len(most) else BITS
                found[layer] = Layer(lines or LINES << layer, rates or (guess,))
        return found

    def _needed(self, now: float) -> Iterator[Needed]:
        """Tell publishers of several layers which ones somebody gets or waits for.

        The smallest one always is, so that whoever comes sees a picture at once.
        """
        present = {publisher.number for publisher in self.stage.publishers.values()}
        self._told = {key: told for key, told in self._told.items() if key[0] in present}
        for place, track in self._pictures():
            publisher = self.stage.publishers.get(place.person or "")
            numbers = publisher.layers(track.kind) if publisher is not None else ()
            if publisher is None or len(numbers) < 2 or track.ssrc not in self._offered:
                continue
            used = {0}
            for person, follower in track.followers.items():
                if self.stage.shows(place, person):
                    used |= {follower.layer, follower.branch.layer}
            every = [self._told[publisher.number, track.kind, layer] for layer in numbers]
            changes = [
                self._decide(publisher, track.kind, layer, told, layer in used, now)
                for layer, told in zip(numbers, every, strict=True)
            ]
            if any(changes):
                most = MOST.get(len(numbers), (BITS,) * len(numbers))
                pairs = zip(most, every, strict=True)
                bits = [rate if told.on else 0 for rate, told in pairs]
                yield Needed(publisher.person, track.kind, bits)

    def _decide(
        self, publisher: Publisher, kind: str, layer: int, told: Told, used: bool, now: float
    ) -> bool:
        """Whether there is something to say of a layer."""
        if used:
            told.needed_at = now
        on = used or now - told.needed_at < PATIENCE
        source = publisher.newest(kind, layer)
        live = source is not None and now - source.heard_at < LIVE
        if on == told.on and (live == on or now - told.since < AGAIN):
            return False
        told.on, told.since = on, now
        return True
