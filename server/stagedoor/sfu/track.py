"""What viewers receive of one kind from one place on the stage: one SSRC for good.

Whoever publishes, however often they reconnect or are muted: sequence numbers and timestamps of
the track go on without a break.
"""

from __future__ import annotations

from . import rtp
from .rtcp import SenderInfo

RING = 1024
CLOCK_RATES = {"audio": 48000, "video": 90000, "screen": 90000}


class Track:
    """An outgoing RTP stream's numbering, and its recent packets for NACK."""

    def __init__(self, kind: str, ssrc: int) -> None:
        self.kind = kind
        self.ssrc = ssrc
        self.packets = 0
        self.octets = 0
        self.payload_type = 0
        self.era = 0
        self._source: int | None = None
        self._base = 0
        self._since_base = 0
        self._sequence_offset = 0
        self._timestamp_offset = 0
        self._highest = -1
        self._last_timestamp = 0
        self._last_at = 0.0
        self._ring: list[bytes | None] = [None] * RING

    def interrupt(self) -> None:
        """Whatever comes next follows on the last packet forwarded; the past is not resent."""
        self.era += 1
        self._source = None
        self._ring = [None] * RING

    def forward(
        self, packet: bytes, header: rtp.Header, payload_type: int, source: int, now: float
    ) -> bytes | None:
        """The packet as viewers get it, or None if it is older than the source's first here.

        ``source`` tells apart publishers' streams; a new one is joined on seamlessly.
        """
        if source != self._source:
            self._join(header, source, now)
        self._since_base += 1
        behind = (header.sequence - self._base) & 0xFFFF
        if behind >= 0x8000 and self._since_base < 0x4000:
            return None
        sequence = (header.sequence + self._sequence_offset) & 0xFFFF
        timestamp = (header.timestamp + self._timestamp_offset) & 0xFFFFFFFF
        if self._highest < 0 or rtp.newer(sequence, self._highest):
            self._highest = sequence
            self._last_timestamp, self._last_at = timestamp, now
        extension = b"" if self.kind == "audio" else rtp.send_time(now)
        out = rtp.rewrite(packet, header, payload_type, sequence, timestamp, self.ssrc, extension)
        self._ring[sequence % RING] = out
        self.payload_type = payload_type
        self.packets += 1
        self.octets += len(packet) - header.payload
        return out

    def _join(self, header: rtp.Header, source: int, now: float) -> None:
        """Number a new source's first packet right after the last one, in time as well."""
        if self._highest >= 0:
            elapsed = max(1, int((now - self._last_at) * CLOCK_RATES[self.kind]))
            following = self._highest + 1
            timestamp = self._last_timestamp + elapsed
            self._sequence_offset = (following - header.sequence) & 0xFFFF
            self._timestamp_offset = (timestamp - header.timestamp) & 0xFFFFFFFF
        self._source, self._base, self._since_base = source, header.sequence, 0

    def recent(self, sequence: int) -> bytes | None:
        """A packet by its outgoing sequence number, while it is in the ring."""
        packet = self._ring[sequence % RING]
        if packet is None or int.from_bytes(packet[2:4]) != sequence:
            return None
        return packet

    def translate(self, info: SenderInfo, source: int) -> SenderInfo | None:
        """A sender report in the track's numbering; None for a source that is not the present."""
        if self._source != source or self._highest < 0:
            return None
        timestamp = (info.timestamp + self._timestamp_offset) & 0xFFFFFFFF
        return SenderInfo(self.ssrc, info.ntp, timestamp)
