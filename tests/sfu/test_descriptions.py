"""Which m-lines of a publisher are taken, and whose packet is whose."""

from __future__ import annotations

from typing import Any, cast

import pytest

from stagedoor.sfu.negotiation import sdp
from stagedoor.sfu.negotiation.descriptions import (
    Local,
    NoCommonCodecError,
    Published,
    Taken,
    answer,
)
from stagedoor.sfu.packets import rtp, rtx
from stagedoor.sfu.stage.publisher import MAX_SOURCES, Publisher

from . import light

LOCAL = Local("ufrag", "pwd", sdp.Fingerprint("sha-256", "AA"), ("127.0.0.1",), 1)
VP8 = ["a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000", "a=extmap:4/sendonly " + sdp.MID]
VP9 = ["a=rtpmap:98 VP9/90000"]
OPUS = ["a=rtpmap:111 opus/48000/2", "a=extmap:1 " + sdp.AUDIO_LEVEL]


def offer(*sections: tuple[str, list[str]], ssrcs: bool = True) -> sdp.Description:
    """An offer of these kinds and attributes; the mid is the place, the SSRC 1000 times it."""
    lines = ["v=0", "a=ice-ufrag:u", "a=ice-pwd:p", "a=fingerprint:sha-256 AA", "a=setup:actpass"]
    for place, (kind, attributes) in enumerate(sections, 1):
        lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF 96 97 98 111", f"a=mid:{place}", *attributes]
        lines += [f"a=ssrc:{place}000 cname:x"] if ssrcs else []
    return sdp.parse("\n".join(lines))


def taken(*sections: tuple[str, list[str]], ssrcs: bool = True) -> Published:
    return answer(offer(*sections, ssrcs=ssrcs), LOCAL, 1)


def kinds(published: Published) -> list[tuple[str, str]]:
    return [(line.mid, line.kind) for line in published.lines]


def test_the_first_picture_is_the_camera_s_and_the_second_the_screen_s() -> None:
    found = taken(("audio", OPUS), ("video", VP8), ("video", VP8), ("video", VP8), ("audio", OPUS))
    assert kinds(found) == [("1", "audio"), ("2", "video"), ("3", "screen")]
    assert (found.level_extension, found.mid_extension) == (1, 4)
    assert found.lines[2] == Taken("3", "screen", frozenset([3000]), {96: 96})
    assert found.sdp.count("a=inactive") == 2
    assert "a=group:BUNDLE 1 2 3\r\n" in found.sdp


@pytest.mark.parametrize("first", [VP9, [*VP8, "a=inactive"]], ids=["codec", "direction"])
def test_a_screen_is_no_camera_where_the_camera_s_m_line_cannot_be_taken(first: list[str]) -> None:
    assert kinds(taken(("video", first), ("video", VP8))) == [("2", "screen")]


@pytest.mark.parametrize(("attributes", "sent"), [(["a=bundle-only"], True), ([], False)])
def test_a_port_of_zero_is_no_refusal_in_a_bundle(attributes: list[str], sent: bool) -> None:
    """RFC 9143, section 6: Firefox offers all but the first m-line so."""
    found = offer(("audio", OPUS), ("video", [*VP8, *attributes]))
    found.media[1].port = 0
    assert [line.kind for line in answer(found, LOCAL, 1).lines] == ["audio", "video"][: 1 + sent]


def test_what_cannot_be_forwarded_is_refused() -> None:
    with pytest.raises(NoCommonCodecError):
        taken(("video", VP9))
    with pytest.raises(sdp.SdpError, match="no audio or video"):
        taken(("video", [*VP8, "a=recvonly"]))


def source(publisher: Publisher, packet: bytes) -> str:
    """What kind of source the packet is found to be of; empty for none."""
    header = rtp.parse(packet)
    assert header is not None
    found = publisher.source(packet, header, [0])
    return found.kind if found is not None else ""


