"""The way up and the time on stage, by clicks and keys, with devices that are counted."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from stagedoor_client.window.scene import has_seat
from tests.server_process import ServerProcess

from ..hardware import Counting
from ..people import Moderator


@pytest.fixture
async def hardware() -> Counting:
    """Two cameras and two microphones."""
    return Counting()


async def on_stage(hand: Any, ada: Moderator, *devices: str) -> None:
    """Up by the open stage, with these switched on."""
    await hand.presses(lambda: hand.bar.join)
    ready = hand.view.preparing.ready
    await hand.sees(lambda: ready, "the ready window")
    for device in devices:
        await hand.presses(lambda device=device: ready.form.switches[device])
    hand.click(ready.yes)
    await ada.sees("Robin", seat="on_stage")
    await hand.sees(lambda: hand.bar.devices, "the buttons of the stage")


async def test_approved_one_gets_ready_and_arrives_as_chosen(
    server: ServerProcess, opened: Any, hardware: Counting
) -> None:
    """Rules 2, 14 and 15: nothing is open before one's own switch."""
    links = server.create_room(mode="request")["links"]
    hand = await opened(hardware)
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        await hand.presses(lambda: hand.bar.ask)
        robin = await ada.sees("Robin", seat="requested")
        await ada.do("approve", person=robin["id"])
        await hand.presses(lambda: hand.view.offer.yes)
        ready = hand.view.preparing.ready
        await hand.sees(lambda: ready, "the ready window")
        assert not hand.view.offer.isVisible()
        assert hardware.total == 0
        assert "The offer stands for" in ready.clock.text()
        summary = "You will join with your microphone off and your camera off."
        assert ready.summary.text() == summary

        form = ready.form
        await hand.until(lambda: form.rows["microphone"].choice.count() == 2, "the choices")
        form.rows["microphone"].choice.setCurrentText("Clip")
        form.rows["microphone"].choice.textActivated.emit("Clip")
        await hand.presses(lambda: form.switches["microphone"])
        await hand.until(lambda: form.meter.level > 0.5, "the level")
        assert hardware.handle("microphone").device.name == "Clip"
        await hand.presses(lambda: form.switches["camera"])
        await hand.until(lambda: form.preview.picture is not None, "the preview")
        assert ready.summary.text() == summary.replace("off", "on")
        hand.click(form.switches["microphone"])
        await hand.until(lambda: hardware.open_now() == ["camera"], "the microphone released")

        hand.click(ready.yes)
        await ada.sees("Robin", seat="on_stage", camera=True, microphone=False)
        await hand.until(lambda: not ready.isVisible(), "the ready window gone")
        await hand.reads("You are on stage. You can be seen.")
        await hand.until(lambda: hand.bar.status.text() == "● You are muted", "the cue")
        assert hand.bar.microphone.text() == "Unmute"
        tile = hand.view.page.stage.tiles[robin["id"], "camera"]
        await hand.until(lambda: tile.picture is not None, "one's own picture")
        assert tile.name == "Robin (you)"
        assert hand.window.kept.microphone == "Clip"


async def test_a_ready_window_that_is_closed_releases_and_declines(
    server: ServerProcess, opened: Any, hardware: Counting
) -> None:
    links = server.create_room(mode="invite")["links"]
    hand = await opened(hardware)
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        robin = await ada.sees("Robin")
        await ada.do("invite", person=robin["id"])
        await hand.presses(lambda: hand.view.offer.yes)
        ready = hand.view.preparing.ready
        await hand.presses(lambda: ready.form.switches["camera"])
        await hand.until(lambda: hardware.open_now() == ["camera"], "the camera open")
        QTest.keyClick(ready, Qt.Key.Key_Escape)
        await ada.sees("Robin", seat="viewer")
        await hand.until(lambda: hardware.open_now() == [], "the camera released")
        assert not hand.view.offer.isVisible()


async def test_keys_turn_devices_and_the_moderator_mutes_and_removes(
    server: ServerProcess, opened: Any, hardware: Counting
) -> None:
    """Rules 4, 13 and 16."""
    links = server.create_room(mode="open")["links"]
    hand = await opened(hardware)
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        await on_stage(hand, ada, "microphone")
        robin = await ada.sees("Robin", microphone=True)
        await hand.until(lambda: hand.bar.microphone.text() == "Mute", "the switch on")
        QTest.keyClick(hand.window, Qt.Key.Key_V)
        await ada.sees("Robin", camera=True)
        await hand.until(lambda: hardware.open_now() == ["camera", "microphone"], "both open")
        QTest.keyClick(hand.window, Qt.Key.Key_M)
        await ada.sees("Robin", microphone=False)
        await hand.until(lambda: hand.bar.microphone.text() == "Unmute", "the switch off")
        QTest.keyClick(hand.window, Qt.Key.Key_M)
        await ada.sees("Robin", microphone=True)

        await ada.do("turn_off", person=robin["id"], device="microphone")
        await hand.reads("Ada turned your microphone off.")
        await hand.until(lambda: hand.bar.status.text() == "● You are muted", "the cue")
        await hand.until(lambda: hardware.open_now() == ["camera"], "the microphone released")
        await ada.do("ask_to_unmute", person=robin["id"])
        await hand.presses(lambda: hand.view.unmute.yes)
        await ada.sees("Robin", microphone=True)

        await ada.do("remove_from_stage", person=robin["id"])
        await hand.reads("Ada removed you from the stage. Your camera and microphone are off.")
        await hand.until(lambda: hardware.open_now() == [], "all released")
        await hand.sees(lambda: hand.bar.ask, "that it takes a word now (rule 13)")


