"""The client with (virtual) camera and microphone, on a real stage, seen and heard by others."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Device, Mode
from tests.server_process import ServerProcess

from .conftest import Enter, Launch, Onlooker, engine_pid
from .virtual import VirtualDevices

pytestmark = pytest.mark.devices

ON_STAGE = ("--camera", "lecture", "--mic", "studio", "--ask", "--accept")


def quiet(devices: VirtualDevices) -> bool:
    """Whether neither microphone nor camera is open."""
    return devices.recording() == 0 and not devices.filming()


async def approved(moderator: Onlooker, name: str) -> str:
    """Wait for a request and approve it; the person's id once on stage."""
    person = await moderator.person(name, "requested")
    await moderator.room.command(cmd.Approve(person))
    return await moderator.person(name, "on_stage")


async def test_ask_be_approved_be_seen_and_heard_be_muted_be_removed(
    server: ServerProcess, devices: VirtualDevices, enter: Enter, launch: Launch
) -> None:
    """Rules 2, 13, 14, 16: and the devices are open exactly as long as they may be."""
    moderator = await enter(server.moderator_link(), "Mia")
    viewer = await enter(server.attendee_link, "Vic", watch=True)
    client = await launch(server.attendee_link, "--name", "Robot", *ON_STAGE)
    await client.until("requested")
    assert await asyncio.to_thread(quiet, devices)

    robot = await approved(moderator, "Robot")
    await client.until("offered", by="Mia")
    await client.until("on_stage", microphone=True, camera=True)
    assert await viewer.ears.sees()
    frequency, level = await viewer.ears.hears()
    assert devices.tone - 3 < frequency < devices.tone + 3
    assert level > 1000
    assert (devices.recording(), devices.filming()) == (1, True)

    await moderator.room.command(cmd.TurnOff(robot, Device.MICROPHONE))
    await client.until("muted", by="Mia", device="microphone")
    await until(lambda: devices.recording() == 0)
    assert devices.filming()
    viewer.ears.forget()
    assert await viewer.ears.sees()

    await moderator.room.command(cmd.RemoveFromStage(robot))
    await client.until("removed_from_stage", by="Mia")
    await until(lambda: quiet(devices))
    assert await client.stop() == 0


async def until(condition) -> None:  # type: ignore[no-untyped-def]
    """Another program's state, which tells nobody when it changes."""
    async with asyncio.timeout(30):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_the_other_microphone_has_no_tone(
    server: ServerProcess, devices: VirtualDevices, enter: Enter, launch: Launch
) -> None:
    moderator = await enter(server.moderator_link(), "Mia")
    viewer = await enter(server.attendee_link, "Vic", watch=True)
    arguments = ("--mic", "headset", "--accept")
    client = await launch(server.attendee_link, "--name", "Headset", *arguments)
    await client.until("entered")
    person = await moderator.person("Headset", "viewer")
    await moderator.room.command(cmd.Invite(person))
    await client.until("on_stage", microphone=True, camera=False)
    _, level = await viewer.ears.hears()
    assert level < 10


async def test_open_stage_server_killed_and_engine_killed(
    devices: VirtualDevices, enter: Enter, launch: Launch
) -> None:
    """Rules 1 and 12: joined directly, back on stage by itself, with both off."""
    with ServerProcess() as server:
        moderator = await enter(server.moderator_link(), "Mia")
        viewer = await enter(server.attendee_link, "Vic", watch=True)
        await moderator.room.command(cmd.SetMode(Mode.OPEN))
        client = await launch(server.attendee_link, "--name", "Robot", *ON_STAGE)
        await client.until("on_stage", microphone=True, camera=True)
        assert await viewer.ears.sees()

        os.kill(engine_pid(server), signal.SIGKILL)
        await client.until("media_restarted")
        viewer.ears.forget()
        assert await viewer.ears.sees()

        server.kill()
        await client.until("reconnecting")
        await until(lambda: quiet(devices))
        server.restart()
        back = await client.until("back")
        assert back["seat"] == "on_stage"
        await client.until("on_stage", microphone=False, camera=False)
        await viewer.person("Robot", "on_stage", microphone=False, camera=False)
        assert quiet(devices)


async def test_a_recording_has_the_picture_and_the_tone(
    server: ServerProcess, devices: VirtualDevices, enter: Enter, launch: Launch, tmp_path: Path
) -> None:
    moderator = await enter(server.moderator_link(), "Mia")
    viewer = await enter(server.attendee_link, "Vic", watch=True)
    file = tmp_path / "stage.mkv"
    recorder = await launch(server.attendee_link, "--name", "Tape", "--record", str(file))
    await recorder.until("entered")
    client = await launch(server.attendee_link, "--name", "Robot", *ON_STAGE)
    await approved(moderator, "Robot")
    await client.until("on_stage", microphone=True, camera=True)
    for _ in range(3):  # until as much has reached another viewer
        assert await viewer.ears.sees(30)
    await viewer.ears.hears()
    assert await recorder.stop() == 0
    assert await client.stop() == 0

    with av.open(str(file)) as recording:
        pictures = [frame.to_ndarray(format="gray") for frame in recording.decode(video=0)]
    lit = [picture for picture in pictures if picture.max() > 100]
    assert len({picture[::16, ::16].tobytes() for picture in lit}) > 10
    with av.open(str(file)) as recording:
        heard = [frame.to_ndarray()[0] for frame in recording.decode(audio=0)]
    sound = np.concatenate(heard).astype(np.float64)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    frequency = float(np.argmax(spectrum) * 48000 / len(sound))
    assert devices.tone - 3 < frequency < devices.tone + 3


def run(devices: VirtualDevices, *arguments: str) -> subprocess.CompletedProcess[str]:
    command, environment = devices.client(*arguments), devices.environment
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_devices_are_listed_by_name(devices: VirtualDevices) -> None:
    done = run(devices, "devices")
    assert done.returncode == 0
    cameras, microphones = done.stdout.split("Microphones:")
    assert "0  Lecture_Camera" in cameras
    assert "studio_mic" in microphones
    assert "headset_mic" in microphones


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--mic", "piano"), "no microphone “piano”"),
        (("--mic", "_mic"), "several microphones"),
        (("--camera", "7"), "no camera “7”"),
    ],
)
def test_a_device_that_is_not_there_is_a_plain_error(
    devices: VirtualDevices, server: ServerProcess, arguments: tuple[str, ...], sentence: str
) -> None:
    done = run(devices, "join", server.attendee_link, "--name", "X", *arguments)
    assert done.returncode == 4
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
