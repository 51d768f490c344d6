"""What is known of the way to one viewer: from receiver reports and REMB to a budget."""

from __future__ import annotations

from collections import deque

from .estimator import Feedback, State, estimate, unheard
from .probing import Probe, probe
from .rtcp import ReportBlock

RATE = 1.0  # seconds over which rates are taken
LEAST = 40  # packets that losses are counted over, where they come within three seconds
JUMP = 0x4000
RTT = 0.1  # until there is a better one


class Downlink:
    """One viewer's way. Times in seconds, rates in bits a second.

    ``budget`` is for pictures: sound is not counted, and always sent. ``rtt``: the round trip.
    ``expected``, ``lost``: packets of pictures, by the viewer's reports.
    How much is sent is seen by the highest sequence numbers in the reports, so that nothing has to
    be counted a packet and viewer.
    """

    def __init__(self) -> None:
        self.state = State()
        self.probe = Probe()
        self.rtt = RTT
        self._sources: dict[int, tuple[int, int]] = {}
        self._octets = 0
        self._seen: deque[tuple[float, int]] = deque()
        self.expected = self.lost = 0
        self._expected = self._lost = 0
        self._counted_at = 0.0
        self._fell_at: float | None = None

    @property
    def budget(self) -> int | None:
        """What pictures may take; None while nothing is known."""
        return self.state.budget

    @property
    def sent(self) -> int:
        """What left for the viewer lately, repairs and padding included."""
        if len(self._seen) < 2:
            return 0
        (start, before), (end, after) = self._seen[0], self._seen[-1]
        return int(8 * (after - before) / (end - start)) if end > start else 0

    def repaired(self, octets: int) -> None:
        """So much was sent again, or as padding."""
        self._octets += octets

    def trip(self, seconds: float) -> None:
        """A round trip was measured."""
        self.rtt += (max(0.001, min(seconds, 2.0)) - self.rtt) / 4

    def report(self, block: ReportBlock, size: float) -> None:
        """Take how pictures of one source arrived; ``size``: octets of its packets on average."""
        known = self._sources.get(block.ssrc)
        self._sources[block.ssrc] = (block.highest, block.lost)
        if known is None:
            return
        expected = (block.highest - known[0]) & 0xFFFFFFFF
        if expected < JUMP:
            lost = max(0, min(expected, block.lost - known[1]))
            self.expected, self.lost = self.expected + expected, self.lost + lost
            self._expected, self._lost = self._expected + expected, self._lost + lost
            self._octets += int(expected * size)

    def hear(self, remb: int | None, now: float) -> None:
        """The end of a viewer's compound packet, with the REMB that was in it."""
        seen = self._seen
        if not seen or now > seen[-1][0]:
            seen.append((now, self._octets))
        while len(seen) > 2 and now - seen[1][0] > RATE:
            seen.popleft()
        loss, since = None, now - self._counted_at
        if since >= 3 * RATE or (since >= RATE and self._expected >= LEAST):
            if self._expected:
                loss = self._lost / self._expected
            self._expected = self._lost = 0
            self._counted_at = now
        if remb is not None or loss is not None:
            self.state = estimate(self.state, Feedback(self.sent, remb, loss), now)
            if self.state.phase == "decrease":
                self._fell_at = now

    def struggles(self, now: float, seconds: float) -> bool:
        """Whether the budget fell within so many seconds."""
        return self._fell_at is not None and now - self._fell_at < seconds

    def wait(self, sending: bool, now: float) -> None:
        """Look at the time, about once a second; ``sending``: whether pictures are sent."""
        self.state = unheard(self.state, max(1, self.sent) if sending else 0, now)

    def try_more(self, wanted: int, now: float) -> int:
        """How many bits a second of padding to send now, for a layer that needs ``wanted``."""
        plain = max(0, self.sent - self.probe.padding)
        self.probe = probe(self.probe, self.state, plain, wanted, now)
        return self.probe.padding
