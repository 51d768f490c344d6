"""Python's garbage collector, as a process that serves wants it."""

from __future__ import annotations

import gc


def spare_what_stays(more: int) -> None:
    """Call it once all is made that is there for good: that is not looked through any more.

    Cycles are looked for whenever there are so many objects ``more`` than before.
    """
    gc.freeze()
    gc.set_threshold(more, 10, 10)
