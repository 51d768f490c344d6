"""RTP headers by known vectors and by fuzz (RFC 3550, section 5.1)."""

from __future__ import annotations

from aiortc import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.negotiation.sdp import SEND_TIME
from stagedoor.sfu.packets import rtp

PLAIN = bytes.fromhex("80 e0 1234 000003e8 deadbeef") + b"payload"
# One-byte extensions (RFC 8285): id 3 two bytes, padding, id 1 the audio level: voice, -42 dBov.
WITH_LEVEL = bytes.fromhex("90 6f 0001 00000000 00000001 bede 0002 31 aabb 00 10 aa 0000") + b"opus"


def test_a_plain_header() -> None:
    header = rtp.parse(PLAIN)
    assert header == rtp.Header(96, True, 0x1234, 1000, 0xDEADBEEF, 12)


def test_csrc_and_extension_are_before_the_payload() -> None:
    packet = bytes.fromhex("91 6f 0001 00000000 00000001 0000000a bede 0001 10 7f 0000") + b"x"
    header = rtp.parse(packet)
    assert header is not None
    assert packet[header.payload :] == b"x"
    assert rtp.audio_level(packet, 1) == 127


def test_the_audio_level_is_found_among_others() -> None:
    assert rtp.audio_level(WITH_LEVEL, 1) == 42
    assert rtp.audio_level(WITH_LEVEL, 2) is None
    assert rtp.audio_level(PLAIN, 1) is None


def test_a_rewritten_packet_has_our_numbers_and_no_extensions() -> None:
    header = rtp.parse(WITH_LEVEL)
    assert header is not None
    out = rtp.rewrite(WITH_LEVEL, header, 111, 0x1_0007, 0x1_0000_0009, 77)
    parsed = RtpPacket.parse(out)
    assert (parsed.payload_type, parsed.sequence_number, parsed.timestamp) == (111, 7, 9)
    assert (parsed.ssrc, parsed.payload, parsed.marker) == (77, b"opus", 0)


def test_padding_survives_rewriting() -> None:
    packet = bytes.fromhex("a0 60 0001 00000000 00000001") + b"body\x00\x00\x03"
    header = rtp.parse(packet)
    assert header is not None
    assert RtpPacket.parse(rtp.rewrite(packet, header, 96, 1, 1, 1)).payload == b"body"


@given(st.integers(0, 1200), st.booleans())
def test_long_payloads_are_made_even_and_read_as_they_were(size: int, marked: bool) -> None:
    packet = PLAIN[:12] + bytes(range(256)) * (size // 256) + b"\7" * (size % 256)
    header = rtp.parse(packet)
    assert header is not None
    out = rtp.rewrite(packet, header, 96, 1, 1, 1, rtp.send_time(1.0) if marked else b"")
    assert RtpPacket.parse(out).payload == packet[12:]
    assert size <= rtp.LONG or (len(out) - 12) % rtp.EVEN == 0
    shorter = rtp.rewrite(packet[:-1], header, 96, 1, 1, 1)
    if size > rtp.LONG + 1 and size % rtp.EVEN != 1:
        assert len(shorter) == len(rtp.rewrite(packet, header, 96, 1, 1, 1))


def test_the_time_of_sending_is_read_as_others_read_it() -> None:
    header = rtp.parse(PLAIN)
    assert header is not None
    out = rtp.rewrite(PLAIN, header, 96, 1, 1, 1, rtp.send_time(65.25))
    extensions = HeaderExtensionsMap()
    extensions.configure(
        RTCRtpParameters(
            headerExtensions=[
                RTCRtpHeaderExtensionParameters(id=rtp.SEND_TIME_EXTENSION, uri=SEND_TIME)
            ]
        )
    )
    parsed = RtpPacket.parse(out, extensions)
    assert parsed.extensions.abs_send_time == int(1.25 * 2**18), "the seconds wrap at 64"
    assert parsed.payload == b"payload"


def test_too_short_or_of_another_version_is_no_packet() -> None:
    assert rtp.parse(PLAIN[:11]) is None
    assert rtp.parse(b"\x40" + PLAIN[1:]) is None
    assert rtp.parse(bytes([0x8F]) + PLAIN[1:]) is None


@given(st.binary(max_size=64))
def test_any_bytes_are_parsed_or_declined(data: bytes) -> None:
    packet = bytes([0x80 | data[0] & 0x3F]) + data[1:] if data else data
    header = rtp.parse(packet)
    if header is not None:
        assert 12 <= header.payload <= len(packet)
        level = rtp.audio_level(packet, 1)
        assert level is None or 0 <= level <= 127
        rtp.rewrite(packet, header, 96, 0, 0, 0)


@given(st.integers(0, 0xFFFF), st.integers(1, 0x7FFF))
def test_newer_wraps(sequence: int, ahead: int) -> None:
    assert rtp.newer((sequence + ahead) & 0xFFFF, sequence)
    assert not rtp.newer(sequence, (sequence + ahead) & 0xFFFF)
