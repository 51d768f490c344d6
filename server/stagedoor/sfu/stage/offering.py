"""The offers that viewers are owed: one person's at once, a whole room's some at a time.

Whoever goes up or down changes what all are offered: with a thousand viewers, tens of megabytes of
SDP. Were these made in one go, media would wait for it, and the answer to the server, which waits
for a revocation to be in force, would lie behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from stagedoor.media.interface import SubscribeOffer

from ..negotiation.descriptions import Local
from ..transport.peer import Peer
from .stage import Stage
from .viewer import Viewer

SOME = 16  # offers between two looks at whatever has arrived
PAUSE = 0.005  # seconds, while the server has not taken those that were made


class Offering:
    """Makes and tells offers; ``full`` is whether the server has enough to read for now.

    An offer is made when its turn has come, so that a room that changes meanwhile is offered as it
    is then, once.
    """

    def __init__(
        self,
        local: Callable[[Peer], Local],
        tell: Callable[[Stage, Viewer, SubscribeOffer], None],
        full: Callable[[], bool],
    ) -> None:
        self._local = local
        self._tell = tell
        self._full = full
        self._loop = asyncio.get_running_loop()
        self._stages: dict[str, Stage] = {}
        self._due = False

    def one(self, stage: Stage, viewer: Viewer) -> None:
        """Make this one's offer now, if it is owed."""
        self._make(stage, [viewer])

    def all(self, stage: Stage) -> None:
        """Make everybody's soon."""
        self._stages[stage.room] = stage
        if not self._due:
            self._due = True
            self._loop.call_soon(self._some)

    def _some(self) -> None:
        left = SOME
        while self._stages and left > 0 and not self._full():
            room, stage = next(iter(self._stages.items()))
            owed = [viewer for viewer in stage.viewers.values() if viewer.owed]
            self._make(stage, owed[:left])
            left -= len(owed)
            if left >= 0:
                del self._stages[room]
        self._due = bool(self._stages)
        if self._due:
            self._loop.call_later(PAUSE if self._full() else 0, self._some)

    def _make(self, stage: Stage, viewers: Iterable[Viewer]) -> None:
        lines, now = stage.lines, self._loop.time()
        public, everybody = stage.people(backstage=False), stage.people(backstage=True)
        for viewer in viewers:
            people = everybody if viewer.person in stage.insiders else public
            offer = viewer.next_offer(lines, people, self._local, now)
            if offer is not None:
                self._tell(stage, viewer, offer)
