"""Lost packets through the real engine: asked for, sent again, and never from before a pause."""

from __future__ import annotations

import asyncio

from bench.peer import Peer
from stagedoor.media.interface import Grant
from stagedoor.sfu.negotiation.codecs import REPAIRS
from stagedoor.sfu.packets import rtcp, rtp, rtx
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .light import AUDIO, VIDEO, Light, counted, payload
from .light import rtp as numbered

ALL = Grant(forward=True, microphone=True, camera=True)
WITH_RTX = "a=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96"


async def publisher(engine: EmbeddedEngine, person: str) -> Peer:
    """A light publisher that says it can send again."""
    peer = await Peer.open()
    offer = peer.offer(AUDIO, VIDEO).replace("a=rtpmap:96 VP8/90000", WITH_RTX)
    await peer.connect(await engine.publish("room", person, offer.replace("F 96", "F 96 97")))
    return peer


def header_of(packet: bytes) -> rtp.Header:
    header = rtp.parse(packet)
    assert header is not None
    return header


def unwrapped(packet: bytes, ssrc: int) -> bytes:
    """A packet of the repairing stream as it was first; it must be of that stream."""
    header = header_of(packet)
    assert (header.payload_type, header.ssrc) == (REPAIRS[96], rtx.stream_of(ssrc))
    return rtx.unwrap(packet, header, 96, ssrc)


async def test_a_lost_picture_is_sent_again_on_a_stream_of_its_own(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await publisher(engine, "ada")
    first = None
    for sequence in range(3):
        ada.send_rtp(numbered(sequence, VIDEO, 96))
        first = first or header_of(await viewer.next())
    assert first is not None
    await viewer.next(), await viewer.next()
    for ahead in (1, 2):
        lost = first.sequence + ahead & 0xFFFF
        viewer.peer.send_rtcp(rtcp.nack(1, first.ssrc, [lost, lost + 900 & 0xFFFF]))
        again = await viewer.next()
        plain = unwrapped(again, first.ssrc)
        assert (header_of(plain).sequence, payload(plain)) == (lost, b"%06d" % ahead)
        if ahead == 1:
            number = header_of(again).sequence
    assert header_of(again).sequence == number + 1 & 0xFFFF


async def test_asked_often_a_packet_is_sent_again_once_a_round_trip(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await publisher(engine, "ada")
    ada.send_rtp(numbered(1, VIDEO, 96))
    first = header_of(await viewer.next())
    for _ in range(50):
        viewer.peer.send_rtcp(rtcp.nack(1, first.ssrc, [first.sequence]))
    ada.send_rtp(numbered(2, VIDEO, 96))
    found = [await viewer.next()]
    while payload(found[-1]) != b"000002":
        found.append(await viewer.next())
    assert len(found) <= 3, "fifty times would be an attack on oneself"


async def test_what_a_publisher_sends_again_takes_its_place(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await publisher(engine, "ada")
    asked: asyncio.Queue[list[int]] = asyncio.Queue()

    def on_rtcp(compound: bytes) -> None:
        for packet in rtcp.split(compound):
            if packet.type == rtcp.RTPFB:
                asked.put_nowait(rtcp.lost_packets(packet)[1])

    ada.on_rtcp = on_rtcp
    for sequence in (5, 7):
        ada.send_rtp(numbered(sequence, VIDEO, 96))
    found = {header_of(packet).sequence: payload(packet) for packet in [await viewer.next()]}
    start = next(iter(found))
    async with asyncio.timeout(20):
        assert await asked.get() == [6]
    for number in (0, 1):
        ada.send_rtp(rtx.wrap(numbered(6, VIDEO, 96), 97, number))
    ada.send_rtp(numbered(8, VIDEO, 96))
    for _ in range(3):
        packet = await viewer.next()
        found[header_of(packet).sequence] = payload(packet)
    assert found == {start + ahead & 0xFFFF: b"%06d" % (5 + ahead) for ahead in range(4)}


async def test_nothing_from_before_a_pause_is_sent_again(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rules 13 and 14: neither to a viewer who asks, nor because the publisher repairs it late."""
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await publisher(engine, "ada")
    for sequence in (5, 7):
        ada.send_rtp(numbered(sequence, VIDEO, 96))
    first = header_of(await viewer.next())
    await viewer.next()
    await engine.grant("room", "ada", Grant(forward=True, microphone=True))
    ada.send_rtp(rtx.wrap(numbered(6, VIDEO, 96), 97, 0))
    await counted(engine, "packets_refused", 1)
    await engine.grant("room", "ada", ALL)
    viewer.peer.send_rtcp(rtcp.nack(1, first.ssrc, [first.sequence]))
    ada.send_rtp(numbered(8, VIDEO, 96))
    assert payload(await viewer.next()) == b"000008"
    viewer.peer.send_rtcp(rtcp.nack(1, first.ssrc, [first.sequence]))
    ada.send_rtp(numbered(9, VIDEO, 96))
    assert payload(await viewer.next()) == b"000009"
