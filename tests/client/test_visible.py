"""What is decoded: keyframes told apart, and the gate before a decoder."""

from __future__ import annotations

import queue
from dataclasses import dataclass
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest

from stagedoor_client.keyframes import is_keyframe
from stagedoor_client.visible import AGAIN, BACKLOG, LATE, QUEUE, Backlog, Gate, fit


@pytest.mark.parametrize(
    ("codec", "frame", "key"),
    [
        # Frame tag, start code, 640x360 (RFC 6386, section 9.1).
        ("VP8", "50b301 9d012a 80026801 004708", True),
        ("vp8", "50b301 9d012a 80026801 004708", True),
        ("VP8", "51b301 9d012a 80026801 004708", False),  # the bit of an interframe
        ("VP8", "31a902000310100010", False),
        ("VP8", "50b301 9d012a", False),  # cut off
        ("VP8", "", False),
        # SPS, PPS, IDR with start codes of four and of three bytes.
        ("H264", "0000000167 42e01f 0000000168ce 00000165b8".replace(" ", ""), True),
        ("H264", "000000016588", True),
        ("H264", "00000001 41 9a24".replace(" ", ""), False),
        ("H264", "0000000106 05 000000 014199".replace(" ", ""), False),  # SEI, then a slice
        ("H264", "0000000109f0 000001 2165 00".replace(" ", ""), False),  # 0x65 within a slice
        ("H264", "00000001", False),
        ("H264", "", False),
        ("AV1", "12", True),
    ],
)
def test_keyframes_are_told_apart(codec: str, frame: str, key: bool) -> None:
    assert is_keyframe(codec, bytes.fromhex(frame)) is key


@pytest.mark.parametrize(("encoder", "codec"), [("libvpx", "VP8"), ("libx264", "H264")])
def test_keyframes_are_those_of_an_encoder(encoder: str, codec: str) -> None:
    context = av.CodecContext.create(encoder, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = 160, 120, "yuv420p"
    context.time_base, context.gop_size = Fraction(1, 25), 5
    context.max_b_frames = 0
    numbers = iter(range(12))
    packets = [
        packet for number in numbers for packet in context.encode(picture(number))
    ] + context.encode(None)
    found = [is_keyframe(codec, bytes(packet)) for packet in packets]
    assert found == [packet.is_keyframe for packet in packets]
    assert found[0]
    assert not all(found)


def picture(number: int) -> av.VideoFrame:
    """A frame that differs from the others."""
    grey = np.full((120, 160, 3), number * 20, np.uint8)
    frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
    frame.pts = number
    return frame


@dataclass
class Frame:
    """As aiortc's JitterFrame."""

    data: bytes


VP8 = SimpleNamespace(name="VP8")
FIRST = (VP8, Frame(bytes.fromhex("50b301 9d012a 80026801 004708")))
OTHER = (VP8, Frame(bytes.fromhex("31a902000310100010")))


class Watched:
    """A gate with a clock that stands still, and a count of what it asked for."""

    def __init__(self) -> None:
        self.now = 100.0
        self.asked = 0
        self.gate = Gate(self._ask, lambda: self.now)

    def _ask(self) -> None:
        self.asked += 1

    def taken(self) -> list[object]:
        """All that the decoder finds."""
        return [self.gate.get() for _ in range(len(self.gate))]


def test_decoding_begins_with_a_keyframe() -> None:
    watched = Watched()
    for job in (OTHER, FIRST, OTHER):
        watched.gate.put(job)
    assert watched.taken() == [FIRST, OTHER]
    assert watched.asked == 1


def test_a_keyframe_is_asked_for_again_but_not_too_often() -> None:
    watched = Watched()
    for _ in range(10):
        watched.gate.put(OTHER)
    assert watched.asked == 1
    watched.now += AGAIN
    for _ in range(10):
        watched.gate.put(OTHER)
    assert watched.asked == 2
    watched.gate.put(FIRST)
    watched.now += AGAIN
    watched.gate.put(OTHER)
    assert watched.asked == 2, "it has come"


def test_nothing_passes_a_shut_gate_and_nobody_is_asked() -> None:
    watched = Watched()
    watched.gate.put(FIRST)
    watched.gate.turn(False)
    assert watched.taken() == [], "what was not decoded yet is not decoded any more"
    for job in (OTHER, FIRST, OTHER):
        watched.gate.put(job)
    assert watched.taken() == []
    assert watched.asked == 0


def test_opening_the_gate_asks_at_once() -> None:
    watched = Watched()
    watched.gate.put(FIRST)
    watched.gate.turn(False)
    watched.gate.put(OTHER)
    watched.gate.turn(True)
    assert watched.asked == 1
    watched.gate.turn(True)
    assert watched.asked == 1
    for job in (OTHER, FIRST, OTHER):
        watched.gate.put(job)
    assert watched.taken() == [FIRST, OTHER]


def test_too_slow_a_decoder_skips_to_a_keyframe_and_asks_late() -> None:
    watched = Watched()
    watched.gate.put(FIRST)
    for _ in range(3 * BACKLOG["video"]):
        watched.gate.put(OTHER)
    assert len(watched.gate) == 0
    assert watched.asked == 0, "the others would see the price of it"
    watched.now += LATE
    watched.gate.put(OTHER)
    assert watched.asked == 1
    watched.gate.put(FIRST)
    assert watched.taken() == [FIRST]


def test_somebody_elses_video_begins_with_a_keyframe() -> None:
    watched = Watched()
    watched.gate.put(FIRST)
    watched.gate.begin_anew()
    watched.gate.put(OTHER)
    assert watched.taken() == []
    assert watched.asked == 1


def test_the_end_overtakes_what_waits() -> None:
    """aiortc waits for the thread in the event loop: it must not decode a backlog first."""
    watched = Watched()
    watched.gate.put(FIRST)
    watched.gate.put(OTHER)
    watched.gate.turn(False)
    watched.gate.put(None)
    assert watched.taken() == [None]


def test_old_sound_makes_way() -> None:
    backlog = Backlog(BACKLOG["audio"])
    jobs = [(SimpleNamespace(name="opus"), Frame(bytes([number]))) for number in range(30)]
    for job in jobs:
        backlog.put(job)
    assert [backlog.get() for _ in range(len(backlog))] == jobs[-BACKLOG["audio"] :]


def test_an_aiortc_without_the_queue_goes_on_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    other = SimpleNamespace()
    assert not fit(other, Watched().gate)
    assert vars(other) == {}
    assert "decoded, too" in caplog.text
    receiver = SimpleNamespace(**{QUEUE: queue.Queue()})
    gate = Watched().gate
    assert fit(receiver, gate)
    assert vars(receiver) == {QUEUE: gate}
