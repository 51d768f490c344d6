"""Whoever comes late sees a picture at once, from the last keyframe on, as all others saw it."""

from __future__ import annotations

import asyncio

import pytest

from stagedoor.media.interface import Grant
from stagedoor.sfu.packets import rtcp, rtp
from stagedoor.sfu.packets.part import Part
from stagedoor.sfu.stage.branch import Branch
from stagedoor.sfu.stage.catching import MOST, OLDEST, STEP, CatchUp, beginning
from stagedoor.sfu.stage.numbering import Arrival
from stagedoor.sfu.stage.track import Track
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .light import VIDEO, Light, light_publisher, payload
from .light import rtp as numbered

ALL = Grant(forward=True, microphone=True, camera=True)
KEY = b"\x10\x50\x00\x00\x9d\x01\x2a\x80\x02\xe0\x01"  # a VP8 descriptor, and a keyframe's start
DELTA = b"\x10\x51\x00\x00"


def picture(sequence: int, *, key: bool = False) -> bytes:
    """A picture of one packet."""
    packet = numbered(sequence, VIDEO, 96)
    return packet[:12] + (KEY if key else DELTA) + packet[12:]


class Shown:
    """A track that is fed by hand."""

    def __init__(self) -> None:
        self.track = Track("video", 77)
        self.sequence = 0

    @property
    def branch(self) -> Branch:
        return self.track.branches[0]

    def show(self, count: int, now: float, *, key: bool = False) -> None:
        for index in range(count):
            self.feed(now, key=key and index == 0)

    def feed(self, now: float, *, key: bool = False) -> None:
        self.sequence += 1
        packet = picture(self.sequence, key=key)
        header = rtp.parse(packet)
        assert header is not None
        arrival = Arrival(packet, header, 96, 1, now, Part(start=True, key=key))
        list(self.track.forward(arrival))


def test_it_begins_with_the_last_keyframe() -> None:
    shown = Shown()
    shown.show(5, 1.0, key=True)
    shown.show(5, 1.2, key=True)
    start = beginning(shown.track, shown.branch, 1.3)
    assert start == shown.branch.highest - 4
    catch_up = CatchUp(shown.track, shown.branch, shown.track.era, start)
    packets, done = catch_up.step()
    assert ([payload(packet)[-6:] for packet in packets], done) == (
        [b"%06d" % number for number in range(6, 11)],
        True,
    )


def test_too_old_too_much_or_with_a_hole_a_new_one_is_better() -> None:
    shown = Shown()
    shown.show(1, 1.0)
    assert beginning(shown.track, shown.branch, 1.0) is None
    shown.show(5, 1.0, key=True)
    assert beginning(shown.track, shown.branch, 1.0) is not None
    assert beginning(shown.track, shown.branch, 1.01 + OLDEST) is None
    shown.show(MOST, 1.1)
    assert beginning(shown.track, shown.branch, 1.1) is None
    shown.show(5, 1.2, key=True)
    shown.sequence += 1
    shown.show(1, 1.2)
    assert beginning(shown.track, shown.branch, 1.2) is None


def test_it_is_sent_in_steps_and_goes_on_with_what_is_new() -> None:
    shown = Shown()
    shown.show(2 * STEP, 1.0, key=True)
    start = beginning(shown.track, shown.branch, 1.0)
    assert start is not None
    catch_up = CatchUp(shown.track, shown.branch, shown.track.era, start)
    sizes = []
    done = False
    while not done:
        packets, done = catch_up.step()
        sizes.append(len(packets))
        if len(sizes) < 3:
            shown.show(1, 1.1)
    assert sizes == [STEP, STEP, 2]
    assert catch_up.step() == ([], True)


def test_nothing_from_before_an_interruption() -> None:
    """Rules 13 and 14."""
    shown = Shown()
    shown.show(5, 1.0, key=True)
    start = beginning(shown.track, shown.branch, 1.0)
    assert start is not None
    catch_up = CatchUp(shown.track, shown.branch, shown.track.era, start)
    shown.track.interrupt()
    assert not catch_up.stands(shown.branch)
    assert beginning(shown.track, shown.branch, 1.0) is None
    shown.show(1, 1.0)
    assert beginning(shown.track, shown.branch, 1.0) is None, "that picture has no beginning"


async def test_a_late_viewer_gets_what_the_others_got_and_the_publisher_is_not_asked(
    engine: EmbeddedEngine, told: Told
) -> None:
    await engine.grant("room", "ada", ALL)
    early = await Light(engine, told, "early").open()
    ada = await light_publisher(engine, "ada")
    wanted: asyncio.Queue[None] = asyncio.Queue()

    def on_rtcp(compound: bytes) -> None:
        if any(rtcp.keyframe_wanted(packet) for packet in rtcp.split(compound)):
            wanted.put_nowait(None)

    ada.on_rtcp = on_rtcp
    got = []
    for sequence in range(1, 2 * STEP):
        ada.send_rtp(picture(sequence, key=sequence == 1))
        got.append(await early.next())
    late = await Light(engine, told, "late").open()
    numbers = [sequence_of(packet) for packet in got]
    assert [sequence_of(await late.next()) for _ in got] == numbers
    ada.send_rtp(picture(2 * STEP))
    assert payload(await late.next()) == payload(await early.next())
    assert wanted.empty()


@pytest.mark.parametrize("how", ["off and on", "removed"])
async def test_a_late_viewer_gets_nothing_from_before_a_pause(
    engine: EmbeddedEngine, told: Told, how: str
) -> None:
    """Rules 13 and 14."""
    await engine.grant("room", "ada", ALL)
    early = await Light(engine, told, "early").open()
    ada = await light_publisher(engine, "ada")
    for sequence in (1, 2, 3):
        ada.send_rtp(picture(sequence, key=sequence == 1))
        await early.next()
    await engine.grant("room", "ada", None if how == "removed" else Grant(forward=True))
    await engine.grant("room", "ada", ALL)
    if how == "removed":
        ada = await light_publisher(engine, "ada")
    late = await Light(engine, told, "late").open()
    ada.send_rtp(picture(4))
    assert payload(await late.next())[-6:] == b"000004"


def sequence_of(packet: bytes) -> int:
    return int.from_bytes(packet[2:4])
