"""The token bucket, by a clock of its own."""

from __future__ import annotations

from stagedoor.signalling.limits import Bucket


def test_a_burst_then_the_rate() -> None:
    now = [0.0]
    bucket = Bucket(rate=10, burst=3, clock=lambda: now[0])
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    now[0] += 0.05
    assert not bucket.take()
    now[0] += 0.06
    assert bucket.take()
    assert not bucket.take()
    now[0] += 1000
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
