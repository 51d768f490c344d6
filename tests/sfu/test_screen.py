"""A screen beside a camera: both decoded, and nothing of it beyond the grant (rules 13 and 14)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import pytest

from stagedoor.media.interface import Grant, TrackMap
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import MovingPicture, Told, Tone, Watcher, publish
from .light import AUDIO, SCREEN, VIDEO, Light, light_publisher, payload, repeat, rtp

NO_SCREEN = Grant(forward=True, microphone=True, camera=True)
ALL = Grant(forward=True, microphone=True, camera=True, screen=True)


def kinds(tracks: Sequence[TrackMap]) -> list[tuple[str, str, str]]:
    return [(track.mid, track.person, track.kind) for track in tracks]


def ssrc_of(packet: bytes) -> int:
    return int.from_bytes(packet[8:12])


async def test_camera_and_screen_are_seen_at_once(engine: EmbeddedEngine, told: Told) -> None:
    await engine.grant("room", "ada", NO_SCREEN)
    camera, screen = MovingPicture(), MovingPicture(640, 360)
    publisher = await publish(engine, "ada", Tone(440), camera, screen)
    early = Watcher(engine, told, "early")
    await engine.subscribe("room", "early")
    assert await early.size("ada", "video") == (320, 240)
    await engine.grant("room", "ada", ALL)
    late = Watcher(engine, told, "late")
    await engine.subscribe("room", "late")
    for viewer in (early, late):
        both = (viewer.size("ada", "video"), viewer.size("ada", "screen"))
        assert await asyncio.gather(*both) == [(320, 240), (640, 360)]
        assert 435 < await viewer.hears("ada") < 445
    for one in (early, late, publisher):
        await one.close()


async def test_the_description_grows_with_the_first_share_only(
    engine: EmbeddedEngine, told: Told
) -> None:
    viewer = await Light(engine, told, "viewer").open()
    seated = []
    for person in ("ada", "ben"):
        await engine.grant("room", person, NO_SCREEN)
        seated.append(await viewer.renegotiate())
    assert seated[-1].sdp.count("m=") == 8  # with those of two places that are free
    await engine.grant("room", "ada", ALL)
    shared = await viewer.renegotiate()
    assert kinds(shared.tracks) == [*kinds(seated[-1].tracks), ("8", "ada", "screen")]
    for grant in (NO_SCREEN, ALL):
        await engine.grant("room", "ada", grant)
    await engine.grant("room", "cat", NO_SCREEN)
    assert kinds(await viewer.mapped()) == [
        *kinds(seated[-1].tracks),
        ("4", "cat", "audio"),
        ("5", "cat", "video"),
        ("8", "ada", "screen"),
    ]
    assert told.offers_to("viewer").empty()


async def test_a_share_begins_and_ends_beside_a_camera_that_goes_on(
    engine: EmbeddedEngine, told: Told
) -> None:
    """The camera's SSRC and numbers are the same throughout, and the screen's are others."""
    await engine.grant("room", "ada", NO_SCREEN)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada", VIDEO, SCREEN)
    ada.send_rtp(rtp(1, VIDEO, 96))
    camera = await viewer.next()
    await engine.grant("room", "ada", ALL)
    await viewer.renegotiate()
    for sequence in (2, 3):
        ada.send_rtp(rtp(sequence, VIDEO, 96))
        ada.send_rtp(rtp(sequence + 500, SCREEN, 96))
        first, second = await viewer.next(), await viewer.next()
        assert (ssrc_of(first), payload(first)) == (ssrc_of(camera), b"%06d" % sequence)
        assert payload(second) == b"%06d" % (sequence + 500)
        assert ssrc_of(second) != ssrc_of(camera)
    await engine.grant("room", "ada", NO_SCREEN)
    ada.send_rtp(rtp(600, SCREEN, 96))
    ada.send_rtp(rtp(4, VIDEO, 96))
    last = await viewer.next()
    assert ssrc_of(last) == ssrc_of(camera)
    assert int.from_bytes(last[2:4]) == int.from_bytes(camera[2:4]) + 3


async def test_an_m_line_for_the_screen_may_come_later(engine: EmbeddedEngine, told: Told) -> None:
    """A second offer over the same connection adds it; the first is not interrupted."""
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada")
    ada.send_rtp(rtp(1, VIDEO, 96))
    camera = await viewer.next()
    answer = await engine.publish("room", "ada", ada.offer(AUDIO, VIDEO, SCREEN))
    assert answer.count("a=recvonly") == 3
    ada.send_rtp(rtp(2, VIDEO, 96))
    ada.send_rtp(rtp(500, SCREEN, 96))
    packets = [await viewer.next(), await viewer.next()]
    assert [payload(packet) for packet in packets] == [b"000002", b"000500"]
    assert ssrc_of(packets[0]) == ssrc_of(camera) != ssrc_of(packets[1])


#: What somebody sends as a second picture who does not share: packet by number.
SECOND_PICTURES: dict[str, Callable[[int], bytes]] = {
    "by the SSRC of its m-line": lambda number: rtp(number, SCREEN, 96),
    "by the mid of its m-line": lambda number: rtp(number, 9999, 96, mid="2"),
    "by an SSRC of its own": lambda number: rtp(number, 9999, 96),
    "by a mid of its own": lambda number: rtp(number, 9999, 96, mid="camera"),
    "as sound": lambda number: rtp(number, 9999, 96, mid="0"),
    "by the camera's SSRC and another mid": lambda number: rtp(number, 9999, 111, mid="1"),
}


@pytest.mark.parametrize("second", SECOND_PICTURES.values(), ids=SECOND_PICTURES)
async def test_who_does_not_share_gets_no_second_picture_through(
    engine: EmbeddedEngine, told: Told, second: Callable[[int], bytes]
) -> None:
    """Rule 14: the camera is on, and a screen's m-line is there from an earlier share."""
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada", VIDEO, SCREEN)
    await engine.grant("room", "ada", NO_SCREEN)
    for number in range(1, 20):
        ada.send_rtp(second(number))
        ada.send_rtp(rtp(1000 + number, VIDEO, 96))
        assert payload(await viewer.next()) == b"%06d" % (1000 + number)
    assert viewer.packets.empty()


