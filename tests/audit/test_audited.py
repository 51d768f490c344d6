"""A real server and engine, an evening with people who send what they may not, and its audit."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import aiohttp
import pytest

from stagedoor import messages as m
from stagedoor.audit.audit import Audit, audit
from stagedoor.audit.reading import read
from stagedoor.log.chain import Head
from stagedoor.rules import commands as cmd
from stagedoor.rules.talk import commands as talk
from stagedoor.rules.values import Device
from tests.server_process import ServerProcess
from tests.test_disobedience import Person, bring_up

ROOM = "demo"


def media_worker(server: ServerProcess) -> int:
    """The process of the embedded engine."""
    assert server.process is not None
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    (worker,) = (
        int(one)
        for one in children
        if b"stagedoor.sfu" in Path(f"/proc/{one}/cmdline").read_bytes()
    )
    return worker


async def enter(server: ServerProcess, http: aiohttp.ClientSession, name: str) -> Person:
    """Mia moderates."""
    token = server.moderator_link().partition("#token=")[2] if name == "mia" else ""
    person = Person(await http.ws_connect(server.socket_url(), origin=server.url))
    assert isinstance(await person.ask(m.Enter(name, token)), m.Welcome)
    return person


async def heard(server: ServerProcess, people: int) -> Audit:
    """The audit while the server runs, once the record has sound of so many people."""
    async with asyncio.timeout(30):
        while True:
            stored = await asyncio.to_thread(read, server.data / "stagedoor.db", ROOM)
            if len({one.person for one in stored.forwarded if one.kind == "audio"}) >= people:
                return audit(ROOM, stored)
            await asyncio.sleep(0.2)


@pytest.mark.asyncio
async def test_a_real_evening_is_clean(tmp_path: Path) -> None:
    """With an engine that dies in between, and a server that is killed."""
    with ServerProcess(tmp_path / "data") as server:
        async with aiohttp.ClientSession() as http:
            mia, ada, wes, vic = [
                await enter(server, http, n) for n in ("mia", "ada", "wes", "vic")
            ]
            await vic.watch()
            await bring_up(mia, ada, wes)
            await vic.watch(ada, wes)
            chatter = asyncio.create_task(ada.chatter())
            for _ in range(20):
                await vic.hears()
            await mia.do(talk.Say("Thank you, Ada"))
            await mia.do(cmd.TurnOff(ada.id, Device.MICROPHONE))
            await ada.do(cmd.SetDevice(Device.MICROPHONE, True))
            for _ in range(20):
                await vic.hears()
            await mia.do(cmd.RemoveFromStage(ada.id))
            wes.say(700_000)
            while await vic.hears() != 700_000:
                pass
            before = await heard(server, 2)
            os.kill(media_worker(server), signal.SIGKILL)
            await wes.until(m.MediaRestarted)
            assert isinstance(await wes.publish(), m.Published)
            vera = await enter(server, http, "vera")
            await vera.watch(wes)
            wes.say(800_000)
            assert await vera.hears() == 800_000
            chatter.cancel()
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)
    done = audit(ROOM, read(server.data / "stagedoor.db", ROOM), [Head.parse(before.head)])
    for one in (before, done):
        assert one.findings == []
    assert [(one.name, one.up, one.down_by) for one in before.stays] == [
        ("ada", "invited", "mia"),
        ("wes", "invited", ""),
    ]
    assert before.packets >= 41
    assert {one.device for one in done.devices} >= {"microphone", "camera"}
