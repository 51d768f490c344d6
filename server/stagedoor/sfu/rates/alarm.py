"""Whether a viewer asks again for so much that their way must be full. Pure.

A narrow place lets one packet through now and then, and drops those between: the viewer asks for
each gap at once, a second or so before a report counts what was lost. It is an alarm where of the
packets of WINDOW seconds, from the first to the last one that was asked for, at least LOST were,
and half of them (SHARE), in more than one gap. One gap alone may be a moment without radio.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..packets.rtp import newer

WINDOW = 0.4  # seconds
LOST, SHARE = 8, 0.5


class Alarm:
    """What one viewer asked for lately. Times in seconds."""

    def __init__(self) -> None:
        self._asked: dict[int, dict[int, float]] = {}
        self._highest: dict[int, int] = {}

    def asked(self, ssrc: int, numbers: Iterable[int], now: float) -> float:
        """Packets of a track were asked for; the share that was lost if that is an alarm, or 0.

        Whatever is asked for once more is known already: gaps are reported in their order.
        """
        asked = self._asked.setdefault(ssrc, {})
        for number in numbers:
            highest = self._highest.setdefault(ssrc, number - 1 & 0xFFFF)
            if newer(number, highest):
                asked[number], self._highest[ssrc] = now, number
        for number in [one for one, at in asked.items() if now - at > WINDOW]:
            del asked[number]
        if len(asked) < LOST:
            return 0.0
        first, last = next(iter(asked)), next(reversed(asked))
        span = (last - first & 0xFFFF) + 1
        share = len(asked) / span
        return share if len(asked) < span and share >= SHARE else 0.0

    def forget(self) -> None:
        """It is known what was lost so far."""
        self._asked.clear()
