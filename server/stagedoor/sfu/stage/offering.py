"""What viewers are owed: offers, or only whose the m-lines are; all of a room some at a time.

Whoever goes up or down changes what all are told. Mostly it is but whose a place is, which is short
and the same for nearly all. Where m-lines are added, as for a place more, everybody is made an
offer: with a thousand viewers, tens of megabytes of SDP. Were these made in one go, media would
wait for it, and the answer to the server, which waits for a revocation to be in force, would lie
behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from stagedoor.media.interface import SubscribeOffer, TrackMap

from ..negotiation.descriptions import Local
from ..transport.peer import Peer
from ..workers.control import OfferNeeded, TracksChanged
from .mapping import TrackMaps
from .stage import Stage
from .viewer import Viewer

SOME = 16  # offers between two looks at whatever has arrived
SHARE = 32  # so many viewers are told whose the m-lines are in the time of one offer
PAUSE = 0.005  # seconds, while the server has not taken what was made


class Offering:
    """Makes and tells it; ``full`` is whether the server has enough to read for now.

    All is made when its turn has come, so that of a room that changes meanwhile it is told once how
    it is then. Those who are told of the same tracks are told of them together.
    """

    def __init__(
        self,
        local: Callable[[Peer], Local],
        tell: Callable[[OfferNeeded | TracksChanged], None],
        full: Callable[[], bool],
    ) -> None:
        self._local = local
        self._tell = tell
        self._full = full
        self._loop = asyncio.get_running_loop()
        self._stages: dict[str, Stage] = {}
        self._due = False

    def one(self, stage: Stage, viewer: Viewer) -> None:
        """Tell this one now what is owed."""
        self._tell_some(stage, [viewer], SHARE)

    def all(self, stage: Stage) -> None:
        """Tell everybody soon."""
        self._stages[stage.room] = stage
        if not self._due:
            self._due = True
            self._loop.call_soon(self._some)

    def _some(self) -> None:
        left = SOME * SHARE
        try:
            while self._stages and left > 0 and not self._full():
                room = next(iter(self._stages))
                stage = self._stages.pop(room)
                owed = [viewer for viewer in stage.viewers.values() if viewer.owed]
                left -= self._tell_some(stage, owed, left)
                if left <= 0:
                    self._stages[room] = stage  # after the others, whose turn it is
        finally:  # where it fails, that costs no other room what it is to be told
            self._due = bool(self._stages)
            if self._due:
                self._loop.call_later(PAUSE if self._full() else 0, self._some)

    def _tell_some(self, stage: Stage, viewers: Iterable[Viewer], most: int) -> int:
        """Tell these what they are owed, but no more than takes ``most``; what it took."""
        insiders = stage.insiders
        public, everybody = stage.people(backstage=False), stage.people(backstage=True)
        maps = TrackMaps(stage.lines, public, everybody, insiders)
        changed: dict[int, tuple[list[TrackMap], dict[str, int]]] = {}
        now, took = self._loop.time(), 0
        for viewer in viewers:
            if took >= most:
                break
            owed = viewer.next(stage.lines, maps, self._local, now)
            took += SHARE if isinstance(owed, SubscribeOffer) else 1
            if isinstance(owed, SubscribeOffer):
                self._tell(OfferNeeded(stage.room, viewer.person, owed))
            elif owed is not None:
                _, revisions = changed.setdefault(id(owed), (owed, {}))
                revisions[viewer.person] = viewer.revision
        for tracks, revisions in changed.values():
            self._tell(TracksChanged(stage.room, revisions, tracks))
        return took
