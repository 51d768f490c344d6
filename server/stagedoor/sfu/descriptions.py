"""The session descriptions that we write: answers to publishers, offers to viewers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import codecs
from .codecs import CODECS, Codec
from .sdp import AUDIO_LEVEL, Description, Fingerprint, Media, SdpError


@dataclass(frozen=True)
class Local:
    """Our side of a connection: ICE credentials, certificate, and where we listen."""

    ufrag: str
    pwd: str
    fingerprint: Fingerprint
    addresses: tuple[str, ...]
    port: int


@dataclass(frozen=True)
class Published:
    """What a publisher's offer comes to."""

    sdp: str
    codecs: dict[int, Codec]
    level_extension: int | None
    kinds: frozenset[str]


def answer(offer: Description, local: Local, session: int) -> Published:
    """Take the first audio and the first video that we can forward; decline other m-lines.

    Raises SdpError where there is nothing to take, ``NoCommonCodec`` where the codecs are others.
    """
    taken: dict[str, dict[int, Codec]] = {}
    level = None
    sections = []
    offered = [media for media in offer.media if _sends(media)]
    for media in offer.media:
        found = codecs.accepted(media) if _sends(media) and media.kind not in taken else {}
        if not found:
            sections += [f"m={media.kind} 0 UDP/TLS/RTP/SAVPF {' '.join(media.formats)}"]
            sections += ["c=IN IP4 0.0.0.0", f"a=mid:{media.mid}", "a=inactive"]
            continue
        taken[media.kind] = found
        if media.kind == "audio":
            level = media.extensions.get(AUDIO_LEVEL)
        sections += _received(media, found, local)
    if not offered:
        raise SdpError("the offer has no audio or video to publish")
    if not taken:
        raise NoCommonCodecError("the offer has none of Opus, VP8 and H.264 (baseline, mode 1)")
    mids = [media.mid for media in offer.media if media.kind in taken and media.port]
    mids = [mid for mid in mids if f"a=mid:{mid}" in sections]
    text = _text([*_session(session, mids), *sections])
    every = {number: codec for found in taken.values() for number, codec in found.items()}
    return Published(text, every, level, frozenset(taken))


class NoCommonCodecError(SdpError):
    """Nothing in the offer can be forwarded."""


def _sends(media: Media) -> bool:
    return (
        media.kind in ("audio", "video")
        and media.port != 0
        and media.direction in ("sendrecv", "sendonly")
    )


def _received(media: Media, found: dict[int, Codec], local: Local) -> list[str]:
    numbers = " ".join(str(number) for number in found)
    section = [f"m={media.kind} 9 UDP/TLS/RTP/SAVPF {numbers}", "c=IN IP4 0.0.0.0"]
    section += [f"a=mid:{media.mid}", "a=recvonly", *_transport(local, "passive")]
    if media.kind == "audio" and AUDIO_LEVEL in media.extensions:
        section.append(f"a=extmap:{media.extensions[AUDIO_LEVEL]} {AUDIO_LEVEL}")
    for number, codec in found.items():
        section += codecs.lines(number, codec, media.parameters.get(number, ""))
    return section


@dataclass(frozen=True)
class Line:
    """An m-line that a viewer is offered: ``stream`` names the place on the stage."""

    mid: str
    kind: str
    ssrc: int
    stream: str


def offer(lines: Sequence[Line], local: Local, session: int, version: int) -> str:
    """An offer to a viewer: a sendonly m-line a track, with all the codecs of its kind."""
    sections = []
    for line in lines:
        stream = f"{line.stream} {line.stream}-{line.kind}"
        ours = [codec for codec in CODECS if codec.kind == line.kind]
        numbers = " ".join(str(codec.payload_type) for codec in ours)
        sections += [f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {numbers}", "c=IN IP4 0.0.0.0"]
        sections += [f"a=mid:{line.mid}", "a=sendonly", *_transport(local, "actpass")]
        sections.append(f"a=msid:{stream}")
        for codec in ours:
            sections += codecs.lines(codec.payload_type, codec, codec.parameters)
        sections += [f"a=ssrc:{line.ssrc} cname:{line.stream}", f"a=ssrc:{line.ssrc} msid:{stream}"]
    return _text([*_session(session, [line.mid for line in lines], version), *sections])


def _session(session: int, mids: Sequence[str], version: int = 1) -> list[str]:
    lines = ["v=0", f"o=- {session} {version} IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-lite"]
    return [*lines, f"a=group:BUNDLE {' '.join(mids)}", "a=msid-semantic: WMS *"]


def _transport(local: Local, setup: str) -> list[str]:
    lines = ["a=rtcp-mux", "a=rtcp-rsize", f"a=ice-ufrag:{local.ufrag}", f"a=ice-pwd:{local.pwd}"]
    lines += [f"a=fingerprint:{local.fingerprint.algorithm} {local.fingerprint.value}"]
    lines += [f"a=setup:{setup}"]
    for index, address in enumerate(local.addresses):
        priority = (126 << 24) + ((65535 - index) << 8) + 255
        lines.append(f"a=candidate:{index + 1} 1 udp {priority} {address} {local.port} typ host")
    return [*lines, "a=end-of-candidates"]


def _text(lines: Sequence[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
