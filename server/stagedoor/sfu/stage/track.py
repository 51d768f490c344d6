"""What viewers receive of one kind from one place on the stage: one SSRC for good.

Whoever publishes, however often they reconnect or are muted: sequence numbers and timestamps go on
without a break for every viewer. Viewers who get the same form a branch; as long as there is one
layer there is one branch for all. Whoever comes to a branch from elsewhere keeps numbers of their
own, which are those of the branch and a constant (``Shift``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from itertools import count

from ..packets import rtp
from ..packets.part import Part
from ..packets.shift import NONE, Shift, moved_on
from .branch import ALL, NOTHING, Branch
from .follower import Follower
from .numbering import Arrival, Numbering
from .receivers import Receivers
from .ring import Ring

_eras = count()  # of all tracks: whoever sits elsewhere is not taken for who sat there


NOBODY: frozenset[str] = frozenset()


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

    There is one branch for each layer and number of temporal layers that somebody gets, and one,
    ``away``, for those who get nothing; it is not among ``branches``, of which there is one always.
    ``receivers`` is its owner's, by branch and payload type; it is emptied when a follower moves.
    """

    def __init__(self, kind: str, ssrc: int) -> None:
        self.kind = kind
        self.ssrc = ssrc
        self.era = next(_eras)
        self.branches = [Branch(kind, ssrc)]
        self.away = Branch(kind, ssrc, NOTHING)
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
        for follower in self.followers.values():
            follower.interrupt()

    # -- who gets what

    def admit(self, person: str) -> None:
        """Somebody watches, by a new connection: their numbers may begin anywhere."""
        self.dismiss(person)
        branch = self.branches[0]
        self.followers[person] = Follower(branch, branch.layer, branch.temporal)
        branch.followers.add(person)

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
            self._leave(person, follower)
        else:
            self.waiting.add(person)

    def show(self, shown: Callable[[str], bool]) -> None:
        """Tell to whom the track is shown. The numbers of all others stand still meanwhile.

        They would come back to numbers that lie anywhere, and who decrypts has no other way to know
        them than that they are near the last ones (RFC 3711, section 3.3.1).
        """
        for person, follower in self.followers.items():
            hidden = not shown(person)
            if hidden == follower.hidden:
                continue
            if not hidden:
                follower.hidden, follower.layer = False, 0
                self.waiting.add(person)
            elif follower.layer != NOTHING and not follower.fresh:
                follower.hidden, follower.layer, follower.temporal = True, NOTHING, ALL
                self.waiting.discard(person)
                if follower.branch is not self.away:
                    self._leave(person, follower)

    def _leave(self, person: str, follower: Follower) -> None:
        follower.leave()
        self._put(person, self.away)
        self._moved()

    def leave(self, person: str) -> None:
        """Send nothing until the smaller layer begins for which this person waits."""
        follower = self.followers[person]
        if person in self.waiting and follower.branch.layer > follower.layer:
            self._leave(person, follower)

    def _seat(self, person: str, follower: Follower) -> None:
        """Put somebody who has got nothing yet to others who get the same."""
        branch = (
            self.away
            if follower.layer == NOTHING
            else self._found({person}, follower.layer, follower.temporal)
        )
        self._put(person, branch)
        if follower.since >= 0:
            follower.since = branch.packets
        self._moved()

    def _found(self, people: set[str], layer: int, temporal: int) -> Branch:
        """The branch that gets this of the picture; if there is none, these people make one.

        They turn the one where most of them are, if nobody else is there, or go on from it; or from
        where most of those stand who have been away.
        """
        left = Counter(one for person in people if (one := self.followers[person].left))
        for branch in self.branches:
            fits = (branch.layer, branch.temporal) == (layer, temporal)
            if fits and (branch.followers or not left):
                return branch
        branch = max(self.branches, key=lambda one: len(one.followers & people))
        here = branch.followers & people
        if left and not here:
            position, _ = left.most_common(1)[0]
            made = Branch.at(position, branch, layer, temporal)
            for person in people:
                if self.followers[person].left == position:
                    self.followers[person].resume(made)
                    self._put(person, made)
        elif branch.followers <= people:
            branch.turn(layer, temporal)
            return branch
        else:
            made = branch.fork(layer, temporal)
            for person in here:
                self._put(person, made)
        self.branches.append(made)
        return made

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

    def _switch(self, arrival: Arrival, layer: int) -> None:
        """Move whoever waits for the picture that begins with this packet, or for any sound."""
        groups: dict[int, set[str]] = defaultdict(set)
        for person in self.waiting:
            temporal = _turned(self.followers[person], arrival.part, layer)
            if temporal is not None:
                groups[temporal].add(person)
        lacking = self._lacking(layer, arrival.now) if _begins(arrival.part) else ()
        if lacking:
            groups[ALL].update(lacking)
        for temporal, people in groups.items():
            branch = self._found(people, layer, temporal)
            for person in people:
                follower = self.followers[person]
                if follower.branch is not branch:
                    follower.join(branch, arrival)
                    self._put(person, branch)
                if follower.content:
                    self.waiting.discard(person)
                else:
                    self.waiting.add(person)
            self._moved()

    def _lacking(self, layer: int, now: float) -> set[str]:
        """Those to whom nothing comes of the larger layer that they are to get.

        A browser begins with the smaller ones, and may have no room for more for a long time.
        """
        return {
            person
            for branch in (self.away, *self.branches)
            if branch is self.away or branch.idle(now)
            for person in branch.followers
            if layer < self.followers[person].layer
        }

    def missing(self) -> set[int]:
        """The layers of which somebody waits for a keyframe."""
        waiting = (self.followers[person] for person in self.waiting)
        return {one.layer for one in waiting if one.layer != one.branch.layer}

    # -- packets

    def forward(
        self, arrival: Arrival, layer: int = 0
    ) -> Iterator[tuple[Branch, bytes, Collection[str]]]:
        """A packet of this layer as each branch gets it, those that do not left out.

        With those of its followers who do not get it, as it is of the time before they came.
        """
        if not self._ring(arrival, layer).take(arrival):
            return
        if arrival.newest and (self.waiting or _begins(arrival.part)):
            self._switch(arrival, layer)
        for branch in self.branches:
            if branch.layer == layer:
                out = branch.forward(arrival)
                if out is not None:
                    yield branch, out, self._since(branch, out) if branch.late else NOBODY

    def _since(self, branch: Branch, out: bytes) -> Collection[str]:
        """Who came to a branch after this packet."""
        number = branch.number_of(out)
        return [one for one in branch.followers if self.followers[one].first > number]

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
        found = branch.find(sequence)
        return None if found is None else self._written(*found, NONE)

    def lost(self, person: str, sequence: int) -> bytes | None:
        """A packet by the sequence number that somebody knows it by, while it is remembered."""
        found = self.followers[person].find(sequence)
        return None if found is None else self._written(*found)

    def newest(self, person: str) -> bytes | None:
        """The last packet of what somebody is sent, under their number."""
        follower = self.followers[person]
        if follower.branch.highest < 0:
            return None
        return self.lost(person, follower.branch.highest + follower.shift.sequence)

    def _written(self, numbering: Numbering, number: int, shift: Shift) -> bytes | None:
        original = numbering.original(number)
        if original in numbering.missing or not numbering.knows(original):
            return None
        if original in numbering.padded:
            return moved_on(numbering.padded[original], shift)
        for ring in self._rings.values():
            arrival = ring.find(original) if ring.source == numbering.source else None
            if arrival is not None:
                extension = b"" if self.kind == "audio" else rtp.send_time(arrival.now)
                return numbering.write(arrival, self.ssrc, extension, shift)
        return None


def _begins(part: Part | None) -> bool:
    """Whether a keyframe begins here."""
    return part is not None and part.start and part.key


def _turned(follower: Follower, part: Part | None, layer: int) -> int | None:
    """Up to which temporal layer a follower who waits gets this picture; None if they still wait.

    Fewer temporal layers from any picture on; more from a keyframe on, or one at a time where it
    begins with a picture that needs nothing but layer 0.
    """
    branch, wanted = follower.branch, follower.temporal
    if branch.kind == "audio":
        return wanted
    if part is None or not part.start or follower.layer != layer:
        return None
    if part.key:
        return wanted
    if branch.layer != layer:
        return None
    if wanted < branch.temporal:
        return wanted
    if part.sync and part.tid == branch.temporal + 1:
        return part.tid
    return None
