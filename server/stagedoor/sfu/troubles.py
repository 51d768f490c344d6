"""What goes wrong with single packets: counted, and now and then logged."""

from __future__ import annotations

import logging

log = logging.getLogger("stagedoor.sfu")


class Troubles:
    """One bad packet must not stop the others; the log is not to be flooded either."""

    def __init__(self) -> None:
        self.count = 0

    def add(self) -> None:
        """Count what is to be expected, such as what is forged or sent twice."""
        self.count += 1

    def log(self) -> None:
        """Count what is not, the exception being handled; the 1st, 2nd, 4th, 8th… are logged."""
        self.count += 1
        if self.count & (self.count - 1) == 0:
            log.exception("a packet could not be handled (%d so far)", self.count)
