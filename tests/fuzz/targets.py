"""All targets by their names."""

from __future__ import annotations

from . import descriptions, http, messages, packets, stage, transport
from .target import Target

_ALL = (
    transport.STUN,
    transport.DTLS,
    transport.SRTP,
    packets.RTP,
    packets.RTCP,
    packets.PAYLOAD,
    descriptions.SDP,
    messages.MESSAGES,
    messages.TOKENS,
    http.HTTP,
    stage.STAGE,
)
TARGETS: dict[str, Target] = {one.name: one for one in _ALL}
