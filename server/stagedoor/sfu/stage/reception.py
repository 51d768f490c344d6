"""How well a source arrives (RFC 3550, appendices A.3 and A.8), and what to ask for again."""

from __future__ import annotations

from ..packets.rtcp import ReportBlock

MAX_GAP = 200
MAX_MISSING = 256  # so that a NACK of them fits a datagram
TRIES = 4
RETRY = 0.08


class Reception:
    """Statistics and losses of one source. Times are seconds of any one clock."""

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self._clock_rate = clock_rate
        self._first = -1
        self._highest = -1  # extended by the count of wraps
        self._received = 0
        self._jitter = 0.0
        self._transit: float | None = None
        self._reported = (0, 0)
        self._sr: tuple[int, float] | None = None
        self._missing: dict[int, tuple[float, int]] = {}

    def arrived(self, sequence: int, timestamp: int, now: float) -> bool:
        """Count a packet; True where it opened a gap, so that there is something to ask for."""
        self._received += 1
        if self._first < 0:
            self._first = self._highest = sequence
        ahead = ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000
        extended = self._highest + ahead
        opened = False
        if ahead > MAX_GAP or ahead < -0x4000:  # a jump, not a loss: nothing to ask for
            self._missing.clear()
        elif ahead > 1:
            for lost in range(self._highest + 1, extended):
                self._missing[lost] = (now, 0)
            for oldest in list(self._missing)[:-MAX_MISSING]:
                del self._missing[oldest]
            opened = True
        else:
            self._missing.pop(extended, None)
        self._highest = max(self._highest, extended)
        self._estimate_jitter(timestamp, now)
        return opened

    def misses(self, sequence: int) -> bool:
        """Whether a packet was lost, and is being asked for."""
        return self._extended(sequence) in self._missing

    def recovered(self, sequence: int) -> None:
        """A lost packet came by another stream; it counts as lost nevertheless (RFC 4588, 7)."""
        self._missing.pop(self._extended(sequence), None)

    def give_up(self) -> None:
        """Miss nothing of what was lost so far."""
        self._missing.clear()

    def _extended(self, sequence: int) -> int:
        return self._highest + ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000

    def newest(self, sequence: int) -> bool:
        """Whether a packet is the latest in the sequence of all that have arrived."""
        return self._highest & 0xFFFF == sequence

    def _estimate_jitter(self, timestamp: int, now: float) -> None:
        transit = now * self._clock_rate - timestamp
        if self._transit is not None:
            difference = abs(transit - self._transit)
            if difference < 10 * self._clock_rate:  # the timestamp wrapped or was reset
                self._jitter += (difference - self._jitter) / 16
        self._transit = transit

    def to_ask_again(self, now: float) -> list[int]:
        """The sequence numbers to put into a NACK now: each a few times, then given up."""
        asked = []
        for extended, (due, tries) in list(self._missing.items()):
            if tries >= TRIES:
                del self._missing[extended]
            elif due <= now:
                self._missing[extended] = (now + RETRY, tries + 1)
                asked.append(extended & 0xFFFF)
        return asked

    def sender_report(self, ntp: int, now: float) -> None:
        """Remember the publisher's last SR, for its round-trip time."""
        self._sr = (ntp >> 16 & 0xFFFFFFFF, now)

    def figures(self) -> dict[str, object]:
        """How many packets came and were lost, and the jitter in seconds."""
        lost = max(0, self._highest - self._first + 1 - self._received)
        jitter = round(self._jitter / self._clock_rate, 4)
        return {"packets": self._received, "lost": lost, "jitter": jitter}

    def report(self, now: float) -> ReportBlock:
        """The report block since the last call."""
        expected = self._highest - self._first + 1
        lost = expected - self._received
        expected_before, received_before = self._reported
        expected_since = expected - expected_before
        lost_since = expected_since - (self._received - received_before)
        self._reported = (expected, self._received)
        fraction = 0
        if expected_since > 0 and lost_since > 0:
            fraction = min(255, lost_since * 256 // expected_since)
        last_sr, at = self._sr or (0, now)
        delay = int((now - at) * 65536) if self._sr else 0
        return ReportBlock(
            self.ssrc,
            fraction,
            lost,
            self._highest & 0xFFFFFFFF,
            int(self._jitter),
            last_sr,
            delay & 0xFFFFFFFF,
        )
