"""RTCP by those who only receive: floods for what is theirs, others', backstage, or nobody's.

Vic and Val watch Wes, who is on stage. Bea is backstage, and sends all the time; Mia, who
moderates, is shown her. Whatever Vic says, nothing of Bea's comes to him, nobody is asked for more
because of it than one viewer may ask for, and Val loses nothing. Then Mia moderates no more, and
tries, too.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import struct
import time
from collections.abc import Callable, Iterator

import aiohttp

from stagedoor import messages as m
from stagedoor.rules import commands as c
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.stage.keyframes import INTERVAL
from tests.server_process import ServerProcess
from tests.test_disobedience import AUDIO, SCREEN, VIDEO, Person, bring_up

from .media import EVIL, NTP, Scene
from .score import Score

EACH = 12  # packets of a kind for each SSRC
KEYFRAME = b"\x10\x00\x00\x00\x9d\x01\x2a\x40\x01\xb4\x00"  # a descriptor, and how VP8 begins
FEW = 40  # packets of Bea's that are asked for again
SOME = 50  # packets of Wes' that others must get
PATIENCE = 30.0
PICTURE = b"\xaa" * 900
ASKED = 8  # times that each picture is asked for again
SPARE = 15_000  # octets that may be repaired besides a half of what was sent

Make = Callable[[int, int], bytes]


def _packet(kind: int, count: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def _picture(number: int) -> bytes:
    head = bytes([0x80, 0x80 | 96]) + number.to_bytes(2) + number.to_bytes(4)
    return head + VIDEO.to_bytes(4) + KEYFRAME + PICTURE + b"%08d" % number


def _report(ssrc: int, number: int) -> bytes:
    block = rtcp.ReportBlock(ssrc, 255, 0x7FFFFF, 0xFFFFFFFF - number, 0xFFFFFFFF, number, number)
    return rtcp.receiver_report(1, [block, block])


def _feedback(ssrc: int, number: int) -> bytes:
    body = struct.pack(
        "!IIHHIHH", 1, ssrc, number * 999 & 0xFFFF, 1024, number << 8, 0x3FFF, 0xD555
    )
    return _packet(rtcp.RTPFB, 15, body + os.urandom(64))


KINDS: dict[str, Make] = {
    "NACK": lambda ssrc, n: rtcp.nack(1, ssrc, range(n * 400, n * 400 + 400)),
    "PLI": lambda ssrc, n: rtcp.pli(1, ssrc),
    "FIR": lambda ssrc, n: _packet(rtcp.PSFB, rtcp.FIR, struct.pack("!IIII", 1, 0, ssrc, n << 24)),
    "REMB": lambda ssrc, n: rtcp.remb(1, (0, 1, 1 << 60)[n % 3], [ssrc]),
    "transport-wide feedback": _feedback,
    "receiver reports": _report,
    "sender reports": lambda ssrc, n: rtcp.sender_report(rtcp.SenderInfo(ssrc, NTP + n, n), n, n),
    "BYE": lambda ssrc, n: _packet(203, 1, ssrc.to_bytes(4)),
    "SDES": lambda ssrc, n: rtcp.source_description(ssrc, "somebody else"),
    "APP": lambda ssrc, n: _packet(204, n, ssrc.to_bytes(4) + b"EVIL" + os.urandom(16)),
    "broken RTCP": lambda ssrc, n: _packet(200 + n % 8, n, ssrc.to_bytes(4) + os.urandom(n)),
}


class Backstage(Scene):
    """The scene with somebody backstage, who sends sound and keyframes all the time."""

    def __init__(self, server: ServerProcess, http: aiohttp.ClientSession, score: Score) -> None:
        super().__init__(server, http, score)
        self.numbers: set[tuple[int, int]] = set()
        self.wishes = {"wes": 0, "bea": 0}
        self.ssrcs: list[int] = []

    async def open(self) -> None:
        """Everybody is there, and Mia is shown Bea."""
        await super().open()
        mia, wes = self.people["mia"], self.people["wes"]
        _, val, bea = [await self.enter(name) for name in ("hal", "val", "bea")]
        await val.watch(wes)
        val.receiving.on_rtcp = self._heard
        await mia.do(c.ChangeSettings(backstage=True))
        await bring_up(mia, bea)
        await mia.watch(wes, bea)
        for name in self.wishes:
            self.people[name].sending.on_rtcp = self._asks(name)
        vic = self.people["vic"].receiving
        known = {*mia.receiving.sources, *vic.sources, AUDIO, VIDEO, SCREEN, 0, 0xFFFFFFFF, 0xD0D0}
        self.ssrcs = sorted(known)

    def _asks(self, name: str) -> Callable[[bytes], None]:
        def take(compound: bytes) -> None:
            wanted = [
                one for packet in rtcp.split(compound) for one in rtcp.keyframe_wanted(packet)
            ]
            self.wishes[name] += bool(wanted)

        return take

    async def show(self) -> None:
        """What Bea sends."""
        bea = self.people["bea"]
        for number in itertools.count():
            for ssrc, payload_type in ((AUDIO, 111), (VIDEO, 96)):
                head = bytes([0x80, payload_type | (0x80 if ssrc == VIDEO else 0)])
                head += (number & 0xFFFF).to_bytes(2) + (number * 960 & 0xFFFFFFFF).to_bytes(4)
                payload = (KEYFRAME if ssrc == VIDEO else b"") + EVIL
                bea.sending.send_rtp(head + ssrc.to_bytes(4) + payload + b"%08d" % number)
            await asyncio.sleep(0.01)

    async def seen_by_mia(self) -> None:
        """Until Mia has got some of it; so Bea's numbers are known."""
        packets = self.people["mia"].packets
        async with asyncio.timeout(PATIENCE):
            while len(self.numbers) < FEW:
                packet = await packets.get()
                if EVIL in packet:
                    self.numbers.add((int.from_bytes(packet[8:12]), int.from_bytes(packet[2:4])))

    def again(self) -> Iterator[bytes]:
        """Bea's packets are asked for by their numbers, one by one and together."""
        for ssrc, number in sorted(self.numbers):
            yield rtcp.nack(1, ssrc, [number])
            yield rtcp.nack(1, ssrc, [(number + more) & 0xFFFF for more in range(100)])


