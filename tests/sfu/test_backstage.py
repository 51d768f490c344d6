"""Who waits backstage reaches those alone to whom the backstage is shown (rules 13 and 14)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bench.peer import Peer
from stagedoor.media.interface import Grant, SubscribeOffer, TrackMap
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .light import VIDEO, Light, light_publisher, payload, repeat, rtp, wishes

ON_STAGE = Grant(forward=True, microphone=True, camera=True)
BACKSTAGE = Grant(forward=True, microphone=True, camera=True, backstage=True)


def people(told: SubscribeOffer | Sequence[TrackMap]) -> set[str]:
    tracks = told.tracks if isinstance(told, SubscribeOffer) else told
    return {track.person for track in tracks}


def sequence(packet: bytes) -> int:
    return int.from_bytes(packet[2:4])


def ssrc(packet: bytes) -> int:
    return int.from_bytes(packet[8:12])


class Scene:
    """Mia, to whom the backstage is shown, Vic, to whom it is not, and Wes, a witness on stage."""

    mia: Light
    vic: Light
    wes: Peer
    ada: Peer

    async def open(self, engine: EmbeddedEngine, told: Told, ada: Grant) -> Scene:
        self.told = told
        await engine.show_backstage("room", ["mia"])
        await engine.grant("room", "wes", ON_STAGE)
        await engine.grant("room", "ada", ada)
        self.mia = await Light(engine, told, "mia").open()
        self.vic = await Light(engine, told, "vic").open()
        self.wes = await light_publisher(engine, "wes")
        self.ada = await light_publisher(engine, "ada", VIDEO)
        return self

    async def everything_until(self, viewer: Light, number: int) -> list[bytes]:
        """What a viewer is sent before this packet of the witness, which stands behind it all."""
        self.wes.send_rtp(rtp(number))
        found: list[bytes] = []
        while payload(packet := await viewer.next()) != b"%06d" % number:
            found.append(packet)
        return found


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_backstage_is_received_by_insiders_alone(
    engine: EmbeddedEngine, told: Told, scene: Scene
) -> None:
    await scene.open(engine, told, BACKSTAGE)
    for number in range(30):
        scene.ada.send_rtp(rtp(number))
        scene.ada.send_rtp(rtp(number, VIDEO, 96))
        assert payload(await scene.mia.next()) == b"%06d" % number
        assert payload(await scene.mia.next()) == b"%06d" % number
    assert await scene.everything_until(scene.vic, 900) == []


async def test_only_insiders_are_told_who_is_backstage(engine: EmbeddedEngine, told: Told) -> None:
    await engine.show_backstage("room", ["mia"])
    mia, vic = await Light(engine, told, "mia").open(), await Light(engine, told, "vic").open()
    await engine.grant("room", "ada", BACKSTAGE)
    assert people(await mia.renegotiate()) == {"ada"}
    await engine.grant("room", "wes", ON_STAGE)
    assert people(await mia.renegotiate()) == {"ada", "wes"}
    assert people(await vic.renegotiate()) == {"wes"}
    await engine.grant("room", "ada", None)
    assert people(await mia.mapped()) == {"wes"}
    await engine.grant("room", "ada", BACKSTAGE)
    assert people(await mia.mapped()) == {"ada", "wes"}
    await engine.grant("room", "wes", None)
    assert people(await mia.mapped()) == {"ada"}
    assert people(await vic.mapped()) == set(), "the first word since the offer"
    assert told.offers_to("vic").empty()
    assert told.tracks_of("vic").empty()


async def test_brought_on_together_all_are_received_by_everybody_and_nothing_from_before(
    engine: EmbeddedEngine, told: Told, scene: Scene
) -> None:
    """What was sent backstage is not to be had afterwards either, by asking for lost packets."""
    await scene.open(engine, told, BACKSTAGE)
    wanted = wishes(scene.ada)
    for number in range(20):
        scene.ada.send_rtp(rtp(number, VIDEO, 96))
        last = await scene.mia.next()
    await engine.grant("room", "ada", ON_STAGE)
    async with asyncio.timeout(20):
        assert await wanted.get() == [VIDEO]
    following = [(sequence(last) + after) & 0xFFFF for after in range(1, 3)]
    scene.vic.peer.lose = lambda datagram: sequence(datagram) == following[1]
    for number in (20, 21):
        scene.ada.send_rtp(rtp(number, VIDEO, 96))
        assert payload(await scene.mia.next()) == b"%06d" % number
    (first,) = await scene.everything_until(scene.vic, 900)
    assert (ssrc(first), sequence(first)) == (ssrc(last), following[0])
    assert payload(first) == b"000020"
    scene.vic.peer.lose = None
    before = [(sequence(first) - back) & 0xFFFF for back in range(1, 21)]
    scene.vic.peer.send_rtcp(rtcp.nack(1, ssrc(first), [*before, following[1]]))
    assert (await scene.vic.next()).endswith(b"000021")
    assert await scene.everything_until(scene.vic, 901) == []


async def test_an_insider_no_more_receives_nothing_after_the_acknowledgement(
    engine: EmbeddedEngine, told: Told, scene: Scene
) -> None:
    await scene.open(engine, told, BACKSTAGE)
    sending = asyncio.create_task(repeat(scene.ada))
    for _ in range(20):
        last = await scene.mia.next()
    await engine.show_backstage("room", [])
    await scene.everything_until(scene.mia, 900)
    scene.mia.peer.send_rtcp(rtcp.nack(1, ssrc(last), [sequence(last)]))
    assert people(await scene.mia.mapped()) == {"wes"}
    await asyncio.sleep(0.3)  # Ada sends some sixty packets more
    assert await scene.everything_until(scene.mia, 901) == []
    sending.cancel()


async def test_a_new_insider_receives_from_a_keyframe_on(
    engine: EmbeddedEngine, told: Told, scene: Scene
) -> None:
    await scene.open(engine, told, BACKSTAGE)
    scene.ada.send_rtp(rtp(1, VIDEO, 96))
    await scene.mia.next()
    wanted = wishes(scene.ada)
    await engine.show_backstage("room", ["mia", "vic"])
    assert people(await scene.vic.mapped()) == {"wes", "ada"}
    async with asyncio.timeout(20):
        assert await wanted.get() == [VIDEO]
    scene.ada.send_rtp(rtp(2))
    assert payload(await scene.vic.next()) == b"000002"


async def test_sent_back_from_the_stage_one_is_received_by_insiders_alone(
    engine: EmbeddedEngine, told: Told, scene: Scene
) -> None:
    await scene.open(engine, told, ON_STAGE)
    sending = asyncio.create_task(repeat(scene.ada))
    for _ in range(20):
        last = await scene.vic.next()
    await engine.grant("room", "ada", BACKSTAGE)
    await scene.everything_until(scene.vic, 900)
    scene.vic.peer.send_rtcp(rtcp.nack(1, ssrc(last), [sequence(last)]))
    assert people(await scene.vic.mapped()) == {"wes"}
    await asyncio.sleep(0.3)
    assert await scene.everything_until(scene.vic, 901) == []
    assert len(await scene.everything_until(scene.mia, 902)) > 20
    sending.cancel()


async def test_a_room_is_forgotten_with_its_insiders(engine: EmbeddedEngine) -> None:
    await engine.show_backstage("room", ["mia"])
    assert (await engine.stats())["rooms"] == 1
    await engine.show_backstage("room", [])
    assert (await engine.stats())["rooms"] == 0
    await engine.show_backstage("room", ["mia"])
    await engine.close_room("room")
    assert (await engine.stats())["rooms"] == 0