async def test_a_key_held_talks(server: ServerProcess, opened: Any, hardware: Counting) -> None:
    links = server.create_room(mode="open")["links"]
    hand = await opened(hardware)
    window = hand.window
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        QTest.keyPress(window, Qt.Key.Key_Space)
        QTest.keyRelease(window, Qt.Key.Key_Space)
        await on_stage(hand, ada)
        QTest.keyPress(window, Qt.Key.Key_Space)
        await ada.sees("Robin", microphone=True)
        await hand.until(lambda: hardware.open_now() == ["microphone"], "the microphone open")
        QTest.keyRelease(window, Qt.Key.Key_Space)
        await ada.sees("Robin", microphone=False)
        await hand.until(lambda: hardware.open_now() == [], "the microphone released")

        hand.click(hand.bar.devices)
        devices = hand.view.preparing.devices
        await hand.presses(lambda: devices.key)
        QTest.keyClick(devices.key, Qt.Key.Key_F9)
        assert window.kept.talk_key == "F9"
        hand.click(devices.done_button)
        await hand.until(lambda: hand.view.keys.talk_key == "F9", "the new key")
        QTest.keyPress(window, Qt.Key.Key_F9)
        await ada.sees("Robin", microphone=True)
        await hand.until(lambda: hardware.open_now() == ["microphone"], "the microphone open")
        hand.view.keys.let_go()
        await ada.sees("Robin", microphone=False)
    assert hardware.total == 2


async def test_one_changes_devices_on_stage_and_one_is_pulled_out(
    server: ServerProcess, opened: Any, hardware: Counting
) -> None:
    links = server.create_room(mode="open")["links"]
    hand = await opened(hardware)
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        await on_stage(hand, ada, "camera")
        await hand.until(lambda: hardware.open_now() == ["camera"], "the camera open")
        hand.click(hand.bar.devices)
        devices = hand.view.preparing.devices
        await hand.sees(lambda: devices, "the devices")
        choice = devices.form.rows["camera"].choice
        await hand.until(lambda: choice.count() == 2, "the choices")
        choice.textActivated.emit("Spare")
        await hand.until(
            lambda: [one.device.name for one in hardware.handles] == ["Spare"], "the other camera"
        )
        assert hand.view.page.bar.camera.text() == "Stop camera"
        preview = devices.form.preview
        preview.show_picture(None)
        await hand.until(lambda: preview.picture is not None, "the other camera's picture")
        hand.click(devices.done_button)
        hardware.handle("camera").pull_out()
        await ada.sees("Robin", camera=False)
        await hand.reads("Spare was pulled out. Your camera is off.")
        await hand.until(lambda: hand.bar.camera.text() == "Start camera", "the camera off")
        me = hand.view._visit.room.me
        assert has_seat(me)


async def test_a_device_that_cannot_be_opened_is_explained_where_it_was_switched_on(
    server: ServerProcess, opened: Any, hardware: Counting
) -> None:
    hardware.troubles["Lens"] = "The camera Lens cannot be opened; it may be in use elsewhere."
    links = server.create_room(mode="open")["links"]
    hand = await opened(hardware)
    async with Moderator(links["moderator"]):
        await hand.enters(links["attendee"])
        await hand.presses(lambda: hand.bar.join)
        form = hand.view.preparing.ready.form
        await hand.presses(lambda: form.switches["camera"])
        row = form.rows["camera"]
        await hand.until(lambda: "cannot be opened" in row.trouble.text(), "the sentence")
        await hand.until(lambda: not form.switches["camera"].on, "the switch off again")
        assert hand.view.preparing.ready.isVisible()
        row.choice.textActivated.emit("Spare")
        await hand.presses(lambda: form.switches["camera"])
        await hand.until(lambda: form.preview.picture is not None, "the other camera's picture")
        assert not row.trouble.isVisible()


async def test_a_screen_is_shared_and_a_moderator_stops_it(
    server: ServerProcess, opened: Any, hardware: Counting
) -> None:
    links = server.create_room(mode="open")["links"]
    hand = await opened(hardware)
    async with Moderator(links["moderator"]) as ada:
        await hand.enters(links["attendee"])
        await on_stage(hand, ada)
        await hand.presses(lambda: hand.bar.share)
        robin = await ada.sees("Robin", screen=True)
        await hand.until(lambda: hardware.open_now() == ["screen"], "the screen captured")
        await hand.until(lambda: hand.bar.share.text() == "Stop sharing", "the button")
        tiles = hand.view.page.stage.tiles
        tile = await hand.until(lambda: tiles.get((robin["id"], "screen")), "one's own screen")
        await hand.until(lambda: tile.picture is not None, "its picture")
        assert tile.name == "Your screen"
        await ada.do("turn_off", person=robin["id"], device="screen")
        await hand.reads("Ada stopped the sharing of your screen.")
        await hand.until(lambda: hardware.open_now() == [], "the screen released")
        QTest.keyClick(hand.window, Qt.Key.Key_S)
        await ada.sees("Robin", screen=True)
        await hand.until(lambda: hardware.open_now() == ["screen"], "the screen captured again")
        hand.click(hand.bar.share)
        await ada.sees("Robin", screen=False)
