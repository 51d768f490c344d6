"""Whether what a room decides can be kept: told when that changes, tried again until it can."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from stagedoor.log import EventLog, LogConflictError, LogError
from stagedoor.rules.events import AnyEvent

logger = logging.getLogger(__name__)


class Saving:
    """One room's way to the log. ``tell`` is told whether it works, on change only."""

    def __init__(self, room: str, log: EventLog, tell: Callable[[bool], None]) -> None:
        self.works = True
        self._room = room
        self._log = log
        self._tell = tell

    async def append(self, after: int, events: Sequence[AnyEvent], *, idle: bool) -> None:
        """Append the events; ``idle`` and without any, see whether it works again.

        Raises LogConflictError, and LogError where nothing can be saved.
        """
        try:
            if events:
                await self._log.append(self._room, after, events)
            elif idle and not self.works:
                await self._log.check()
            else:
                return
        except LogConflictError:
            raise
        except LogError as error:
            if self.works:
                logger.error("room %s: %s", self._room, error.sentence)
            self._set(False)
            raise
        self._set(True)

    def _set(self, works: bool) -> None:
        if works == self.works:
            return
        self.works = works
        if works:
            logger.warning("room %s: what happens is saved again", self._room)
        self._tell(works)
