"""The recent packets of one source: what NACKs are answered from, and how repetitions are known."""

from __future__ import annotations

from .numbering import RING, Arrival


class Ring:
    """The last RING sequence numbers of a source, each with the first packet that came under it."""

    def __init__(self, source: int) -> None:
        self.source = source
        self._slots: list[Arrival | None] = [None] * RING
        self._newest = -1

    def take(self, arrival: Arrival) -> bool:
        """Remember a packet; False for one that was here before, or is too late to be known.

        A packet that was repaired, and then comes by itself after all, comes twice: what left under
        its number first stays the only thing that ever does.
        """
        sequence = arrival.header.sequence
        at = sequence % RING
        ahead = (sequence - self._newest) & 0xFFFF if self._newest >= 0 else 1
        if 0 < ahead < 0x8000:
            if ahead > 1:  # what stands there is of 65536 packets ago
                for lost in range(1, min(ahead, RING)):
                    self._slots[(sequence - lost) % RING] = None
            self._newest = sequence
        elif (self._newest - sequence) & 0xFFFF >= RING or self._slots[at] is not None:
            return False
        self._slots[at] = arrival
        return True

    def find(self, sequence: int) -> Arrival | None:
        """The packet of this number, if it is one of the last and has come."""
        arrival = self._slots[sequence % RING]
        return arrival if arrival is not None and arrival.header.sequence == sequence else None
