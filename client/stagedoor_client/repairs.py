"""What was lost and is sent again (RTX, RFC 4588), brought to aiortc's receivers; or given up.

aiortc puts a packet that comes again back among those of its media, if it reaches the receiver. But
its router knows the SSRC of the media alone: where several m-lines have the same payload types, as
in a room with several places, it drops all that is sent again, and a picture stands still until so
much has come after the gap that the receiver gives up waiting. It waits as long for what is never
sent again, as it was lost before a pause.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from aiortc import RTCPeerConnection

BUFFER, GAPS = "_RTCRtpReceiver__jitter_buffer", "_RTCRtpReceiver__nack_generator"
MID = re.compile(r"^a=mid:(\S+)", re.M)
GROUP = re.compile(r"^a=ssrc-group:FID \d+ (\d+)", re.M)

logger = logging.getLogger(__name__)


def repairing(sdp: str) -> dict[str, int]:
    """By the mid of each m-line that has one: the SSRC of what is sent again (RFC 5576, 4.2)."""
    found = {}
    for section in re.split(r"^m=", sdp, flags=re.M)[1:]:
        mid, group = MID.search(section), GROUP.search(section)
        if mid and group:
            found[mid[1]] = int(group[1])
    return found


def route_repairs(made: RTCPeerConnection, sdp: str) -> None:
    """Have what is sent again reach the receiver of its m-line, by the offer that was answered."""
    ssrcs = repairing(sdp)
    for transceiver in made.getTransceivers():
        ssrc = ssrcs.get(transceiver.mid or "")
        if ssrc is None:
            continue
        router = getattr(transceiver.receiver.transport, "_rtp_router", None)
        table = getattr(router, "ssrc_table", None)
        if not isinstance(table, dict):
            logger.warning("This aiortc has no table of SSRCs: lost pictures are not repaired.")
            return
        table[ssrc] = transceiver.receiver


def forget_gaps(receiver: Any) -> None:
    """Begin with the next packet: what is missing of those before it does not come any more."""
    buffer: Any = getattr(receiver, BUFFER, None)
    gaps: Any = getattr(receiver, GAPS, None)
    if getattr(buffer, "_origin", None) is not None and hasattr(gaps, "missing"):
        buffer.remove(buffer.capacity)
        buffer._origin = None
        gaps.missing.clear()