async def feedback(server: ServerProcess, http: aiohttp.ClientSession, score: Score) -> str:
    """Try all of it; the room's id."""
    scene = Backstage(server, http, score)
    await scene.open()
    showing = asyncio.create_task(scene.show())
    await scene.seen_by_mia()
    await _floods(scene)
    await _throttled(scene)
    await _repaired(scene)
    await _others_lose_nothing(scene)
    await _demoted(scene)
    showing.cancel()
    return scene.room


async def _floods(scene: Backstage) -> None:
    """Each kind by Vic, for every SSRC; Bea is asked for nothing by it."""
    vic = scene.people["vic"].receiving
    for what, make in KINDS.items():
        scene.wishes["bea"] = 0
        some = (make(ssrc, n) for n in range(EACH) for ssrc in scene.ssrcs)
        await scene.send(f"{what} by a viewer", vic.send_rtcp, some)
        await scene.judge(f"keyframes of somebody backstage by {what}", 1, scene.wishes["bea"])
    await scene.send("NACKs of what is backstage", vic.send_rtcp, scene.again())
    all_of_it = b"".join(make(ssrc, 3) for make in KINDS.values() for ssrc in scene.ssrcs[:2])
    await scene.send("all RTCP at once by a viewer", vic.send_rtcp, iter([all_of_it] * EACH))
    shuffled = [make(ssrc, 7) for make in KINDS.values() for ssrc in scene.ssrcs]
    random.Random(7).shuffle(shuffled)
    await scene.send("RTCP in any order by a viewer", vic.send_rtcp, iter(shuffled))
    stolen = (
        bytes([0x80, 111]) + n.to_bytes(2) + bytes(4) + ssrc.to_bytes(4) + EVIL + bytes(8)
        for n in range(EACH)
        for ssrc in scene.ssrcs
    )
    await scene.send("RTP by a viewer under the stage's SSRCs", vic.send_rtp, stolen)


