"""Rooms and their viewers at several workers: nothing of it is seen, whichever of them dies."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest_asyncio
from msgspec import structs

from bench.peer import Peer
from stagedoor.media.interface import Grant, SubscribeOffer, TrackMap
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.workers import control
from stagedoor.sfu.workers.supervisor import EmbeddedEngine, Room
from stagedoor.sfu.workers.worker import Worker
from stagedoor.signalling.metrics import SOURCE, TRACK, VIEWER, WORKER

from .conftest import Told
from .light import VIDEO, Light, light_publisher, repeat, rtp, wishes

ALL = Grant(forward=True, microphone=True, camera=True)
MUTED = Grant(forward=True, camera=True)


@pytest_asyncio.fixture
async def engine(told: Told) -> AsyncIterator[EmbeddedEngine]:
    """Two workers, each of which takes one viewer of a room alone."""
    engine = EmbeddedEngine(port=0, workers=2, full=1)
    await engine.start(told)
    yield engine
    await engine.close()


async def two_viewers(engine: EmbeddedEngine, told: Told) -> tuple[Light, Light]:
    """One at the room's home, and one at the other worker."""
    home, other = [await Light(engine, told, person).open() for person in ("home", "other")]
    assert [worker["viewers"] for worker in (await engine.stats())["workers"]] == [1, 1]
    return home, other


def kill(worker: Worker) -> None:
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)


async def until_heard(sender: Peer, viewer: Light, first: int) -> bytes:
    """Send until a viewer who comes back hears it."""
    for number in range(first, first + 1000):
        sender.send_rtp(rtp(number))
        try:
            return await asyncio.wait_for(viewer.packets.get(), 0.05)
        except TimeoutError:
            continue
    raise AssertionError("nothing came")


