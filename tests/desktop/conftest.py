"""One screen, one server, one browser for all; a room and its people a test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitors import ARGUMENTS, BROWSER, Visitor
from tests.client import virtual as devices
from tests.client.virtual import VirtualDevices
from tests.server_process import ServerProcess

from . import screen as screens
from .person import Person
from .screen import Screen

Visit = Callable[[str, str], Visitor]
Sit = Callable[[str], Person]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need the devices and the browser."""
    for item in items:
        if "tests/desktop/" in str(item.path):
            item.add_marker(pytest.mark.devices)
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def all_devices() -> Iterator[VirtualDevices]:
    """The virtual devices; the second microphone hears a tone of its own."""
    missing = [*devices.missing(), *screens.missing()]
    if missing:
        needed = f"{devices.PACKAGES} {screens.PACKAGES}"
        pytest.skip(f"{', '.join(missing)} missing; apt-get install {needed}")
    made = VirtualDevices()
    try:
        made.start()
        made.play("headset", OTHER_TONE)
        yield made
    finally:
        made.stop()


OTHER_TONE = 660.0


@pytest.fixture(scope="package")
def screen(all_devices: VirtualDevices) -> Iterator[Screen]:
    """A screen for all tests, one after the other."""
    made = Screen(all_devices.environment)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def virtual(all_devices: VirtualDevices) -> Iterator[VirtualDevices]:
    """The devices, which no program uses yet."""
    yield all_devices
    all_devices.replug()


@pytest.fixture
def server() -> Iterator[ServerProcess]:
    """A server that the test may kill and start again."""
    with ServerProcess(demo=False) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    if not os.access(BROWSER, os.X_OK):
        pytest.skip(f"{BROWSER} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visit]:
    """Lets somebody of this name in by this link, in Chromium; no page may have an error."""
    visitors: list[Visitor] = []

    def enter(name: str, link: str) -> Visitor:
        visitors.append(Visitor(chromium, name, link))
        return visitors[-1].enter()

    yield enter
    errors = {one.name: one.errors for one in visitors if one.errors}
    for one in visitors:
        one.context.close()
    assert not errors, errors


@pytest.fixture
def person(screen: Screen, virtual: VirtualDevices, tmp_path: Path) -> Iterator[Sit]:
    """Starts the desktop client with a link, and sits down before it."""
    people: list[Person] = []

    def sit(link: str) -> Person:
        folder = tmp_path / str(len(people))
        folder.mkdir()
        people.append(Person(screen, folder, link))
        return people[-1]

    yield sit
    for one in people:
        one.end()
