"""Session descriptions, as far as an SFU needs them (RFC 8866, 8839, 8842, 9143): reading."""

from __future__ import annotations

from dataclasses import dataclass, field

DIRECTIONS = {"sendrecv", "sendonly", "recvonly", "inactive"}
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
ARRIVALS = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
LAYER_OF = "x-layer-of"  # ours: this m-line carries a smaller picture of another one's
MAX_LAYERS = 4
MAX_MEDIA = 160  # fifty places with three tracks each, and some to spare


class SdpError(ValueError):
    """The text is no session description that can be used; the message is for people."""


@dataclass(frozen=True)
class Fingerprint:
    """A certificate's fingerprint (RFC 8122): hash name in lower case, value in upper."""

    algorithm: str
    value: str


@dataclass
class Media:
    """One m-section. ``codecs`` maps payload types to "name/clock[/channels]" in lower case.

    ``repairs`` maps the SSRCs of packets that are sent again to those they belong to (FID).
    ``rids`` names the layers that are sent, the smallest first (RFC 8853).
    """

    kind: str
    port: int
    formats: list[str]
    mid: str = ""
    direction: str = "sendrecv"
    codecs: dict[int, str] = field(default_factory=dict)
    parameters: dict[int, str] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: set[int] = field(default_factory=set)
    repairs: dict[int, int] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def rejected(self) -> bool:
        """Whether it is not to be used: a port of 0 alone does not say so (RFC 9143, section 6)."""
        return self.port == 0 and "bundle-only" not in self.attributes

    @property
    def rids(self) -> tuple[str, ...]:
        """Of what is offered as alternatives the first, whether it begins paused or not."""
        words = self.attributes.get("simulcast", "").split()
        sent = dict(zip(words[::2], words[1::2], strict=False)).get("send", "")
        found = [one.partition(",")[0].removeprefix("~") for one in sent.split(";")]
        return tuple(one for one in found if one.isascii() and one.isalnum())[:MAX_LAYERS]


@dataclass(frozen=True)
class Transport:
    """What the other side of a bundled connection says of its ICE and DTLS."""

    ufrag: str
    pwd: str
    fingerprint: Fingerprint
    setup: str


@dataclass
class Description:
    """A whole session description."""

    attributes: dict[str, str]
    media: list[Media]

    def transport(self) -> Transport:
        """ICE and DTLS of the bundle. Raises SdpError where something is missing."""
        bundled = next((media for media in self.media if media.port), None)
        if bundled is None:
            raise SdpError("the description has no usable m-line")
        found = {**self.attributes, **bundled.attributes}
        for name in ("ice-ufrag", "ice-pwd", "fingerprint", "setup"):
            if not found.get(name):
                raise SdpError(f"the description has no a={name}")
        algorithm, _, value = found["fingerprint"].partition(" ")
        fingerprint = Fingerprint(algorithm.lower(), value.strip().upper())
        return Transport(found["ice-ufrag"], found["ice-pwd"], fingerprint, found["setup"])


def parse(text: str) -> Description:
    """Read a description. Raises SdpError with a sentence for anything that cannot be used."""
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line]
    if not lines or lines[0] != "v=0":
        raise SdpError("the description does not begin with v=0")
    description = Description({}, [])
    for line in lines:
        key, equals, value = line.partition("=")
        if equals != "=" or len(key) != 1:
            raise SdpError("a line is not of the form x=value")
        if key == "m":
            description.media.append(_media(value))
        elif key == "a":
            name, _, content = value.partition(":")
            if description.media:
                _attribute(description.media[-1], name, content)
            else:
                description.attributes[name] = content
    if not description.media:
        raise SdpError("the description has no m-line")
    if len(description.media) > MAX_MEDIA:
        raise SdpError("the description has too many m-lines")
    mids = [media.mid for media in description.media]
    if len(set(mids)) != len(mids) or "" in mids:
        raise SdpError("every m-line needs an a=mid of its own")
    return description


def _media(value: str) -> Media:
    parts = value.split()
    if len(parts) < 4 or not parts[1].isascii() or not parts[1].isdigit():
        raise SdpError("an m-line is broken")
    return Media(parts[0], int(parts[1][:6]), parts[3:])


def _attribute(media: Media, name: str, value: str) -> None:
    if name == "mid":
        media.mid = value.strip()
    elif name in DIRECTIONS:
        media.direction = name
    elif name in ("rtpmap", "fmtp"):
        text, _, content = value.partition(" ")
        number = payload_type(text)
        if number is not None:
            known = media.codecs if name == "rtpmap" else media.parameters
            known[number] = content.strip().lower()
    elif name == "extmap":
        text, _, uri = value.partition(" ")
        identifier = payload_type(text.partition("/")[0])
        if identifier is not None and uri.split():
            media.extensions[uri.split()[0]] = identifier
    elif name == "ssrc":
        ssrc = _ssrc(value.partition(" ")[0])
        if ssrc is not None:
            media.ssrcs.add(ssrc)
    elif name == "ssrc-group":
        semantics, *numbers = value.split()[:3] or [""]
        first, second = (*map(_ssrc, numbers), None, None)[:2]
        if semantics == "FID" and first is not None and second is not None:
            media.repairs[second] = first
    else:
        media.attributes.setdefault(name, value.strip())


def _ssrc(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None


def payload_type(text: str) -> int | None:
    """A payload type, or an extension's id, as a number; None where it is none."""
    if text.isascii() and text.isdigit() and len(text) <= 4:
        found = int(text)
        return found if found < 256 else None
    return None
