"""Qt's event loop as asyncio's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import shiboken6
from qasync import QEventLoop

T = TypeVar("T")


class Loop(QEventLoop):  # type: ignore[misc]
    """qasync's loop, but it lets no task go on while it does not run.

    qasync (0.28) handles what is left of Qt's events once more after it has ended: tasks that get
    their turn then fail with "no running event loop", and whoever waits for them waits for ever.
    """

    def run_until_complete(self, future: Awaitable[T]) -> T:
        """Run until it is done, and give its result."""
        task: asyncio.Future[T] = asyncio.ensure_future(future, loop=self)

        def stop(_: Any) -> None:
            self.stop()

        task.add_done_callback(stop)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(stop)
        if not task.done():
            raise RuntimeError("The event loop was stopped before it was done.")
        return task.result()

    def close(self) -> None:
        """Close it, and let go of Qt's timers.

        qasync leaves its object with them to Python's garbage collector, which may find it in
        another thread: Qt cannot stop timers from there, and calls a deleted object later.
        """
        if not self.is_closed():
            super().close()
            shiboken6.delete(self._timer)
