"""The hot-mic guard, through every flow with a real server: what is open, and what is attached.

No device is open unless it was switched on in the ready window, or is shown as on by the server on
stage; no sender has a track but on stage. The layer of devices judges every single opening by the
view as it came, and after every step the open handles are counted.
"""

from __future__ import annotations

import asyncio

import pytest
from aiortc import RTCRtpSender

from stagedoor.rules.values import Seat
from stagedoor_client import Room, parse
from stagedoor_client.capture import Mute
from stagedoor_client.connection import Connection
from stagedoor_client.errors import ConnectionLostError, DeviceError, RefusedError
from tests.server_process import ServerProcess

from .hardware import CLIP, LENS, SPARE
from .people import PATIENCE
from .scene import CAM, MIC, MUTES, Scene, scene_in


async def test_the_ready_window_is_off_at_first_and_closing_it_releases_all(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Rules 2 and 15."""
    async with scene_in(server, senders, mode="open") as scene:
        scene.room.preview(MIC, True)
        await scene.opens()  # there is no window yet
        scene.opens_window()
        await scene.opens()
        scene.switch(CAM, True)
        await scene.opens(CAM)
        scene.switch(MIC, True)
        await scene.opens(CAM, MIC)
        scene.switch(CAM, False)
        await scene.opens(MIC)
        scene.room.not_ready()
        scene.window.clear()
        await scene.opens()
        assert scene.hardware.total == 2
        scene.opens_window()
        await scene.opens()
        scene.switch(MIC, True)
        await scene.room.go_up()
        await scene.seat(Seat.ON_STAGE)
        await scene.opens(MIC)
        assert scene.hardware.total == 3, "what was open in the window stays open"
        assert not scene.room.ready


async def test_asking_opens_nothing_whatever_becomes_of_it(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Rules 2, 3 and 13: requests, a window meanwhile, cancelling, being declined and approved."""
    async with scene_in(server, senders, mode="request") as scene:
        await scene.room.ask()
        await scene.seat(Seat.REQUESTED)
        await scene.opens()
        await scene.room.cancel()
        await scene.seat(Seat.VIEWER)
        await scene.opens()

        scene.opens_window()
        scene.switch(CAM, True)
        await scene.opens(CAM)
        await scene.room.ask()
        await scene.seat(Seat.REQUESTED)
        await scene.opens(CAM)
        with pytest.raises(RefusedError, match="no way onto the stage"):
            await scene.room.go_up()
        await scene.opens(CAM)
        await scene.ada.do("approve", person=scene.you)
        await scene.seat(Seat.OFFERED)
        await scene.opens(CAM)
        await scene.room.go_up()
        await scene.seat(Seat.ON_STAGE)
        await scene.opens(CAM)


async def test_an_offer_declined_revoked_or_expired_closes_what_was_open_for_it(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Rules 3 and 7."""
    async with scene_in(server, senders, settings={"offer_ms": 5000}) as scene:

        async def gets_ready() -> None:
            await scene.invited()
            await scene.opens()
            scene.opens_window()
            scene.switch(MIC, True)
            scene.switch(CAM, True)
            await scene.opens(MIC, CAM)

        async def is_viewer() -> None:
            await scene.seat(Seat.VIEWER)
            assert not scene.room.ready
            await scene.opens()
            scene.room.preview(MIC, True)
            await scene.opens()

        await gets_ready()
        await scene.room.decline()
        await is_viewer()
        await gets_ready()
        await scene.ada.do("revoke_offer", person=scene.you)
        await is_viewer()
        await gets_ready()
        await is_viewer()  # expired
        assert "offer_expired" in [line.state for line in scene.lines]
        await gets_ready()
        await scene.ada.do("set_mode", mode="closed")
        await is_viewer()


async def test_an_offer_revoked_while_the_devices_open_leaves_them_closed(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    async with scene_in(server, senders) as scene:
        await scene.invited()
        scene.opens_window()
        scene.hardware.gate.clear()
        scene.switch(MIC, True)
        going_up = asyncio.create_task(scene.room.go_up())
        await scene.ada.do("revoke_offer", person=scene.you)
        await scene.seat(Seat.VIEWER)
        with pytest.raises(RefusedError, match="no way onto the stage"):
            await going_up
        scene.hardware.gate.set()
        await scene.opens()
        assert scene.hardware.total == 0


@pytest.mark.parametrize("mute", MUTES)
async def test_off_on_stage_is_off_by_oneself_and_by_a_moderator(
    mute: Mute, server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Rules 4 and 16: a microphone with silence stays open while one is on stage, once it was."""
    kept = [MIC] if mute == "silence" else []
    async with scene_in(server, senders, mute=mute) as scene:
        await scene.on_stage(CAM)
        await scene.room.turn(MIC, True)
        await scene.opens(MIC, CAM)
        await scene.room.turn(MIC, False)
        await scene.opens(CAM, *kept)
        await scene.room.turn(CAM, False)
        await scene.opens(*kept)
        await scene.room.turn(MIC, True)
        await scene.room.turn(CAM, True)
        await scene.opens(MIC, CAM)
        assert scene.hardware.total == (3 if kept else 4)
        await scene.ada.do("turn_off", person=scene.you, device=MIC)
        await scene.shown(microphone=False)
        await scene.opens(CAM, *kept)
        await scene.ada.do("turn_all_off", device=CAM)
        await scene.shown(camera=False)
        await scene.opens(*kept)
        await scene.ada.do("ask_to_unmute", person=scene.you)
        await scene.opens(*kept)
        scene.room.studio.mute = "release"
        await scene.opens()


async def test_a_screen_is_open_while_it_is_shared(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    async with scene_in(server, senders) as scene:
        with pytest.raises(RefusedError, match="on stage only"):
            await scene.room.turn("screen", True)
        await scene.opens()
        await scene.on_stage()
        await scene.room.turn("screen", True)
        await scene.opens("screen")
        await scene.room.turn("screen", False)
        await scene.opens()
        await scene.room.turn("screen", True)
        await scene.opens("screen")
        await scene.ada.do("turn_off", person=scene.you, device="screen")
        await scene.shown(screen=False)
        await scene.opens()


@pytest.mark.parametrize("mute", MUTES)
async def test_removal_and_the_end_of_the_room_close_everything(
    mute: Mute, server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Rules 13 and 17."""
    async with scene_in(server, senders, mute=mute) as scene:
        await scene.on_stage(MIC, CAM)
        assert scene.attached()
        await scene.ada.do("remove_from_stage", person=scene.you)
        await scene.seat(Seat.VIEWER)
        await scene.opens()
        await scene.on_stage(MIC)
        await scene.room.turn(MIC, False)
        await scene.ada.do("remove_from_stage", person=scene.you)
        await scene.seat(Seat.VIEWER)
        await scene.opens()
        await scene.on_stage(MIC, CAM)
        await scene.ada.do("end_room")
        async with asyncio.timeout(PATIENCE):
            await scene.room.ended()
        await scene.opens()
        assert scene.room.state == "ended"
        scene.room.get_ready()
        scene.room.preview(MIC, True)
        await scene.opens()


async def test_the_end_of_the_room_closes_the_ready_window(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    async with scene_in(server, senders) as scene:
        await scene.invited()
        scene.opens_window()
        scene.switch(CAM, True)
        await scene.opens(CAM)
        await scene.ada.do("end_room")
        async with asyncio.timeout(PATIENCE):
            await scene.room.ended()
        await scene.opens()
        assert not scene.room.ready


async def test_a_session_used_elsewhere_closes_everything_here(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    async with scene_in(server, senders) as scene:
        await scene.on_stage(MIC, CAM)
        here = scene.room._connection
        elsewhere = Connection(here._link, "Robin", lambda _: None, lambda _: None)
        elsewhere._session = here._session
        running = asyncio.create_task(elsewhere.run())
        with pytest.raises(RefusedError, match="elsewhere"):
            await scene.room.ended()
        await scene.opens()
        assert scene.room.state == "ended"
        running.cancel()
        await asyncio.wait([running])


@pytest.mark.parametrize("mute", MUTES)
async def test_a_lost_connection_closes_everything_and_one_is_back_with_all_off(
    mute: Mute, server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Rule 12."""
    async with scene_in(server, senders, mute=mute) as scene:

        async def loses() -> None:
            socket = scene.room._connection._socket
            assert socket is not None
            await socket.close()
            await scene.becomes(lambda: not scene.room.online, "offline")
            await scene.opens()
            with pytest.raises(ConnectionLostError):
                await scene.room.turn(MIC, True)
            scene.room.get_ready()
            assert not scene.room.ready

        await scene.on_stage(MIC, CAM)
        await loses()
        await scene.seat(Seat.ON_STAGE)
        await scene.opens()
        await scene.room.turn(MIC, True)
        await scene.opens(MIC)
        await scene.ada.do("remove_from_stage", person=scene.you)
        await scene.seat(Seat.VIEWER)
        await scene.invited()
        scene.opens_window()
        scene.switch(MIC, True)
        await scene.opens(MIC)
        await loses()
        await scene.seat(Seat.OFFERED)
        await scene.opens()
        scene.opens_window()
        scene.switch(MIC, True)
        await scene.room.go_up()
        await scene.seat(Seat.ON_STAGE)
        await scene.opens(MIC)


async def test_a_server_killed_and_restarted(
    mortal: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Rule 12: on stage and in the window."""
    links = mortal.create_room(mode="open")["links"]
    scene = Scene(senders)
    scene.room = Room(parse(links["attendee"]), scene.options())
    async with scene.room:
        scene.opens_window()
        scene.switch(CAM, True)
        await scene.opens(CAM)
        for seat in (Seat.VIEWER, Seat.ON_STAGE):
            mortal.kill()
            await scene.becomes(lambda: not scene.room.online, "offline")
            await scene.opens()
            await asyncio.to_thread(mortal.restart)
            await scene.seat(seat)
            await scene.opens()
            assert not scene.room.ready
            if seat is Seat.VIEWER:
                scene.opens_window()
                scene.switch(MIC, True)
                await scene.room.go_up()
                await scene.opens(MIC)
    assert scene.hardware.open_now() == []


async def test_a_device_that_fails_is_off_and_nothing_else_changes(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    """Busy and pulled out, in the window and on stage: the room stays usable."""
    async with scene_in(server, senders) as scene:
        await scene.invited()
        scene.opens_window()
        scene.hardware.troubles["Lens"] = "The camera Lens is in use elsewhere."
        scene.switch(MIC, True)
        scene.switch(CAM, True)
        with pytest.raises(DeviceError, match="Lens is in use"):
            await scene.room.go_up()
        assert scene.room.previewed == {MIC}
        assert scene.room.ready
        await scene.opens(MIC)
        scene.hardware.handle(MIC).pull_out()
        await scene.opens()
        assert scene.room.previewed == set()
        scene.hardware.troubles.clear()
        scene.switch(CAM, True)
        await scene.opens(CAM)
        await scene.room.go_up()
        await scene.room.turn(MIC, True)
        await scene.opens(CAM, MIC)
        scene.hardware.handle(CAM).pull_out()
        await scene.shown(camera=False)
        await scene.opens(MIC)
        scene.hardware.troubles["Lens"] = "The camera Lens is in use elsewhere."
        await scene.room.turn(CAM, True)
        await scene.shown(camera=False)
        await scene.opens(MIC)
        assert [line.sentence for line in scene.lines if line.state == "device_failed"] == [
            "The camera Lens is in use elsewhere.",
            "Desk was pulled out.",
            "Lens was pulled out.",
            "The camera Lens is in use elsewhere.",
        ]


async def test_a_device_changed_is_closed_before_the_other_is_opened(
    server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    async with scene_in(server, senders) as scene:
        studio = scene.room.studio
        studio.choose(CAM, SPARE)
        await scene.opens()
        await scene.on_stage(CAM)
        assert scene.hardware.handle(CAM).device == SPARE
        studio.choose(CAM, LENS)
        studio.choose(MIC, CLIP)
        await scene.becomes(
            lambda: [handle.device for handle in scene.hardware.handles] == [LENS], "changed"
        )
        await scene.opens(CAM)
        await scene.room.turn(MIC, True)
        await scene.opens(CAM, MIC)
        assert scene.hardware.handle(MIC).device == CLIP
        studio.choose(MIC, None)
        await scene.shown(microphone=False)
        await scene.opens(CAM)
        assert scene.lines[-2].sentence == "No microphone was chosen."


@pytest.mark.parametrize("mute", MUTES)
async def test_push_to_talk_holds_the_microphone_on_stage_alone(
    mute: Mute, server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    kept = [MIC] if mute == "silence" else []
    async with scene_in(server, senders, mute=mute) as scene:
        await scene.room.talk(True)
        await scene.opens()
        await scene.on_stage()
        for _ in range(2):
            await scene.room.talk(True)
            await scene.opens(MIC)
            await scene.room.talk(False)
            await scene.opens(*kept)
        pressed = [asyncio.create_task(scene.room.talk(down)) for down in (True, False) * 3]
        await asyncio.gather(*pressed)
        await scene.opens(*kept)


@pytest.mark.parametrize("where", ["window", "stage"])
async def test_closing_the_room_releases_everything(
    where: str, server: ServerProcess, senders: list[RTCRtpSender]
) -> None:
    async with scene_in(server, senders) as scene:
        if where == "stage":
            await scene.on_stage(MIC, CAM)
        else:
            await scene.invited()
            scene.opens_window()
            scene.switch(MIC, True)
            scene.switch(CAM, True)
            await scene.opens(MIC, CAM)
        await scene.room.close()
        assert scene.hardware.open_now() == []
        assert scene.attached() == []
