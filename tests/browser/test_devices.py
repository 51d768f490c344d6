"""Devices that are denied, missing, in use or taken away, and choices that are remembered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from .conftest import Place
from .visitors import failing_devices

Rooms = Callable[..., Place]

#: The shell has other ids for the devices after each reload.
WHOLE_BROWSER = True

WORDS = {
    "NotAllowedError": "does not let this page use the camera",
    "NotFoundError": "No camera was found",
    "NotReadableError": "used by another program",
}


@pytest.mark.parametrize("error", list(WORDS))
def test_failing_devices_are_named_in_plain_words(make_place: Rooms, error: str) -> None:
    """One can join all the same, and arrives with both off (rule 15)."""
    place = make_place(mode="open")
    ann = place.attendee("Ann", script=failing_devices(error))
    ann.button("Join stage").click()
    camera = ann.ready_window.locator('[data-device="camera"]')
    camera.get_by_role("switch").click()
    expect(camera.get_by_role("alert")).to_contain_text(WORDS[error])
    expect(camera.get_by_role("switch")).not_to_be_checked()
    ann.go_up()
    expect(ann.tile("Ann")).to_have_attribute("data-camera", "false")
    ann.button("Unmute").click()
    expect(ann.notice(WORDS[error].replace("camera", "microphone"))).to_be_visible()
    expect(ann.page.locator(".bar-status")).to_have_text("You are muted")


def test_choices_are_remembered(make_place: Rooms) -> None:
    """The device chosen once is the one used next time; on and off are not remembered."""
    place = make_place(mode="open")
    ann = place.attendee("Ann")
    ann.button("Join stage").click()
    ann.switch_on("Camera")
    select = ann.ready_window.get_by_label("Camera", exact=True).and_(ann.page.locator("select"))
    others = select.locator("option:not(:checked):not([value=''])")
    other = others.first.get_attribute("value")
    assert other
    select.select_option(other)
    expect(select).to_have_value(other)
    ann.page.reload()
    ann.button("Join stage").click()
    expect(ann.ready_window.get_by_role("switch", name="Camera")).not_to_be_checked()
    ann.switch_on("Camera")
    expect(select).to_have_value(other)
    used = ann.page.evaluate("() => captured.at(-1).getSettings().deviceId")
    assert used == other


def test_device_that_is_taken_away_on_stage(make_place: Rooms) -> None:
    """The room is told that it is off, rather than shown a picture that stands still."""
    place = make_place(mode="open")
    ann, ben = place.attendee("Ann"), place.attendee("Ben")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    ben.sees("Ann")
    # What the browser does when a camera is unplugged.
    ann.page.evaluate(
        """() => {
          const camera = captured.find((one) => one.kind === "video");
          camera.stop();
          camera.dispatchEvent(new Event("ended"));
        }"""
    )
    expect(ann.notice("Your camera has stopped")).to_be_visible()
    expect(ben.tile("Ann")).to_have_attribute("data-camera", "false")
    expect(ben.tile("Ann")).to_have_attribute("data-microphone", "true")


def test_removed_while_a_camera_is_being_opened(make_place: Rooms) -> None:
    """Rule 13 against a slow camera: what opens after one was removed is closed again."""
    slow = """
    window.captured = [];
    const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      if (window.slowly) await window.slowly;
      const stream = await get(wish);
      window.captured.push(...stream.getTracks());
      return stream;
    };
    """
    place = make_place(mode="open")
    ann, mod = place.attendee("Ann", script=slow), place.moderator("Mo")
    ann.button("Join stage").click()
    ann.go_up()
    ann.page.evaluate("() => { window.slowly = new Promise((go) => { window.goOn = go; }); }")
    ann.button("Start camera").click()
    mod.row("On stage", "Ann").get_by_role("button", name="Remove").click()
    expect(ann.notice("Mo removed you from the stage")).to_be_visible()
    ann.page.evaluate("() => window.goOn()")
    ann.page.wait_for_function("() => captured.length === 1")
    ann.uses()
