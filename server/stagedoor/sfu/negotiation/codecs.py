"""The codecs that are forwarded, and which payload types viewers know them by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..packets import av1, h264, vp8, vp9
from ..packets.part import Part
from .sdp import Media


@dataclass(frozen=True)
class Codec:
    """A codec: ``name`` as in rtpmap, ``payload_type`` as in our offers to viewers."""

    kind: str
    name: str
    payload_type: int
    parameters: str = ""
    feedback: tuple[str, ...] = ()


START_KBITS = 1000
_VIDEO_FEEDBACK = ("nack", "nack pli", "ccm fir", "goog-remb")
OPUS = Codec("audio", "opus/48000/2", 111, "minptime=10;useinbandfec=1")
VP8 = Codec("video", "VP8/90000", 96, "", _VIDEO_FEEDBACK)
H264 = Codec(
    "video",
    "H264/90000",
    102,
    "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
    _VIDEO_FEEDBACK,
)
VP9 = Codec("video", "VP9/90000", 98, "profile-id=0", _VIDEO_FEEDBACK)
AV1 = Codec("video", "AV1/90000", 45, "profile=0", _VIDEO_FEEDBACK)
CODECS = (OPUS, VP8, H264)
MORE = {"vp9": VP9, "av1": AV1}
"""What is forwarded besides, where the server is told so: not every client can show it."""
KNOWN = (*CODECS, *MORE.values())
REPAIRS = {VP8.payload_type: 97, H264.payload_type: 103, VP9.payload_type: 99, AV1.payload_type: 46}
"""Of the codecs whose packets are sent again, the payload types for that (RFC 4588)."""
_READERS = {
    VP8.payload_type: vp8.read,
    H264.payload_type: h264.read,
    VP9.payload_type: vp9.read,
    AV1.payload_type: av1.read,
}


def part(payload_type: int, packet: bytes, at: int) -> Part | None:
    """What the payload at this offset is of; None for sound, and for what is broken."""
    reader = _READERS.get(payload_type)
    return None if reader is None else reader(packet, at)


def accepted(media: Media, more: Iterable[Codec] = ()) -> dict[int, Codec]:
    """A publisher's payload types that we forward, ``more`` besides the usual ones.

    Of H.264 that is baseline, packetization mode 1, and of VP9 and AV1 the profile 0.
    """
    found = {}
    for payload_type, name in media.codecs.items():
        for codec in (*CODECS, *more):
            if codec.kind != media.kind or codec.name.lower() != name:
                continue
            if not _profile(codec, media.parameters.get(payload_type, "")):
                continue
            found[payload_type] = codec
    return found


def repairs(media: Media, found: Iterable[int]) -> dict[int, int]:
    """A publisher's payload types for sending again, and what they are of (apt)."""
    known = {f"apt={number}": number for number in found}
    pairs = {
        number: known.get(media.parameters.get(number, "").replace(" ", ""))
        for number, name in media.codecs.items()
        if name == "rtx/90000"
    }
    return {number: apt for number, apt in pairs.items() if apt is not None}


def repair_lines(payload_type: int, apt: int) -> list[str]:
    """The SDP lines of a payload type for sending again."""
    return [f"a=rtpmap:{payload_type} rtx/90000", f"a=fmtp:{payload_type} apt={apt}"]


def _profile(codec: Codec, parameters: str) -> bool:
    settings = dict(
        item.strip().partition("=")[::2] for item in parameters.split(";") if item.strip()
    )
    if codec is not H264:
        return settings.get("profile-id", settings.get("profile", "0")) == "0"
    profile = settings.get("profile-level-id", "42e01f")
    return settings.get("packetization-mode") == "1" and profile.startswith("42")


def started(codec: Codec, parameters: str) -> str:
    """A publisher's parameters in our answer. Chromium begins with the bitrate that is named there.

    It would begin with 300 kbit/s otherwise, at which a first picture takes a fifth of a second.
    """
    if codec.kind == "audio":
        return parameters
    return ";".join(filter(None, (parameters, f"x-google-start-bitrate={START_KBITS}")))


def lines(payload_type: int, codec: Codec, parameters: str) -> list[str]:
    """The SDP lines of a codec under a payload type."""
    found = [f"a=rtpmap:{payload_type} {codec.name}"]
    if parameters:
        found.append(f"a=fmtp:{payload_type} {parameters}")
    return found + [f"a=rtcp-fb:{payload_type} {feedback}" for feedback in codec.feedback]
