"""A server whose disk is full or cannot be written: it refuses, goes on, and recovers by itself."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from bench.kills.ledger import Ledger
from bench.kills.person import Moderator, Performer, Person, Watcher
from stagedoor import messages as m
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.commands import Say
from stagedoor_client import parse
from tests.server_process import ServerProcess, free_port
from tests.signalling.conftest import Client

from .test_serve import PATIENCE, enter, serve, token

SMALL = 4096  # bytes; every file of the server is longer


async def hears(watcher: Watcher, packets: int) -> None:
    """Wait until so many more packets have come."""
    goal = watcher.packets + packets
    async with asyncio.timeout(PATIENCE):
        while watcher.packets < goal:  # noqa: ASYNC110 - packets tell nobody
            await asyncio.sleep(0.01)


async def test_on_a_full_disk_all_is_refused_and_the_stage_goes_on(tmp_path: Path) -> None:
    server, ledger = ServerProcess(tmp_path / "data"), Ledger()
    await asyncio.to_thread(server.start)
    room = server.create_room(id="full", mode="request")["links"]
    link = parse(room["attendee"])
    watcher = Watcher(link, "Watcher", ledger)
    people: list[Person] = [watcher, Performer(link, "Performer 0", ledger)]
    people.append(Moderator(parse(room["moderator"]), "Moderator", ledger))
    living = [asyncio.create_task(one.live()) for one in people]
    async with aiohttp.ClientSession() as http:
        host = await enter(http, server, m.Enter("Host", token=token(room["host"])), "full")
        await hears(watcher, 20)
        await host.do(Say("before", key="1"))
        server.limit_files(SMALL)
        for _ in range(2):
            refused = await host.ask(Say("during", key="2"))
            assert (refused.code, "cannot save" in refused.sentence) == (Code.NOT_SAVED, True)
        assert m.Saving(False) in host.heard
        late = Client(await http.ws_connect(server.socket_url("full")))
        assert (await late.ask(m.Enter("Late"))).code is Code.NOT_SAVED
        with pytest.raises(urllib.error.HTTPError, match="503"):
            await asyncio.to_thread(server.create_room)
        await hears(watcher, 50)
        server.limit_files(None)
        assert (await host.until(m.Saving)).works
        number = (await host.do(Say("during", key="2"))).number
        server.kill()
        await asyncio.to_thread(server.start)
        back = await enter(http, server, m.Enter("Host", token=token(room["host"])), "full")
        assert back.welcome is not None
        said = {one.number: one.text for one in back.welcome.view.talk.entries}
        assert list(said.values()) == ["before", "during"]
        assert number in said
    for one in living:
        one.cancel()
    await asyncio.gather(*living, return_exceptions=True)
    assert "Traceback" not in server.stderr()
    await asyncio.to_thread(server.stop)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A data folder that was used, on a file system that can only be read, where one may do so."""
    folder = tmp_path / "data"
    with ServerProcess(folder):
        pass
    mount = ["mount", "--bind", "-o", "ro", str(folder), str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_folder_that_can_only_be_read_is_one_clear_sentence(read_only: Path) -> None:
    done = serve("--host", "127.0.0.1", "--port", str(free_port()), "--data", str(read_only))
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert "stagedoor.db cannot be written: Read-only file system." in line
