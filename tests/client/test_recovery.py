"""Losing the server, the media engine or a device, and coming back."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tests.server_process import ServerProcess

from .conftest import Start, becomes
from .people import Moderator, Viewer
from .virtual import VirtualDevices

pytestmark = pytest.mark.devices


def engine(server: ServerProcess) -> int:
    """The media engine's process: the server's only child."""
    assert server.process is not None
    pid = server.process.pid
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(child)


async def test_a_killed_engine_and_a_killed_server(
    mortal: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """Rule 12: media again after the engine's death, the seat after the server's, both off."""
    links = mortal.create_room(mode="open")["links"]
    async with Viewer(links["attendee"]) as seen:
        client = await program(
            "join", links["attendee"], "--name", "Robin", "--camera", "lecture", "--mic", "studio",
            "--ask", devices=virtual,
        )  # fmt: skip
        entered = await client.says("entered")
        robin = entered["you"]
        await client.says("on_stage", microphone=True, camera=True)
        await seen.moves(robin)
        await seen.sounds(robin, virtual.tone)

        os.kill(engine(mortal), signal.SIGKILL)
        await client.says("media_restarted")
        seen.forget()
        await seen.moves(robin)
        await seen.sounds(robin, virtual.tone)

        mortal.kill()
        await client.says("reconnecting")
        await becomes(lambda: virtual.recording() == 0, "the microphone's release")
        await becomes(lambda: not virtual.filming(), "the camera's release")
        await asyncio.to_thread(mortal.restart)
        back = await client.says("back")
        assert (back["you"], back["seat"]) == (robin, "on_stage")
        await client.says("on_stage", microphone=False, camera=False)
        async with Moderator(links["moderator"]) as ada:
            await ada.sees("Robin", seat="on_stage", away=False, microphone=False, camera=False)
        assert virtual.recording() == 0
        assert not virtual.filming()
    assert await client.stop() == (0, "")


async def test_a_camera_pulled_out_is_off_and_the_person_stays(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """The server is told that the camera is off; the microphone goes on."""
    links = server.create_room(mode="invite")["links"]
    async with Moderator(links["moderator"]) as ada, Viewer(links["attendee"]) as seen:
        client = await program(
            "join", links["attendee"], "--name", "Robin", "--camera", "lecture", "--mic", "studio",
            "--accept", devices=virtual,
        )  # fmt: skip
        await client.says("entered")
        robin = await ada.sees("Robin")
        await ada.do("invite", person=robin["id"])
        await client.says("on_stage", microphone=True, camera=True)
        await seen.moves(robin["id"])

        await asyncio.to_thread(virtual.unplug)
        failed = await client.says("device_failed", device="camera")
        assert "Lecture_Camera" in failed["sentence"]
        await client.says("on_stage", microphone=True, camera=False)
        await ada.sees("Robin", seat="on_stage", microphone=True, camera=False)
        seen.forget()
        await seen.sounds(robin["id"], virtual.tone)
    await client.stop()
    await asyncio.to_thread(virtual.plug)
