"""Sharing a screen: sizes, and what is captured of a virtual one."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor_client.devices import Device
from stagedoor_client.errors import DeviceError
from stagedoor_client.filming import Picture, bgr
from stagedoor_client.screen import MOST, Screen, fitting, screens


@given(st.integers(2, 20000), st.integers(2, 20000))
def test_a_screen_is_sent_whole_and_in_its_proportions(width: int, height: int) -> None:
    across, down = fitting(width, height)
    assert across <= MOST[0]
    assert down <= MOST[1]
    assert across % 2 == down % 2 == 0
    if min(across, down) > 100:
        assert across / down == pytest.approx(width / height, rel=0.05)


@pytest.mark.parametrize(
    ("size", "sent"),
    [((1280, 720), (1280, 720)), ((1366, 769), (1366, 768)), ((3840, 2160), (1920, 1080))],
)
def test_only_large_screens_are_made_smaller(size: tuple[int, int], sent: tuple[int, int]) -> None:
    assert fitting(*size) == sent


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A virtual screen of 800×600, black."""
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb missing; apt-get install xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = re.sub(r"\s", "", told.readline())
    monkeypatch.setenv("DISPLAY", f":{number}")
    try:
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


def paint(display: str, colour: int) -> None:
    """Make the whole screen one colour, 0xRRGGBB."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XDefaultRootWindow.restype = ctypes.c_ulong
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    root = ctypes.c_ulong(x11.XDefaultRootWindow(connection))
    x11.XSetWindowBackground(connection, root, ctypes.c_ulong(colour))
    x11.XClearWindow(connection, root)
    x11.XCloseDisplay(connection)


async def test_a_screen_is_shown_as_it_changes(display: str) -> None:
    assert screens() == [Device(1, "Screen 1 (800×600)")]
    pictures: asyncio.Queue[Picture] = asyncio.Queue()
    screen = Screen(screens()[0], 30, lambda shown, _: pictures.put_nowait(shown), pytest.fail)
    await screen.open()
    try:
        for colour, wanted in ((0xC83C28, (40, 60, 200)), (0x28C83C, (60, 200, 40))):
            await asyncio.to_thread(paint, display, colour)
            async with asyncio.timeout(30):
                while not close(await pictures.get(), wanted):
                    pass
    finally:
        await screen.close()


def close(shown: Picture, wanted: tuple[int, int, int]) -> bool:
    array: Any = bgr(shown).astype(int)
    assert array.shape == (600, 800, 3)
    return bool(abs(array[10, 10] - wanted).max() <= 12)


async def test_a_screen_that_is_gone_or_a_machine_without_one_is_a_sentence(
    display: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DeviceError, match="Screen 3 is not there any more"):
        await Screen(Device(3, "Screen 3"), 5, print, pytest.fail).open()
    monkeypatch.delenv("DISPLAY")
    assert screens() == []
    with pytest.raises(DeviceError, match="Screen 1 cannot be captured"):
        await Screen(Device(1, "Screen 1"), 5, print, pytest.fail).open()
