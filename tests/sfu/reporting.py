"""A simulated viewer who reports each arrival of a train, in virtual time: way, receiver and sound.

Pictures in layers and sound share a way with a queue. The receiver asks for gaps at once, reports
once a second, says REMB as aiortc's does, and when a train's packets came ten times a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from aiortc.rate import RemoteBitrateEstimator

from stagedoor.sfu.packets.rtcp import ReportBlock
from stagedoor.sfu.rates.choosing import ROOM
from stagedoor.sfu.rates.directing import AMPLE
from stagedoor.sfu.rates.downlink import Downlink
from stagedoor.sfu.rates.trains import PACKET
from stagedoor.sfu.stage.forwarding import HOLD

from .link import LAYERS

STEP, TICK = 0.005, 0.05
SIZE, SOUND = 1000, 130  # octets of a packet
KEYFRAME = 0.12  # seconds until a smaller layer begins


@dataclass
class Reporting:
    """``capacity`` in bits a second at a time; ``queue`` in seconds, ``burst`` in octets.

    A burst is what passes at once, whatever the capacity, after a pause.
    """

    capacity: Callable[[float], int]
    queue: float = 0.2
    delay: float = 0.02
    burst: int = 0
    reports: bool = True

    downlink: Downlink = field(default_factory=Downlink)
    layers: list[tuple[float, int | None]] = field(default_factory=list)
    sound: list[tuple[float, bool]] = field(default_factory=list)
    trained: int = 0

    def __post_init__(self) -> None:
        self._receiver = RemoteBitrateEstimator()
        self._free_at = -10.0
        self._coming: list[tuple[float, float, str, int]] = []
        self._times: list[tuple[int, float | None]] = []
        self._remb: int | None = None
        self._number = self._highest = self._lost = 0
        self._layer: int | None = None
        self._paused_until = 0.0
        self._owed = 0.0
        if self.reports:
            self.downlink.trains.begin(0.0)
            self._hold_until = HOLD
        else:
            self.downlink.guess(0.0)
            self._hold_until = 0.0

    def run(self, start: float, end: float) -> Reporting:
        """Go on from one time to another."""
        for step in range(round(start / STEP), round(end / STEP)):
            now = step * STEP
            if step % 4 == 0:
                self.sound.append((now, self._carry(now, SOUND, "sound", 0)))
            if step % 8 == 0:
                self._picture(now)
            self._arrive(now)
            if step % 10 == 0:
                self._tick(now)
            if step % 20 == 0 and self._times:
                self.downlink.trains.heard(self._times)
                self._times = []
                self._learn(now)
            if step % 50 == 0:
                self._report(now, counts=step % 200 == 0)
        return self

    def lost(self, start: float, end: float) -> int:
        """How many packets of sound did not come."""
        return sum(not came for at, came in self.sound if start <= at < end)

    def first(self, layer: int, start: float) -> float:
        """How long after a time this layer, and no other, was sent again and again."""
        others = [at for at, one in self.layers if at >= start and one != layer]
        return (others[-1] - start + 0.04) if others else 0.0

    def _chosen(self) -> int:
        budget = self.downlink.budget
        if budget is None:
            return len(LAYERS) - 1
        now = self._layer if self._layer is not None else -1
        costs = [rate * (ROOM if at > now else 1.0) for at, rate in enumerate(LAYERS)]
        fitting = [at for at, cost in enumerate(costs) if cost <= budget]
        return fitting[-1] if fitting else 0

    def _picture(self, now: float) -> None:
        layer: int | None = self._chosen()
        if now < self._hold_until or now < self._paused_until:
            layer = None
        self._layer = layer
        self.layers.append((now, layer))
        if layer is None:
            return
        self._owed += LAYERS[layer] * 0.04 / 8
        while self._owed >= SIZE:
            self._owed -= SIZE
            self._number += 1
            self._carry(now, SIZE, "picture", self._number)

    def _carry(self, now: float, octets: int, kind: str, number: int) -> bool:
        capacity = self.capacity(now)
        free_at = max(self._free_at, now - 8 * self.burst / capacity)
        if free_at - now > self.queue:
            return False
        self._free_at = free_at + octets * 8 / capacity
        self._coming.append((max(now, self._free_at) + self.delay, now, kind, number))
        return True

    def _arrive(self, now: float) -> None:
        self._coming.sort()
        while self._coming and self._coming[0][0] <= now:
            at, sent, kind, number = self._coming.pop(0)
            if kind == "train":
                self._times.append((number, at))
            if kind != "picture":
                continue
            gap = range(self._highest + 1, number)
            self._highest = number
            stamp = int(sent * 2**18) & 0xFFFFFF
            found = self._receiver.add(int(at * 1000), stamp, SIZE, 1)
            self._remb = found[0] if found is not None else self._remb
            if gap:
                self._lost += len(gap)
                numbers = [one & 0xFFFF for one in gap]
                if self.downlink.asked(1, numbers, LAYERS[self._layer or 0], now):
                    self._paused_until = now + KEYFRAME

    def _tick(self, now: float) -> None:
        if self._hold_until and now >= self._hold_until:
            self._hold_until = 0.0
            self.downlink.guess(now)
        if not self.reports:
            return
        self._learn(now)
        layer = self._chosen()
        wanted = int(ROOM * LAYERS[layer + 1]) if layer + 1 < len(LAYERS) else 0
        for _ in range(self.downlink.train(wanted, int(AMPLE * LAYERS[-1]), TICK, now)):
            self.trained += PACKET
            self._carry(now, PACKET, "train", self.downlink.trains.number(now))

    def _learn(self, now: float) -> None:
        self.downlink.learn(now)
        if self.downlink.trains.train is None:
            self._hold_until = 0.0

    def _report(self, now: float, counts: bool) -> None:
        if counts:
            self.downlink.report(ReportBlock(1, 0, self._lost, self._highest, 0, 0, 0), SIZE)
        remb, self._remb = self._remb, None
        if counts or remb is not None:
            self.downlink.hear(remb, now)
        self.downlink.wait(True, now)
