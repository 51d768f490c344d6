"""How delays are told: the median and the 99th percentile."""

from __future__ import annotations

from collections.abc import Iterable


def median_and_tail(delays: Iterable[float]) -> tuple[float, float]:
    """Of at least one delay, the median and the 99th percentile."""
    ordered = sorted(delays)
    median, tail = (ordered[int((len(ordered) - 1) * share)] for share in (0.5, 0.99))
    return median, tail
