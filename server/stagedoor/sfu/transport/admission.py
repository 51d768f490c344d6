"""How much of what comes to the port is worth work: by peer, and no more out than came in. Pure.

Strangers cost a look at a few bytes. A peer that has been let in may flood with its own password,
or under an address that is not its own; so what is dear, checking a password and handshakes, is
within a bucket of the peer's own, and others go on.
"""

from __future__ import annotations

from typing import NamedTuple


class Rate(NamedTuple):
    """So many a second in the long run, and so many at once."""

    a_second: float
    burst: int


#: Browsers check each pair of addresses every 50 ms at first, and then one every 2.5 s.
CHECKS = Rate(20, 100)
#: A handshake takes four datagrams or so from each side, and as many again where they get lost.
HANDSHAKE = Rate(20, 100)
#: Until the handshake proves that an address receives, as in QUIC (RFC 9000, section 8.1).
AMPLIFIED = 3
#: Seconds without a check from an address after which it may be another peer's. Those who share an
#: address and port at the same time are forged.
SILENT = 10.0


class Allowance:
    """A token bucket. Times in seconds."""

    def __init__(self, rate: Rate, now: float) -> None:
        self._rate = rate
        self._left = float(rate.burst)
        self._then = now

    def take(self, now: float) -> bool:
        """Whether there is one more."""
        left = self._left + (now - self._then) * self._rate.a_second
        self._left, self._then = min(left, self._rate.burst), now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Unproven:
    """What came from, and went to, a peer whose address may be forged. In bytes."""

    def __init__(self) -> None:
        self._credit = 0

    def heard(self, size: int) -> None:
        """So much came."""
        self._credit += AMPLIFIED * size

    def may_send(self, size: int) -> bool:
        """Whether so much may go out now; then it counts."""
        if size > self._credit:
            return False
        self._credit -= size
        return True
