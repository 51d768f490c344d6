"""The program on stage, through the real camera and microphone paths, judged by a receiver."""

from __future__ import annotations

import asyncio

import pytest

from tests.server_process import ServerProcess

from .conftest import Start, becomes
from .people import Moderator, Viewer, has_tone
from .virtual import VirtualDevices

pytestmark = pytest.mark.devices


async def test_is_seen_and_heard_once_admitted_and_not_a_moment_longer(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """Rules 2, 13 to 16: no device before the offer, both on stage, neither when taken away."""
    links = server.create_room(mode="request")["links"]
    async with Moderator(links["moderator"]) as ada:
        client = await program(
            "join", links["attendee"], "--name", "Robin", "--camera", "lecture",
            "--mic", "STUDIO", "--ask", "--accept", devices=virtual,
        )  # fmt: skip
        await client.says("entered")
        robin = await ada.sees("Robin", seat="requested")
        await client.says("requested")
        assert virtual.recording() == 0
        assert not virtual.filming()
        async with Viewer(links["attendee"]) as seen:
            await ada.do("approve", person=robin["id"])
            await client.says("offered", by="Ada", reason="approved")
            await client.says("on_stage", microphone=True, camera=True)
            await ada.sees("Robin", seat="on_stage", microphone=True, camera=True)
            assert virtual.recording() == 1
            assert virtual.filming()
            await seen.moves(robin["id"])
            await seen.sounds(robin["id"], virtual.tone)

            await ada.do("turn_off", person=robin["id"], device="microphone")
            line = await client.says("muted", device="microphone")
            assert line["sentence"] == "microphone turned off by Ada"
            await becomes(lambda: virtual.recording() == 0, "the microphone's release")
            assert virtual.filming()
            seen.forget()
            await seen.moves(robin["id"])

            await ada.do("turn_off", person=robin["id"], device="camera")
            await becomes(lambda: not virtual.filming(), "the camera's release")
            await asyncio.to_thread(virtual.replug)

            await ada.do("remove_from_stage", person=robin["id"])
            line = await client.says("removed_from_stage")
            assert line["sentence"] == "removed from the stage by Ada"

            await ada.do("invite", person=robin["id"])
            await client.says("on_stage", microphone=True, camera=True)
            await becomes(lambda: virtual.filming() and virtual.recording() == 1, "both")
            seen.forget()
            await seen.moves(robin["id"])
            await seen.sounds(robin["id"], virtual.tone)
            await ada.do("remove_from_stage", person=robin["id"])
            await client.says("removed_from_stage")
            await becomes(lambda: virtual.recording() == 0, "the microphone's release")
            await becomes(lambda: not virtual.filming(), "the camera's release")
    code, errors = await client.stop()
    assert (code, errors) == (0, "")
    assert client.lines[-1]["state"] == "left"


async def test_the_microphone_chosen_is_the_one_heard(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """The tone is in the studio microphone; whoever chose the headset sends silence."""
    links = server.create_room(mode="open")["links"]
    client = await program(
        "join", links["attendee"], "--name", "Robin", "--mic", "headset", "--ask",
        devices=virtual,
    )  # fmt: skip
    async with Moderator(links["moderator"]) as ada, Viewer(links["attendee"]) as seen:
        robin = await ada.sees("Robin", seat="on_stage", microphone=True, camera=False)
        sound = await seen.listens(robin["id"])
        assert not has_tone(sound, virtual.tone)
        assert abs(sound).max() < 100
        assert not virtual.filming()
    assert await client.stop() == (0, "")


async def test_people_who_come_and_go_are_heard_as_themselves(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """The m-lines of those who went are used again for others; a viewer notices no mix-up."""
    links = server.create_room(mode="invite")["links"]
    words = ("--mic", "studio", "--accept")
    async with Moderator(links["moderator"]) as ada, Viewer(links["attendee"]) as seen:
        people = {}
        for name in ("Robin", "Wren", "Jay"):
            client = await program(
                "join", links["attendee"], "--name", name, *words, devices=virtual
            )
            people[name] = (await client.says("entered"))["you"]
            await ada.sees(name)

        async def only(*names: str) -> None:
            """Bring exactly these onto the stage, and hear exactly these."""
            for name, person in people.items():
                seat = ada.find(name)["seat"]
                if name in names and seat == "viewer":
                    await ada.do("invite", person=person)
                    await ada.sees(name, seat="on_stage", microphone=True)
                elif name not in names and seat == "on_stage":
                    await ada.do("remove_from_stage", person=person)
            seen.forget()
            for name in names:
                await seen.sounds(people[name], virtual.tone)
            others = [people[name] for name in people if name not in names]
            assert not any(has_tone(seen.heard(other), virtual.tone) for other in others)

        await only("Robin", "Wren")
        await only("Jay")
        await only("Jay", "Wren")
        await only("Robin")
        await only("Robin", "Wren", "Jay")


async def test_silence_another_microphone_and_release_by_orders(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """``--mute silence`` keeps the microphone on stage; another is chosen there by its name."""
    links = server.create_room(mode="invite")["links"]
    async with Moderator(links["moderator"]) as ada, Viewer(links["attendee"]) as seen:
        client = await program(
            "join", links["attendee"], "--name", "Robin", "--mic", "studio", "--mute", "silence",
            "--control", devices=virtual, orders=True,
        )  # fmt: skip
        await client.says("entered")

        async def order(**fields: object) -> None:
            await client.order(**fields)
            await client.says("done", do=fields["do"])

        robin = await ada.sees("Robin")
        await ada.do("invite", person=robin["id"])
        await client.says("offered")
        assert virtual.recording() == 0
        await order(do="go_up", devices=["microphone"])
        await seen.sounds(robin["id"], virtual.tone)
        await order(do="mute")
        await ada.sees("Robin", seat="on_stage", microphone=False)
        assert virtual.recording() == 1
        await order(do="unmute")
        await seen.sounds(robin["id"], virtual.tone)
        await order(do="choose", device="microphone", name="headset")
        await seen.until(
            lambda: not has_tone(seen.heard(robin["id"]), virtual.tone), "the other microphone"
        )
        assert not has_tone(await seen.listens(robin["id"]), virtual.tone)
        assert virtual.recording() == 1
        await order(do="choose", device="microphone", name="studio")
        await seen.sounds(robin["id"], virtual.tone)
        await ada.do("remove_from_stage", person=robin["id"])
        await client.says("removed_from_stage")
        await becomes(lambda: virtual.recording() == 0, "the microphone's release")
        await client.order(do="quit")
        assert await client.ends() == (0, "")
