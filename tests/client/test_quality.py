"""The network in words: vectors of two samples, and of aiortc's reports."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from stagedoor_client.gauge import Gauge, sample
from stagedoor_client.quality import Quality, Sample, Stream, judge, percent, rate


def between(before: dict[str, Any], after: dict[str, Any]) -> Quality:
    """The judgement of two seconds."""
    found = judge(Sample(10.0, **before), Sample(12.0, **after))
    assert found is not None
    return found


def streams(**counted: tuple[int, int] | tuple[int, int, float]) -> dict[str, Stream]:
    return {name: Stream(*values) for name, values in counted.items()}


@pytest.mark.parametrize(
    ("arrived", "lost", "round_trip", "jitter", "word", "sentence"),
    [
        (998, 2, 0.024, 0.004, "good", "Good connection: 0.2 % lost, 24 ms, sending 1.1 Mbit/s"),
        (1000, 0, None, 0.0, "good", "Good connection: 0 % lost, sending 1.1 Mbit/s"),
        (980, 20, 0.2, 0.03, "good", "Good connection: 2.0 % lost, 200 ms, sending 1.1 Mbit/s"),
        (979, 21, 0.02, 0.0, "fair", "Fair connection: 2.1 % lost, 20 ms, sending 1.1 Mbit/s"),
        (1000, 0, 0.201, 0.0, "fair", "Fair connection: 0 % lost, 201 ms, sending 1.1 Mbit/s"),
        (1000, 0, 0.02, 0.031, "fair", "Fair connection: 0 % lost, 20 ms, sending 1.1 Mbit/s"),
        (880, 120, 0.02, 0.0, "poor", "Poor connection: 12 % lost, 20 ms, sending 1.1 Mbit/s"),
        (1000, 0, 0.5, 0.0, "poor", "Poor connection: 0 % lost, 500 ms, sending 1.1 Mbit/s"),
        (1000, 0, 0.02, 0.1, "poor", "Poor connection: 0 % lost, 20 ms, sending 1.1 Mbit/s"),
        (0, 50, None, None, "poor", "Poor connection: 100 % lost, sending 1.1 Mbit/s"),
    ],
)
def test_what_is_lost_and_late_decides(
    arrived: int,
    lost: int,
    round_trip: float | None,
    jitter: float | None,
    word: str,
    sentence: str,
) -> None:
    found = between(
        {"bytes": {"up": (5_000, 700)}, "streams": streams(mine=(400, 3))},
        {
            "bytes": {"up": (280_000, 900)},
            "streams": streams(mine=(400 + arrived, 3 + lost, jitter or 0.0)),
            "round_trip": round_trip,
        },
    )
    assert (found.word, found.sentence) == (word, sentence)
    assert found.sending == 1_100_000
    assert found.loss == pytest.approx(lost / (arrived + lost))
    assert found.round_trip == (None if round_trip is None else pytest.approx(round_trip * 1000))


def test_both_directions_are_told_of() -> None:
    found = between(
        {"bytes": {"up": (0, 0), "down": (0, 0)}, "streams": streams(mine=(0, 0), a=(100, 0))},
        {
            "bytes": {"up": (160_000, 1000), "down": (1000, 749_000)},
            "streams": streams(mine=(500, 0, 0.02), a=(590, 10, 0.001)),
            "round_trip": 0.0314,
        },
    )
    assert found.sentence == (
        "Good connection: 1.0 % lost, 31 ms, sending 644 kbit/s, receiving 3.0 Mbit/s"
    )
    assert found.jitter == pytest.approx(1.0), "of the steadiest stream"


def test_losses_that_are_made_good_are_none() -> None:
    """What was asked for again arrives late: the count of lost packets shrinks."""
    found = between(
        {"bytes": {"down": (0, 0)}, "streams": streams(a=(100, 5))},
        {"bytes": {"down": (900, 90_000)}, "streams": streams(a=(205, 0))},
    )
    assert found.loss == 0.0


def test_a_new_connection_counts_from_nothing() -> None:
    found = between(
        {"bytes": {"old": (9_000_000, 9_000_000)}, "streams": streams(old=(5000, 100))},
        {"bytes": {"new": (500, 250_000)}, "streams": streams(new=(300, 0))},
    )
    assert (found.loss, found.receiving) == (0.0, 1_000_000)
    assert found.sentence == "Good connection: 0 % lost, receiving 1.0 Mbit/s"


def test_old_jitter_of_a_silent_stream_does_not_count() -> None:
    found = between(
        {"bytes": {"down": (0, 0)}, "streams": streams(a=(10, 0, 0.5), b=(10, 0, 0.0))},
        {"bytes": {"down": (0, 9000)}, "streams": streams(a=(20, 0, 0.5), b=(10, 0, 0.0))},
    )
    assert found.word == "poor"
    assert found.jitter == 500


def test_silence_is_a_loss_only_where_something_is_expected() -> None:
    quiet: dict[str, Any] = {"bytes": {"down": (500, 9000)}}
    assert between(quiet, quiet).sentence == "Good connection"
    expecting = quiet | {"expecting": True}
    assert between(quiet, expecting).word == "good", "it may be on its way"
    found = between(expecting, expecting)
    assert (found.word, found.sentence) == ("lost", "No connection: nothing arrives")


def test_being_connected_takes_a_moment() -> None:
    up, down = Sample(0.0, {"a": (1, 1)}), Sample(2.0, connected=False)
    assert judge(up, down) is None
    found = judge(down, Sample(4.0, connected=False))
    assert found is not None
    assert (found.word, found.sentence) == ("lost", "No connection: connecting")
    assert judge(down, Sample(4.0, {"a": (1, 1)})) is not None
    assert judge(Sample(0.0), Sample(2.0)) is None, "nothing is connected, and need not be"
    assert judge(up, up) is None


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (0.0004, "0 %"),
        (0.002, "0.2 %"),
        (0.0994, "9.9 %"),
        (0.0996, "10 %"),
        (1, "100 %"),
    ],
)
def test_shares_in_words(share: float, words: str) -> None:
    assert percent(share) == words


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (6_400, "6 kbit/s"),
        (949_000, "949 kbit/s"),
        (951_000, "1.0 Mbit/s"),
        (12.34e6, "12.3 Mbit/s"),
    ],
)
def test_rates_in_words(bits: float, words: str) -> None:
    assert rate(bits) == words


def reports() -> list[SimpleNamespace]:
    """As aiortc makes them for a connection each way."""
    of = SimpleNamespace
    return [
        of(type="transport", id="up", bytesSent=9000, bytesReceived=100),
        of(type="outbound-rtp", id="out", kind="video", packetsSent=90),
        of(type="remote-inbound-rtp", id="far", kind="video", packetsReceived=88, packetsLost=2,
           jitter=450, roundTripTime=0.04),
        of(type="remote-inbound-rtp", id="new", kind="audio", packetsReceived=0, packetsLost=0,
           jitter=0, roundTripTime=None),
        of(type="transport", id="down", bytesSent=100, bytesReceived=8000),
        of(type="inbound-rtp", id="in", kind="audio", packetsReceived=50, packetsLost=1, jitter=96),
        of(type="remote-outbound-rtp", id="sr", kind="audio", packetsSent=51),
    ]  # fmt: skip


def test_a_sample_is_read_from_aiortcs_reports() -> None:
    assert sample(reports(), 3.0, connected=True, expecting=True) == Sample(
        3.0,
        {"up": (9000, 100), "down": (100, 8000)},
        {"far": Stream(88, 2, 0.005), "new": Stream(0, 0), "in": Stream(50, 1, 0.002)},
        0.04,
        connected=True,
        expecting=True,
    )


async def test_a_missing_connection_is_noticed_and_forgotten() -> None:
    gauge = Gauge()
    assert await gauge.measure([], expecting=False) is None
    assert await gauge.measure([None], expecting=True) is None
    found = await gauge.measure([None], expecting=True)
    assert found is not None
    assert found.word == "lost"
    gauge.forget()
    assert await gauge.measure([None], expecting=True) is None
