"""The session descriptions that we write: answers to publishers, offers to viewers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..packets import arrivals, rtx
from ..packets.rtp import SEND_TIME_EXTENSION
from . import codecs
from .codecs import CODECS, Codec
from .sdp import (
    ARRIVALS,
    AUDIO_LEVEL,
    LAYER_OF,
    MID,
    REPAIRED_RID,
    RID,
    SEND_TIME,
    Description,
    Fingerprint,
    Media,
    SdpError,
)

EXTENSIONS = {"audio": (AUDIO_LEVEL, MID), "video": (MID, RID, REPAIRED_RID, SEND_TIME)}


@dataclass(frozen=True)
class Local:
    """Our side of a connection: ICE credentials, certificate, and where we listen.

    ``more``: codecs that are forwarded besides the usual ones. ``tcp``: the TCP port, if any.
    """

    ufrag: str
    pwd: str
    fingerprint: Fingerprint
    addresses: tuple[str, ...]
    port: int
    more: tuple[Codec, ...] = ()
    tcp: int = 0


@dataclass(frozen=True)
class Taken:
    """An m-line that we take of a publisher: whose SSRCs it names, and by their payload type ours.

    ``kind`` is "audio", "video" (the camera's) or "screen". ``repairs``: by the publisher's payload
    types for what is sent again, those of the packets; ``repairing``: the same of SSRCs.
    ``rids``: the names of several layers, from the smallest on; without them it is one ``layer``.
    """

    mid: str
    kind: str
    ssrcs: frozenset[int]
    payload_types: Mapping[int, int]
    repairs: Mapping[int, int] = field(default_factory=dict)
    repairing: Mapping[int, int] = field(default_factory=dict)
    rids: tuple[str, ...] = ()
    layer: int = 0

    @property
    def layers(self) -> range:
        """The layers of its picture that come by this m-line."""
        return range(len(self.rids)) if self.rids else range(self.layer, self.layer + 1)


@dataclass(frozen=True)
class Published:
    """What a publisher's offer comes to; the extensions' identifiers are the publisher's."""

    sdp: str
    lines: tuple[Taken, ...]
    level_extension: int | None
    mid_extension: int | None
    rid_extension: int | None = None
    repaired_rid_extension: int | None = None
    time_extension: int | None = None


def answer(offer: Description, local: Local, session: int) -> Published:
    """Take what we can forward of the microphone, the camera and the screen; decline the rest.

    These are the first audio m-line, the first video m-line and the second, and one that carries a
    smaller picture of one of these. Raises SdpError where there is nothing to take,
    ``NoCommonCodec`` where the codecs are others.
    """
    lines: list[Taken] = []
    sections = []
    extensions: dict[str, int] = {}
    kinds = {"audio": ["audio"], "video": ["video", "screen"]}
    for media in offer.media:
        larger = media.attributes.get(LAYER_OF)
        expected = kinds.get(media.kind) if larger is None else None
        kind = expected.pop(0) if expected else _kind(lines, media, larger)
        found = codecs.accepted(media, local.more) if kind and _sends(media) else {}
        if not found:
            sections += [f"m={media.kind} 0 UDP/TLS/RTP/SAVPF {' '.join(media.formats)}"]
            sections += ["c=IN IP4 0.0.0.0", f"a=mid:{media.mid}", "a=inactive"]
            continue
        payload_types = {number: codec.payload_type for number, codec in found.items()}
        repairs = codecs.repairs(media, found)
        ssrcs = frozenset(media.ssrcs - media.repairs.keys())
        rids, layer = media.rids, int(_has_smaller(offer, media))
        lines.append(
            Taken(media.mid, kind, ssrcs, payload_types, repairs, media.repairs, rids, layer)
        )
        extensions = media.extensions | extensions  # in a bundle they are all the same
        sections += _received(media, found, repairs, local)
    if not any(_sends(media) for media in offer.media):
        raise SdpError("the offer has no audio or video to publish")
    if not lines:
        raise NoCommonCodecError("the offer has none of Opus, VP8 and H.264 (baseline, mode 1)")
    text = _text([*_session(session, [line.mid for line in lines]), *sections])
    uris = (AUDIO_LEVEL, MID, RID, REPAIRED_RID, SEND_TIME)
    found_extensions = (extensions.get(uri) for uri in uris)
    return Published(text, tuple(lines), *found_extensions)


def _kind(lines: Sequence[Taken], media: Media, larger: str | None) -> str:
    """Whose smaller picture this m-line carries; empty where it is of no use."""
    for line in lines:
        whole = line.mid == larger and not line.rids and line.kind != "audio"
        if whole and line.layer == 1 and media.kind == "video":
            return line.kind
    return ""


def _has_smaller(offer: Description, media: Media) -> bool:
    """Whether another m-line carries a smaller picture of this one's."""
    return not media.rids and any(
        one.attributes.get(LAYER_OF) == media.mid and one is not media and _sends(one)
        for one in offer.media
    )


class NoCommonCodecError(SdpError):
    """Nothing in the offer can be forwarded."""


def _sends(media: Media) -> bool:
    return (
        media.kind in ("audio", "video")
        and not media.rejected
        and media.direction in ("sendrecv", "sendonly")
    )


def _received(
    media: Media, found: dict[int, Codec], repairs: dict[int, int], local: Local
) -> list[str]:
    numbers = " ".join(str(number) for number in (*found, *repairs))
    section = [f"m={media.kind} 9 UDP/TLS/RTP/SAVPF {numbers}", "c=IN IP4 0.0.0.0"]
    section += [f"a=mid:{media.mid}", "a=recvonly", *_transport(local, "passive")]
    for uri in EXTENSIONS[media.kind]:
        if uri in media.extensions:
            section.append(f"a=extmap:{media.extensions[uri]} {uri}")
    for number, codec in found.items():
        section += codecs.lines(
            number, codec, codecs.started(codec, media.parameters.get(number, ""))
        )
    for number, apt in repairs.items():
        section += codecs.repair_lines(number, apt)
    if media.rids:
        section += [f"a=rid:{rid} recv" for rid in media.rids]
        section.append(f"a=simulcast:recv {';'.join(media.rids)}")
    return section


@dataclass(frozen=True)
class Line:
    """An m-line that a viewer is offered: ``stream`` names the place on the stage.

    ``kind`` is "audio", "video" (the camera's) or "screen".
    """

    mid: str
    kind: str
    ssrc: int
    stream: str

    @property
    def media(self) -> str:
        """The m-line's media type."""
        return "audio" if self.kind == "audio" else "video"


def offer(lines: Sequence[Line], local: Local, session: int, version: int) -> str:
    """An offer to a viewer: a sendonly m-line a track, with all the codecs of its kind."""
    sections = []
    for line in lines:
        # A screen is a stream of its own: it is not played in step with the voice.
        name = f"{line.stream}-screen" if line.kind == "screen" else line.stream
        stream = f"{name} {line.stream}-{line.kind}"
        ours = [codec for codec in (*CODECS, *local.more) if codec.kind == line.media]
        repairs = {codec.payload_type: codecs.REPAIRS.get(codec.payload_type) for codec in ours}
        repairing = {repair: apt for apt, repair in repairs.items() if repair is not None}
        numbers = " ".join(str(number) for number in (*repairs, *repairing))
        sections += [f"m={line.media} 9 UDP/TLS/RTP/SAVPF {numbers}", "c=IN IP4 0.0.0.0"]
        sections += [f"a=mid:{line.mid}", "a=sendonly", *_transport(local, "actpass")]
        sections.append(f"a=msid:{stream}")
        if line.media == "video":
            sections.append(f"a=extmap:{SEND_TIME_EXTENSION} {SEND_TIME}")
            sections.append(f"a=extmap:{arrivals.EXTENSION} {ARRIVALS}")
        for codec in ours:
            sections += codecs.lines(codec.payload_type, codec, codec.parameters)
            if line.media == "video":
                sections.append(f"a=rtcp-fb:{codec.payload_type} transport-cc")
        for repair, apt in repairing.items():
            sections += codecs.repair_lines(repair, apt)
        ssrcs = [line.ssrc, rtx.stream_of(line.ssrc)] if repairing else [line.ssrc]
        if repairing:
            sections.append(f"a=ssrc-group:FID {ssrcs[0]} {ssrcs[1]}")
        for ssrc in ssrcs:
            sections += [f"a=ssrc:{ssrc} cname:{line.stream}", f"a=ssrc:{ssrc} msid:{stream}"]
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
    for index, address in enumerate(local.addresses if local.tcp else ()):
        # Passive, and after all of UDP (RFC 6544, sections 4.2 and 4.5).
        priority = (90 << 24) + ((4 << 13) + 8191 - index << 8) + 255
        number = len(local.addresses) + index + 1
        lines.append(
            f"a=candidate:{number} 1 tcp {priority} {address} {local.tcp} typ host tcptype passive"
        )
    return [*lines, "a=end-of-candidates"]


def _text(lines: Sequence[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
