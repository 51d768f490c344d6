"""When to ask a publisher for a keyframe: many viewers' wishes, few requests upstream."""

from __future__ import annotations

INTERVAL = 0.5
AGAIN, SELDOM = 1.0, 8.0  # what was asked for and does not come is asked for again, ever less often


class KeyframeWish:
    """Merges and throttles PLI and FIR of one video track. Times in seconds.

    A request may be lost on its way, and so may be what it brings, of which a viewer who has had
    nothing yet knows nothing: so it counts as done when a keyframe has come, not when it was sent.
    """

    def __init__(self) -> None:
        self._last = float("-inf")
        self._pending = False
        self._patience: float | None = None  # with a request that has brought nothing yet

    def ask(self) -> None:
        """Somebody needs a keyframe."""
        self._pending = True

    def reset(self) -> None:
        """There is a new publisher: it may be asked at once."""
        self._last = float("-inf")
        self._pending = True

    def came(self) -> None:
        """A keyframe has begun: it is for all who asked until now, whatever brought it."""
        self._pending, self._patience = False, None

    def due(self, now: float) -> bool:
        """Whether to send a PLI upstream now; a wish too soon after the last one waits."""
        waited = now - self._last
        overdue = self._patience is not None and waited >= self._patience
        if waited < INTERVAL or not (self._pending or overdue):
            return False
        longer = SELDOM if self._patience is None else min(2 * self._patience, SELDOM)
        self._patience = AGAIN if self._pending else longer
        self._pending, self._last = False, now
        return True
