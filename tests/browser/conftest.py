"""One real server and one real browser a module; a room and its people a test."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.server_process import ServerProcess

from .axe import Inspection
from .visitors import ARGUMENTS, BROWSER, CHROMIUM, Visitor
from .voice import write_voice


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder are marked ``browser``."""
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def playwright_driver() -> Iterator[Playwright]:
    """Playwright's own process, for this folder alone: its loop suffers no other beside it."""
    if not os.access(BROWSER, os.X_OK):
        pytest.skip(f"{BROWSER} is not installed")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the microphones hear."""
    return write_voice(tmp_path_factory.mktemp("voice") / "voice.wav")


@pytest.fixture(scope="module")
def chromium(
    request: pytest.FixtureRequest, playwright_driver: Playwright, voice: Path
) -> Iterator[Browser]:
    """Chromium, the whole of it where the module says so, with devices that are not real."""
    browser = CHROMIUM if getattr(request.module, "WHOLE_BROWSER", False) else BROWSER
    if not os.access(browser, os.X_OK):
        pytest.skip(f"{browser} is not installed")
    arguments = [*ARGUMENTS, f"--use-file-for-fake-audio-capture={voice}"]
    running = playwright_driver.chromium.launch(executable_path=browser, args=arguments)
    yield running
    running.close()


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """A server that may be used by all tests of a module."""
    with ServerProcess() as server:
        yield server


class Place:
    """A room of its own for one test, and those who visit it."""

    def __init__(self, server: ServerProcess, browser: Browser, **room: Any) -> None:
        self.server = server
        self.browser = browser
        made = server.create_room(**{"mode": "open", **room})
        self.id: str = made["room"]["id"]
        self.links: dict[str, str] = made["links"]
        self.visitors: list[Visitor] = []

    def visitor(self, name: str, role: str = "attendee", **options: Any) -> Visitor:
        """Somebody with a browser and a link, not yet there."""
        visitor = Visitor(self.browser, name, self.links[role], **options)
        self.visitors.append(visitor)
        return visitor

    def attendee(self, name: str, **options: Any) -> Visitor:
        """An attendee in the room."""
        return self.visitor(name, **options).enter()

    def moderator(self, name: str, **options: Any) -> Visitor:
        """A moderator in the room."""
        return self.visitor(name, "moderator", **options).enter()

    def host(self, name: str, **options: Any) -> Visitor:
        """The host in the room."""
        return self.visitor(name, "host", **options).enter()


@pytest.fixture
def make_place(server: ServerProcess, chromium: Browser) -> Iterator[Any]:
    """Makes rooms; afterwards no page may have had an error."""
    places: list[Place] = []

    def make(**room: Any) -> Place:
        places.append(Place(server, chromium, **room))
        return places[-1]

    yield make
    visitors = [one for place in places for one in place.visitors]
    errors = {one.name: one.errors for one in visitors if one.errors}
    for one in visitors:
        one.context.close()
    assert not errors, errors


@pytest.fixture
def inspect() -> Iterator[Inspection]:
    """Shows states to axe-core; what was found is told at the end, all of it."""
    inspection = Inspection()
    yield inspection
    assert not inspection.found, json.dumps(inspection.found, indent=1, ensure_ascii=False)
