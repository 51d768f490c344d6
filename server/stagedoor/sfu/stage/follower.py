"""A viewer of a track: what they get, and how their numbers differ from those of others there."""

from __future__ import annotations

from dataclasses import dataclass

from ..packets.shift import NONE, Shift
from .branch import NOTHING, Branch
from .numbering import Arrival, Numbering
from .position import Position, Stay, across


@dataclass(slots=True)
class Follower:
    """Where a viewer is, the layers that they are to get, and their numbers.

    ``since``: how many packets they were sent, by their own count, when they came; negative as long
    as they are not connected. ``begun``: they got some of what was sent before. Whoever has got
    nothing of this track yet may be put anywhere, and gets a branch's numbers as they are.

    ``shift`` is from the branch's numbers to theirs; the branch's ``first`` is the first of theirs,
    and ``before`` where they were until then. ``left``: where their numbers stand while they get
    nothing any more. ``hidden``: as the track is not shown to them.
    """

    branch: Branch
    layer: int
    temporal: int
    since: int = -1
    begun: bool = False
    hidden: bool = False
    shift: Shift = NONE
    first: int = 0
    before: Stay | None = None
    left: Position | None = None

    @property
    def packets(self) -> int:
        """How many packets they were sent, and whoever they follow before they came."""
        return self.position().packets if self.left else self.branch.packets + self.shift.packets

    @property
    def fresh(self) -> bool:
        """Whether they have got nothing yet."""
        return not self.begun and (self.since < 0 or self.since == self.packets)

    @property
    def content(self) -> bool:
        """Whether they get what they are to get."""
        branch = self.branch
        if branch.layer != self.layer:
            return False
        return self.layer == NOTHING or branch.temporal == self.temporal

    def position(self) -> Position:
        """Where their numbers stand."""
        return self.left or self.branch.position().shifted(self.shift)

    def interrupt(self) -> None:
        """The past is not resent, and what comes next is another source's."""
        self.before = None
        if self.left is not None:
            self.left = self.left._replace(clock=None)

    def leave(self) -> None:
        """They get nothing any more; their numbers are kept."""
        self.before = self._stay()
        self.left, self.shift, self.first = self.position(), NONE, 0

    def _stay(self) -> Stay:
        branch = self.branch
        return Stay(branch.numberings, self.shift, self.first, branch.highest)

    def resume(self, branch: Branch) -> None:
        """They get something again, of a branch that goes on from where they stand."""
        self.left, self.first = None, branch.highest + 1

    def join(self, branch: Branch, arrival: Arrival) -> None:
        """They get what this branch gets, from this packet on, which is the newest."""
        if self.fresh:
            self.shift, self.first, self.left = NONE, 0, None
            if self.since >= 0:
                self.since = branch.packets
            return
        mine = None
        if self.left is None:
            self.before = self._stay()
            if self.branch.layer == branch.layer:
                mine = self.branch.meet(arrival)
        theirs, stand, reached = branch.meet(arrival), self.position(), branch.position()
        if mine is None:
            self.shift = stand.onward(arrival, theirs, reached, branch.kind)
        else:
            more = stand.packets - reached.packets, stand.octets - reached.octets
            self.shift = across(self.shift, mine, theirs, *more)
        self.first, self.left = branch.next(arrival), None

    def find(self, sequence: int) -> tuple[Numbering, int, Shift] | None:
        """By whom the number was given that they know a packet by."""
        if self.left is None:
            found = self.branch.find(sequence - self.shift.sequence, self.first)
            if found is not None:
                return *found, self.shift
        if self.before is not None:
            earlier = self.before.find(sequence)
            if earlier is not None:
                return *earlier, self.before.shift
        return None
