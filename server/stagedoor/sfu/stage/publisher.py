"""A person who may publish: their transport, sources, and what is sent back to them."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Sequence
from itertools import accumulate, count

from stagedoor.media.interface import Grant

from ..negotiation.descriptions import Published, Taken
from ..packets import rtcp, rtp, rtx, vp8
from ..packets.part import Part
from ..packets.rtcp import SenderInfo
from ..rates.uplink import Uplink
from ..transport.peer import Peer
from .keyframes import KeyframeWish
from .numbering import Arrival
from .position import CLOCK_RATES
from .reception import Reception

PICTURES = ("video", "screen")
MAX_SOURCES = 16
TEMPORAL_LAYERS = 4
WITHHELD = 16  # packets, of 20 ms or less
_numbers = count()


class Source:
    """One SSRC that a publisher sends: its m-line, how it arrives, its number among all.

    ``layer``: which of several of one picture, 0 being the smallest. ``reported``: what its last
    sender report said. ``lines``: how many the picture has, 0 while that is not known. ``rates``:
    bits a second up to each temporal layer, empty until they are known. ``heard_at`` in seconds.
    ``timestamp``: of its last picture. ``withheld``: the last packets of a voice that is not heard,
    each with its track's era.
    """

    def __init__(self, ssrc: int, line: Taken, layer: int, number: int) -> None:
        self.line = line
        self.kind = line.kind
        self.layer = layer
        self.number = number
        self.reported: SenderInfo | None = None
        self.timestamp = -1
        self.withheld: deque[tuple[int, Arrival]] = deque(maxlen=WITHHELD)
        self.reception = Reception(ssrc, CLOCK_RATES[line.kind])
        self.lines = 0
        self.rates: tuple[int, ...] = ()
        self.heard_at = float("-inf")
        self._octets = [0] * TEMPORAL_LAYERS
        self._measured_at = 0.0

    def count(self, packet: bytes, part: Part | None, now: float) -> None:
        """Take note of a packet that may be forwarded."""
        if self.heard_at < 0:
            self._measured_at = now
        self.heard_at = now
        self._octets[part.tid if part is not None else 0] += len(packet)
        if part is not None and part.key:
            size = vp8.size(packet, part)
            self.lines = size[1] if size is not None else self.lines

    def measure(self, now: float) -> None:
        """Work out the rates since the last time; those of a source that is silent stay."""
        seconds, self._measured_at = now - self._measured_at, now
        if seconds <= 0 or not any(self._octets):
            return
        highest = max(tid for tid, octets in enumerate(self._octets) if octets)
        rates = [int(8 * octets / seconds) for octets in accumulate(self._octets[: highest + 1])]
        if len(rates) == len(self.rates):
            rates = [(3 * old + new) // 4 for old, new in zip(self.rates, rates, strict=True)]
        self.rates = tuple(rates)
        self._octets = [0] * TEMPORAL_LAYERS


class Publisher:
    """A publishing connection. Times in seconds.

    ``repairing``: the payload types of packets that are sent again. ``number`` tells publishers
    apart, be they the same person again, between workers, too. ``backstage``: of one at another
    worker, whether the packet that comes was let in there for those alone who see the backstage.
    """

    def __init__(self, person: str, peer: Peer, published: Published) -> None:
        self.person = person
        self.peer = peer
        self.published = published
        self.number = next(_numbers)
        self.sources: dict[int, Source] = {}
        self.keyframes: dict[tuple[str, int], KeyframeWish] = {}
        self._wish_for_keyframes()
        self.losing = False
        self.backstage = False
        self.plis = 0
        self.uplink = Uplink()
        self.repairing = _repairing(published)
        self._repairs: dict[int, int] = {}  # SSRCs of what is sent again, and of the packets
        self._ssrc = secrets.randbits(32)

    def renegotiate(self, published: Published) -> None:
        """Take a newer offer's m-lines; whatever is sent by another one now is recognised anew."""
        self.published = published
        self.repairing = _repairing(published)
        self._repairs = {}
        self._wish_for_keyframes()
        known = self.sources.items()
        self.sources = {ssrc: one for ssrc, one in known if one.line in published.lines}

    def begin(self, kind: str) -> None:
        """What comes of a kind is for others than before: a keyframe, and nothing of the past."""
        for source in self.sources.values():
            if source.kind == kind:
                source.reception.give_up()
        for (wished, _), wish in self.keyframes.items():
            if wished == kind:
                wish.reset()

    def begun(self, source: Source, part: Part | None) -> None:
        """Take note of a packet that may be forwarded: with it a keyframe may begin."""
        if part is not None and part.start and part.key:
            wish = self.keyframes.get((source.kind, source.layer))
            if wish is not None:
                wish.came()

    def layers(self, kind: str) -> list[int]:
        """The layers of the person's "video" or "screen" that the offer has."""
        lines = (line for line in self.published.lines if line.kind == kind)
        return sorted({layer for line in lines for layer in line.layers})

    def newest(self, kind: str, layer: int) -> Source | None:
        """The source of a layer that was heard last."""
        found = [one for one in self.sources.values() if (one.kind, one.layer) == (kind, layer)]
        return max(found, key=lambda one: one.heard_at, default=None)

    def source(self, packet: bytes, header: rtp.Header, numbers: list[int]) -> Source | None:
        """The packet's source; a new SSRC that belongs to an m-line is taken, a few at most."""
        found = self.sources.get(header.ssrc)
        if found is None:
            line = self._line(packet, header)
            layer = self._layer(packet, line, self.published.rid_extension)
            if line is None or layer is None or len(self.sources) >= MAX_SOURCES:
                return None
            numbers[0] += 1
            found = self.sources[header.ssrc] = Source(header.ssrc, line, layer, numbers[0])
        return found

    def _wish_for_keyframes(self) -> None:
        for line in self.published.lines:
            for layer in line.layers if line.kind in PICTURES else ():
                self.keyframes.setdefault((line.kind, layer), KeyframeWish())

    def _layer(self, packet: bytes, line: Taken | None, extension: int | None) -> int | None:
        """Which layer of its m-line a packet is of, by its own rid where there are several."""
        if line is None or not line.rids:
            return line.layer if line is not None else None
        rid = rtp.extension(packet, extension) if extension is not None else None
        names = [name.encode() for name in line.rids]
        return names.index(rid) if rid in names else None

    def _line(self, packet: bytes, header: rtp.Header) -> Taken | None:
        """The m-line of a new SSRC (RFC 8843, section 9.2); None where that cannot be said.

        By the packet's own mid, by the offer's a=ssrc lines, or by a payload type that but one
        m-line has.
        """
        number = header.payload_type
        lines = [
            one for one in self.published.lines if number in {*one.payload_types, *one.repairs}
        ]
        extension = self.published.mid_extension
        mid = rtp.extension(packet, extension) if extension is not None else None
        if mid is not None:
            lines = [one for one in lines if one.mid.encode() == mid]
        elif any(header.ssrc in one.ssrcs for one in lines):
            lines = [one for one in lines if header.ssrc in one.ssrcs]
        return lines[0] if len(lines) == 1 else None

    def count(self, source: Source, packet: bytes, header: rtp.Header, now: float) -> None:
        """Take a packet's part in what is known of the way from here."""
        self.uplink.arrived(len(packet))
        if source.kind == "audio" or header.timestamp == source.timestamp:
            return
        source.timestamp = header.timestamp
        identifier = self.published.time_extension
        sent = rtp.extension(packet, identifier) if identifier is not None else None
        if sent is not None and len(sent) == 3:
            self.uplink.began(int.from_bytes(sent), now)

    def recovered(self, packet: bytes, header: rtp.Header) -> bytes | None:
        """The packet that one of a payload type in ``repairing`` brings, if it is missed."""
        sequence = rtx.original(packet, header)
        if header.ssrc not in self._repairs:
            self._name_repairs(packet, header)
        ssrc = self._repaired(header, sequence) if sequence is not None else None
        source = self.sources.get(ssrc) if ssrc is not None else None
        if ssrc is None or sequence is None or source is None:
            return None
        apt = source.line.repairs.get(header.payload_type)
        if apt is None or not source.reception.misses(sequence):
            return None
        source.reception.recovered(sequence)
        return rtx.unwrap(packet, header, apt, ssrc)

    def _name_repairs(self, packet: bytes, header: rtp.Header) -> None:
        """Know whose packets an SSRC sends again by the layer that they name (RFC 8852)."""
        line, extension = self._line(packet, header), self.published.repaired_rid_extension
        layer = self._layer(packet, line, extension) if line is not None and line.rids else None
        for ssrc, source in self.sources.items() if layer is not None else ():
            if source.line is line and source.layer == layer:
                self._repairs[header.ssrc] = ssrc

    def _repaired(self, header: rtp.Header, sequence: int) -> int | None:
        """Whose packets this SSRC sends again: by the offer, or the only one that misses this."""
        known = self._repairs.get(header.ssrc)
        for line in self.published.lines:
            if known is None:
                known = line.repairing.get(header.ssrc)
        if known is None:
            missing = [
                ssrc
                for ssrc, source in self.sources.items()
                if header.payload_type in source.line.repairs and source.reception.misses(sequence)
            ]
            if len(missing) == 1 and len(self._repairs) < MAX_SOURCES:
                known = self._repairs[header.ssrc] = missing[0]
        return known

    def feedback(self, now: float, grant: Grant | None) -> None:
        """What is due at any moment: NACKs for what was lost, a PLI that somebody waits for.

        Also a smaller bound, where the way from here has become narrower.
        """
        if self.uplink.look(now):
            self.peer.send_rtcp(self._bound(self.uplink.limit or 0))
        if self.losing:
            self.losing = False
            for ssrc, source in self.sources.items():
                lost = source.reception.to_ask_again(now)
                if lost:
                    self.peer.send_rtcp(rtcp.nack(self._ssrc, ssrc, lost))
                    self.losing = True
        for (kind, layer), wish in self.keyframes.items():
            known = [
                ssrc
                for ssrc, source in self.sources.items()
                if (source.kind, source.layer) == (kind, layer)
            ]
            if known and grant is not None and grant.allows(kind) and wish.due(now):
                for ssrc in known:
                    self.peer.send_rtcp(rtcp.pli(self._ssrc, ssrc))
                    self.plis += 1

    def ask_for_keyframes(self, ssrcs: Sequence[int]) -> None:
        """Somebody at another worker needs these pictures from their beginning."""
        for ssrc in ssrcs:
            source = self.sources.get(ssrc)
            wish = self.keyframes.get((source.kind, source.layer)) if source else None
            if wish is not None:
                wish.ask()

    def report(self, now: float, needed: int) -> None:
        """Once a second: how it arrives, and how much may be sent (RR and REMB).

        ``needed``: the bits a second of pictures that are of use to those who watch.
        """
        if not self.sources:
            return
        for source in self.sources.values():
            source.measure(now)
        blocks = [source.reception.report(now) for source in self.sources.values()]
        compound = rtcp.receiver_report(self._ssrc, blocks)
        compound += rtcp.source_description(self._ssrc, "stagedoor")
        limit = self.uplink.limit
        self.peer.send_rtcp(compound + self._bound(needed if limit is None else min(needed, limit)))

    def _bound(self, bits: int) -> bytes:
        """How much may be sent of all pictures; nothing where there are none."""
        video = [ssrc for ssrc, source in self.sources.items() if source.kind in PICTURES]
        return rtcp.remb(self._ssrc, bits, video) if video else b""


def _repairing(published: Published) -> frozenset[int]:
    """The publisher's payload types for what is sent again."""
    return frozenset(number for line in published.lines for number in line.repairs)