async def test_viewers_at_both_workers_get_the_same(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    home, other = await two_viewers(engine, told)
    ada = await light_publisher(engine, "ada")
    for sequence in range(50):
        ada.send_rtp(rtp(sequence))
        for viewer in (home, other):
            assert (await viewer.next())[12:] == b"%06d" % sequence
    late = await Light(engine, told, "late").open()
    ada.send_rtp(rtp(50))
    for viewer in (home, other, late):
        assert (await viewer.next())[12:] == b"000050"


async def test_a_publisher_may_come_before_the_second_worker_takes_part(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    ada = await light_publisher(engine, "ada")
    ada.send_rtp(rtp(1))
    for first, viewer in zip((100, 2000), await two_viewers(engine, told), strict=True):
        await until_heard(ada, viewer, first)


async def test_nothing_leaves_at_any_worker_after_a_removal_was_acknowledged(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rules 13 and 14, with a client that goes on sending; twice, as one may be admitted again."""
    for person in ("witness", "ada"):
        await engine.grant("room", person, ALL)
    viewers = await two_viewers(engine, told)
    witness = await light_publisher(engine, "witness")
    for take_away, number in ((None, 777_000), (MUTED, 778_000)):
        await engine.grant("room", "ada", ALL)
        ada = await light_publisher(engine, "ada")
        sending = asyncio.create_task(repeat(ada))
        for viewer in viewers:
            for _ in range(20):
                await viewer.next()
        await engine.grant("room", "ada", take_away)
        witness.send_rtp(rtp(number))
        for viewer in viewers:  # what was sent before the acknowledgement comes before this
            while (await viewer.next())[12:] != b"%06d" % number:
                pass
        await asyncio.sleep(0.3)  # Ada sends some sixty packets more
        witness.send_rtp(rtp(number + 1))
        for viewer in viewers:
            assert (await viewer.next())[12:] == b"%06d" % (number + 1)
        sending.cancel()


async def test_a_keyframe_wished_at_the_other_worker_reaches_the_publisher(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    _, other = await two_viewers(engine, told)
    ada = await light_publisher(engine, "ada")
    wanted = wishes(ada)
    ada.send_rtp(rtp(1, VIDEO, 96))
    packet = await other.next()
    async with asyncio.timeout(20):
        for _ in range(3):
            other.peer.send_rtcp(rtcp.pli(1, int.from_bytes(packet[8:12])))
            assert await wanted.get() == [VIDEO]


async def test_a_lost_packet_is_sent_again_by_the_viewer_s_own_worker(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    _, other = await two_viewers(engine, told)
    ada = await light_publisher(engine, "ada")
    ada.send_rtp(rtp(5))
    packet = await other.next()
    ssrc, number = int.from_bytes(packet[8:12]), int.from_bytes(packet[2:4])
    other.peer.lose = lambda datagram: int.from_bytes(datagram[2:4]) == number + 1
    ada.send_rtp(rtp(6))
    ada.send_rtp(rtp(7))
    assert (await other.next())[12:] == b"000007"
    other.peer.lose = None
    other.peer.send_rtcp(rtcp.nack(1, ssrc, [number + 1]))
    assert (await other.next())[12:] == b"000006"


async def test_the_other_worker_dies_and_its_viewers_alone_come_back(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    home, other = await two_viewers(engine, told)
    ada = await light_publisher(engine, "ada")
    ada.send_rtp(rtp(1))
    for viewer in (home, other):
        await viewer.next()
    kill(engine.workers[1])
    await other.begin()  # the offer comes by itself
    packet = await until_heard(ada, other, 10)
    assert int(packet[12:]) >= 10
    assert int((await home.next())[12:]) == 10
    assert told.offers_to("home").empty()
    assert told.restarts.empty()
    await engine.grant("room", "ada", None)


async def test_whose_a_place_is_is_told_the_viewers_of_both_workers(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Those of a worker that is a new one by a fresh offer, and from then on as ever."""
    await engine.grant("room", "ada", ALL)
    home, other = await two_viewers(engine, told)

    async def next_one(gone: str, come: str, *viewers: Light) -> None:
        await engine.grant("room", gone, None)
        await engine.grant("room", come, ALL)
        for viewer in viewers:
            people: set[str] = set()
            while people != {come}:  # the place may have been told free first
                people = {one.person for one in await viewer.mapped()}

    await next_one("ada", "ben", home, other)
    kill(engine.workers[1])
    async with asyncio.timeout(20):
        fresh = await told.offers_to("other").get()
    assert fresh.fresh
    assert {one.person for one in fresh.tracks} == {"ben"}
    other.revision = fresh.revision  # which is not answered yet
    await next_one("ben", "cat", home, other)
    assert told.offers_to("home").empty()


async def test_a_worker_that_joins_late_or_begins_anew_knows_who_is_backstage(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rule 14: Ada is shown to the viewer at home alone, until she is brought on."""
    await engine.show_backstage("room", ["home"])
    await engine.grant("room", "witness", ALL)
    await engine.grant("room", "ada", structs.replace(ALL, backstage=True))
    witness, ada = [await light_publisher(engine, person) for person in ("witness", "ada")]
    home, other = await two_viewers(engine, told)
    for first in (1000, 2000):
        await until_heard(witness, other, first)
        for number in range(first + 500, first + 520):
            ada.send_rtp(rtp(number))
        while int((await home.next())[12:]) != first + 519:
            pass
        witness.send_rtp(rtp(first + 600))
        found = [0]
        while found[-1] != first + 600:
            found.append(int((await other.next())[12:]))
        assert not any(first + 500 <= number < first + 520 for number in found)
        if first == 1000:
            kill(engine.workers[1])
            await other.begin()
    await engine.grant("room", "ada", ALL)
    await until_heard(ada, other, 3000)


async def test_a_worker_dies_and_the_rooms_of_the_other_go_on(
    engine: EmbeddedEngine, told: Told
) -> None:
    viewers, publishers = {}, {}
    for room in ("here", "there"):
        await engine.grant(room, "ada", ALL)
        viewers[room] = await Light(engine, told, f"viewer of {room}", room).open()
        publishers[room] = await light_publisher(engine, "ada", room=room)
    assert [worker["rooms"] for worker in (await engine.stats())["workers"]] == [1, 1]
    kill(engine.workers[0])
    async with asyncio.timeout(30):
        assert await told.restarts.get() == {"here"}
    publishers["there"].send_rtp(rtp(1))
    assert (await viewers["there"].next())[12:] == b"000001"
    await engine.grant("here", "ada", ALL)
    viewer = await Light(engine, told, "viewer of here", "here").open()
    ada = await light_publisher(engine, "ada", room="here")
    ada.send_rtp(rtp(2))
    assert (await viewer.next())[12:] == b"000002"


async def test_nothing_is_left_of_people_and_rooms_that_are_gone(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    await two_viewers(engine, told)
    await light_publisher(engine, "ada")
    for person in ("other", "home", "ada"):
        await engine.leave("room", person)
    stats = await engine.stats()
    assert (stats["rooms"], stats["viewers"], stats["publishers"], stats["peers"]) == (0, 0, 0, 0)


async def test_what_goes_on_is_counted_at_each_worker(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", ALL)
    viewers = await two_viewers(engine, told)
    ada = await light_publisher(engine, "ada")
    for sequence in range(10):
        ada.send_rtp(rtp(sequence))
        packets = [await viewer.next() for viewer in viewers]
    viewers[0].peer.send_rtcp(rtcp.nack(1, int.from_bytes(packets[0][8:12]), [1, 2]))
    async with asyncio.timeout(20):
        while True:
            workers = (await engine.stats())["workers"]
            stages = [worker["stages"][0] for worker in workers]
            if stages[0]["viewers"][0]["nacks"] == 2:
                break
    for worker, stage in zip(workers, stages, strict=True):
        (publisher,), (track,), (viewer,) = (
            stage[key] for key in ("publishers", "tracks", "viewers")
        )
        (source,) = publisher["sources"]
        assert (source["kind"], source["packets"], source["lost"]) == ("audio", 10, 0)
        assert (track["packets"], track["octets"], track["viewers"]) == (10, 60, 1)
        assert (viewer["packets"], viewer["octets"], viewer["lost"]) == (10, 60, 0)
        assert WORKER.keys() <= worker.keys()
        assert SOURCE.keys() <= source.keys()
        assert TRACK.keys() <= track.keys()
        assert VIEWER.keys() <= viewer.keys()


def test_a_viewer_is_told_nothing_by_a_worker_that_is_not_theirs(told: Told) -> None:
    """A room that began anew elsewhere: its old worker may have something under way still."""
    engine = EmbeddedEngine(port=0, workers=2)
    engine._listener = told
    engine._rooms["room"] = Room(0, {0, 1}, viewers={"home": 0, "other": 1})
    tracks = [TrackMap("0", "ada", "audio")]
    offer = SubscribeOffer(1, fresh=True, sdp="", tracks=tracks)
    for worker, mine in zip(engine.workers, ("home", "other"), strict=True):
        for person in ("home", "other", "gone"):
            engine.told(worker, control.OfferNeeded("room", person, offer))
        engine.told(worker, control.OfferNeeded("another room", mine, offer))
        engine.told(worker, control.TracksChanged("room", {"home": 1, "other": 1}, tracks))
        assert told.offers_to(mine).get_nowait() == offer
        assert told.tracks_of(mine).get_nowait() == (1, tracks)
    assert all(one.empty() for one in (*told.offers.values(), *told.tracks.values()))
