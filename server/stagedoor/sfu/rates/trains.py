"""What a viewer's way would bear, asked by trains of padding whose arrival is reported. Pure.

For viewers who say of each packet when it arrived (``packets/arrivals.py``). Two kinds of trains:

- A **short** one is SHORT small packets at once. How far apart they arrive tells what the narrowest
  place lets through. It is sent when somebody connects, so that it is known what to begin with, and
  every PAUSE seconds while there is something to gain: on a way of 300 kbit/s it takes 70 ms.
- A **long** one follows where that is enough for a better layer: padding for LENGTH seconds that
  fills up what is sent to the goal. If no more than LOST of it is lost, and no queue grows by more
  than GROWN, the goal is reached. Otherwise it is what arrived, less a reserve (SHARE), and the
  next train waits: FIRST_WAIT, and twice as long each time, up to LONGEST_WAIT.

A short one alone is not believed later on, as places that let a burst through and hold back what
follows look wide to it; when somebody connects it is, as they would have to wait for more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

PACKET = 323  # octets of a train's packet, with all headers
SHORT = 8  # packets
FEW = 5  # of them have to be known to tell a rate
LENGTH = 0.3
LOST, GROWN = 0.04, 0.06
SHARE = 0.85
WIDE = 20_000_000  # bits a second: more cannot be told
MOST = 5_000_000  # bits a second of padding
PATIENCE = 0.4  # seconds, and two round trips, for the last word on a train
PAUSE, NEXT = 3.0, 0.5
FIRST_WAIT, LONGEST_WAIT = 3.0, 12.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What there is to gain: bits a second of the budget, of the next better layer, of all.

    ``plain``: what is sent; ``calm``: whether nothing has spoken against more lately.
    """

    budget: int
    wanted: int
    useful: int
    plain: int
    calm: bool


@dataclass
class Train:
    """One that is on its way. ``goal``: in bits a second, what is to be reached, or is of use.

    ``wanted``: the least that is of use; ``plain``: what is sent besides. ``sent`` and ``arrived``:
    seconds by the packets' numbers, of our clock and of the viewer's.
    """

    goal: int
    wanted: int
    plain: int
    until: float
    long: bool = False
    sent: dict[int, float] = field(default_factory=dict)
    arrived: dict[int, float] = field(default_factory=dict)

    def over(self, now: float, rtt: float) -> bool:
        """Whether there is nothing to wait for."""
        if now < self.until or not self.sent:
            return False
        return len(self.arrived) == len(self.sent) or now > self.until + PATIENCE + 2 * rtt

    def rate(self) -> int:
        """The bits a second at which it arrived; 0 where too little did."""
        times = sorted(self.arrived.values())
        if len(times) < FEW:
            return 0
        took = max(times[-1] - times[0], LENGTH if self.long else 1e-6)
        return min(WIDE, int(8 * PACKET * (len(times) - 1) / took))

    def well(self) -> bool:
        """Whether all of it arrived, and as soon in the end as in the beginning."""
        if len(self.arrived) < (1 - LOST) * len(self.sent):
            return False
        delays = [self.arrived[one] - at for one, at in self.sent.items() if one in self.arrived]
        third = len(delays) // 3
        return third > 0 and min(delays[-third:]) - min(delays[:third]) <= GROWN


class Trains:
    """The trains to one viewer, one at a time. Times in seconds, rates in bits a second."""

    def __init__(self) -> None:
        self.train: Train | None = None
        self._next = 0.0
        self._wait = FIRST_WAIT
        self._number = 0

    def begin(self, now: float) -> None:
        """Ask what there is, now."""
        self.train = Train(0, 0, 0, now)

    def due(self, needs: Needs, seconds: float, now: float) -> int:
        """How many packets to send now, of a time of so many seconds."""
        train = self.train
        if train is None:
            if now < self._next or not needs.calm or needs.wanted <= needs.budget:
                return 0
            self.train = train = Train(needs.useful, needs.wanted, needs.plain, now)
        elif train.long and not needs.calm:
            self._fail(now)
            return 0
        if train.long and now < train.until:
            rate = min(MOST, max(0, train.goal - train.plain))
            return max(1, int(rate * seconds / 8 / PACKET))
        return 0 if train.sent else SHORT

    def number(self, now: float) -> int:
        """The number of the next packet, which leaves now."""
        number, self._number = self._number, self._number + 1 & 0xFFFF
        if self.train is not None:
            self.train.sent[number] = now
        return number

    def heard(self, arrivals: Iterable[tuple[int, float | None]]) -> None:
        """Packets arrived, by the viewer's clock."""
        for number, at in arrivals:
            if self.train is not None and at is not None and number in self.train.sent:
                self.train.arrived[number] = at

    def found(self, budget: int, rtt: float, now: float) -> int | None:
        """What may be sent from now on, as it has been found out; None where nothing is new.

        0 where nothing came back of the train that was asked for.
        """
        train = self.train
        if train is None or not train.over(now, rtt):
            return None
        self.train = None
        rate = train.rate()
        if not train.wanted:
            self._next = now + NEXT
            return rate if rate == WIDE else int(SHARE * rate)
        if not train.long:
            may = int(SHARE * rate)
            if may < train.wanted:
                self._next = now + PAUSE
                return None
            goal = min(train.goal, may, train.plain + MOST)
            self.train = Train(goal, train.wanted, train.plain, now + LENGTH, long=True)
            return None
        if train.well():
            self._next, self._wait = now + NEXT, FIRST_WAIT
            return train.goal
        self._fail(now)
        part = int(SHARE * (rate + train.plain))
        return min(part, train.goal) if part > budget else None

    def _fail(self, now: float) -> None:
        self.train = None
        self._next, self._wait = now + self._wait, min(LONGEST_WAIT, 2 * self._wait)
