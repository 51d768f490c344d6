"""A picture at once for whoever comes: what has been sent since the last keyframe, in small bursts.

The packets are those that all others got, under the same numbers, from the ring that also answers
NACKs. Until a viewer has caught up, what is new is not sent to them besides, but from there, too.
Nothing is from before an interruption, after which the ring is empty. Where the keyframe is too
long ago, or packets are missing, a new one is asked for instead; so it is where the way is known
to be too narrow for all of that at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from .branch import Branch
from .track import Track

OLDEST = 3.0  # seconds since the keyframe
MOST = 256  # packets since then
SPELL = 0.15  # seconds of what a narrow way takes
STEP = 48  # packets to one viewer at a time: some 9 Mbit/s where that is every 50 ms
TOGETHER = 16  # viewers at a time; where more come at once, one keyframe serves all of them


def beginning(track: Track, branch: Branch, now: float, budget: int | None = None) -> int | None:
    """The number of the packet to begin with, if all since the last keyframe can be had.

    ``budget``: the bits a second that the viewer may be sent, None where that is not limited.
    """
    if branch.key is None or now - branch.key[1] > OLDEST:
        return None
    first = branch.key[0]
    length = branch.highest - first + 1
    if length > MOST:
        return None
    most = SPELL * budget / 8 if budget is not None else float("inf")
    for number in range(first, first + length):
        packet = track.recent(branch, number)
        if packet is None or len(packet) > most:
            return None
        most -= len(packet)
    return first


@dataclass
class CatchUp:
    """How far a viewer has got on a track; ``era`` and ``branch`` are those it began with."""

    track: Track
    branch: Branch
    era: int
    next: int

    def stands(self, branch: Branch) -> bool:
        """Whether it may go on: nothing was interrupted, and the viewer follows the same."""
        return self.track.era == self.era and self.branch is branch

    def step(self) -> tuple[list[bytes], bool]:
        """Some packets more, and whether that is all."""
        left = self.branch.highest - self.next + 1
        numbers = range(self.next, self.next + min(left, STEP))
        self.next += len(numbers)
        found = (self.track.recent(self.branch, number) for number in numbers)
        return [packet for packet in found if packet is not None], len(numbers) >= left