async def test_without_a_camera_the_first_picture_is_no_screen(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rule 14, the other way round: one shares, and the camera is off."""
    await engine.grant("room", "ada", Grant(forward=True, screen=True))
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada", VIDEO, SCREEN)
    for number in range(10):
        ada.send_rtp(rtp(number, VIDEO, 96))
        ada.send_rtp(rtp(1000 + number, SCREEN, 96))
        assert payload(await viewer.next()) == b"%06d" % (1000 + number)


async def test_nothing_of_a_screen_is_forwarded_after_it_was_stopped(
    engine: EmbeddedEngine, told: Told
) -> None:
    """Rules 13 and 16, with a client that goes on sending; the camera goes on, too."""
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada", VIDEO, SCREEN)
    sending = asyncio.create_task(repeat(ada, ssrc=SCREEN, payload_type=96))
    for _ in range(20):
        await viewer.next()
    await engine.grant("room", "ada", NO_SCREEN)
    # The camera's packet, sent after the acknowledgement, comes behind all that it overtook.
    ada.send_rtp(rtp(777_000, VIDEO, 96))
    while payload(await viewer.next()) != b"777000":
        pass
    await asyncio.sleep(0.3)  # some sixty packets more of the screen's
    ada.send_rtp(rtp(777_001, VIDEO, 96))
    assert payload(await viewer.next()) == b"777001"
    sending.cancel()


async def test_whoever_sits_down_where_a_screen_was_shared_shares_nothing(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada", VIDEO, SCREEN)
    ada.send_rtp(rtp(1, SCREEN, 96))
    screen = await viewer.next()
    await engine.grant("room", "ada", None)
    assert await viewer.mapped() == []
    for grant in (NO_SCREEN, None):  # so that the place is the longest free
        await engine.grant("room", "cat", grant)
        await viewer.mapped()
    await engine.grant("room", "ben", NO_SCREEN)
    assert {track.kind for track in await viewer.mapped()} == {"audio", "video", "screen"}
    ben = await light_publisher(engine, "ben", VIDEO, SCREEN)
    ben.send_rtp(rtp(2, SCREEN, 96))
    ben.send_rtp(rtp(3, VIDEO, 96))
    assert payload(await viewer.next()) == b"000003"
    await engine.grant("room", "ben", ALL)
    ben.send_rtp(rtp(4, SCREEN, 96))
    again = await viewer.next()
    assert (ssrc_of(again), payload(again)) == (ssrc_of(screen), b"000004")
    assert told.offers_to("viewer").empty()


async def test_a_keyframe_is_asked_for_where_it_is_wanted(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    ada = await light_publisher(engine, "ada", VIDEO, SCREEN)
    wanted: asyncio.Queue[int] = asyncio.Queue()

    def on_rtcp(compound: bytes) -> None:
        for packet in rtcp.split(compound):
            for ssrc in rtcp.keyframe_wanted(packet):
                wanted.put_nowait(ssrc)

    ada.on_rtcp = on_rtcp
    ada.send_rtp(rtp(1, VIDEO, 96))
    ada.send_rtp(rtp(1, SCREEN, 96))
    screen = [await viewer.next(), await viewer.next()][1]
    async with asyncio.timeout(20):
        viewer.peer.send_rtcp(rtcp.pli(1, ssrc_of(screen)))
        assert await wanted.get() == SCREEN
    assert wanted.empty()
