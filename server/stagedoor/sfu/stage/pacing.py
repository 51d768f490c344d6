"""Pictures by a narrow way, spread in time: a keyframe at once would leave no room for sound.

Only viewers who are sent less than they show are paced; all others' packets do not come by here.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..transport.peer import Peer

if TYPE_CHECKING:
    from .track import Track

AT_ONCE = 2500  # octets that leave without waiting, after a pause: a picture, but no keyframe
LONGEST = 0.8  # seconds that a packet waits; where more does, all of it leaves faster
OVER = 1.25  # times what the pictures take
SHARE = 0.85  # of the budget
LEAST = 100_000  # bits a second


class Pacing:
    """What waits for one viewer. Times in seconds; ``rate`` in bits a second.

    ``ends``: nothing is to wait any more.
    """

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.rate = LEAST
        self.ends = False
        self._waiting: deque[tuple[Track, int, bytes]] = deque()
        self._octets = 0
        self._allowance = float(AT_ONCE)
        self._at = float("-inf")

    def aim(self, spent: int, budget: int) -> None:
        """So many bits a second of pictures are sent, so many may be."""
        self.rate = max(LEAST, int(OVER * spent), int(SHARE * budget))
        self.ends = False

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def put(self, track: Track, packet: bytes) -> None:
        """A packet for the viewer."""
        self._waiting.append((track, track.era, packet))
        self._octets += len(packet)

    def due(self, now: float) -> Iterator[bytes]:
        """What leaves now, in its order; nothing of what was interrupted meanwhile (rule 13)."""
        rate = max(self.rate / 8, self._octets / LONGEST)
        self._allowance = min(AT_ONCE, self._allowance + (now - self._at) * rate)
        self._at = now
        while self._waiting and (self.ends or self._allowance > 0):
            track, era, packet = self._waiting.popleft()
            self._octets -= len(packet)
            if track.era == era:
                self._allowance -= len(packet)
                yield packet

    def drop(self) -> None:
        """Nothing that waits is of use any more."""
        self._waiting.clear()
        self._octets = 0
