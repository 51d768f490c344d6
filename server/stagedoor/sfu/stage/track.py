"""What viewers receive of one kind from one place on the stage: one SSRC for good.

Whoever publishes, however often they reconnect or are muted: sequence numbers and timestamps go on
without a break for every viewer. Viewers who got the same so far form a branch; as long as there is
one layer and nobody stops looking there is one branch for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from ..packets.part import Part
from .branch import ALL, NOTHING, Branch
from .numbering import Arrival
from .pacing import Receivers
from .ring import Ring

_eras = count()  # of all tracks: whoever sits elsewhere is not taken for who sat there


@dataclass(slots=True)
class Follower:
    """A viewer of a track: where they are, and the layers that they are to get.

    ``since``: how many packets their branch had seen when they came to it; if that is still so,
    or negative, they have got nothing of this track yet, and may be put anywhere. ``begun``: they
    have, from before they came. ``hidden``: they stand still, as the track is not shown to them.
    """

    branch: Branch
    layer: int
    temporal: int
    since: int = -1
    begun: bool = False
    hidden: bool = False

    @property
    def fresh(self) -> bool:
        """Whether they have got nothing yet."""
        return not self.begun and (self.since < 0 or self.since == self.branch.packets)

    @property
    def content(self) -> bool:
        """Whether they get what they are to get."""
        branch = self.branch
        return branch.layer == self.layer and branch.temporal == self.temporal


class Tally:
    """What has been sent to viewers under one grant. ``first`` and ``last`` in seconds.

    ``told``: how many of the packets are known elsewhere.
    """

    __slots__ = ("first", "last", "packets", "told")

    def __init__(self) -> None:
        self.first = self.last = 0.0
        self.packets = self.told = 0

    def add(self, packets: int, now: float) -> None:
        """Take note of a packet that goes to so many viewers, one at least."""
        if not self.packets:
            self.first = now
        self.packets += packets
        self.last = now


class Track:
    """An outgoing RTP stream: its branches, who follows them, and recent packets for NACK.

    ``receivers`` is its owner's, by branch and payload type; it is emptied when a follower moves.
    """

    def __init__(self, kind: str, ssrc: int) -> None:
        self.kind = kind
        self.ssrc = ssrc
        self.era = next(_eras)
        self.branches = [Branch(kind, ssrc)]
        self.followers: dict[str, Follower] = {}
        self.waiting: set[str] = set()
        self.receivers: dict[int, Receivers] = {}
        self.tally = Tally()
        self._rings: dict[int, Ring] = {}

    def interrupt(self) -> None:
        """Whatever comes next follows on the last packet forwarded; the past is not resent."""
        self.era = next(_eras)
        self._rings.clear()
        for branch in self.branches:
            branch.interrupt()

    # -- who gets what

    def admit(self, person: str) -> None:
        """Somebody watches, by a new connection: their numbers may begin anywhere."""
        self.dismiss(person)
        branch = self.branches[0]
        self.followers[person] = Follower(branch, branch.layer, branch.temporal)
        branch.followers.add(person)
        if branch.layer == NOTHING:
            self.aim(person, 0)

    def dismiss(self, person: str) -> None:
        """Somebody does not watch any more."""
        follower = self.followers.pop(person, None)
        if follower is not None:
            self.waiting.discard(person)
            follower.branch.followers.discard(person)
            self._moved()

    def settle(self, person: str) -> bool:
        """From now on this person gets what is forwarded; whether that is new."""
        follower = self.followers[person]
        new = follower.since < 0
        if new:
            follower.since = follower.branch.packets
        return new

    def aim(self, person: str, layer: int, temporal: int = ALL, begin: int | None = None) -> None:
        """What a person is to get from the next occasion on: a keyframe, if it is another layer.

        NOTHING is so at once, and so is anything for whoever has got nothing yet; where the layer
        is not being sent yet, they ``begin`` with another one.
        """
        follower = self.followers[person]
        follower.layer, follower.temporal = layer, temporal
        self.waiting.discard(person)
        if follower.fresh and begin is not None:
            follower.layer, follower.temporal = begin, ALL
            self._seat(person, follower)
            follower.layer, follower.temporal = layer, temporal
            self.waiting.add(person)
            return
        if follower.content:
            return
        if follower.fresh:
            self._seat(person, follower)
        elif layer == NOTHING:
            self._move({person}, follower.branch, NOTHING, temporal)
        else:
            self.waiting.add(person)

    def show(self, shown: Callable[[str], bool]) -> None:
        """Tell to whom the track is shown. The numbers of all others stand still meanwhile.

        They would come back to numbers that lie anywhere, and who decrypts has no other way to know
        them than that they are near the last ones (RFC 3711, section 3.3.1).
        """
        groups: dict[tuple[int, bool], set[str]] = defaultdict(set)
        branches = {branch.number: branch for branch in self.branches}
        for person, follower in self.followers.items():
            away = not shown(person)
            changes = away != follower.hidden and (follower.hidden or not follower.fresh)
            if changes and (follower.hidden or follower.branch.layer != NOTHING):
                groups[follower.branch.number, away].add(person)
        for (number, away), people in groups.items():
            layer = NOTHING if away else 0
            for person in people:
                follower = self.followers[person]
                follower.hidden, follower.layer, follower.temporal = away, layer, ALL
                self.waiting.discard(person)
            self._move(people, branches[number], layer, ALL)

    def leave(self, person: str) -> None:
        """Send nothing until the smaller layer begins for which this person waits."""
        follower = self.followers[person]
        if person in self.waiting and follower.branch.layer > follower.layer:
            self._move({person}, follower.branch, NOTHING, ALL)

    def _seat(self, person: str, follower: Follower) -> None:
        """Put somebody who has got nothing yet to others who get the same."""
        state = (follower.layer, follower.temporal)
        fitting = [one for one in self.branches if (one.layer, one.temporal) == state]
        if not fitting:
            self._move({person}, follower.branch, *state)
            return
        self._put(person, max(fitting, key=lambda one: len(one.followers)))
        if follower.since >= 0:
            follower.since = follower.branch.packets
        self._moved()

    def _move(self, people: set[str], branch: Branch, layer: int, temporal: int) -> None:
        """Turn a branch for these of its followers; the others, if there are any, stay on it."""
        if people == branch.followers:
            branch.turn(layer, temporal)
        else:
            made = branch.fork(layer, temporal)
            self.branches.append(made)
            for person in people:
                self._put(person, made)
        for person in people:
            if self.followers[person].content:
                self.waiting.discard(person)
        self._moved()

    def _put(self, person: str, branch: Branch) -> None:
        follower = self.followers[person]
        follower.branch.followers.discard(person)
        follower.branch = branch
        branch.followers.add(person)

    def _moved(self) -> None:
        """Forget branches that nobody is on, and who receives what."""
        if len(self.branches) > 1:
            followed = [branch for branch in self.branches if branch.followers]
            self.branches = followed or self.branches[:1]
        self.receivers.clear()

    def _switch(self, part: Part, layer: int) -> None:
        """Move whoever waits for the picture that begins with this packet."""
        groups: dict[tuple[int, int, int], set[str]] = defaultdict(set)
        branches = {branch.number: branch for branch in self.branches}
        for person in self.waiting:
            follower = self.followers[person]
            temporal = _turned(follower, part, layer)
            if temporal is not None:
                groups[follower.branch.number, layer, temporal].add(person)
        for (number, _, temporal), people in groups.items():
            self._move(people, branches[number], layer, temporal)

    def missing(self) -> set[int]:
        """The layers of which somebody waits for a keyframe."""
        waiting = (self.followers[person] for person in self.waiting)
        return {one.layer for one in waiting if one.layer != one.branch.layer}

    # -- packets

    def forward(self, arrival: Arrival, layer: int = 0) -> Iterator[tuple[Branch, bytes]]:
        """A packet of this layer as each branch gets it, those that do not left out."""
        if not self._ring(arrival, layer).take(arrival):
            return
        part = arrival.part
        if self.waiting and part is not None and part.start and arrival.newest:
            self._switch(part, layer)
        for branch in self.branches:
            if branch.layer == layer:
                out = branch.forward(arrival)
                if out is not None:
                    yield branch, out

    def _ring(self, arrival: Arrival, layer: int) -> Ring:
        """Where a packet is remembered for those who lose it: of a layer's present source alone."""
        found = self._rings.get(layer)
        if found is None or found.source != arrival.source:
            found = self._rings[layer] = Ring(arrival.source)
        return found

    def recent(self, branch: Branch, sequence: int) -> bytes | None:
        """A packet by its outgoing sequence number in this branch, while it is remembered.

        Byte by byte what has been sent under this number, to whomever, or would have been.
        """
        numbering = branch.numbering_of(sequence)
        if numbering is None:
            return None
        original = numbering.original(sequence)
        if original in numbering.missing:
            return None
        if original in numbering.padded:
            return numbering.padded[original]
        for ring in self._rings.values():
            arrival = ring.find(original) if ring.source == numbering.source else None
            if arrival is not None:
                return branch.write(arrival, numbering)
        return None


def _turned(follower: Follower, part: Part, layer: int) -> int | None:
    """Up to which temporal layer a follower who waits gets this picture; None if they still wait.

    Fewer temporal layers from any picture on; more from a keyframe on, or one at a time where it
    begins with a picture that needs nothing but layer 0.
    """
    branch, wanted = follower.branch, follower.temporal
    if follower.layer != layer or (branch.layer != layer and not part.key):
        return None
    if part.key or wanted < branch.temporal:
        return wanted
    if part.sync and part.tid == branch.temporal + 1:
        return part.tid
    return None
