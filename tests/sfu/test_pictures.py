"""What is read of VP8's and H.264's payloads, and VP8's running numbers written anew."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from aiortc.codecs import get_encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.negotiation import codecs
from stagedoor.sfu.packets import h264, vp8
from stagedoor.sfu.packets.part import Part

HEADER = bytes(12)
KEY = b"\x50\x00\x00\x9d\x01\x2a\x80\x02\xe0\x01"  # of 640 by 480


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"\x10" + KEY, Part(True, True)),
        (b"\x10\x51\x00\x00", Part(True, False)),
        (b"\x00\x50", Part(False, False)),
        (b"\x11\x50", Part(False, False)),  # the start of another partition
        (b"\x90\x80\x11" + KEY, Part(True, True, picture=17, picture_at=14, narrow=True)),
        (b"\x90\x80\x92\x34\x51", Part(True, False, picture=0x1234, picture_at=14)),
        (
            b"\x90\xe0\x80\x05\x77\xa3\x51",
            Part(True, False, 2, True, picture=5, picture_at=14, tl0=0x77, tl0_at=16),
        ),
        (b"\x80\x10\xff\x51", Part(False, False)),  # a KEYIDX alone says nothing of layers
    ],
)
def test_vp8_descriptors(payload: bytes, expected: Part) -> None:
    """By RFC 7741, section 4.2."""
    assert vp8.read(HEADER + payload, 12) == expected


def test_a_vp8_keyframe_says_its_size() -> None:
    packet = HEADER + b"\x90\x80\x11" + KEY
    part = vp8.read(packet, 12)
    assert part is not None
    assert vp8.size(packet, part) == (640, 480)
    assert vp8.size(packet, part._replace(key=False)) is None


@given(st.binary(max_size=12))
def test_no_payload_is_too_broken(payload: bytes) -> None:
    for payload_type in (96, 102, 111):
        part = codecs.part(payload_type, HEADER + payload, 12)
        assert part is None or payload


@given(st.binary(max_size=12), st.integers(-0x8000, 0x8000), st.integers(-300, 300))
def test_other_numbers_change_nothing_else(payload: bytes, picture: int, tl0: int) -> None:
    packet = HEADER + payload
    before = vp8.read(packet, 12)
    if before is None:
        return
    out = vp8.renumbered(packet, before, picture, tl0)
    after = vp8.read(out, 12)
    assert after is not None
    grown = len(out) - len(packet)
    assert after[:4] == before[:4]
    if before.picture >= 0:
        assert after.picture == (before.picture + picture) & 0x7FFF
    if before.tl0 >= 0:
        assert after.tl0 == (before.tl0 + tl0) & 0xFF
        assert after.tl0_at == before.tl0_at + grown
    end = max(before.tl0_at, before.picture_at, 12) + 2
    assert out[end + grown :] == packet[end:]


@pytest.mark.parametrize(
    ("payload", "begins"),
    [
        ("67 42e01f", True),  # parameters
        ("65 88 84", True),  # a keyframe's first slice
        ("65 40 84", False),  # another slice of it
        ("41 9a", False),
        ("78 0002 6742 0002 68ce 0003 658884", True),  # aggregated
        ("78 0002 419a 0002 419a", False),
        ("7c 85 88", True),  # the first fragment of one
        ("7c 05 88", False),
        ("7c 81 9a", False),
    ],
)
def test_h264_keyframes(payload: str, begins: bool) -> None:
    """By RFC 6184, sections 5.6 to 5.8."""
    part = h264.read(HEADER + bytes.fromhex(payload), 12)
    assert part == Part(begins, begins)


@pytest.mark.parametrize(("name", "payload_type"), [("VP8", 96), ("H264", 102)])
def test_an_encoder_s_keyframes_are_found_and_no_others(name: str, payload_type: int) -> None:
    """Each picture's packets by aiortc's own encoders: just the first of a keyframe is one."""
    codec = RTCRtpCodecParameters(f"video/{name}", 90000, payloadType=payload_type)
    encoder = get_encoder(codec)
    noise = np.random.default_rng(7)
    for index in range(8):
        picture = noise.integers(0, 255, (360, 640, 3), np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts, frame.time_base = index * 3000, Fraction(1, 90000)
        payloads, _ = encoder.encode(frame, force_keyframe=index == 5)
        parts = [codecs.part(payload_type, HEADER + payload, 12) for payload in payloads]
        keys = [part is not None and part.key for part in parts]
        assert keys[0] == (index in (0, 5))
        if name == "VP8":
            assert len(parts) > 1
            assert not any(keys[1:])
            assert [part.start for part in parts if part] == [True] + [False] * (len(parts) - 1)
