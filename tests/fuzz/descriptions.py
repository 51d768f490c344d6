"""Session descriptions: a publisher's offer up to our answer, a viewer's answer to our offer."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import Any, cast

from stagedoor.media.interface import MediaError
from stagedoor.sfu.negotiation import descriptions, sdp
from stagedoor.sfu.negotiation.codecs import AV1, VP9
from stagedoor.sfu.stage.publisher import Publisher
from stagedoor.sfu.stage.viewer import Viewer
from stagedoor.sfu.transport.peer import Peer
from stagedoor.sfu.workers.relays import Announced, _announced, msgspec

from .target import Run, Target

LOCAL = descriptions.Local(
    "ufrag", "pwd", sdp.Fingerprint("sha-256", "AB:CD"), ("192.0.2.9",), 9000, (VP9, AV1)
)
_TRANSPORT = [
    "a=ice-ufrag:abcd",
    "a=ice-pwd:0123456789012345678901",
    "a=fingerprint:sha-256 AB:CD:EF",
    "a=rtcp-mux",
]
_AUDIO = [
    "m=audio 9 UDP/TLS/RTP/SAVPF 111",
    "c=IN IP4 0.0.0.0",
    "a=mid:0",
    f"a=extmap:1 {sdp.AUDIO_LEVEL}",
    f"a=extmap:4 {sdp.MID}",
    "a=rtpmap:111 opus/48000/2",
    "a=fmtp:111 minptime=10;useinbandfec=1",
    "a=ssrc:1111 cname:x",
]
_VIDEO = [
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 98 45",
    "a=mid:1",
    f"a=extmap:3/sendonly {sdp.SEND_TIME}",
    f"a=extmap:4 {sdp.MID}",
    f"a=extmap:5 {sdp.RID}",
    f"a=extmap:6 {sdp.REPAIRED_RID}",
    "a=rtpmap:96 VP8/90000",
    "a=rtcp-fb:96 nack pli",
    "a=rtpmap:97 rtx/90000",
    "a=fmtp:97 apt=96",
    "a=rtpmap:102 H264/90000",
    "a=fmtp:102 packetization-mode=1;profile-level-id=42e01f",
    "a=rtpmap:98 VP9/90000",
    "a=rtpmap:45 AV1/90000",
    "a=fmtp:45 profile=0",
]
_NAMED = ["a=ssrc-group:FID 2222 2223", "a=ssrc:2222 cname:x", "a=ssrc:2223 cname:x"]
_SIMULCAST = ["a=rid:q send", "a=rid:h send", "a=simulcast:send q;~h,f"]
_SMALLER = [line.replace("mid:1", "mid:2") for line in _VIDEO]


def _text(*lines: str, direction: str = "sendonly", setup: str = "actpass") -> bytes:
    head = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1"]
    session = [*head, *_TRANSPORT, f"a=setup:{setup}"]
    found = [
        line for one in lines for line in ([one, f"a={direction}"] if one[0] == "m" else [one])
    ]
    return ("\r\n".join([*session, *found]) + "\r\n").encode()


class NoPeer:
    """The transport of a viewer whose answers are looked at."""

    remote: sdp.Transport | None = None

    def connect(self, remote: sdp.Transport) -> None:
        self.remote = remote


def _sdp() -> Run:
    viewer = Viewer("ann", 0)

    def run(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        try:
            parsed = sdp.parse(text)
        except sdp.SdpError:
            return
        with contextlib.suppress(sdp.SdpError):
            published = descriptions.answer(parsed, LOCAL, 5)
            sdp.parse(published.sdp)
            Publisher("ann", cast(Peer, SimpleNamespace()), published).layers("video")
            _announced.decode(msgspec.msgpack.encode(Announced("room", "ann", published)))
        viewer.renew(cast(Any, NoPeer()))
        viewer.revision += 1
        with contextlib.suppress(sdp.SdpError, MediaError):
            viewer.answer(viewer.revision, parsed)
            assert viewer.takes_padding in (True, False)
            assert len(viewer.accepted) <= sdp.MAX_MEDIA

    return run


OFFER = _text(*_AUDIO, *_VIDEO, *_NAMED)
ANSWER = _text(*_AUDIO, *_VIDEO, direction="recvonly", setup="active")
SDP = Target(
    "sdp",
    _sdp,
    [
        OFFER,
        ANSWER,
        _text(*_AUDIO, *_VIDEO, *_SIMULCAST),
        _text(*_AUDIO, *_VIDEO, *_NAMED, *_SMALLER, f"a={sdp.LAYER_OF}:1"),
        _text(*_AUDIO),
        b"v=0\n",
    ],
    words=[
        *(b"a=" + one for one in (b"mid:", b"rtpmap:", b"fmtp:", b"extmap:", b"ssrc:", b"rid:")),
        *(b"a=simulcast:send ", b"a=ssrc-group:FID ", b"a=inactive", b"a=recvonly", b"m=video "),
        *(b"apt=96", b"VP8/90000", b"\r\n", b"a=setup:active", b"a=x-layer-of:", b"99999999999"),
    ],
    longest=4096,
)