def made(published: Published) -> Publisher:
    return Publisher("ada", cast(Any, None), published)


def test_a_packet_s_own_mid_comes_before_the_offer_s_ssrcs() -> None:
    publisher = made(taken(("audio", OPUS), ("video", VP8), ("video", VP8)))
    assert source(publisher, light.rtp(1, 5, 96, mid="3")) == "screen"
    assert source(publisher, light.rtp(1, 6, 96, mid="2")) == "video"
    assert source(publisher, light.rtp(1, 2000, 96, mid="3")) == "screen"
    assert source(publisher, light.rtp(2, 2000, 96)) == "screen", "known from then on"
    assert source(publisher, light.rtp(1, 3000, 96)) == "screen"
    assert source(publisher, light.rtp(1, 7, 96, mid="1")) == "", "no codec of that m-line"
    assert source(publisher, light.rtp(1, 7, 96, mid="33")) == ""


def test_a_payload_type_says_it_where_one_m_line_alone_has_it() -> None:
    publisher = made(taken(("audio", OPUS), ("video", VP8), ssrcs=False))
    assert source(publisher, light.rtp(1, 5, 111)) == "audio"
    assert source(publisher, light.rtp(1, 6, 96)) == "video"
    assert source(publisher, light.rtp(1, 7, 97)) == "", "nobody asked for retransmissions"
    both = made(taken(("audio", OPUS), ("video", VP8), ("video", VP8), ssrcs=False))
    assert source(both, light.rtp(1, 6, 96)) == "", "it may be either's"


