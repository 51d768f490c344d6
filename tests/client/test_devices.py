"""Choosing devices, and what cv2 and sounddevice may do to us, by fakes at their boundary."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest

from stagedoor_client import devices
from stagedoor_client.camera import Camera, CameraTrack
from stagedoor_client.devices import Device, choose
from stagedoor_client.errors import DeviceError
from stagedoor_client.filming import bgr, picture

SOUND = [Device(0, "Studio Mic"), Device(2, "Headset Mic"), Device(5, "Mic")]


# -- choosing


@pytest.mark.parametrize(
    ("wanted", "index"), [("0", 0), ("5", 5), ("studio", 0), ("HEAD", 2), ("mic", 5)]
)
def test_by_index_part_of_the_name_or_the_whole_name(wanted: str, index: int) -> None:
    assert choose(SOUND, wanted, "microphone").index == index


def test_what_fits_several_lists_them() -> None:
    with pytest.raises(DeviceError, match="several microphones: 0 Studio Mic, 2 Headset Mic"):
        choose(SOUND[:2], "mic", "microphone")


@pytest.mark.parametrize("wanted", ["1", "-1", "camera", "²"])
def test_what_is_not_there_lists_what_is(wanted: str) -> None:
    with pytest.raises(DeviceError, match="There are: 0 Studio Mic, 2 Headset Mic, 5 Mic"):
        choose(SOUND, wanted, "microphone")


def test_no_device_at_all_is_said_so() -> None:
    with pytest.raises(DeviceError, match="There is no camera on this machine"):
        choose([], "0", "camera")


def test_sound_is_listed_by_another_process_and_ours_is_not_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    rows = [
        {"index": 0, "name": "In", "inputs": 1, "outputs": 0},
        {"index": 1, "name": "Out", "inputs": 0, "outputs": 2},
    ]

    def run(command: list[str], **_: Any) -> Any:
        asked.append(command)
        return SimpleNamespace(stdout=json.dumps(rows))

    monkeypatch.setattr(devices.subprocess, "run", run)
    assert devices.microphones() == [Device(0, "In")]
    assert devices.speakers() == [Device(1, "Out")]
    assert asked[0][0] == sys.executable


def test_sound_that_cannot_be_listed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: Any) -> Any:
        raise subprocess.CalledProcessError(1, command, "", "ALSA says much\nno PortAudio library")

    monkeypatch.setattr(devices.subprocess, "run", run)
    with pytest.raises(DeviceError, match="The sound devices cannot be listed: no PortAudio lib"):
        devices.microphones()


# -- the camera


class FakeCapture:
    """cv2.VideoCapture: pictures 0, 1, 2, … each one gray, up to ``last``."""

    def __init__(self, opened: bool = True, last: int | None = None) -> None:
        self.released = threading.Event()
        self._opened = opened
        self._last = last
        self._next = 0

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self._opened

    def set(self, what: int, value: float) -> bool:
        return True

    def get(self, what: int) -> float:
        return 0.0

    def read(self) -> tuple[bool, Any]:
        if self._last is not None and self._next > self._last:
            return False, None
        self._next += 1
        return True, np.full((48, 64, 3), self._next % 256, np.uint8)

    def release(self) -> None:
        self.released.set()


def camera_of(
    capture: FakeCapture,
    monkeypatch: pytest.MonkeyPatch,
    failed: Callable[[DeviceError], None],
    show: Callable[[Any, float], None] = lambda picture, at: None,
) -> Camera:
    monkeypatch.setattr(cv2, "VideoCapture", lambda index, backend: capture)
    return Camera(Device(3, "Lens"), (64, 48), 30, show, failed)


async def test_a_busy_camera_is_a_sentence_and_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = FakeCapture(opened=False)
    camera = camera_of(capture, monkeypatch, pytest.fail)
    with pytest.raises(DeviceError, match="The camera Lens cannot be opened; it may be in use"):
        await camera.open()
    assert capture.released.is_set()


async def test_a_camera_that_ends_is_told_once_and_released(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    capture = FakeCapture(last=5)
    failure: asyncio.Future[DeviceError] = asyncio.get_running_loop().create_future()
    camera = camera_of(capture, monkeypatch, failure.set_result)
    await camera.open()
    assert "The camera Lens stopped giving pictures." in str(await failure)
    await camera.close()
    assert capture.released.is_set()


async def test_a_closed_camera_shows_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[float] = []
    capture = FakeCapture()
    camera = camera_of(capture, monkeypatch, pytest.fail, lambda picture, at: shown.append(at))
    await camera.open()
    closing = asyncio.create_task(camera.close())
    await asyncio.sleep(0)
    count = len(shown)
    await closing
    assert capture.released.is_set()
    assert len(shown) == count


async def test_of_late_pictures_only_the_newest_is_sent_with_the_time_of_its_taking() -> None:
    track = CameraTrack()
    start = track._start
    for number in range(10):
        track.show(picture(np.full((48, 64, 3), number * 20, np.uint8)), start + number)
    frame = await track.recv()
    assert abs(int(bgr(frame)[0, 0, 0]) - 180) <= 5
    assert frame.pts == 9 * 90000
    waiting = asyncio.create_task(track.recv())
    await asyncio.sleep(0)
    assert not waiting.done(), "nothing new, nothing sent"
    track.show(picture(np.zeros((48, 64, 3), np.uint8)), start + 10.5)
    assert (await waiting).pts == int(10.5 * 90000)
