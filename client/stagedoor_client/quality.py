"""How good the network is, in words. Pure: counters of two moments in, a judgement out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .words import marked, t, told

Word = Literal["good", "fair", "poor", "lost"]

GOOD = (0.02, 0.200, 0.030)
"""Up to this share lost, round trip and jitter, in seconds, nobody notices."""
FAIR = (0.08, 0.400, 0.080)
"""Up to this one notices, and can follow."""
LEAST = 3000
"""Bits a second below which there is nothing but reports of the connection's own."""

NAMES: dict[Word, str] = {
    "good": marked("Good connection"),
    "fair": marked("Fair connection"),
    "poor": marked("Poor connection"),
    "lost": marked("No connection"),
}


@dataclass(frozen=True)
class Stream:
    """RTP of one source, as its receiver counts it. ``lost`` shrinks when something comes late.

    ``jitter`` is in seconds (RFC 3550, section 6.4.1).
    """

    arrived: int
    lost: int
    jitter: float = 0.0


@dataclass(frozen=True)
class Sample:
    """What is known at one moment ``at``, in seconds of any clock.

    ``bytes``: sent and received by each transport, ``streams``: those of either direction; by any
    names, which a new connection does not use again. ``round_trip`` is in seconds; None: not
    measured, as only what one sends is. ``connected``: all connections are up that should be.
    ``expecting``: something should arrive, as others are on stage with a device on.
    """

    at: float
    bytes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    streams: Mapping[str, Stream] = field(default_factory=dict)
    round_trip: float | None = None
    connected: bool = True
    expecting: bool = False


@dataclass(frozen=True)
class Quality:
    """The judgement: a ``word``, a ``sentence`` for people, and what it comes from.

    ``loss`` is a share from 0 to 1, ``round_trip`` and ``jitter`` are in milliseconds, the rates
    in bits a second.
    """

    word: Word
    sentence: str
    loss: float = 0.0
    round_trip: float | None = None
    jitter: float | None = None
    sending: float = 0.0
    receiving: float = 0.0


def judge(before: Sample, after: Sample) -> Quality | None:
    """The network between two samples; None while there is nothing to tell of."""
    if not after.connected:
        return None if before.connected else Quality("lost", t("No connection: connecting"))
    seconds = after.at - before.at
    if seconds <= 0 or not after.bytes:
        return None
    sending, receiving = (_rate(before, after, way) / seconds for way in (0, 1))
    if before.expecting and after.expecting and not receiving:
        return Quality("lost", t("No connection: nothing arrives"), sending=sending)
    arrived, lost, jitter = _arrivals(before.streams, after.streams)
    loss = lost / (lost + arrived) if lost else 0.0
    word = _word(loss, after.round_trip or 0.0, jitter or 0.0)
    round_trip = None if after.round_trip is None else max(0.0, after.round_trip) * 1000
    parts = [t("{share} lost", share=percent(loss))] if lost + arrived else []
    parts += [f"{round_trip:.0f} ms"] if round_trip is not None else []
    parts += [t("sending {rate}", rate=rate(sending))] if sending >= LEAST else []
    parts += [t("receiving {rate}", rate=rate(receiving))] if receiving >= LEAST else []
    sentence = told(NAMES[word])
    if parts:
        sentence = t("{name}: {text}", name=sentence, text=", ".join(parts))
    return Quality(
        word,
        sentence,
        loss,
        round_trip,
        None if jitter is None else jitter * 1000,
        sending,
        receiving,
    )


def _rate(before: Sample, after: Sample, way: int) -> int:
    """Bits sent (0) or received (1) in between; a new transport counts from zero."""
    grown = (
        total[way] - before.bytes.get(name, (0, 0))[way] for name, total in after.bytes.items()
    )
    return 8 * sum(max(0, more) for more in grown)


def _arrivals(
    before: Mapping[str, Stream], after: Mapping[str, Stream]
) -> tuple[int, int, float | None]:
    """Packets that arrived, that were lost, and the jitter of the steadiest stream.

    What a camera adds to the network's own unevenness differs from stream to stream.
    """
    arrived = lost = 0
    jitters = []
    for name, stream in after.items():
        was = before.get(name, Stream(0, 0))
        more = max(0, stream.arrived - was.arrived)
        arrived += more
        lost += max(0, stream.lost - was.lost)
        jitters += [stream.jitter] if more else []
    return arrived, lost, min(jitters, default=None)


def _word(*measured: float) -> Word:
    """The worst of the three decides."""
    if all(value <= most for value, most in zip(measured, GOOD, strict=True)):
        return "good"
    if all(value <= most for value, most in zip(measured, FAIR, strict=True)):
        return "fair"
    return "poor"


def percent(share: float) -> str:
    """A share from 0 to 1 as people say it: "0 %", "0.2 %", "12 %"."""
    number = share * 100
    return f"{number:.1f} %" if 0.05 <= number < 9.95 else f"{number:.0f} %"


def rate(bits: float) -> str:
    """Bits a second as people say it: "640 kbit/s", "1.1 Mbit/s"."""
    return f"{bits / 1e6:.1f} Mbit/s" if bits >= 950_000 else f"{bits / 1e3:.0f} kbit/s"
