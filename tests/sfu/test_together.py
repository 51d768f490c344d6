"""Viewers who left one by one and came back get the same bytes, each under numbers of their own."""

from __future__ import annotations

import asyncio

import pytest

from stagedoor.media.interface import Grant, Tile
from stagedoor.sfu.packets import rtcp, rtp, vp8
from stagedoor.sfu.stage import repair
from stagedoor.sfu.stage.track import Track
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .inside import Inside
from .light import VIDEO, Light, light_publisher
from .light import rtp as numbered

RTX = 97
PEOPLE = ("ann", "ben", "cat")


def picture(number: int, *, key: bool = False) -> bytes:
    """A picture of one packet."""
    descriptor = b"\x90\xe0" + (0x8000 | number).to_bytes(2) + bytes([number & 0xFF, 0])
    packet = numbered(number, VIDEO, 96)
    return packet[:12] + descriptor + (b"\x50\0\0" if key else b"\x51\0\0") + packet[12:]


class Scene:
    """A publisher, and three people who watch."""

    def __init__(self, one: Inside) -> None:
        self.one = one
        self.sent = 0
        self.got: dict[str, list[bytes]] = {person: [] for person in PEOPLE}
        self.viewers: dict[str, Light] = {}
        self.reports: dict[str, asyncio.Queue[rtcp.SenderInfo]] = {}

    async def open(self, told: Told) -> Scene:
        grant = Grant(forward=True, microphone=True, camera=True)
        self.one.engine.grant("room", "ada", grant)
        engine: EmbeddedEngine = self.one  # type: ignore[assignment]
        self.ada = await light_publisher(engine, "ada")
        for person in PEOPLE:
            light = self.viewers[person] = await Light(engine, told, person).open()
            reports: asyncio.Queue[rtcp.SenderInfo] = asyncio.Queue()
            self.reports[person] = reports

            def on_rtcp(compound: bytes, reports: asyncio.Queue[rtcp.SenderInfo] = reports) -> None:
                for packet in rtcp.split(compound):
                    if info := rtcp.sender_info(packet) if packet.type == rtcp.SR else None:
                        reports.put_nowait(info)

            light.peer.on_rtcp = on_rtcp
        return self

    @property
    def track(self) -> Track:
        return self.one.engine.stages["room"].places[0].tracks["video"]

    async def show(self, *people: str, key: bool = False) -> None:
        """One picture, which these and nobody else get."""
        self.sent += 1
        self.ada.send_rtp(picture(self.sent, key=key))
        for person in people:
            packet = await self.viewers[person].next()
            assert packet[-6:].rstrip(b"\0") in b"%06d" % self.sent or packet[0] & 0x20
            self.got[person].append(packet)

    async def look(self, person: str, lines: int) -> None:
        """Somebody shows the picture in so many lines."""
        follower = self.track.followers[person]
        while (follower.layer >= 0) != bool(lines):  # the stage is looked at every now and then
            self.one.engine.view("room", person, [Tile("ada", "video", lines)])
            await asyncio.sleep(0.01)


async def test_they_are_together_again_and_nothing_shows(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repair, "OLDEST", 50.0)
    one = Inside(told)
    scene = await Scene(one).open(told)
    await scene.show(*PEOPLE, key=True)
    left = list(PEOPLE)
    for person in PEOPLE:
        await scene.look(person, 0)
        left.remove(person)
        await scene.show(*left)
    for person in PEOPLE:
        await scene.look(person, 480)
    await scene.show(*PEOPLE, key=True)
    await scene.show(*PEOPLE)
    assert [one.followers for one in scene.track.branches] == [set(PEOPLE)]
    assert len({scene.track.followers[person].shift for person in PEOPLE}) == 3
    numbers = {person: _numbers(packets) for person, packets in scene.got.items()}
    for person, lengths in zip(PEOPLE, (3, 4, 5), strict=True):
        assert len(numbers[person]) == lengths
        first = numbers[person][0]
        assert numbers[person] == [tuple(part + at for part in first) for at in range(lengths)]
        await _asked_again(scene, person)
    scene.ada.send_rtcp(rtcp.sender_report(rtcp.SenderInfo(VIDEO, 5 << 32, 7777), 1, 1))
    for person in PEOPLE:
        async with asyncio.timeout(20):
            info = await scene.reports[person].get()
        last = rtp.parse(scene.got[person][-1])
        assert last is not None
        assert info.timestamp - last.timestamp == 7777 - scene.sent * 960
    one.close()


def _numbers(packets: list[bytes]) -> list[tuple[int, ...]]:
    """Sequence and picture numbers, and TL0PICIDX."""
    found = []
    for packet in packets:
        header = rtp.parse(packet)
        assert header is not None
        part = vp8.read(packet, header.payload)
        assert part is not None
        found.append((header.sequence, part.picture, part.tl0))
    return found


async def _asked_again(scene: Scene, person: str) -> None:
    """Whatever somebody got comes again as it was: what was before they left, and what is now."""
    light = scene.viewers[person]
    for packet in scene.got[person]:
        sequence, ssrc = int.from_bytes(packet[2:4]), int.from_bytes(packet[8:12])
        light.peer.send_rtcp(rtcp.nack(1, ssrc, [sequence]))
        again = await light.next()
        assert again[1] & 0x7F == RTX
        assert (again[20:22], again[4:8]) == (packet[2:4], packet[4:8])
        assert again[22:] == packet[20:]
