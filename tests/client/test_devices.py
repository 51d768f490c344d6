"""Choosing devices, and what cv2 and sounddevice may do to us, by fakes at their boundary."""

from __future__ import annotations

import asyncio
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
from stagedoor_client.microphone import BLOCK, RATE, Microphone, MicrophoneTrack

try:
    import sounddevice
except OSError:
    pytest.skip("libportaudio2 is missing", allow_module_level=True)

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


def test_listing_opens_no_sound_device(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        {"index": 0, "name": "In", "max_input_channels": 1, "max_output_channels": 0},
        {"index": 1, "name": "Out", "max_input_channels": 0, "max_output_channels": 2},
    ]
    monkeypatch.setattr(sounddevice, "query_devices", lambda: found)
    monkeypatch.setattr(sounddevice, "RawInputStream", None)
    assert devices.microphones() == [Device(0, "In")]
    assert devices.speakers() == [Device(1, "Out")]


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


# -- the microphone


class FakeStream:
    """sounddevice.RawInputStream; ``error`` is raised on starting."""

    made: list[FakeStream]
    error: Exception | None = None

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.open = True
        FakeStream.made.append(self)

    def start(self) -> None:
        if FakeStream.error is not None:
            raise FakeStream.error

    def close(self) -> None:
        self.open = False


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> type[FakeStream]:
    FakeStream.made, FakeStream.error = [], None
    monkeypatch.setattr(sounddevice, "RawInputStream", FakeStream)
    monkeypatch.setattr(sounddevice, "check_input_settings", lambda *_, **__: None)
    return FakeStream


async def test_a_busy_microphone_is_a_sentence_and_is_closed(stream: type[FakeStream]) -> None:
    stream.error = sounddevice.PortAudioError("Device unavailable", -9985)
    microphone = Microphone(Device(1, "Desk"), lambda block, rate: None, pytest.fail)
    with pytest.raises(DeviceError, match="The microphone Desk cannot be opened; it may be in use"):
        await microphone.open()
    assert not stream.made[0].open


async def test_blocks_are_20_ms_and_none_comes_after_closing(stream: type[FakeStream]) -> None:
    heard: list[tuple[bytes, int]] = []
    microphone = Microphone(
        Device(1, "Desk"), lambda block, rate: heard.append((block, rate)), pytest.fail
    )
    await microphone.open()
    options = stream.made[0].options
    assert (options["samplerate"], options["blocksize"], options["device"]) == (RATE, BLOCK, 1)
    options["callback"](b"\1\0" * BLOCK, BLOCK, SimpleNamespace(), None)
    await asyncio.sleep(0)
    options["callback"](b"\2\0" * BLOCK, BLOCK, SimpleNamespace(), None)
    await microphone.close()
    assert heard == [(b"\1\0" * BLOCK, RATE)]
    assert not stream.made[0].open


async def test_a_microphone_that_ends_is_told(stream: type[FakeStream]) -> None:
    failures: list[DeviceError] = []
    microphone = Microphone(Device(1, "Desk"), lambda block, rate: None, failures.append)
    await microphone.open()
    stream.made[0].options["finished_callback"]()
    await asyncio.sleep(0)
    assert [str(error) for error in failures] == ["The microphone Desk stopped recording."]
    await microphone.close()
    stream.made[0].options["finished_callback"]()
    await asyncio.sleep(0)
    assert len(failures) == 1


async def test_a_device_without_48_khz_is_resampled(
    stream: type[FakeStream], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise sounddevice.PortAudioError("Invalid sample rate", -9997)

    monkeypatch.setattr(sounddevice, "check_input_settings", refuse)
    monkeypatch.setattr(sounddevice, "query_devices", lambda index: {"default_samplerate": 44100.0})
    track = MicrophoneTrack()
    microphone = Microphone(Device(1, "Desk"), track.hear, pytest.fail)
    await microphone.open()
    options = stream.made[0].options
    assert (options["samplerate"], options["blocksize"]) == (44100, 882)
    times = np.arange(44100)
    tone = (np.sin(2 * np.pi * 440 * times / 44100) * 8000).astype(np.int16)
    sound = []
    for block in tone.reshape(-1, 882):
        options["callback"](block.tobytes(), 882, SimpleNamespace(), None)
        await asyncio.sleep(0)
        while track._frames:
            frame = await track.recv()
            assert (frame.sample_rate, frame.samples) == (RATE, BLOCK)
            sound.append(frame.to_ndarray()[0])
    await microphone.close()
    whole = np.concatenate(sound).astype(float)
    assert RATE - 3 * BLOCK <= len(whole) <= RATE
    spectrum = np.abs(np.fft.rfft(whole * np.hanning(len(whole))))
    assert abs(spectrum.argmax() * RATE / len(whole) - 440) < 2


async def test_old_blocks_are_dropped_when_nobody_takes_them_and_all_when_muted() -> None:
    track = MicrophoneTrack()
    for number in range(50):
        track.hear(np.full(BLOCK, number, np.int16).tobytes(), RATE)
    assert (await track.recv()).to_ndarray()[0, 0] == 40
    track.forget()
    waiting = asyncio.create_task(track.recv())
    await asyncio.sleep(0)
    assert not waiting.done()
    track.hear(np.full(BLOCK, 7, np.int16).tobytes(), RATE)
    assert (await waiting).to_ndarray()[0, 0] == 7
