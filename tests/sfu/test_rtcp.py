"""RTCP against aiortc's parser, and by fuzz."""

from __future__ import annotations

from aiortc import rtp as peer
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.packets import rtcp


def parsed(data: bytes) -> list[peer.AnyRtcpPacket]:
    return peer.RtcpPacket.parse(data)


def test_pli_as_others_read_it() -> None:
    (packet,) = parsed(rtcp.pli(1, 2))
    assert isinstance(packet, peer.RtcpPsfbPacket)
    assert (packet.fmt, packet.ssrc, packet.media_ssrc) == (1, 1, 2)


LOST = st.sets(st.integers(0, 400), min_size=1, max_size=60)


@given(LOST, st.integers(0, 0xFFFF))
def test_a_nack_names_each_lost_packet_once(ahead: set[int], first: int) -> None:
    lost = [(first + step) & 0xFFFF for step in sorted(ahead)]
    packets = rtcp.split(rtcp.nack(1, 2, lost))
    assert [rtcp.lost_packets(packet) for packet in packets] == [(2, lost)]


@given(LOST)
def test_a_nack_as_others_read_it(lost: set[int]) -> None:
    (packet,) = parsed(rtcp.nack(1, 2, sorted(lost)))
    assert isinstance(packet, peer.RtcpRtpfbPacket)
    assert (packet.fmt, packet.media_ssrc, packet.lost) == (1, 2, sorted(lost))


@given(st.integers(1_000, 100_000_000))
def test_remb_is_exact_to_the_mantissa(bits: int) -> None:
    (packet,) = parsed(rtcp.remb(1, bits, [7, 8]))
    assert isinstance(packet, peer.RtcpPsfbPacket)
    rate, sources = peer.unpack_remb_fci(packet.fci)
    assert [rtcp.estimated(one) for one in rtcp.split(rtcp.remb(1, bits, [7, 8]))] == [rate]
    assert sources == [7, 8]
    assert rate <= bits < rate * (1 + 2**-17) + 1


def test_reports_as_others_read_them() -> None:
    block = rtcp.ReportBlock(9, 64, -3, 0x10005, 12, 0xABCD, 65536)
    compound = rtcp.receiver_report(1, [block]) + rtcp.source_description(1, "name")
    compound += rtcp.sender_report(rtcp.SenderInfo(5, 1 << 40, 2**32 + 6), 7, 8)
    report, description, sender = parsed(compound)
    assert isinstance(report, peer.RtcpRrPacket)
    assert (report.reports[0].ssrc, report.reports[0].packets_lost) == (9, -3)
    assert (report.reports[0].fraction_lost, report.reports[0].dlsr) == (64, 65536)
    assert isinstance(description, peer.RtcpSdesPacket)
    assert description.chunks[0].items == [(1, b"name")]
    assert isinstance(sender, peer.RtcpSrPacket)
    assert (sender.sender_info.ntp_timestamp, sender.sender_info.rtp_timestamp) == (1 << 40, 6)
    found = [rtcp.sender_info(one) for one in rtcp.split(compound) if one.type == rtcp.SR]
    assert found == [rtcp.SenderInfo(5, 1 << 40, 6)]
    assert [rtcp.report_blocks(one) for one in rtcp.split(compound)] == [[block], [], []]


def test_a_browser_s_report_with_its_estimate() -> None:
    """An SR with a report block, and a REMB, as aiortc writes them."""
    report = peer.RtcpReceiverInfo(
        ssrc=9, fraction_lost=3, packets_lost=-2, highest_sequence=70000, jitter=5, lsr=7, dlsr=8
    )
    sender = peer.RtcpSenderInfo(ntp_timestamp=1, rtp_timestamp=2, packet_count=3, octet_count=4)
    compound = bytes(peer.RtcpSrPacket(ssrc=1, sender_info=sender, reports=[report]))
    fci = peer.pack_remb_fci(230_418, [9])
    compound += bytes(peer.RtcpPsfbPacket(fmt=15, ssrc=1, media_ssrc=0, fci=fci))
    first, second = rtcp.split(compound)
    assert rtcp.report_blocks(first) == [rtcp.ReportBlock(9, 3, -2, 70000, 5, 7, 8)]
    assert (rtcp.estimated(first), rtcp.estimated(second)) == (None, 230_418)


def test_pli_and_fir_name_their_media() -> None:
    fir = peer.RtcpPsfbPacket(fmt=4, ssrc=1, media_ssrc=0, fci=b"\0\0\0\x05\x01\0\0\0" * 2)
    both = rtcp.pli(1, 3) + bytes(fir)
    assert [rtcp.keyframe_wanted(one) for one in rtcp.split(both)] == [[3], [5, 5]]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_harm(data: bytes) -> None:
    starts = (
        "",
        "81cd0003",
        "84ce0005",
        "80c80006",
        "9fc90020",
        "8fce0006" + "00" * 8 + "52454d42",
    )
    for start in map(bytes.fromhex, starts):
        for packet in rtcp.split(start + data):
            rtcp.sender_info(packet)
            rtcp.keyframe_wanted(packet)
            rtcp.lost_packets(packet)
            rtcp.report_blocks(packet)
            rtcp.estimated(packet)
