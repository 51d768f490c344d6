"""Pictures and sound made by a program, from the source to a receiver."""

from __future__ import annotations

import asyncio
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from stagedoor_client import Pictures, Sounds
from stagedoor_client.clocks import BLOCK, RATE, Samples
from stagedoor_client.filming import bgr
from stagedoor_client.sources import KEPT
from tests.server_process import ServerProcess

from .people import PATIENCE, Moderator, Program, Viewer, plain_environment

ROBOT = Path(__file__).parents[2] / "examples" / "opencv_robot.py"


async def test_the_example_is_seen_changing_and_heard_once_admitted(server: ServerProcess) -> None:
    links = server.create_room(mode="request")["links"]
    async with Moderator(links["host"]) as ada, Viewer(links["attendee"]) as seen:
        command = [sys.executable, str(ROBOT), links["attendee"], "--name", "Robin"]
        robot = await Program.start(command, plain_environment())
        try:
            robin = await ada.sees("Robin", seat="requested")
            await ada.do("approve", person=robin["id"])
            await ada.sees("Robin", seat="on_stage", microphone=True, camera=True)
            await seen.moves(robin["id"])
            assert seen.sizes[robin["id"]] == (640, 480)
            await seen.until(
                lambda: np.abs(seen.heard(robin["id"])).max(initial=0) > 3000, "its beep"
            )
            await ada.do("remove_from_stage", person=robin["id"])
            await ada.do("end_room")
            async with asyncio.timeout(PATIENCE):
                output, errors = await robot.process.communicate()
        finally:
            await robot.kill()
    assert (robot.process.returncode, errors) == (0, b"")
    told = output.decode().splitlines()
    assert told[0] == "entered A room as viewer"
    assert told[-2:] == ["removed from the stage by Ada", "the room has ended"]


async def test_backstage_the_example_is_seen_by_a_moderator_alone_until_brought_on(
    server: ServerProcess,
) -> None:
    """Rule 14, with the client at both ends."""
    made = server.create_room(mode="request", settings={"backstage": True})
    links = made["links"]
    async with (
        Moderator(links["host"]) as ada,
        Viewer(links["moderator"]) as moderator,
        Viewer(links["attendee"]) as attendee,
    ):
        command = [sys.executable, str(ROBOT), links["attendee"], "--name", "Robin"]
        robot = await Program.start(command, plain_environment())
        try:
            robin = (await ada.sees("Robin", seat="requested"))["id"]
            await ada.do("approve", person=robin)
            await ada.sees("Robin", seat="backstage", microphone=True, camera=True)
            await moderator.moves(robin)
            assert (attendee.changes, attendee.heard(robin).size) == ({}, 0)
            await ada.do("bring_on")
            await attendee.moves(robin)
            await ada.do("end_room")
            async with asyncio.timeout(PATIENCE):
                output, errors = await robot.process.communicate()
        finally:
            await robot.kill()
    assert (robot.process.returncode, errors) == (0, b"")
    told = output.decode().splitlines()
    sentence = "backstage, seen and heard by moderators only, microphone on, camera on"
    assert told.index(sentence) < told.index("brought on stage by Ada")
    assert told[-2:] == ["on stage, microphone on, camera on", "the room has ended"]


async def test_the_example_ends_by_a_signal_without_a_traceback(server: ServerProcess) -> None:
    links = server.create_room(mode="request")["links"]
    async with Moderator(links["host"]) as ada:
        # A shell has what it starts in the background ignore the signal.
        command = [
            "env",
            "--default-signal=INT",
            sys.executable,
            str(ROBOT),
            links["attendee"],
            "--name",
            "Robin",
        ]
        robot = await Program.start(command, plain_environment())
        try:
            await ada.sees("Robin", seat="requested")
            robot.process.send_signal(signal.SIGINT)
            async with asyncio.timeout(PATIENCE):
                _, errors = await robot.process.communicate()
        finally:
            await robot.kill()
    assert (robot.process.returncode, errors) == (0, b"")


async def test_pictures_are_passed_on_while_open_from_any_thread() -> None:
    pictures = Pictures()
    shown: list[tuple[Any, float]] = []
    array = np.full((48, 64, 3), (10, 200, 90), np.uint8)
    assert not pictures.show(array)
    opening = pictures.opening(lambda picture, at: shown.append((picture, at)))
    before = time.monotonic()
    await opening.open()
    assert pictures.on
    assert pictures.show(array)
    array[:] = 0
    assert np.abs(bgr(shown[0][0])[24, 32].astype(int) - (10, 200, 90)).max() < 6
    assert before <= shown[0][1] <= time.monotonic()

    accepted: list[bool] = []
    thread = threading.Thread(target=lambda: accepted.append(pictures.show(array)))
    thread.start()
    await asyncio.to_thread(thread.join)
    assert accepted == [True]
    assert len(shown) == 2
    await opening.close()
    assert not pictures.on
    assert not pictures.show(array)
    assert len(shown) == 2


async def test_sound_is_said_in_blocks_as_time_passes_and_not_after_closing() -> None:
    sounds = Sounds()
    heard: list[tuple[Samples, float]] = []
    blocks = asyncio.Event()

    def hear(block: Samples, at: float) -> None:
        heard.append((block, at))
        blocks.set()

    async def until(count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(heard) < count:
                blocks.clear()
                await blocks.wait()

    samples = np.arange(1, 5 * BLOCK // 2 + 1, dtype=np.int16)
    assert not sounds.say(samples)
    opening = sounds.opening(hear)
    await opening.open()
    assert sounds.say(samples[:BLOCK])
    assert sounds.say(samples[BLOCK:])
    await until(3)
    assert np.array_equal(np.concatenate([block for block, _ in heard])[: len(samples)], samples)
    assert not heard[2][0][BLOCK // 2 :].any(), "the last is filled up with silence"
    times = [at for _, at in heard]
    assert np.allclose(np.diff(times), BLOCK / RATE)
    assert sounds.say(np.ones(2 * KEPT, np.int16))
    await until(4)
    await opening.close()
    count = len(heard)
    assert not sounds.say(samples)
    await asyncio.sleep(0)
    assert len(heard) == count
    await opening.open()
    sounds.say(samples[:BLOCK])
    await until(count + 1)
    assert np.array_equal(heard[-1][0], samples[:BLOCK]), "nothing is left of what was said before"
    await opening.close()
