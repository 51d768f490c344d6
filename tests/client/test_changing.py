"""Devices changed on stage, judged by a receiver: nothing is negotiated, all goes on."""

from __future__ import annotations

from stagedoor.rules.values import Seat
from stagedoor_client import Capture, Options, Room, parse
from tests.server_process import ServerProcess

from .hardware import CLIP, DESK, LENS, SCREEN, SPARE, TONES, Counting
from .people import Viewer


async def test_another_camera_and_another_microphone_go_on_in_the_same_streams(
    server: ServerProcess,
) -> None:
    """The same connection, senders and sources (SSRC); a larger picture, too."""
    link = parse(server.create_room(mode="open")["links"]["attendee"])
    hardware = Counting()
    capture = Capture(LENS, DESK, width=160, height=120)
    options = Options("Robin", ask=True, capture=capture, hardware=hardware)
    async with Viewer(server.links(link.room)["attendee"]) as seen, Room(link, options) as room:
        await room.until(lambda r: True if r.me and r.me.seat is Seat.ON_STAGE else None)
        assert room.view is not None
        you = room.view.you
        await seen.moves(you, 5)
        await seen.sounds(you, TONES["Desk"])
        before = room._publisher._connection
        assert before is not None
        sources = [sender._ssrc for sender in before.getSenders()]
        packets = sum([sender._RTCRtpSender__packet_count for sender in before.getSenders()])

        room.studio.choose("camera", SPARE)
        room.studio.choose("microphone", CLIP)
        await seen.until(lambda: seen.brightness(you) > 150, "the other camera's ground")
        await seen.sounds(you, TONES["Clip"])
        room.studio.resize((320, 240), 15)
        seen.forget()
        await seen.moves(you, 5)
        assert seen.sizes[you] == (320, 240)

        after = room._publisher._connection
        assert after is before
        assert [sender._ssrc for sender in after.getSenders()] == sources
        assert sum([s._RTCRtpSender__packet_count for s in after.getSenders()]) > packets
    assert hardware.open_now() == []


async def test_a_screen_is_seen_beside_the_camera_without_negotiating(
    server: ServerProcess,
) -> None:
    link = parse(server.create_room(mode="open")["links"]["attendee"])
    capture = Capture(LENS, screen=SCREEN, width=160, height=120)
    options = Options("Robin", ask=True, capture=capture, hardware=Counting())
    async with Viewer(server.links(link.room)["attendee"]) as seen, Room(link, options) as room:
        await room.until(lambda r: True if r.me and r.me.seat is Seat.ON_STAGE else None)
        assert room.view is not None
        you = room.view.you
        await seen.moves(you, 3)
        before = room._publisher._connection
        await room.turn("screen", True)
        await seen.moves(f"{you} screen", 3)
        assert seen.sizes[you] == (160, 120)
        assert seen.sizes[f"{you} screen"] == (64, 48)
        await room.turn("screen", False)
        seen.forget()
        await seen.moves(you, 10)
        assert seen.changes.get(f"{you} screen", 0) <= 1, "but for what was under way"
        assert room._publisher._connection is before
