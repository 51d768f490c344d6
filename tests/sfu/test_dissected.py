"""What viewers and publishers are sent is correct, by tshark's reading of it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from stagedoor.media.interface import Grant, Tile
from stagedoor.sfu.packets import rtcp
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .dissected import H264, OPUS, VP8, Packet, breaks, dissect, faults
from .encoded import SIZES, Studio
from .light import Light

ALL = Grant(forward=True, microphone=True, camera=True)
RTX = 0x80000000  # by which the SSRC of packets sent again differs


class Recorder:
    """Keeps all that a viewer is sent, and wakes whoever waits for something of it."""

    def __init__(self, viewer: Light) -> None:
        self.viewer = viewer
        self.packets: list[Packet] = []
        self._came = asyncio.Event()
        viewer.peer.on_rtp = lambda data: self._take(Packet(False, data))
        viewer.peer.on_rtcp = lambda data: self._take(Packet(True, data))

    def _take(self, packet: Packet) -> None:
        self.packets.append(packet)
        self._came.set()

    async def until(self, fits: Callable[[bytes], bool], count: int = 1) -> bytes:
        """The last of so many packets of media from now on that fit."""
        seen = len(self.packets)
        async with asyncio.timeout(60):
            while True:
                for control, data in self.packets[seen:]:
                    count -= not control and fits(data)
                    if not count:
                        return data
                seen = len(self.packets)
                self._came.clear()
                await self._came.wait()


def of(payload_type: int) -> Callable[[bytes], bool]:
    """Whether a packet is of this payload type."""
    return lambda data: data[1] & 0x7F == payload_type


def restored(data: bytes) -> bytes:
    """A packet that was sent again, as it must have been (RFC 4588, section 4)."""
    start = 12 + (4 + 4 * int.from_bytes(data[14:16]) if data[0] & 0x10 else 0)
    ssrc = (int.from_bytes(data[8:12]) ^ RTX).to_bytes(4)
    head = bytes([data[0], data[1] & 0x80 | VP8]) + data[start : start + 2] + data[4:8] + ssrc
    return head + data[12:start] + data[start + 2 :]


async def acted(engine: EmbeddedEngine, told: Told) -> tuple[Recorder, list[Studio], bytes]:
    """Two publishers, of whom one is muted, resumed and shown in another size; a packet is lost."""
    for person in ("ada", "ben"):
        await engine.grant("room", person, ALL)
    recorder = Recorder(await Light(engine, told, "cat").open())
    await engine.view("room", "cat", [Tile("ada", "video", 100), Tile("ben", "video", 200)])
    ada = await Studio.open(engine, "ada", layers=True)
    ben = await Studio.open(engine, "ben", layers=False)
    await recorder.until(of(H264), 60)
    await recorder.until(of(VP8), 60)
    await whole(recorder, ada)
    await engine.grant("room", "ada", Grant(forward=True))
    ada.filming = True
    await recorder.until(of(H264), 60)
    await engine.grant("room", "ada", ALL)
    await recorder.until(of(VP8))
    ada.losing = True
    await recorder.until(of(VP8), 60)
    await whole(recorder, ada)
    await engine.view("room", "cat", [Tile("ada", "video", 600), Tile("ben", "video", 200)])
    ada.filming = True
    await recorder.until(lambda data: of(VP8)(data) and len(data) > 1000)
    ada.losing = True
    await recorder.until(lambda data: of(VP8)(data) and len(data) > 1000, 40)
    lost = await recorder.until(of(VP8))
    ssrc, sequence = int.from_bytes(lost[8:12]), int.from_bytes(lost[2:4])
    recorder.viewer.peer.send_rtcp(rtcp.nack(1, ssrc, [sequence]))
    again = await recorder.until(of(VP8 + 1))
    await recorder.until(of(OPUS), 20)
    for studio in (ada, ben):
        await whole(recorder, studio)
        await studio.close()
    assert restored(again)[20:] == lost[20:]
    recorder.packets.append(Packet(False, restored(again)))
    return recorder, [ada, ben], lost


async def whole(recorder: Recorder, studio: Studio) -> None:
    """Have nothing missing of what a studio has sent, and nothing of it on its way any more."""
    await studio.whole()
    await recorder.until(of(OPUS), 20)


async def test_all_that_is_sent_is_read_without_a_fault(
    engine: EmbeddedEngine, told: Told, tmp_path: Path
) -> None:
    recorder, studios, lost = await acted(engine, told)
    packets = recorder.packets
    packets.remove(Packet(False, lost))
    upstream = [Packet(True, data) for studio in studios for data in studio.heard]
    rows = await dissect([*packets, *upstream], tmp_path)
    assert faults(rows) == []
    streams = defaultdict(list)
    for row in rows[: len(packets)]:
        if row["rtp.ssrc"]:
            streams[row["rtp.ssrc"]].append(row)
    if not (await engine.stats())["datagrams_dropped"]:  # pictures too late, on a busy machine
        assert {ssrc: found for ssrc, rows in streams.items() if (found := breaks(rows))} == {}
    kinds = sorted({row["rtp.p_type"] for rows in streams.values() for row in rows})
    assert kinds == sorted(map(str, (VP8, VP8 + 1, H264, OPUS)))
    assert {row["vp8.keyframe.width"] for row in rows} >= {str(width) for width, _ in SIZES}
    assert {"66"} <= {row["h264.profile_idc"] for row in rows}
    control = {kind for row in rows for kind in row["rtcp.pt"].split(",") if kind}
    assert control == {"200", "201", "202", "205", "206"}


async def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    """This test of the tests: what tshark and the numbers would say of broken packets."""
    head = b"\x80\x6f\0\1\0\0\0\0\0\0\0\1"
    good = head + b"\xfc" + bytes(20)
    broken = [
        b"\x90" + good[1:12] + b"\xbe\xde\0\x40" + good[12:],  # an extension beyond the end
        b"\xa0" + good[1:-1] + b"\xff",  # more padding than there is
        b"\x80\xe0" + head[2:] + b"\x10\x10\0\0\x9d\x01\x2b" + bytes(20),  # no VP8 start code
    ]
    report = rtcp.receiver_report(1, [])
    control = [report + report[:2] + b"\0\x09", report[:-1]]
    packets = [Packet(False, data) for data in (good, *broken)]
    packets += [Packet(True, data) for data in (report, *control)]
    rows = await dissect(packets, tmp_path)
    assert [words.split()[0] for words in faults(rows)] == ["2", "3", "4", "6", "7"]
    jumped = [{**rows[0], "rtp.seq": "3"}, {**rows[0], "rtp.seq": "2", "rtp.timestamp": "400000"}]
    assert len(breaks([rows[0], *jumped])) == 2
    assert breaks([rows[0], {**rows[0], "rtp.seq": "2", "rtp.timestamp": "960"}]) == []
