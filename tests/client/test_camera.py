"""What the camera asks of its driver, and what it makes of each format; by a scripted driver."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import cv2
import numpy as np
import pytest

from stagedoor_client import camera, filming
from stagedoor_client.camera import Camera, Converter, FromJpeg, FromYuyv, negotiate
from stagedoor_client.devices import Device
from stagedoor_client.errors import DeviceError
from stagedoor_client.filming import Filming, Reel, bgr, picture

SIZE = (64, 48)


class Driver:
    """cv2.VideoCapture of a camera with these formats, each with its best rate."""

    def __init__(self, rates: dict[str, float], raw: bool = True) -> None:
        self._rates = rates
        self._raw = raw
        self._asked: dict[int, float] = {}
        self._code = next(iter(rates), "")

    def set(self, what: int, value: float) -> bool:
        self._asked[what] = value
        if what == cv2.CAP_PROP_FOURCC:
            code = int(value).to_bytes(4, "little").decode()
            self._code = code if code in self._rates else self._code
        return self._raw if what == cv2.CAP_PROP_CONVERT_RGB else True

    def get(self, what: int) -> float:
        if what == cv2.CAP_PROP_FOURCC:
            return int.from_bytes(self._code.encode(), "little")
        if what == cv2.CAP_PROP_FPS:
            return min(self._rates.get(self._code, 0), self._asked.get(what, 0))
        return self._asked.get(what, 0)


@pytest.mark.parametrize(
    ("driver", "converter"),
    [
        (Driver({"YUYV": 30, "MJPG": 30}), FromYuyv),
        (Driver({"YUYV": 10, "MJPG": 30}), FromJpeg),
        (Driver({"YUYV": 10, "MJPG": 10}), FromYuyv),
        (Driver({"MJPG": 30}), FromJpeg),
        (Driver({"NV12": 30}), Converter),
        (Driver({"YUYV": 30}, raw=False), Converter),
    ],
)
def test_raw_pictures_are_asked_for_where_they_come_fast_enough(
    driver: Driver, converter: type
) -> None:
    assert type(negotiate(driver, SIZE, 30)) is converter


def colours() -> Any:
    """BGR: four plain quarters, which survive what JPEG and half of the colours do."""
    quarters = np.zeros((48, 64, 3), np.uint8)
    quarters[:24, :32], quarters[:24, 32:] = (200, 60, 40), (40, 200, 60)
    quarters[24:, :32], quarters[24:, 32:] = (60, 40, 200), (180, 180, 180)
    return quarters


def yuyv(array: Any) -> Any:
    """By ITU-R BT.601, as cameras do."""
    return cv2.cvtColor(array, cv2.COLOR_BGR2YUV_YUY2)


def jpeg(array: Any) -> Any:
    return cv2.imencode(".jpg", array, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].reshape(1, -1)


@pytest.mark.parametrize(
    ("converter", "raw"),
    [
        (Converter(), colours()),
        (FromYuyv(), yuyv(colours())),
        (FromYuyv(), colours()),
        (FromYuyv(), yuyv(colours()[:, :60])),
        (FromJpeg(), jpeg(colours())),
        (FromJpeg(), colours()),
    ],
)
def test_every_format_gives_the_same_picture(converter: Converter, raw: Any) -> None:
    for _ in range(2):
        shown = converter(raw)
        assert shown is not None
        assert shown.format.name == "yuv420p"
        seen = bgr(shown).astype(int)
        assert seen.shape[0] == 48
        for row, column in ((12, 16), (12, 48), (36, 16), (36, 48)):
            wanted = colours()[row, column].astype(int)
            assert np.abs(seen[row, column] - wanted).max() <= 12


def test_yuyv_is_read_into_the_frame_that_is_converted() -> None:
    """No copy: from the second picture on OpenCV is given the place to write to."""
    given = []

    class Capture:
        def read(self, array: Any = None) -> tuple[bool, Any]:
            given.append(array)
            if array is None:
                return True, yuyv(colours())
            array[:] = yuyv(255 - colours())
            return True, array

    converter, capture = FromYuyv(), Capture()
    first, second = converter(converter.read(capture)[1]), converter(converter.read(capture)[1])
    assert first is not None
    assert second is not None
    assert given[0] is None
    assert given[1] is not None
    assert abs(int(bgr(first)[0, 0, 0]) - 200) <= 12, "a picture shown does not change any more"
    assert abs(int(bgr(second)[0, 0, 0]) - 55) <= 12


def test_a_broken_jpeg_is_left_out() -> None:
    converter = FromJpeg()
    assert converter(np.frombuffer(b"\xff\xd8nothing", np.uint8).reshape(1, -1)) is None
    assert converter(jpeg(colours())) is not None


@pytest.mark.parametrize(
    ("said", "at"), [(99.5, 99.5), (0.0, 100.0), (98.9, 100.0), (100.1, 100.0), (1.7e9, 100.0)]
)
def test_the_drivers_time_is_taken_where_it_can_be_true(
    said: float, at: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Capture:
        def get(self, what: int) -> float:
            return said * 1000

    monkeypatch.setattr(camera.sys, "platform", "linux")
    monkeypatch.setattr(camera.time, "monotonic", lambda: 100.0)
    assert camera.taken(Capture()) == pytest.approx(at)


@pytest.mark.parametrize(
    ("platform", "tried"),
    [
        ("linux", [(3, cv2.CAP_V4L2)]),
        ("darwin", [(3, cv2.CAP_AVFOUNDATION)]),
        ("win32", [(3, cv2.CAP_MSMF), (1, cv2.CAP_DSHOW)]),
    ],
)
async def test_each_platform_has_its_backends(
    platform: str, tried: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    class Capture:
        def __init__(self, *where: int) -> None:
            opened.append(where)

        def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
            return False

        def release(self) -> None:
            pass

    monkeypatch.setattr(cv2, "VideoCapture", Capture)
    monkeypatch.setattr(
        "stagedoor_client.devices._enumerated", lambda _: [Device(0, "Other"), Device(1, "Lens")]
    )
    monkeypatch.setattr("stagedoor_client.devices.sys.platform", platform)
    with pytest.raises(DeviceError, match="The camera Lens cannot be opened"):
        await Camera(Device(3, "Lens"), SIZE, 30, print, pytest.fail).open()
    assert opened == tried


# -- what all filming has in common


def gray(value: int) -> filming.Picture:
    return picture(np.full((48, 64, 3), value, np.uint8))


async def test_a_late_event_loop_gets_the_newest_picture_alone() -> None:
    given, end = threading.Event(), threading.Event()

    def pictures() -> Reel:
        yield gray(0), 0.0
        for number in range(1, 50):
            yield gray(number), float(number)
        given.set()
        end.wait()

    shown: list[float] = []
    film = Filming("The lens", pictures, lambda _, at: shown.append(at), pytest.fail)
    opening = asyncio.create_task(film.open())
    await asyncio.sleep(0)
    given.wait(30)  # the loop stands still meanwhile
    await opening
    end.set()
    await film.close()
    assert shown == [49.0]


async def test_a_device_that_hangs_is_noticed_before_its_driver_returns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filming, "SILENCE", 0.0)
    monkeypatch.setattr(filming, "WATCH", 0.001)
    end = threading.Event()

    def pictures() -> Reel:
        yield gray(0), 0.0
        end.wait()

    failures: asyncio.Queue[DeviceError] = asyncio.Queue()
    film = Filming("The lens", pictures, lambda *_: None, failures.put_nowait)
    await film.open()
    assert "The lens stopped giving pictures." in str(await failures.get())
    end.set()
    await film.close()
    assert failures.empty(), "told once"
