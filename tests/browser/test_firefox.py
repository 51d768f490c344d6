"""The same page in Firefox: asking, going up, being seen in Chromium, seeing who is there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.server_process import ServerProcess

from .conftest import Place
from .firefox import BUTTON, FIREFOX, Firefox, Fox, own_address
from .visitors import WATCH_DEVICES

LIVE = "() => captured.filter((one) => one.readyState === 'live').length"


@pytest.fixture
def place(chromium: Browser) -> Iterator[Place]:
    """A room on a server that Firefox can reach."""
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but the loopback's, which Firefox does not use")
    with ServerProcess(host="0.0.0.0", arguments=["--announce", address, "127.0.0.1"]) as server:
        place = Place(server, chromium, mode="request")
        yield place
        for one in place.visitors:
            one.context.close()


@pytest.fixture
def firefox() -> Iterator[Firefox]:
    """Debian's."""
    if not os.access(FIREFOX, os.X_OK):
        pytest.skip(f"{FIREFOX} is not installed")
    firefox = Firefox()
    yield firefox
    firefox.close()


def test_somebody_in_firefox_asks_goes_up_is_seen_sees_and_is_removed(
    place: Place, firefox: Firefox
) -> None:
    """Rules 6, 8, 13 and 15: seen and heard in Chromium once admitted, and not after."""
    mod = place.moderator("Mo")
    fox = Fox(firefox, "Fox", place.links["attendee"]).enter()
    fox.run(f"() => {{ {WATCH_DEVICES} }}")
    fox.press(BUTTON, "#bar", "Ask to join stage")
    mod.row("Waiting requests", "Fox").get_by_role("button", name="Approve").click()
    fox.press(BUTTON, "dialog[open]", "Join")
    fox.switch_on("Camera", "Microphone")
    fox.press(BUTTON, "dialog[open]", "Join stage")
    mod.sees("Fox")
    mod.hears("Fox")
    mod.button("Join stage").click()
    mod.go_up("Camera", "Microphone")
    fox.sees("Mo")
    assert fox.run(LIVE)["value"] >= 2
    mod.act_on("Fox", "Remove from stage")
    expect(mod.tile("Fox")).to_have_count(0)
    fox.wait(f"() => ({LIVE})() === 0")
    fox.sees("Mo")
    assert not mod.errors
