"""How much a publisher may send: what is of use to somebody, and what the way to us bears.

The way is judged as browsers do for one another (aiortc's receiver): by how the delay of pictures
changes, of which the first packet says when it was sent. The pictures of one connection share it.
"""

from __future__ import annotations

from collections.abc import Sequence

from aiortc.rate import AimdRateControl, BandwidthUsage, OveruseDetector, OveruseEstimator

from .downlink import Downlink

MOST = {"video": 2_500_000, "screen": 4_000_000}
UNWATCHED = {"video": 500_000, "screen": 800_000}
LEAST = {"video": 150_000, "screen": 300_000}
"""Bits a second for a picture; what nobody watches is not to begin too small for the first."""

LOOK = 0.25  # seconds between two looks at the estimate
STRUGGLED = 30.0  # seconds for which a viewer's trouble is remembered
ROOM = 1.5  # of what such viewers get, so that there is more once they can take it


def needed(kind: str, viewers: Sequence[Downlink], pictures: int, layered: bool, now: float) -> int:
    """The bits a second of a picture of this kind that are of use to those who get it.

    ``pictures``: among how many these viewers share their budgets. It is what the best of them can
    take; whoever has not struggled lately can take all, and so can they together if it is sent in
    layers.
    """
    if not viewers:
        return UNWATCHED[kind]
    best = LEAST[kind]
    for downlink in viewers:
        budget = downlink.budget
        if layered or budget is None or not downlink.struggles(now, STRUGGLED):
            return MOST[kind]
        best = max(best, int(ROOM * budget / max(1, pictures)))
    return min(best, MOST[kind])


class Uplink:
    """The way from one publisher. Times in seconds, rates in bits a second.

    ``limit``: what it bears; None while nothing speaks against anything.
    """

    def __init__(self) -> None:
        self.limit: int | None = None
        self._filter, self._detector = OveruseEstimator(), OveruseDetector()
        self._control = AimdRateControl()
        self._last: tuple[int, float] | None = None
        self._octets = 0
        self._looked_at = 0.0
        self._rate: float | None = None

    def arrived(self, octets: int) -> None:
        """Count a packet."""
        self._octets += octets

    def began(self, sent: int, now: float) -> None:
        """The first packet of a picture came; ``sent``: its time of sending, of 24 bits."""
        last, self._last = self._last, (sent, now)
        if last is None:
            return
        ticks = (sent - last[0]) & 0xFFFFFF
        if ticks >= 0x800000:  # it was overtaken
            self._last = last
            return
        apart, arrived = ticks / 262.144, (now - last[1]) * 1000
        at = int(now * 1000)
        state = self._detector.state()
        self._filter.update(round(arrived), apart, 0, state, at)
        self._detector.detect(self._filter.offset(), apart, self._filter.num_of_deltas(), at)

    def look(self, now: float) -> bool:
        """Bring ``limit`` up to date; whether it fell."""
        elapsed = now - self._looked_at
        if elapsed < LOOK:
            return False
        rate, self._octets, self._looked_at = self._octets * 8 / elapsed, 0, now
        self._rate = rate if self._rate is None or elapsed > 2 else self._rate * 0.7 + rate * 0.3
        if self._filter.num_of_deltas() == 0:
            return False
        state = self._detector.state()
        over = state == BandwidthUsage.OVERUSING
        before, found = self.limit, self._control.update(state, int(self._rate), int(now * 1000))
        if before is not None or over:
            self.limit = found
        return self.limit is not None and (before is None or self.limit < before)
