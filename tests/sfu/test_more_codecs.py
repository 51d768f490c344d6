"""VP9 and AV1: passed on where the server is told so, to those who take them."""

from __future__ import annotations

import asyncio
import re

import pytest

from bench.peer import Peer
from stagedoor.media.interface import Grant
from stagedoor.sfu.negotiation import codecs
from stagedoor.sfu.packets import av1, rtcp, vp9
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .light import AUDIO, VIDEO, Light, payload, rtp

ALL = Grant(forward=True, microphone=True, camera=True)
KEY, OTHER = b"\x88\x01", b"\xc8\x01"  # VP9: the first packets of pictures, I and B, the other P
NAMES = {"vp9": ("VP9/90000", "profile-id=0"), "av1": ("AV1/90000", "level-idx=5;profile=0;tier=0")}


def offer(peer: Peer, name: str) -> str:
    """To publish this codec alone, as payload type 96."""
    rtpmap, parameters = NAMES[name]
    lines = f"a=rtpmap:96 {rtpmap}\r\na=fmtp:96 {parameters}"
    return peer.offer(AUDIO, VIDEO).replace("a=rtpmap:96 VP8/90000", lines)


def test_keyframes_of_vp9() -> None:
    read = [vp9.read(start + b"\0", 0) for start in (KEY, OTHER, b"\x80\x01", b"\x88\x81\x01")]
    found = [(one.start, one.key) for one in read if one is not None]
    assert found == [(True, True), (True, False), (False, False), (True, True)]
    upper = vp9.read(b"\xa8\x01\x02\x00", 0)  # the second spatial layer of a keyframe
    assert upper is not None
    assert not upper.start
    assert vp9.read(b"\x88", 0) is None


def test_keyframes_of_av1() -> None:
    found = [av1.read(bytes([first]), 0) for first in (0x18, 0x10, 0x90)]
    assert [one is not None and one.key for one in found] == [True, False, False]
    assert av1.read(b"", 0) is None


@pytest.mark.parametrize("name", NAMES)
async def test_it_arrives_at_whoever_takes_it(told: Told, name: str) -> None:
    engine = EmbeddedEngine(port=0, codecs=("vp9", "av1"))
    await engine.start(told)
    await engine.grant("room", "ada", ALL)
    viewer = await Light(engine, told, "viewer").open()
    other = Light(engine, told, "other")
    await engine.subscribe("room", "other")
    other.peer = await Peer.open(other.packets.put_nowait)
    async with asyncio.timeout(20):
        offered = await told.offers_to("other").get()
    more = codecs.MORE[name].payload_type
    answer = other.peer.answer(offered.sdp)
    without = re.sub(rf"(?m)^(m=video .*) {more}\b", r"\1", answer)
    assert without != answer
    await engine.answer("room", "other", offered.revision, without)
    await other.peer.connect(offered.sdp)
    ada = await Peer.open()
    asked = asyncio.Event()

    def hear(compound: bytes) -> None:
        if any(rtcp.keyframe_wanted(packet) for packet in rtcp.split(compound)):
            asked.set()

    ada.on_rtcp = hear
    await ada.connect(await engine.publish("room", "ada", offer(ada, name)))
    for sequence in range(3):
        ada.send_rtp(rtp(sequence, VIDEO, 96))
        packet = await viewer.next()
        assert (packet[1] & 0x7F, payload(packet)) == (more, b"%06d" % sequence)
    ada.send_rtp(rtp(9))
    assert payload(await other.next()) == b"000009", "the sound, and no picture before"
    async with asyncio.timeout(20):
        await asked.wait()
    await engine.close()


async def test_it_is_declined_where_the_server_is_not_told_so(engine: EmbeddedEngine) -> None:
    await engine.grant("room", "ada", ALL)
    ada = await Peer.open()
    assert "m=video 0" in await engine.publish("room", "ada", offer(ada, "vp9"))
