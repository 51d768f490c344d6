"""The command line: listing, choosing, and every way to fail before or at the door."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import sys
from pathlib import Path

import pytest

from stagedoor_client import cli, lines
from stagedoor_client.cli import main
from stagedoor_client.control import Control
from tests.server_process import ServerProcess, free_port

from .conftest import Start
from .people import PATIENCE, Moderator
from .virtual import VirtualDevices


@pytest.mark.devices
async def test_devices_are_listed_by_index_and_name(
    virtual: VirtualDevices, program: Start
) -> None:
    listing = await program("devices", devices=virtual)
    code, errors = await listing.ends()
    assert (code, errors) == (0, "")
    found = listing.lines[0]
    assert found["cameras"] == [{"index": 0, "name": "Lecture_Camera"}]
    assert {"studio_mic", "headset_mic"} <= {one["name"] for one in found["microphones"]}
    assert found["speakers"]
    assert virtual.recording() == 0


@pytest.mark.devices
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--mic", "piano"), "There is no microphone “piano”. There are: 0 studio_mic"),
        (("--mic", "_mic"), "“_mic” fits several microphones: 0 studio_mic, 1 headset_mic"),
        (("--camera", "7"), "There is no camera “7”. There are: 0 Lecture_Camera."),
    ],
)
async def test_a_device_not_there_or_ambiguous_is_a_sentence_and_code_4(
    arguments: tuple[str, ...],
    sentence: str,
    server: ServerProcess,
    virtual: VirtualDevices,
    program: Start,
) -> None:
    links = server.create_room()["links"]
    client = await program(
        "join", links["attendee"], "--name", "Robin", *arguments, devices=virtual
    )
    code, errors = await client.ends()
    assert code == 4
    assert errors.startswith(f"stagedoor-client: {sentence}")
    assert errors.count("\n") == 1


@pytest.mark.devices
async def test_a_camera_that_is_busy_declines_the_offer_with_code_4(
    server: ServerProcess, virtual: VirtualDevices, program: Start
) -> None:
    """Rule 3: who cannot come as chosen says no, rather than holding the seat."""
    links = server.create_room(mode="invite")["links"]
    async with Moderator(links["moderator"]) as ada:
        client = await program(
            "join", links["attendee"], "--name", "Robin", "--camera", "lecture", "--accept",
            devices=virtual,
        )  # fmt: skip
        await client.says("entered")
        robin = await ada.sees("Robin")
        virtual.unplug()  # listed at the start, and gone when it is needed
        await ada.do("invite", person=robin["id"])
        await ada.sees("Robin", seat="viewer", offer=False)
        code, errors = await client.ends()
    virtual.plug()
    assert code == 4
    assert "The camera Lecture_Camera cannot be opened; it may be in use elsewhere." in errors


def test_the_documentation_has_every_option_every_code_and_every_order() -> None:
    text = (Path(__file__).parents[2] / "docs" / "client.md").read_text()
    source = inspect.getsource(Control)
    orders = re.findall(r'"([a-z_]+)"', " ".join(re.findall(r"case (.*):", source)))
    options = re.findall(r'join.add_argument\(\s*"(--[a-z]+)"', inspect.getsource(cli))
    assert len(orders) > 16
    assert len(options) > 12
    failing = (cli.USAGE, cli.REFUSED, cli.DEVICE, cli.UNREACHABLE, cli.RECORDING, cli.WINDOW)
    codes = [f"| {code} |" for code in (0, *failing)]
    for word in (*orders, *options, *codes, *lines._HAPPENINGS):
        assert word in text, word


async def test_without_qt_the_window_is_a_sentence_and_code_7(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("stagedoor_client.window")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "PySide6", None)
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    for words in ([], ["stagedoor://example.org/r/hall"], ["window"]):
        assert main(words) == 7
        errors = capsys.readouterr().err
        assert errors.startswith("stagedoor-client: the window cannot be opened: ")
        assert errors.count("\n") == 1


async def test_a_bad_token_is_refused_with_code_3(server: ServerProcess, program: Start) -> None:
    links = server.create_room()["links"]
    client = await program("join", f"{links['attendee'].split('#')[0]}#token=x", "--name", "Robin")
    code, errors = await client.ends()
    assert code == 3
    assert errors.startswith("stagedoor-client: ")
    assert "Traceback" not in errors


async def test_a_room_that_is_not_there_is_refused_with_code_3(
    server: ServerProcess, program: Start
) -> None:
    client = await program("join", f"{server.url}/r/nowhere", "--name", "Robin")
    assert await client.ends() == (3, "stagedoor-client: There is no such room.\n")


async def test_a_server_that_is_not_there_is_code_5(program: Start) -> None:
    client = await program("join", f"http://127.0.0.1:{free_port()}/r/demo", "--name", "Robin")
    code, errors = await client.ends()
    assert code == 5
    assert errors.startswith("stagedoor-client: The server cannot be reached: ")
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("join", "http://localhost/elsewhere", "--name", "Robin"),
        ("join", "http://localhost/r/demo"),
        ("join", "http://localhost/r/demo", "--name", "Robin", "--width", "0"),
        ("dance",),
    ],
)
async def test_a_wrong_command_line_is_code_2(arguments: tuple[str, ...], program: Start) -> None:
    client = await program(*arguments)
    code, errors = await client.ends()
    assert code == 2
    assert "Traceback" not in errors


async def test_a_recording_that_cannot_be_written_is_code_6(
    server: ServerProcess, program: Start
) -> None:
    link = server.create_room()["links"]["attendee"]
    for file in ("/nonexistent/stage.mkv", "stage.txt"):
        client = await program("join", link, "--name", "Robin", "--record", file)
        code, errors = await client.ends()
        assert code == 6
        assert file in errors
        assert "Traceback" not in errors


async def test_the_end_of_the_room_is_the_end_of_the_program(
    server: ServerProcess, program: Start
) -> None:
    """Rule 17: the host ends the room; code 0."""
    links = server.create_room()["links"]
    client = await program("join", links["attendee"], "--name", "Robin")
    await client.says("entered")
    async with Moderator(links["host"], "Hope") as hope:
        await hope.do("end_room")
    assert await client.ends() == (0, "")
    assert json.dumps(client.lines[-1]) == json.dumps(
        {"state": "room_ended", "sentence": "the room has ended", "by": "Hope"}
    )


async def test_plain_lines_for_people(server: ServerProcess, program: Start) -> None:
    """Without ``--json`` each state is its sentence alone."""
    links = server.create_room(name="Assembly")["links"]
    client = await program("join", links["attendee"], "--name", "Robin", "--ask", plain=True)
    assert client.process.stdout is not None
    assert await client.process.stdout.readline() == b"entered Assembly as viewer\n"
    assert await client.process.stdout.readline() == b"asked to join the stage\n"
    async with Moderator(links["moderator"]) as ada:
        robin = await ada.sees("Robin", seat="requested")
        await ada.do("approve", person=robin["id"])
        line = await client.process.stdout.readline()
        assert line == b"offered a seat by Ada, 60 s to answer\n"


@pytest.mark.parametrize("read", [0, 1])
async def test_a_reader_of_the_lines_who_goes_away_ends_the_program(
    server: ServerProcess, read: int
) -> None:
    """As in ``… join … | head -n 1``, also when nothing more is said: without a traceback."""
    link = server.create_room()["links"]["attendee"]
    reading, writing = os.pipe()
    client = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stagedoor_client", "join", link, "--name", "Robin",
        stdout=writing, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    os.close(writing)
    try:
        async with asyncio.timeout(PATIENCE):
            with os.fdopen(reading) as output:
                for _ in range(read):
                    line = await asyncio.to_thread(output.readline)
                    assert line == "entered A room as viewer\n"
            _, errors = await client.communicate()
    finally:
        if client.returncode is None:
            client.kill()
            await client.wait()
    assert (errors, client.returncode) == (b"", 0)
