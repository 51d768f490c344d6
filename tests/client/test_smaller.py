"""The camera in two sizes: which m-line is which, what is sent, and when."""

from __future__ import annotations

import asyncio

import av
import pytest

from stagedoor.rules.values import Device
from stagedoor_client import smaller
from stagedoor_client.errors import ConnectionLostError
from stagedoor_client.publisher import Publisher
from stagedoor_client.smaller import SmallerTrack, named, worth_while


async def test_the_offer_says_which_m_line_is_the_smaller_one() -> None:
    offers: list[str] = []

    async def offer(sdp: str) -> str:
        offers.append(sdp)
        raise ConnectionLostError("as the test wants it")

    publisher = Publisher(offer, lambda: None, layers=True)
    with pytest.raises(ConnectionLostError):
        await publisher.connect()
    sections = offers[0].split("m=")[1:]
    assert [section.split()[0] for section in sections] == ["audio", "video", "video", "video"]
    assert [f"a={smaller.LAYER_OF}:1\r\n" in section for section in sections] == [
        False,
        False,
        False,
        True,
    ]
    await publisher.close()


def test_only_the_m_line_meant_is_named() -> None:
    sdp = "m=video\r\na=mid:1\r\nm=video\r\na=mid:11\r\n"
    assert named(sdp, "11", "1") == sdp + f"a={smaller.LAYER_OF}:1\r\n"


async def test_half_of_the_picture_is_shown_and_the_picture_is_left_as_it_is() -> None:
    track = SmallerTrack()
    picture = av.VideoFrame(642, 482, "yuv420p")
    track.show(picture, 1.0)
    async with asyncio.timeout(10):
        half = await track.recv()
    assert (half.width, half.height, half.format.name) == (320, 240, "yuv420p")
    assert (picture.width, picture.height, picture.pts) == (642, 482, None)


def test_it_is_for_large_pictures_and_machines_of_some_strength(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    assert worth_while(480, None)
    assert not worth_while(360, None)
    assert worth_while(360, 2)
    assert not worth_while(1080, 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert not worth_while(1080, None)


async def test_the_larger_one_is_not_encoded_while_nobody_watches_it() -> None:
    async def offer(_: str) -> str:
        raise AssertionError("nothing is offered here")

    publisher = Publisher(offer, lambda: None, layers=True)
    picture = av.VideoFrame(640, 480, "yuv420p")
    publisher.need("video", [400_000, 0])
    publisher.show(Device.CAMERA, picture, 1.0)
    taking = asyncio.create_task(publisher._camera.recv())
    await asyncio.sleep(0)
    assert not taking.done()
    publisher.need("video", [400_000, 1_500_000])
    publisher.show(Device.CAMERA, picture, 2.0)
    async with asyncio.timeout(10):
        assert (await taking).height == 480
