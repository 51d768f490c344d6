"""The engine's own account of whose packets it sent on, when and under which grant."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest_asyncio

from stagedoor.media.interface import Forwarded, Grant
from stagedoor.sfu.workers.supervisor import EmbeddedEngine

from .conftest import Told
from .light import Light, light_publisher, rtp

ALL = Grant(forward=True, microphone=True, camera=True)
HEARD = Grant(forward=True, microphone=True)


@pytest_asyncio.fixture
async def engine(told: Told) -> AsyncIterator[EmbeddedEngine]:
    """Two workers, the second of which has every viewer but the first."""
    engine = EmbeddedEngine(port=0, workers=2, full=1)
    await engine.start(told)
    yield engine
    await engine.close()


class Account:
    """All that the engine has told, by its latest word."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.periods: dict[tuple[str, str, int, int], Forwarded] = {}

    async def until(self, person: str, worker: int, packets: int) -> Forwarded:
        """Of a person's sound, the newest period at a worker once it has so many packets."""
        async with asyncio.timeout(20):
            while True:
                found = [
                    one
                    for one in self.periods.values()
                    if (one.person, one.kind, one.worker) == (person, "audio", worker)
                ]
                newest = max(found, key=lambda one: one.first, default=None)
                if newest is not None and newest.packets >= packets:
                    return newest
                for one in await self.told.periods.get():
                    self.periods[one.person, one.kind, one.worker, one.first] = one


async def test_each_worker_tells_what_it_sent_under_each_grant(
    engine: EmbeddedEngine, told: Told
) -> None:
    begin = int(time.monotonic() * 1000)
    await engine.grant("room", "ada", ALL)
    viewers = [await Light(engine, told, name).open() for name in ("home", "away", "far")]
    ada = await light_publisher(engine, "ada")
    account = Account(told)
    for number in range(10):
        ada.send_rtp(rtp(number))
        for viewer in viewers:
            await viewer.next()
    muted_at = int(time.monotonic() * 1000)
    await engine.grant("room", "ada", Grant(forward=True, camera=True))
    home, away = await account.until("ada", 0, 10), await account.until("ada", 1, 20)
    assert (home.packets, away.packets) == (10, 20), "one viewer here, two there"
    for one in (home, away):
        assert begin <= one.first <= one.last <= muted_at + 1
    for number in range(10, 30):
        ada.send_rtp(rtp(number))  # refused
    await engine.grant("room", "ada", HEARD)
    ada.send_rtp(rtp(100))
    for viewer in viewers:
        assert (await viewer.next())[12:] == b"000100"
    account.periods.clear()
    later = await account.until("ada", 1, 2)
    assert later.first > muted_at
    assert later.packets == 2
    await engine.grant("room", "ada", None)
    assert {one.person for one in account.periods.values()} == {"ada"}
    assert not any(one.kind != "audio" for one in account.periods.values())


async def test_what_goes_backstage_is_told_apart(engine: EmbeddedEngine, told: Told) -> None:
    await engine.show_backstage("room", ["mia"])
    await engine.grant("room", "ada", Grant(forward=True, microphone=True, backstage=True))
    mia = await Light(engine, told, "mia").open()
    ada = await light_publisher(engine, "ada")
    account = Account(told)
    for number, backstage in ((1, True), (2, False)):
        grant = Grant(forward=True, microphone=True, backstage=backstage)
        await engine.grant("room", "ada", grant)
        ada.send_rtp(rtp(number))
        await mia.next()
        await engine.grant("room", "ada", Grant(forward=True, backstage=backstage))
        newest = await account.until("ada", 0, 1)
        account.periods.clear()
        assert newest.backstage == backstage


async def test_a_worker_that_died_goes_on_with_another_account(
    engine: EmbeddedEngine, told: Told
) -> None:
    firsts = []
    for _ in range(2):
        await engine.grant("room", "ada", ALL)
        viewer = await Light(engine, told, "home").open()
        ada = await light_publisher(engine, "ada")
        ada.send_rtp(rtp(1))
        await viewer.next()
        firsts.append((await Account(told).until("ada", 0, 1)).first)
        pid = engine.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        async with asyncio.timeout(20):
            await told.restarts.get()
    assert firsts[0] < firsts[1]
