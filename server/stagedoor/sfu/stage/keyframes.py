"""When to ask a publisher for a keyframe: many viewers' wishes, few requests upstream."""

from __future__ import annotations

INTERVAL = 0.5


class KeyframeWish:
    """Merges and throttles PLI and FIR of one video track. Times in seconds."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._pending = False

    def ask(self) -> None:
        """Somebody needs a keyframe."""
        self._pending = True

    def reset(self) -> None:
        """There is a new publisher: it may be asked at once."""
        self._last = float("-inf")
        self._pending = True

    def due(self, now: float) -> bool:
        """Whether to send a PLI upstream now; a wish too soon after the last one waits."""
        if not self._pending or now - self._last < INTERVAL:
            return False
        self._pending, self._last = False, now
        return True
