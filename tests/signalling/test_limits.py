"""How often somebody may ask: token buckets, by a clock of their own, and who is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.signalling.callers import caller, key_of, read_networks
from stagedoor.signalling.limiter import Limits
from stagedoor.signalling.limits import Bucket, Buckets, Counts, Rate


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


def test_each_key_has_a_bucket_of_its_own_and_is_told_how_long_to_wait() -> None:
    buckets = Buckets(Rate(2, 2))
    assert [buckets.take("ann", 0.0) for _ in range(3)] == [0, 0, 0.5]
    assert buckets.take("ben", 0.0) == 0
    assert buckets.wait("ann", 0.25) == buckets.wait("ann", 0.25) == 0.25
    assert buckets.take("ann", 0.5) == 0
    assert buckets.take("ann", 0.5) == 0.5
    assert buckets.wait("cal", 0.5) == 0


def test_of_too_many_keys_the_one_that_asked_longest_ago_is_forgotten() -> None:
    buckets = Buckets(Rate(1, 1), kept=3)
    for who in "abc":
        buckets.take(who, 0.0)
    assert buckets.take("a", 0.0) == 1
    buckets.take("d", 0.0)
    assert len(buckets) == 3
    assert [buckets.wait(who, 0.0) for who in "abcd"] == [1, 0, 1, 1]


def test_whoever_has_not_asked_for_long_is_forgotten_a_few_at_a_time() -> None:
    buckets = Buckets(Rate(2, 4))
    for who in range(10):
        buckets.take(who, 0.0)
    buckets.take("late", 0.4)
    assert len(buckets) == 11, "nobody's bucket is full yet"
    for _ in range(5):
        buckets.take("late", 0.5)
    assert len(buckets) == 1
    assert buckets.wait("late", 0.5) > 0, "and whoever has just asked is not"


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 5)), max_size=60))
def test_forgetting_makes_no_difference(asked: list[tuple[int, float]]) -> None:
    rate, now = Rate(2, 5), 0.0
    together, apart = Buckets(rate), [Buckets(rate) for _ in range(4)]
    for who, later in asked:
        now += later
        assert together.take(who, now) == pytest.approx(apart[who].take(who, now))


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 5)), max_size=60))
def test_nobody_gets_more_than_the_rate_and_a_burst(asked: list[tuple[int, float]]) -> None:
    buckets, now = Buckets(Rate(2, 5)), 0.0
    taken = dict.fromkeys(range(4), 0)
    for who, later in asked:
        now += later
        taken[who] += not buckets.take(who, now)
    assert all(count <= 5 + 2 * now + 1e-6 for count in taken.values())


def test_so_many_at_once() -> None:
    counts = Counts(2)
    assert [counts.enter("ann") for _ in range(3)] == [True, True, False]
    assert counts.enter("ben")
    counts.leave("ann")
    assert counts.enter("ann")
    for who in ("ann", "ann", "ben", "cal"):
        counts.leave(who)
    assert len(counts) == 0


PROXIES = read_networks(["10.0.0.0/8", "2001:db8::1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.7"], "192.0.2.1"),  # no proxy of ours: anybody may say that
        ("10.1.2.3", ["198.51.100.7"], "198.51.100.7"),
        ("10.1.2.3", ["203.0.113.1, 198.51.100.7"], "198.51.100.7"),  # the first was made up
        ("10.1.2.3", ["203.0.113.1, 198.51.100.7", "10.9.9.9"], "198.51.100.7"),
        ("10.1.2.3", [], "10.1.2.3"),
        ("10.1.2.3", ["unknown"], "10.1.2.3"),
        ("10.1.2.3", ["198.51.100.7, , "], "10.1.2.3"),
        ("2001:db8::1", ["2001:db8:5::7"], "2001:db8:5::7"),
        ("::ffff:10.1.2.3", ["[2001:db8:5::7]"], "[2001:db8:5::7]"),
        ("", ["198.51.100.7"], ""),
    ],
)
def test_behind_a_proxy_it_is_whom_the_proxy_says(
    peer: str, forwarded: list[str], expected: str
) -> None:
    assert caller(peer, forwarded, PROXIES) == expected


def test_without_proxies_nobody_is_believed() -> None:
    assert caller("10.1.2.3", ["198.51.100.7"], ()) == "10.1.2.3"


def test_of_ipv6_it_is_the_network() -> None:
    assert key_of("2001:db8:1:2::1") == key_of("[2001:db8:1:2:ffff::9]") == "2001:db8:1:2::/64"
    assert key_of("2001:db8:1:3::1") != key_of("2001:db8:1:2::1")
    assert key_of("::ffff:192.0.2.1") == key_of("192.0.2.1") == "192.0.2.1"
    assert key_of("fe80::1%eth0") == "fe80::/64"
    assert key_of("no address") == "no address"


@given(st.text(), st.lists(st.text()))
def test_whatever_a_header_says_it_is_somebody(peer: str, forwarded: list[str]) -> None:
    assert isinstance(key_of(caller(peer, forwarded, PROXIES)), str)


def test_a_school_gets_in_at_once() -> None:
    """Two thousand people, fifty files and a WebSocket each, within a moment."""
    limits = Limits.of()
    requests, joins, sockets = (
        Buckets(limits.requests),
        Buckets(limits.joins),
        Counts(limits.sockets),
    )
    assert all(requests.take("school", 0.0) == 0 for _ in range(2000 * 50))
    assert all(joins.take("school", 0.0) == 0 for _ in range(2000))
    assert all(sockets.enter("school") for _ in range(2000))
    assert joins.take("school", 0.0) == 0  # and somebody whose page was loaded again
