"""The Room as a program uses it, with a camera that is a fake at OpenCV's boundary."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from typing import Any

import cv2
import numpy as np
import pytest

from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Device as Kind
from stagedoor.rules.values import Seat
from stagedoor_client import Capture, Options, Room, parse
from stagedoor_client.devices import Device
from stagedoor_client.errors import DeviceError, RefusedError
from stagedoor_client.lines import Line
from stagedoor_client.quality import Quality
from stagedoor_client.view import me
from tests.server_process import ServerProcess

from .people import Moderator, Viewer


class FakeCapture:
    """cv2.VideoCapture: a bar that wanders. ``stuck``: no picture comes until it is set."""

    open_now = 0
    stuck: threading.Event
    opened: threading.Event

    def __init__(self, index: int, backend: int) -> None:
        FakeCapture.open_now += 1
        FakeCapture.opened.set()
        self._numbers = itertools.count()

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return True

    def set(self, what: int, value: float) -> bool:
        return True

    def get(self, what: int) -> float:
        return 0.0

    def read(self) -> tuple[bool, Any]:
        FakeCapture.stuck.wait(30)
        time.sleep(1 / 30)  # as a camera makes one wait for the next picture
        picture = np.zeros((240, 320, 3), np.uint8)
        left = next(self._numbers) * 16 % 320
        picture[:, left : left + 32] = 255
        return True, picture

    def release(self) -> None:
        FakeCapture.open_now -= 1


@pytest.fixture(autouse=True)
def camera(monkeypatch: pytest.MonkeyPatch) -> type[FakeCapture]:
    FakeCapture.open_now = 0
    FakeCapture.stuck, FakeCapture.opened = threading.Event(), threading.Event()
    FakeCapture.stuck.set()
    monkeypatch.setattr(cv2, "VideoCapture", FakeCapture)
    return FakeCapture


def options(lines: list[Line], **more: Any) -> Options:
    capture = Capture(camera=Device(0, "Lens"))
    return Options("Robin", accept=True, capture=capture, on_line=lines.append, **more)


def seated(seat: Seat, **devices: bool) -> Any:
    """A condition for ``Room.until``: one's own seat, and what is on."""

    def found(room: Room) -> bool | None:
        person = me(room.view) if room.view else None
        same = person is not None and person.seat is seat
        return (
            True
            if same and all(getattr(person, key) is on for key, on in devices.items())
            else None
        )

    return found


async def test_one_turns_the_camera_off_and_on_again_oneself(
    server: ServerProcess, camera: type[FakeCapture]
) -> None:
    """Rule 4: off is released, on is the same stage and the same connection."""
    links = server.create_room(mode="open")["links"]
    async with (
        Viewer(links["attendee"]) as seen,
        Room(parse(links["attendee"]), options([], ask=True)) as room,
    ):
        await room.until(seated(Seat.ON_STAGE, camera=True))
        assert room.view is not None
        robin = room.view.you
        await seen.moves(robin)
        before = room._publisher._connection
        await room.command(cmd.SetDevice(Kind.CAMERA, False))
        await room.studio.settled()
        assert camera.open_now == 0
        await room.command(cmd.SetDevice(Kind.CAMERA, True))
        seen.forget()
        await seen.moves(robin)
        assert camera.open_now == 1
        assert room._publisher._connection is before
    assert camera.open_now == 0


async def test_an_offer_taken_back_while_the_camera_opens_leaves_it_closed(
    server: ServerProcess, camera: type[FakeCapture]
) -> None:
    """Rules 3 and 14: no seat, no device, and one is still in the room."""
    links = server.create_room(mode="invite")["links"]
    camera.stuck.clear()
    lines: list[Line] = []
    async with (
        Moderator(links["moderator"]) as ada,
        Room(parse(links["attendee"]), options(lines)) as room,
    ):
        robin = await ada.sees("Robin")
        await ada.do("invite", person=robin["id"])
        assert await asyncio.to_thread(camera.opened.wait, 30)
        await ada.do("revoke_offer", person=robin["id"])
        await room.until(seated(Seat.VIEWER))
        camera.stuck.set()
        await room.studio.settled()
        assert camera.open_now == 0

        await ada.do("invite", person=robin["id"])
        await room.until(seated(Seat.ON_STAGE, camera=True))
        assert camera.open_now == 1
    assert [line.state for line in lines if line.state in ("device_failed", "refused")] == []


async def test_turning_on_a_device_that_was_not_chosen_turns_it_off_again(
    server: ServerProcess,
) -> None:
    links = server.create_room(mode="open")["links"]
    lines: list[Line] = []
    async with Room(parse(links["attendee"]), options(lines, ask=True)) as room:
        await room.until(seated(Seat.ON_STAGE, camera=True))
        await room.command(cmd.SetDevice(Kind.MICROPHONE, True))
        await room.until(lambda _: True if lines[-1].fields.get("microphone") is False else None)
        failed = [line for line in lines if line.state == "device_failed"]
        assert [line.sentence for line in failed] == ["No microphone was chosen."]


async def test_a_camera_that_cannot_be_opened_ends_the_wish_to_go_up(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeCapture, "isOpened", lambda self: False)
    links = server.create_room(mode="open")["links"]
    async with Room(parse(links["attendee"]), options([], ask=True)) as room:
        with pytest.raises(DeviceError, match="Lens cannot be opened"):
            async with asyncio.timeout(30):
                await room.ended()
        assert room.view is not None
        person = me(room.view)
        assert person is not None
        assert person.seat is Seat.VIEWER
        with pytest.raises(RefusedError, match="on stage only"):
            await room.command(cmd.SetDevice(Kind.CAMERA, True))


async def test_both_connections_take_the_controlling_role_against_ice_lite(
    server: ServerProcess,
) -> None:
    """RFC 8445, section 6.1.1: the full agent controls, offering or answering."""
    links = server.create_room(mode="open")["links"]
    async with (
        Viewer(links["attendee"]) as seen,
        Room(parse(links["attendee"]), options([], ask=True, sink=seen)) as room,
    ):
        await room.until(seated(Seat.ON_STAGE, camera=True))
        assert room.view is not None
        await seen.moves(room.view.you)
        assert room._subscriber is not None
        for made in (room._publisher._connection, room._subscriber._connection):
            assert made is not None
            ice = made.getTransceivers()[0].receiver.transport.transport
            assert ice._connection.ice_controlling
            assert ice._connection.remote_is_lite


async def test_the_network_one_sends_by_is_judged(server: ServerProcess) -> None:
    """The round trip is known to who sends, from the reports of the server."""
    link = server.create_room(mode="open")["links"]["attendee"]
    heard: asyncio.Queue[Quality | None] = asyncio.Queue()
    async with Room(parse(link), options([], ask=True, on_quality=heard.put_nowait)) as room:
        async with asyncio.timeout(45):
            while (quality := await heard.get()) is None or quality.round_trip is None:
                pass
        assert quality.word == "good"
        assert quality.sending > 20_000
        assert "0 % lost" in quality.sentence
        assert "sending" in quality.sentence
        assert room.quality is quality
