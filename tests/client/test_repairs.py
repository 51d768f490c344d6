"""What is sent again finds its receiver, and what never is holds nothing up."""

from __future__ import annotations

from types import SimpleNamespace

from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtcrtpreceiver import NackGenerator
from aiortc.rtp import RtpPacket

from stagedoor_client.repairs import BUFFER, GAPS, forget_gaps, repairing

OFFER = """v=0
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=ssrc:10 cname:stage-0
m=video 9 UDP/TLS/RTP/SAVPF 96 97
a=mid:1
a=ssrc-group:FID 20 21
m=video 9 UDP/TLS/RTP/SAVPF 96 97
a=ssrc-group:FID 30 31
a=mid:place
""".replace("\n", "\r\n")


def test_an_offer_says_what_is_sent_again_by_what_ssrc() -> None:
    assert repairing(OFFER) == {"1": 21, "place": 31}
    assert repairing("") == {}


def receiver() -> SimpleNamespace:
    """Of aiortc's receiver, what orders packets and knows the gaps."""
    buffer = JitterBuffer(capacity=512, is_video=True)
    return SimpleNamespace(**{BUFFER: buffer, GAPS: NackGenerator()})


def frames(one: SimpleNamespace, *numbers: int) -> int:
    """How many frames, of a packet each, come out when these arrive."""
    count = 0
    for number in numbers:
        packet = RtpPacket(sequence_number=number, timestamp=3000 * number)
        packet._data = b"x"  # type: ignore[attr-defined]
        getattr(one, GAPS).add(packet)
        count += getattr(one, BUFFER).add(packet)[1] is not None
    return count


def test_what_was_lost_before_a_pause_is_not_waited_for() -> None:
    one = receiver()
    forget_gaps(one)  # nothing has come yet
    assert frames(one, 1, 2, 3) == 2
    assert frames(one, 5, 6, 7) == 0, "4 is waited for"
    assert getattr(one, GAPS).missing == {4}
    forget_gaps(one)
    assert getattr(one, GAPS).missing == set()
    assert frames(one, 8, 9, 10) == 2


def test_another_aiortc_is_left_alone() -> None:
    forget_gaps(SimpleNamespace())
