"""What is known of the way to one viewer: from receiver reports and REMB to a budget."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from ..packets.rtcp import ReportBlock
from .alarm import Alarm
from .choosing import FLOOR
from .estimator import GUESS, Feedback, State, estimate, found, guess, unheard, wordless
from .probing import Probe, probe
from .trains import WIDE, Needs, Trains

RATE = 1.0  # seconds over which rates are taken
SPAN = 0.5  # the same, at least, of one source, which is reported every second or so
GONE = 4.0  # seconds without a report after which a source counts no more
LEAST = 40  # packets that losses are counted over, where they come within three seconds
JUMP = 0x4000
FIRST = 10  # the same, while there is but a guess
HEAVY, MANY = 0.2, 10  # of packets lost, a share and a number that are not waited with
RTT = 0.1  # until there is a better one
STEM = 0.6  # seconds after an alarm in which nothing else is learned from what is lost
REST, LONGEST_REST = 4.0, 32.0  # seconds after an alarm in which nothing too large is tried
CALM = 1.0  # seconds after the budget fell until more is tried


@dataclass(slots=True)
class Reported:
    """One source by its last report, and its rate by those before: browsers report each alone."""

    highest: int
    lost: int
    octets: float = 0.0
    rate: float = 0.0
    at: float | None = None
    fresh: bool = True


class Downlink:
    """One viewer's way. Times in seconds, rates in bits a second.

    ``budget`` is for pictures: sound is not counted, and always sent. ``rtt``: the round trip.
    ``expected``, ``lost``: packets of pictures, by the viewer's reports. ``sent``: what left for
    the viewer lately, repairs and padding included. It is seen by the highest sequence numbers in
    the reports, so that nothing has to be counted a packet and viewer. ``trains``: padding whose
    arrival is reported, which is not counted.
    """

    def __init__(self) -> None:
        self.state = State()
        self.probe = Probe()
        self.trains = Trains()
        self.rtt = RTT
        self.sent = 0
        self._sources: dict[int, Reported] = {}
        self._octets = 0
        self._seen: deque[tuple[float, int]] = deque()
        self.expected = self.lost = 0
        self._expected = self._lost = 0
        self._counted_at = 0.0
        self._fell_at: float | None = None
        self._alarm = Alarm()
        self._stemmed_at = self._strict_until = float("-inf")
        self._rest = REST
        self._spoke = False

    @property
    def budget(self) -> int | None:
        """What pictures may take; None while nothing is known."""
        return self.state.budget

    def repaired(self, octets: int) -> None:
        """So much was sent again, or as padding."""
        self._octets += octets

    def trip(self, seconds: float) -> None:
        """A round trip was measured."""
        self.rtt += (max(0.001, min(seconds, 2.0)) - self.rtt) / 4

    def report(self, block: ReportBlock, size: float) -> None:
        """Take how pictures of one source arrived; ``size``: octets of its packets on average."""
        known = self._sources.get(block.ssrc)
        expected = (block.highest - known.highest) & 0xFFFFFFFF if known is not None else JUMP
        if known is None or expected >= JUMP:
            self._sources[block.ssrc] = Reported(block.highest, block.lost)
            return
        lost = max(0, min(expected, block.lost - known.lost))
        self.expected, self.lost = self.expected + expected, self.lost + lost
        self._expected, self._lost = self._expected + expected, self._lost + lost
        known.highest, known.lost, known.fresh = block.highest, block.lost, True
        known.octets += expected * size

    def hear(self, remb: int | None, now: float) -> None:
        """The end of a viewer's compound packet, with the REMB that was in it."""
        self._spoke = True
        self.sent = int(self._pictures(now) + self._repairs(now))
        if self.stemming(now):
            self._expected = self._lost = 0
        heavy = self._lost >= MANY and self._lost > HEAVY * self._expected
        loss, since = None, now - self._counted_at
        least = LEAST if self.state.guess is None else FIRST
        if heavy or since >= 3 * RATE or (since >= RATE and self._expected >= least):
            if self._expected:
                loss = self._lost / self._expected
            self._expected = self._lost = 0
            self._counted_at = now
        if remb is not None or loss is not None:
            self.state = estimate(self.state, Feedback(self.sent, remb, loss), now)
            if self.state.phase == "decrease":
                self._fell_at = now

    def asked(self, ssrc: int, numbers: Sequence[int], spent: int, now: float) -> bool:
        """Packets were asked for; whether it is so many that less has to be sent at once.

        ``spent``: the bits a second of what the viewer is to be sent.
        """
        share = self._alarm.asked(ssrc, numbers, now)
        if not share or self.stemming(now):
            return False
        self._alarm.forget()
        self._rest = min(LONGEST_REST, 2 * self._rest) if self.strict(now - self._rest) else REST
        self._stemmed_at = self._fell_at = now
        self._strict_until = now + self._rest
        sent = max(self.sent, spent, 2 * FLOOR)
        said = Feedback(sent, loss=min(share, 1 - FLOOR / sent))
        self.state = estimate(self.state, said, now)
        return True

    def stemming(self, now: float) -> bool:
        """Whether an alarm was so short a time ago that what is lost is known."""
        return now - self._stemmed_at < STEM + self.rtt

    def strict(self, now: float) -> bool:
        """Whether an alarm was so short a time ago that nothing is sent which would bring another.

        Until then a better way is found with padding, or not; later it is tried.
        """
        return now < self._strict_until

    def guess(self, now: float) -> None:
        """Nothing is known of the way, and is not to be waited for any longer."""
        self.state = guess(self.state, GUESS, now)

    def learn(self, now: float) -> bool:
        """See what a train of padding has found out; whether the budget is another one now."""
        bits = self.trains.found(self.budget or 0, self.rtt, now)
        if not bits:
            return False
        before, wide = self.budget, bits >= WIDE and self.state.phase == "start"
        self.state = State() if wide else found(self.state, bits, now)
        return self.budget != before

    def train(self, wanted: int, useful: int, seconds: float, now: float) -> int:
        """How many packets of a train to send now, of a time of so many seconds."""
        state = self.state
        calm = state.phase != "decrease" and now - state.since > CALM
        needs = Needs(self.budget or 0, wanted, useful, self.sent, calm)
        return self.trains.due(needs, seconds, now)

    def _pictures(self, now: float) -> float:
        """The rate of all sources, each between its own reports."""
        for one in self._sources.values():
            if one.fresh and (one.at is None or now - one.at >= SPAN):
                one.rate = 8 * one.octets / (now - one.at) if one.at is not None else 0.0
                one.octets, one.at = 0.0, now
            one.fresh = False
        rates = (one.rate for one in self._sources.values() if now - (one.at or 0.0) < GONE)
        return sum(rates)

    def _repairs(self, now: float) -> float:
        """The rate of what was sent again, and as padding."""
        seen = self._seen
        if not seen or now > seen[-1][0]:
            seen.append((now, self._octets))
        while len(seen) > 2 and now - seen[1][0] > RATE:
            seen.popleft()
        (start, before), (end, after) = seen[0], seen[-1]
        return 8 * (after - before) / (end - start) if end > start else 0.0

    def struggles(self, now: float, seconds: float) -> bool:
        """Whether the budget fell within so many seconds."""
        return self._fell_at is not None and now - self._fell_at < seconds

    def wait(self, sending: bool, now: float) -> None:
        """Look at the time, about once a second; ``sending``: whether pictures are sent."""
        if not self._spoke:
            self.state = wordless(self.state, now)
        self.state = unheard(self.state, max(1, self.sent) if sending else 0, now)

    def try_more(self, wanted: int, useful: int, now: float) -> int:
        """How many bits a second of padding to send now; see ``probing.py``."""
        plain = max(0, self.sent - self.probe.padding)
        self.probe = probe(self.probe, self.state, plain, wanted, useful, now)
        return self.probe.padding
