"""Where something might slip through between parts that are each right (rules 13 and 14)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio

from stagedoor.media.interface import Grant
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.stage.reception import MAX_MISSING, Reception
from stagedoor.sfu.stage.track import Track
from stagedoor.sfu.workers import links
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .inside import Inside
from .light import VIDEO, Light, counted, light_publisher, payload, rtp
from .test_catching import picture
from .test_directing import Scene as Layers
from .test_voices import Scene

ON_STAGE = Grant(forward=True, microphone=True, camera=True)
BACKSTAGE = Grant(forward=True, microphone=True, camera=True, backstage=True)
MUTED = Grant(forward=True, camera=True)


@pytest_asyncio.fixture
async def pair(told: Told) -> Any:
    """The home of a room, and another worker, with a link between them."""
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in ends:
        end.setblocking(False)
    home, other = Inside(told, {1: ends[0]}), Inside(told, {0: ends[1]})
    yield home, other
    for one, end in zip((home, other), ends, strict=True):
        asyncio.get_running_loop().remove_reader(end)
        one.close()
        end.close()


async def heard(viewer: Light, publisher: Inside, number: int) -> list[bytes]:
    """What a viewer is sent until this packet of the witness, which stands behind it all."""
    publisher.hand("wes", rtp(number))
    publisher.engine._relays.flush()
    found = []
    while (last := payload(await viewer.next())) != b"%06d" % number:
        found.append(last)
    return found


async def test_what_waits_between_workers_from_backstage_is_not_for_everybody(
    pair: tuple[Inside, Inside], told: Told
) -> None:
    home, other = pair
    for one in pair:
        one.engine.show_backstage("room", ["mia"])
        one.engine.grant("room", "wes", ON_STAGE)
        one.engine.grant("room", "ada", BACKSTAGE)
    vic = await Light(cast(EmbeddedEngine, other), told, "vic").open()
    home.engine.relay("room", 1, True)
    for person in ("wes", "ada"):
        await light_publisher(cast(EmbeddedEngine, home), person)
    assert await heard(vic, home, 1) == []
    home.hand("ada", rtp(1))
    home.hand("ada", rtp(1, VIDEO, 96))
    home.engine._relays.flush()
    for one in pair:
        one.engine.grant("room", "ada", ON_STAGE)
    home.hand("ada", rtp(2))
    assert await heard(vic, home, 900) == [b"000002"]


async def test_a_broken_record_between_workers_stops_no_others(
    pair: tuple[Inside, Inside], told: Told
) -> None:
    home, other = pair
    for one in pair:
        one.engine.grant("room", "wes", ON_STAGE)
    vic = await Light(cast(EmbeddedEngine, other), told, "vic").open()
    home.engine.relay("room", 1, True)
    await light_publisher(cast(EmbeddedEngine, home), "wes")
    assert await heard(vic, home, 1) == []
    home.engine.stages["room"].relays[1].put(links.PUBLISHED, 9, b"\xc1")
    assert await heard(vic, home, 2) == []


async def test_nothing_waits_in_the_batch_when_a_grant_was_taken(told: Told) -> None:
    """As packets that are sent again do, which are not among the jobs."""
    one = Inside(told)
    one.engine.grant("room", "ada", ON_STAGE)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as viewer:
        viewer.bind(("127.0.0.1", 0))
        viewer.setblocking(False)
        batch = one.engine._port.batch
        for number, take in enumerate(
            (
                lambda: one.engine.grant("room", "ada", MUTED),
                lambda: one.engine.show_backstage("room", []),
            )
        ):
            batch.add(b"%d" % number, batch.destination(viewer.getsockname()))
            take()
            assert viewer.recv(100) == b"%d" % number, "before the acknowledgement, not after it"
    one.close()


async def test_a_late_viewer_is_sent_the_rest_though_nothing_arrives(told: Told) -> None:
    """What the clock has put out waits for no datagram, as on a stage where nothing moves."""
    one = Inside(told)
    receivers = [cast(Any, SimpleNamespace(target=None))]
    one.engine._outgoing.put(Track("video", 7), rtp(1), receivers, 0.0)
    await counted(cast(EmbeddedEngine, one), "jobs_waiting", 0)
    one.close()


async def test_the_next_person_s_late_viewers_see_nothing_of_the_one_before(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ON_STAGE)
    early = await Light(engine, told, "early").open()
    ada = await light_publisher(engine, "ada")
    for sequence in (1, 2, 3):
        ada.send_rtp(picture(sequence, key=sequence == 1))
        last = await early.next()
    await engine.grant("room", "ada", None)
    await engine.grant("room", "ben", ON_STAGE)
    ben = await light_publisher(engine, "ben")
    late = await Light(engine, told, "late").open()
    number, ssrc = int.from_bytes(last[2:4]), int.from_bytes(last[8:12])
    for viewer in (early, late):
        viewer.peer.send_rtcp(rtcp.nack(1, ssrc, [number - back & 0xFFFF for back in range(9)]))
    ben.send_rtp(picture(50))
    for viewer in (early, late):
        assert payload(await viewer.next())[-6:] == b"000050"


def test_nothing_said_backstage_is_sent_first_at_another_place_in_public() -> None:
    scene = Scene(6)
    hidden = Grant(forward=True, microphone=True, backstage=True)
    for person in scene.people:
        scene.grant(person, hidden)
    scene.run(1)
    assert scene.heard("p5") == []
    scene.grant("p5", Grant())
    scene.stage.seat("p5", False)
    scene.stage.grants["new"] = hidden
    scene.stage.seat("new", True)
    scene.stage.grants["p5"] = Grant(forward=True, microphone=True)
    scene.stage.seat("p5", True)
    first = scene.sequence + 1
    scene.run(0.06)
    assert [number for _, number in scene.heard("p5")] == list(range(first, first + 3))


def test_whoever_is_not_shown_somebody_wishes_nothing_of_them() -> None:
    """Neither a larger picture by the size of a tile, nor a keyframe."""
    scene = Layers()
    scene.stage.grants["ada"] = BACKSTAGE
    scene.stage.insiders = frozenset(["cat"])
    ben, cat = scene.viewers
    ben.sizes, cat.sizes = {("ada", "video"): 2000}, {("ada", "video"): 100}
    scene.run(10)
    assert [bits > 0 for bits in scene.needed[-1].bits] == [True, False, False]
    for wish in scene.ada.keyframes.values():
        wish.due(scene.now)  # those of the beginning
    place = scene.stage.place_of("ada")
    assert place is not None
    scene.now += 10
    for viewer, heard in ((ben, False), (cat, True)):
        wished = rtcp.pli(1, place.tracks["video"].ssrc)
        scene.forwarder.viewer_rtcp(scene.stage, viewer, wished, scene.now)
        assert scene.ada.keyframes["video", 0].due(scene.now) == heard


async def test_what_was_lost_while_muted_is_not_sent_by_a_repair_afterwards(
    pair: tuple[Inside, Inside], told: Told
) -> None:
    home, _ = pair
    home.engine.grant("room", "ada", ON_STAGE)
    vic = await Light(cast(EmbeddedEngine, home), told, "vic").open()
    ada = await light_publisher(cast(EmbeddedEngine, home), "ada")
    publisher = home.engine.stages["room"].publishers["ada"]
    home.hand("ada", rtp(1))
    assert payload(await vic.next()) == b"000001"
    home.engine.grant("room", "ada", MUTED)
    for number in (2, 4):
        home.hand("ada", rtp(number))
    (source,) = publisher.sources.values()
    assert source.reception.misses(3)
    home.engine.grant("room", "ada", ON_STAGE)
    assert not source.reception.misses(3)
    ada.send_rtp(rtp(5))
    assert payload(await vic.next()) == b"000005"


def test_what_is_missed_of_a_source_fits_a_datagram() -> None:
    """A publisher who leaves large gaps must not make a request that cannot be sent."""
    reception = Reception(1, 90000)
    for number in range(1000):
        reception.arrived(number * 199 & 0xFFFF, 0, 1.0)
    lost = reception.to_ask_again(1.0)
    assert len(lost) == MAX_MISSING
    assert (999 * 199 - 1) & 0xFFFF in lost, "the newest are worth the most"
    assert len(rtcp.nack(1, 2, range(0, 17 * MAX_MISSING, 17))) < 1200


async def test_a_publisher_s_gaps_keep_nobody_else_from_what_is_due(
    engine: EmbeddedEngine, told: Told
) -> None:
    for person in ("gap", "ada"):
        await engine.grant("room", person, ON_STAGE)
    gap = await light_publisher(engine, "gap")
    for number in range(1, 600):
        gap.send_rtp(rtp(199 * number, VIDEO, 96))
        if number % 50 == 0:
            await asyncio.sleep(0.001)  # a socket's buffer is not what is tested
    assert (await engine.stats())["troubles"] == 0


@pytest.mark.parametrize("kind", ["asks for everything", "reports nonsense", "noise"])
async def test_a_viewer_s_nonsense_leaves_no_trace(
    engine: EmbeddedEngine, told: Told, kind: str
) -> None:
    """The others get each packet, and what is remembered has bounds."""
    await engine.grant("room", "ada", ON_STAGE)
    await engine.grant("room", "ben", BACKSTAGE)
    bad, good = await Light(engine, told, "bad").open(), await Light(engine, told, "good").open()
    ada = await light_publisher(engine, "ada")
    ada.send_rtp(rtp(1, VIDEO, 96))
    ssrc = int.from_bytes((await bad.next())[8:12])
    await good.next()
    for number in range(2, 100):
        for compound in NONSENSE[kind](ssrc):
            bad.peer.send_rtcp(compound)
        ada.send_rtp(rtp(number, VIDEO, 96))
        assert payload(await good.next()) == b"%06d" % number
    stats = await engine.stats()
    assert stats["troubles"] == 0


def everything(ssrc: int) -> Iterator[bytes]:
    yield b"".join(rtcp.nack(1, ssrc, range(at, at + 300)) for at in range(0, 4000, 300))
    yield b"".join(rtcp.pli(1, any_) for any_ in (ssrc, 0, ssrc ^ 1, 2**32 - 1)) * 20


def nonsense(ssrc: int) -> Iterator[bytes]:
    for rate in (0, 0x3FFFF | 63 << 18, 63 << 18):
        body = bytes(8) + b"REMB" + b"\x01" + rate.to_bytes(3) + ssrc.to_bytes(4)
        yield rtcp._packet(rtcp.PSFB, rtcp.REMB, body)
    most = 0xFFFFFFFF
    for values in ((255, -0x800000, most, most, 0, most), (0, 0x7FFFFF, 0, 0, most, 0)):
        yield rtcp.receiver_report(1, [rtcp.ReportBlock(ssrc, *values)] * 31)


def noise(ssrc: int) -> Iterator[bytes]:
    for kind in (rtcp.RR, rtcp.SR, rtcp.RTPFB, rtcp.PSFB):
        for form in (0, 1, 4, 15, 31):
            for size in (4, 8, 24):
                yield rtcp._packet(kind, form, ssrc.to_bytes(4) * (size // 4))


NONSENSE = {"asks for everything": everything, "reports nonsense": nonsense, "noise": noise}


def test_who_publishes_is_said_once_it_fits() -> None:
    """Or a person would stay unseen by all viewers of a worker that was too slow for a moment."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        ours.setblocking(False)
        theirs.setblocking(False)
        one, other = links.Link(ours), links.Link(theirs)
        while not one.lost:
            one.put(links.RTP, 1, bytes(1000))
            one.flush()
        one.put(links.PUBLISHED, 1, b"who")
        one.put(links.RTP, 1, bytes(1000))
        one.flush()
        assert one.lost == 2
        while other.read():
            pass
        one.put(links.RTP, 1, b"next")
        one.flush()
        assert other.read() == [(links.PUBLISHED, 1, b"who"), (links.RTP, 1, b"next")]
