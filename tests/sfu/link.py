"""A simulated way to a viewer, in virtual time: capacity, queue, loss, jitter, and its receiver.

The receiver is aiortc's, which estimates as browsers do (REMB), so that it is not the estimator's
own idea of the world that tests it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from aiortc.rate import RemoteBitrateEstimator

from stagedoor.sfu.rates.estimator import Feedback, State, estimate, unheard
from stagedoor.sfu.rates.probing import Probe, probe

LAYERS = (150_000, 500_000, 1_500_000)
FRAME, SIZE = 0.04, 1000  # seconds; octets of a packet
STEP = 0.005


def steady(bits: int) -> Callable[[float], int]:
    """A capacity that stays the same."""
    return lambda now: bits


@dataclass
class Link:
    """``capacity`` in bits a second at a time; ``queue`` in seconds, beyond which packets are lost.

    ``lose`` says whether the way loses a packet at a time; ``jitter`` in seconds; ``deaf``: whether
    feedback is lost at a time.
    """

    capacity: Callable[[float], int]
    queue: float = 0.3
    delay: float = 0.025
    jitter: float = 0.0
    lose: Callable[[random.Random, float], bool] = lambda chance, now: False
    deaf: Callable[[float], bool] = lambda now: False
    seed: int = 1
    layers: tuple[int, ...] = LAYERS
    first: int = 2  # the layer that is sent while nothing is known

    state: State = field(default_factory=State)
    probe: Probe = field(default_factory=Probe)
    history: list[tuple[float, int | None, int, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._receiver = RemoteBitrateEstimator()
        self._free_at = 0.0
        self._arriving: list[tuple[float, float, int]] = []
        self._remb: int | None = None
        self._number = self._highest = self._received = 0
        self._reported = (0.0, 0, 0)
        self._sent: list[tuple[float, int]] = []
        self._owed = 0.0
        self.padded = 0

    @property
    def layer(self) -> int:
        """The best layer that the budget allows, the lowest one in any case."""
        budget = self.state.budget
        if budget is None:
            return self.first
        allowed = [at for at, rate in enumerate(self.layers) if rate <= budget]
        return allowed[-1] if allowed else 0

    def run(self, start: float, end: float) -> Link:
        """Send from one time to another."""
        steps = range(round(start / STEP), round(end / STEP))
        for step in steps:
            now = step * STEP
            if step % round(FRAME / STEP) == 0:
                self._send(now, self.layers[self.layer] * FRAME / 8)
            if self.probe.padding:
                self._send(now, self.probe.padding * STEP / 8, padding=True)
            self._arrive(now)
            if step % round(0.25 / STEP) == 0 and not self.deaf(now):
                self._report(now)
            if step % round(1.0 / STEP) == 0:
                self.state = unheard(self.state, self.sent(now), now)
                rate = self.layers[self.layer]
                self.history.append((now, self.state.budget, rate, self.waiting(now)))
            if step % 10 == 0:
                self._probe(now)
        return self

    def _probe(self, now: float) -> None:
        layer = self.layer
        wanted = self.layers[layer + 1] if layer + 1 < len(self.layers) else 0
        sent = self.layers[layer]
        self.probe = probe(self.probe, self.state, sent, wanted, self.layers[-1], now)

    def waiting(self, now: float) -> float:
        """How long the queue is, in seconds."""
        return max(0.0, self._free_at - now)

    def stand(self, seconds: float) -> None:
        """Let a queue stand there already, of others' packets."""
        self._free_at += seconds

    def sent(self, now: float) -> int:
        """Bits a second that were sent in the last second."""
        self._sent = [one for one in self._sent if now - one[0] <= 1.0]
        return 8 * sum(octets for _, octets in self._sent)

    def _send(self, now: float, octets: float, padding: bool = False) -> None:
        self._owed += octets
        while self._owed >= SIZE:
            self._owed -= SIZE
            self.padded += SIZE if padding else 0
            self._sent.append((now, SIZE))
            self._number += 1
            if self.waiting(now) > self.queue or self.lose(self._chance, now):
                continue
            self._free_at = max(self._free_at, now) + SIZE * 8 / self.capacity(now)
            late = self._chance.expovariate(1 / self.jitter) if self.jitter else 0.0
            self._arriving.append((self._free_at + self.delay + late, now, self._number))

    def _arrive(self, now: float) -> None:
        self._arriving.sort()
        while self._arriving and self._arriving[0][0] <= now:
            at, sent, number = self._arriving.pop(0)
            self._received += 1
            self._highest = max(self._highest, number)
            stamp = int(sent * 2**18) & 0xFFFFFF
            found = self._receiver.add(int(at * 1000), stamp, SIZE, 1)
            if found is not None:
                self._remb = found[0]

    def _report(self, now: float) -> None:
        loss = None
        since = now - self._reported[0]
        expected, received = self._highest - self._reported[1], self._received - self._reported[2]
        if since >= 3.0 or (since >= 1.0 and expected >= 40):
            loss = max(0.0, 1 - received / expected) if expected else 0.0
            self._reported = (now, self._highest, self._received)
        remb, self._remb = self._remb, None
        if remb is not None or loss is not None:
            self.state = estimate(self.state, Feedback(self.sent(now), remb, loss), now)
