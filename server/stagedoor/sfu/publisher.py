"""A person who may publish: their transport, sources, and what is sent back to them."""

from __future__ import annotations

import secrets

from stagedoor.media.interface import Grant

from . import rtcp, rtp
from .codecs import Codec
from .descriptions import Published
from .keyframes import KeyframeWish
from .peer import Peer
from .reception import Reception
from .track import CLOCK_RATES

MAX_BITRATE = 2_500_000
MAX_SOURCES = 8


class Source:
    """One SSRC that a publisher sends: its codec, how it arrives, its number among all."""

    def __init__(self, ssrc: int, kind: str, number: int) -> None:
        self.kind = kind
        self.number = number
        self.reception = Reception(ssrc, CLOCK_RATES[kind])


class Publisher:
    """A publishing connection. Times in seconds."""

    def __init__(self, person: str, peer: Peer, published: Published) -> None:
        self.person = person
        self.peer = peer
        self.published = published
        self.sources: dict[int, Source] = {}
        self.keyframes = KeyframeWish()
        self.losing = False
        self._ssrc = secrets.randbits(32)

    def source(self, header: rtp.Header, numbers: list[int]) -> Source | None:
        """The packet's source; a new SSRC of a negotiated codec is taken, a few at most."""
        found = self.sources.get(header.ssrc)
        if found is None:
            codec = self.codec(header)
            if codec is None or len(self.sources) >= MAX_SOURCES:
                return None
            numbers[0] += 1
            found = self.sources[header.ssrc] = Source(header.ssrc, codec.kind, numbers[0])
        return found

    def codec(self, header: rtp.Header) -> Codec | None:
        """The codec that the publisher's payload type stands for."""
        return self.published.codecs.get(header.payload_type)

    def feedback(self, now: float, grant: Grant | None) -> None:
        """What is due at any moment: NACKs for what was lost, a PLI that somebody waits for."""
        if self.losing:
            self.losing = False
            for ssrc, source in self.sources.items():
                lost = source.reception.to_ask_again(now)
                if lost:
                    self.peer.send_rtcp(rtcp.nack(self._ssrc, ssrc, lost))
                    self.losing = True
        if grant is not None and grant.camera and self.keyframes.due(now):
            for ssrc, source in self.sources.items():
                if source.kind == "video":
                    self.peer.send_rtcp(rtcp.pli(self._ssrc, ssrc))

    def report(self, now: float) -> None:
        """Once a second: how it arrives, and how much may be sent (RR and REMB)."""
        if not self.sources:
            return
        blocks = [source.reception.report(now) for source in self.sources.values()]
        compound = rtcp.receiver_report(self._ssrc, blocks)
        compound += rtcp.source_description(self._ssrc, "stagedoor")
        video = [ssrc for ssrc, source in self.sources.items() if source.kind == "video"]
        if video:
            compound += rtcp.remb(self._ssrc, MAX_BITRATE, video)
        self.peer.send_rtcp(compound)
