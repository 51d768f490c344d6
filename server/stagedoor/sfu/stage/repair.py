"""What is sent again to one viewer who lost it: numbered for the viewer, and within limits.

A packet is not sent again twice within a round trip, nor when it is too old to be shown in time,
and repairs take a share of the way, so that a link which is full is not made fuller by them.
"""

from __future__ import annotations

import secrets

from ..negotiation import codecs
from ..packets import rtp, rtx

OLDEST = 1.0  # seconds
SHARE = 0.25  # of what the viewer may be, or is, sent
LEAST = 60_000  # bits a second that repairs may take in any case
BURST = 1.0  # seconds of that share at once
REMEMBERED = 1024
LOOKS, AT_ONCE = 500, 256  # that are looked for a second, and at once: it takes time, too


class Repair:
    """One viewer's repairs. Times in seconds of the clock that packets carry."""

    def __init__(self) -> None:
        self.refused = 0
        self._numbers: dict[int, int] = {}
        self._sent: dict[tuple[int, int], float] = {}
        self._allowance = 0.0
        self._at = float("-inf")
        self._looks = 0.0
        self._looked_at = float("-inf")

    def looks(self, asked: int, now: float) -> int:
        """How many of so many lost packets to look for; others may be asked for once more."""
        self._looks = min(AT_ONCE, self._looks + (now - self._looked_at) * LOOKS)
        self._looked_at = now
        granted = min(asked, int(self._looks))
        self._looks -= granted
        return granted

    def again(self, packet: bytes, rate: int, rtt: float, now: float) -> bool:
        """Whether to send a packet again now. ``rate``: what the viewer may be sent, bits/s."""
        age = rtp.age(packet, now)
        if age is not None and age > OLDEST + rtt:
            return False
        key = int.from_bytes(packet[8:12]), int.from_bytes(packet[2:4])
        if now - self._sent.get(key, float("-inf")) < rtt:
            return False
        if not self._allowed(len(packet), max(LEAST, int(SHARE * rate)), now):
            self.refused += 1
            return False
        self._sent.pop(key, None)
        self._sent[key] = now
        if len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]
        return True

    def _allowed(self, octets: int, rate: int, now: float) -> bool:
        most = rate * BURST / 8
        self._allowance = min(most, self._allowance + (now - self._at) * rate / 8)
        self._at = now
        if octets > self._allowance:
            return False
        self._allowance -= octets
        return True

    def wrapped(self, packet: bytes, now: float) -> bytes:
        """The packet for the repairing stream, with the time of now and its number there."""
        number = self._next(int.from_bytes(packet[8:12]))
        payload_type = codecs.REPAIRS[packet[1] & 0x7F]
        return rtx.wrap(rtp.sent_now(packet, now), payload_type, number)

    def padding(self, ssrc: int, payload_type: int, number: int, now: float) -> bytes:
        """A packet of nothing on the repairing stream of this one, reported by ``number``."""
        return rtx.padding(ssrc, payload_type, self._next(ssrc), number, now)

    def _next(self, ssrc: int) -> int:
        number = self._numbers.get(ssrc, secrets.randbits(14))
        self._numbers[ssrc] = number + 1 & 0xFFFF
        return number