RTX = ["a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]


def test_what_is_sent_again_is_taken_beside_its_codec() -> None:
    group = [*VP8[:1], *RTX, "a=ssrc:20 cname:x", "a=ssrc-group:FID 10 20", "a=ssrc-group:FID 5"]
    found = taken(("audio", OPUS), ("video", group))
    assert found.lines[1] == Taken("2", "video", frozenset([2000]), {96: 96}, {97: 96}, {20: 10})
    assert "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n" in found.sdp
    assert "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n" in found.sdp
    other = [*VP8[:1], "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=98"]
    assert taken(("video", other)).lines[0].repairs == {}, "of a codec that is not taken"


def repaired(publisher: Publisher, sequence: int, ssrc: int) -> bytes | None:
    """What comes of a lost packet of the camera's that is sent again by this SSRC."""
    packet = rtx.wrap(light.rtp(sequence, 2000, 96), 97, 7)
    packet = packet[:8] + ssrc.to_bytes(4) + packet[12:]
    header = rtp.parse(packet)
    assert header is not None
    assert header.payload_type in publisher.repairing
    return publisher.recovered(packet, header)


def lose(publisher: Publisher, ssrc: int, sequence: int) -> None:
    """Have a source miss this one packet."""
    assert source(publisher, light.rtp(1, ssrc, 96))
    for number in (sequence - 1, sequence + 1):
        publisher.sources[ssrc].reception.arrived(number, 0, 0.0)


@pytest.mark.parametrize("group", [["a=ssrc-group:FID 2000 20"], []], ids=["named", "not named"])
def test_a_lost_packet_that_is_sent_again_takes_its_place_once(group: list[str]) -> None:
    publisher = made(taken(("video", [*VP8[:1]]), ("video", [*VP8[:1], *RTX, *group])))
    lose(publisher, 2000, 50)
    assert repaired(publisher, 49, 20) is None, "that one was not lost"
    assert repaired(publisher, 50, 20) == light.rtp(50, 2000, 96)
    assert repaired(publisher, 50, 20) is None
    assert publisher.sources[2000].reception.report(1.0).lost == 1


def test_a_stranger_s_repair_is_nobody_s_where_two_miss_the_same() -> None:
    publisher = made(taken(("audio", OPUS), ("video", [*VP8, *RTX]), ("video", [*VP8, *RTX])))
    for ssrc in (2000, 3000):
        lose(publisher, ssrc, 50)
    assert repaired(publisher, 50, 20) is None
    lose(publisher, 2000, 60)
    assert repaired(publisher, 60, 20) == light.rtp(60, 2000, 96)
    assert repaired(publisher, 50, 20) == light.rtp(50, 2000, 96), "known by now"


def test_sources_are_few() -> None:
    publisher = made(taken(("audio", OPUS)))
    found = [source(publisher, light.rtp(1, ssrc, 111)) for ssrc in range(MAX_SOURCES + 1)]
    assert found == ["audio"] * MAX_SOURCES + [""]


def test_a_new_offer_keeps_sources_of_the_same_m_lines_only() -> None:
    publisher = made(taken(("audio", OPUS), ("video", VP8)))
    for ssrc, payload_type in ((1000, 111), (2000, 96)):
        assert source(publisher, light.rtp(1, ssrc, payload_type))
    kept = publisher.sources[1000]
    publisher.renegotiate(taken(("audio", OPUS), ("video", VP9), ("video", VP8)))
    assert publisher.sources == {1000: kept}
    assert source(publisher, light.rtp(2, 2000, 96)) == "screen"


LAYERS = ["a=rid:q send", "a=rid:h send", "a=rid:f send", "a=simulcast:send q;~h;f,x"]
NAMED = [*VP8, "a=extmap:5 " + sdp.RID, "a=extmap:6 " + sdp.REPAIRED_RID]


def test_layers_are_taken_and_known_by_their_names() -> None:
    """RFC 8853: all that are sent are received, in their order; RFC 8852: known by their rids."""
    found = taken(("audio", OPUS), ("video", [*NAMED, *LAYERS]), ("video", VP8), ssrcs=False)
    assert "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\n" in found.sdp
    assert "a=simulcast:recv q;h;f\r\n" in found.sdp
    assert f"a=extmap:5 {sdp.RID}\r\n" in found.sdp
    assert [line.layers for line in found.lines] == [range(1), range(3), range(1)]
    publisher = made(found)
    assert set(publisher.keyframes) == {("video", 0), ("video", 1), ("video", 2), ("screen", 0)}
    for ssrc, (rid, layer) in enumerate((("h", 1), ("f", 2), ("q", 0)), 50):
        packet = light.rtp(1, ssrc, 96, mid="2", rid=rid)
        assert source(publisher, packet) == "video"
        assert publisher.sources[ssrc].layer == layer
    assert source(publisher, light.rtp(1, 60, 96, mid="2")) == "", "of which layer is not said"
    assert source(publisher, light.rtp(1, 60, 96, mid="2", rid="x")) == ""
    assert source(publisher, light.rtp(1, 60, 96, mid="3")) == "screen"


def test_a_smaller_picture_may_come_by_an_m_line_of_its_own() -> None:
    smaller = [*VP8, f"a={sdp.LAYER_OF}:2"]
    found = taken(("audio", OPUS), ("video", VP8), ("video", VP8), ("video", smaller))
    assert kinds(found) == [("1", "audio"), ("2", "video"), ("3", "screen"), ("4", "video")]
    assert [line.layers for line in found.lines] == [range(1), range(1, 2), range(1), range(1)]
    publisher = made(found)
    for ssrc in (2000, 4000):
        assert source(publisher, light.rtp(1, ssrc, 96)) == "video"
    assert [one.layer for one in publisher.sources.values()] == [1, 0]


@pytest.mark.parametrize("of", ["1", "4", "9"], ids=["a voice", "itself", "nobody"])
def test_a_smaller_picture_of_nothing_is_not_taken(of: str) -> None:
    smaller = [*VP8, f"a={sdp.LAYER_OF}:{of}"]
    found = taken(("audio", OPUS), ("video", VP8), ("video", VP8), ("video", smaller))
    assert kinds(found) == [("1", "audio"), ("2", "video"), ("3", "screen")]
