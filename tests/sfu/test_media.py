"""Media through the real engine: what was really decoded, and what must not arrive."""

from __future__ import annotations

import asyncio
import os
import random
import signal

import pytest
from aioice import stun

from bench.peer import Peer
from stagedoor.media.interface import Grant, MediaError
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.workers.supervisor import EmbeddedEngine, EngineError

from .conftest import MovingPicture, Told, Tone, Watcher, publish
from .light import AUDIO, VIDEO, Light, counted, light_publisher, payload, repeat, rtp, wishes

ALL = Grant(forward=True, microphone=True, camera=True)


async def test_picture_and_tone_arrive_at_two_viewers_one_of_them_late(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    publisher = await publish(engine, "ada", Tone(440), MovingPicture())
    early = Watcher(engine, told, "early")
    await engine.subscribe("room", "early")
    assert await early.sees("ada")
    late = Watcher(engine, told, "late")
    await engine.subscribe("room", "late")
    assert await late.sees("ada")
    assert 435 < await late.hears("ada") < 445
    for one in (early, late, publisher):
        await one.close()


async def test_h264_arrives_too(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    publisher = await publish(engine, "ada", MovingPicture(), codec="video/H264")
    viewer = Watcher(engine, told, "ben")
    await engine.subscribe("room", "ben")
    assert await viewer.sees("ada")
    await viewer.close()
    await publisher.close()


async def test_a_viewer_renegotiates_as_people_come_and_go(
    engine: EmbeddedEngine, told: Told
) -> None:
    viewer = Watcher(engine, told, "viewer")
    await engine.subscribe("room", "viewer")
    publishers = []
    for person, frequency in (("ada", 400), ("ben", 900)):
        await engine.grant("room", person, ALL)
        publishers.append(await publish(engine, person, Tone(frequency)))
    assert 395 < await viewer.hears("ada") < 405
    assert 895 < await viewer.hears("ben") < 905
    await engine.grant("room", "ada", None)
    await engine.grant("room", "cat", ALL)  # takes the place, and the m-lines, that were free
    publishers.append(await publish(engine, "cat", Tone(1500)))
    assert 1495 < await viewer.hears("cat") < 1505
    assert len(viewer.connection.getTransceivers()) == 8  # no more than for two people
    for one in (viewer, *publishers):
        await one.close()


async def test_a_publisher_who_comes_again_continues_the_same_stream(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    numbers = []
    for _ in range(3):
        peer = await light_publisher(engine, "ada")
        for sequence in range(500, 505):
            peer.send_rtp(rtp(sequence))
            packet = await viewer.next()
            numbers.append(int.from_bytes(packet[2:4]))
            ssrc = packet[8:12]
    assert numbers == list(range(numbers[0], numbers[0] + 15))
    assert told.offers_to("viewer").empty()
    assert ssrc != AUDIO.to_bytes(4)


async def test_nothing_is_forwarded_after_a_removal_was_acknowledged(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rules 13 and 14, with a client that goes on sending."""
    await engine.grant("room", "ada", ALL)
    await engine.grant("room", "witness", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada, witness = await light_publisher(engine, "ada"), await light_publisher(engine, "witness")
    sending = asyncio.create_task(repeat(ada))
    for _ in range(20):
        await viewer.next()
    await engine.grant("room", "ada", None)
    # What the acknowledgement overtook is in the viewer's socket; a marker packet of somebody
    # else, sent after the acknowledgement, comes behind all of that.
    witness.send_rtp(rtp(777_000))
    while (await viewer.next())[12:] != b"777000":
        pass
    await asyncio.sleep(0.3)  # Ada sends some sixty packets more
    witness.send_rtp(rtp(777_001))
    assert (await viewer.next())[12:] == b"777001"
    sending.cancel()


async def test_a_muted_person_is_not_heard_whatever_they_send(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rules 14 and 16: microphone off, the picture goes on."""
    await engine.grant("room", "ada", Grant(forward=True, microphone=False, camera=True))
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    sending = asyncio.create_task(repeat(ada))
    for sequence in range(10):
        ada.send_rtp(rtp(sequence, VIDEO, 96))
        assert (await viewer.next())[1] & 0x7F == 96
    sending.cancel()


async def test_with_an_offer_alone_one_connects_but_is_not_heard(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rule 14: the offer of a seat is no seat."""
    await engine.grant("room", "ada", Grant.prepare())
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    assert await told.publishers.get() == ("ada", True)
    for sequence in range(30):
        ada.send_rtp(rtp(sequence))
    await counted(engine, "packets_refused", 30)
    await engine.grant("room", "ada", ALL)
    ada.send_rtp(rtp(30))
    offer = await told.offers_to("viewer").get()
    assert [track.person for track in offer.tracks] == ["ada", "ada"]
    assert (await viewer.next())[12:] == b"000030"


async def test_nobody_is_sent_their_own_voice(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    other, own = await Light(engine, told, "ben").open(), await Light(engine, told, "ada").open()
    ada = await light_publisher(engine, "ada")
    for sequence in range(10):
        ada.send_rtp(rtp(sequence))
        await other.next()
    assert own.packets.empty()


async def test_a_lost_packet_is_sent_again(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    ada.send_rtp(rtp(5))
    first = await viewer.next()
    ssrc, lost = int.from_bytes(first[8:12]), int.from_bytes(first[2:4]) + 1
    viewer.peer.lose = lambda datagram: int.from_bytes(datagram[2:4]) == lost
    for sequence in (6, 7):
        ada.send_rtp(rtp(sequence))
    assert (await viewer.next())[12:] == b"000007"
    viewer.peer.lose = None
    viewer.peer.send_rtcp(rtcp.nack(1, ssrc, [lost]))
    assert (await viewer.next())[12:] == b"000006"


async def test_packets_too_large_to_forward_are_dropped_and_others_go_on(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    for sequence, size in enumerate((1200, 1300, 20)):
        packet = rtp(sequence) + bytes(size)
        ada.send_rtp(packet)
        assert payload(await viewer.next()) == packet[12:]
        ada.send(packet + bytes(3000))


async def test_a_gap_at_the_publisher_is_asked_for(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    ada = await light_publisher(engine, "ada")
    asked: asyncio.Queue[tuple[int, list[int]]] = asyncio.Queue()

    def on_rtcp(compound: bytes) -> None:
        for packet in rtcp.split(compound):
            if packet.type == rtcp.RTPFB:
                asked.put_nowait(rtcp.lost_packets(packet))

    ada.on_rtcp = on_rtcp
    for sequence in (1, 2, 5):
        ada.send_rtp(rtp(sequence))
    async with asyncio.timeout(20):
        assert await asked.get() == (AUDIO, [3, 4])


async def test_many_wishes_for_a_keyframe_reach_the_publisher_as_few(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    wanted = wishes(ada)
    ada.send_rtp(rtp(1, VIDEO, 96))
    ssrc = int.from_bytes((await viewer.next())[8:12])
    async with asyncio.timeout(20):
        for _ in range(100):
            viewer.peer.send_rtcp(rtcp.pli(1, ssrc))
        assert await wanted.get() == [VIDEO]
    assert wanted.empty()


async def test_who_speaks_is_told(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    publisher = await publish(engine, "ada", Tone(300))
    async with asyncio.timeout(30):
        assert await told.speakers.get() == ["ada"]
        await engine.grant("room", "ada", Grant(forward=True, camera=True))
        assert await told.speakers.get() == []
    await publisher.close()


async def test_without_a_seat_no_publishing_offer_is_taken(engine: EmbeddedEngine) -> None:
    """Rule 14."""
    peer = await Peer.open()
    with pytest.raises(MediaError) as refused:
        await engine.publish("room", "ada", peer.offer(AUDIO, VIDEO))
    assert refused.value.code == "no_seat"
    await engine.grant("room", "ada", ALL)
    await engine.grant("room", "ada", None)
    with pytest.raises(MediaError, match="seat"):
        await engine.publish("room", "ada", peer.offer(AUDIO, VIDEO))


async def test_a_killed_engine_is_started_again(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    port, pid = engine.port, engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(30):
        assert await told.restarts.get() == {"room"}
    assert (engine.port, engine.pid != pid) == (port, True)
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    ada.send_rtp(rtp(1))
    assert (await viewer.next())[12:] == b"000001"


async def test_a_port_that_is_taken_is_a_plain_sentence(engine: EmbeddedEngine, told: Told) -> None:
    second = EmbeddedEngine(port=engine.port)
    with pytest.raises(EngineError, match=f"UDP port {engine.port} cannot be used"):
        await second.start(told)
    await second.close()


async def test_viewers_know_a_place_before_it_is_taken(engine: EmbeddedEngine, told: Told) -> None:
    """So the first picture of whoever takes it can be seen at once; until then it is nobody's."""
    await engine.grant("room", "ada", ALL)
    viewer = Light(engine, told, "viewer")
    viewer.peer = await Peer.open()
    await engine.subscribe("room", "viewer")
    before = await viewer.renegotiate()
    assert {track.person for track in before.tracks} == {"ada"}
    await engine.grant("room", "ben", ALL)
    after = await viewer.renegotiate()
    assert {track.person for track in after.tracks} == {"ada", "ben"}
    ada, ben = before.sdp.split("m=")[1:3], before.sdp.split("m=")[3:]
    assert len(ada) == len(ben) == 2
    assert after.sdp.count("m=") == 8  # for two more


async def test_a_stranger_s_datagrams_are_dropped_without_a_trace(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Random bytes of every first byte, and checks without a valid ufrag: no answer, no state."""
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    peers = (await engine.stats())["peers"]
    loop = asyncio.get_running_loop()
    answers: list[bytes] = []

    class Stranger(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            answers.append(data)

    stranger, _ = await loop.create_datagram_endpoint(
        Stranger, remote_addr=("127.0.0.1", engine.port)
    )
    generator = random.Random(7)
    for first in range(256):
        for size in (0, 1, 11, 12, 40, 1300):
            stranger.sendto((bytes([first]) + generator.randbytes(size))[: size or 1])
            ada.send((bytes([first]) + generator.randbytes(size))[: size or 1])
        await asyncio.sleep(0)
    check = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    check.attributes["USERNAME"] = "nobody:me"
    check.add_message_integrity(b"guess")
    check.add_fingerprint()
    stranger.sendto(bytes(check))
    ada.send_rtp(rtp(1))
    assert (await viewer.next())[12:] == b"000001"
    assert (await engine.stats())["peers"] == peers
    assert answers == []
    stranger.close()


async def test_a_publisher_whose_first_keyframe_was_lost_is_asked_for_another(
    engine: EmbeddedEngine,
) -> None:
    await engine.grant("room", "ada", ALL)
    ada = await light_publisher(engine, "ada")
    wanted = wishes(ada)
    await engine.stats()  # the engine has been through its rounds by now, with nothing to ask
    ada.send_rtp(rtp(1, VIDEO, 96)[:-6] + b"\x10\x01rest")  # of a picture that needs another
    async with asyncio.timeout(30):
        assert await wanted.get() == [VIDEO]
        assert await wanted.get() == [VIDEO], "the first may have been lost"
