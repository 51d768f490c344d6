"""The speaker's real path, and microphones plugged in and pulled out while one is on stage."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from tests.server_process import ServerProcess

from .conftest import Start
from .people import PATIENCE, Moderator, Viewer, has_tone
from .virtual import VirtualDevices

pytestmark = pytest.mark.devices


async def plays(virtual: VirtualDevices, hertz: float) -> None:
    """Wait until the speaker plays this tone."""
    async with asyncio.timeout(PATIENCE):
        while True:
            samples = await asyncio.to_thread(virtual.played, 0.6)
            if has_tone(np.frombuffer(samples, np.int16).astype(float), hertz):
                return


async def test_the_stage_is_played_on_the_speaker_chosen(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """From a real microphone to a real speaker, in two programs, with the server between."""
    links = server.create_room(mode="open")["links"]
    robin = await program(
        "join", links["attendee"], "--name", "Robin", "--mic", "studio", "--ask", devices=virtual
    )
    wren = await program(
        "join", links["attendee"], "--name", "Wren", "--speaker", "hall", devices=virtual
    )
    await robin.says("on_stage", microphone=True)
    await wren.says("entered")
    await plays(virtual, virtual.tone)
    assert await robin.stop() == (0, "")
    assert await wren.stop() == (0, "")


async def test_a_microphone_is_plugged_in_chosen_and_pulled_out_on_stage(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """The speaker is open meanwhile: PortAudio, which lists devices once, is started around it."""
    links = server.create_room(mode="open")["links"]
    async with Moderator(links["moderator"]) as ada, Viewer(links["attendee"]) as seen:
        words = ("--mic", "headset", "--speaker", "hall", "--ask", "--control")
        robin = await program(
            "join", links["attendee"], "--name", "Robin", *words, devices=virtual, orders=True
        )
        await robin.says("on_stage", microphone=True)
        you = (await ada.sees("Robin", seat="on_stage", microphone=True))["id"]
        assert not has_tone(await seen.listens(you), 660)
        with virtual.another_microphone("late", 660) as pull_out:
            await robin.order(do="choose", device="microphone", name="late")
            await robin.says("done", do="choose")
            await seen.sounds(you, 660)
            jay = await program(
                "join", links["attendee"], "--name", "Jay", "--mic", "studio", "--ask",
                devices=virtual,
            )  # fmt: skip
            await jay.says("on_stage", microphone=True)
            await plays(virtual, virtual.tone)

            await asyncio.to_thread(pull_out)
            line = await robin.says("device_failed", device="microphone")
            assert line["sentence"] == "The microphone late_mic was pulled out."
            await ada.sees("Robin", seat="on_stage", microphone=False)
            await plays(virtual, virtual.tone)
        await robin.order(do="choose", device="microphone", name="studio")
        await robin.says("done", do="choose")
        await robin.order(do="unmute")
        await robin.says("done", do="unmute")
        await seen.sounds(you, virtual.tone)
        assert (await jay.stop())[0] == 0
        code, errors = await robin.stop()
    assert code == 0
    print(errors)