async def _throttled(scene: Backstage) -> None:
    """However often Vic asks for keyframes, Wes is asked now and then."""
    vic, wes = scene.people["vic"].receiving, scene.people["wes"]
    wes.sending.send_rtp(_picture(0))
    await scene.evil_heard()
    scene.wishes["wes"], start, tried = 0, time.monotonic(), 0
    for number in range(20):
        for ssrc in vic.sources:
            for make in (KINDS["PLI"], KINDS["FIR"]):
                vic.send_rtcp(make(ssrc, number))
                tried += 1
        await asyncio.sleep(0.04)
    allowed = int((time.monotonic() - start) / INTERVAL) + 2  # one of them asked for before
    scene.score.judge("a keyframe for a viewer", scene.wishes["wes"] > 0, True, "")
    await scene.judge("keyframes by many PLIs", tried, max(0, scene.wishes["wes"] - allowed))


async def _repaired(scene: Backstage) -> None:
    """Vic asks for everything again and again, and gets a share of what there is to send."""
    vic, wes = scene.people["vic"], scene.people["wes"]
    await scene.evil_heard()
    sent = 0
    for number in range(1, 1 + SOME):
        wes.sending.send_rtp(_picture(number))
        sent += len(PICTURE)
        await asyncio.sleep(0.005)
    await asyncio.sleep(0.1)
    came = [packet for packet in _drained(vic) if PICTURE in packet]
    tried = 0
    for _ in range(ASKED):
        for packet in came:
            ssrc, number = int.from_bytes(packet[8:12]), int.from_bytes(packet[2:4])
            vic.receiving.send_rtcp(rtcp.nack(1, ssrc, [number]))
            tried += 1
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)
    again = sum(len(packet) for packet in _drained(vic) if PICTURE in packet)
    await scene.judge("repairs by many NACKs", tried, int(again > sent / 2 + SPARE))


def _drained(person: Person) -> list[bytes]:
    found = []
    while not person.packets.empty():
        found.append(person.packets.get_nowait())
    return found


async def _others_lose_nothing(scene: Backstage) -> None:
    """While Vic floods, all that Wes says arrives at Val."""
    vic, val, wes = (scene.people[name] for name in ("vic", "val", "wes"))
    _drained(val)
    numbers = [scene.next() for _ in range(SOME)]
    for number in numbers:
        wes.say(number)
        for make in KINDS.values():
            vic.receiving.send_rtcp(make(scene.ssrcs[number % len(scene.ssrcs)], number % 30))
        await asyncio.sleep(0.01)
    missing = {b"%08d" % number for number in numbers}
    until = time.monotonic() + PATIENCE
    while missing and (left := until - time.monotonic()) > 0:
        try:
            packet = await asyncio.wait_for(val.packets.get(), left)
        except TimeoutError:
            break
        missing.discard(packet[-8:])
    await scene.judge("what others get while a viewer floods", SOME, len(missing))


async def _demoted(scene: Backstage) -> None:
    """Mia was shown Bea; now she moderates no more, and knows the numbers."""
    hal, mia = scene.people["hal"], scene.people["mia"]
    await hal.do(c.DemoteModerator(mia.id))
    await scene.evil_heard("mia")
    for what, some in (
        ("NACKs by a moderator no more", scene.again()),
        ("PLIs by a moderator no more", (rtcp.pli(1, one) for one in scene.ssrcs * EACH)),
    ):
        packets = [*some]
        for packet in packets:
            mia.receiving.send_rtcp(packet)
        await asyncio.sleep(0.1)
        await scene.judge(what, len(packets), await scene.evil_heard("mia"))
    assert isinstance(await mia.ask(m.Ping()), m.Ok)
