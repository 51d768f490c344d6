"""A server, virtual devices and programs for the client's tests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
from aiortc import RTCRtpSender

from tests.server_process import ServerProcess

from .people import Program, plain_environment
from .virtual import PACKAGES, VirtualDevices, missing, until

Start = Callable[..., Awaitable[Program]]


async def becomes(condition: Callable[[], bool], what: str) -> None:
    """Wait for another program's state, which tells nobody when it changes."""
    await asyncio.to_thread(until, condition, what)


@pytest.fixture(scope="package")
def server() -> Iterator[ServerProcess]:
    """A server that no test kills."""
    with ServerProcess(demo=False) as running:
        yield running


@pytest.fixture
def mortal() -> Iterator[ServerProcess]:
    """A server that the test may kill."""
    with ServerProcess(demo=False) as running:
        yield running


@pytest.fixture
def senders(monkeypatch: pytest.MonkeyPatch) -> list[RTCRtpSender]:
    """Every sender of RTP that is made."""
    made: list[RTCRtpSender] = []
    real = RTCRtpSender.__init__

    def noting(self: RTCRtpSender, *arguments: Any) -> None:
        real(self, *arguments)
        made.append(self)

    monkeypatch.setattr(RTCRtpSender, "__init__", noting)
    return made


@pytest.fixture(scope="package")
def all_devices() -> Iterator[VirtualDevices]:
    """The virtual devices of all tests: see ``virtual``."""
    if missing():
        pytest.skip(f"{', '.join(missing())} missing; apt-get install {PACKAGES}")
    devices = VirtualDevices()
    try:
        devices.start()
        yield devices
    finally:
        devices.stop()


@pytest.fixture
def virtual(all_devices: VirtualDevices) -> Iterator[VirtualDevices]:
    """Two microphones, a tone in one of them, and a camera; no program uses them yet."""
    yield all_devices
    all_devices.replug()


@pytest.fixture
async def program() -> AsyncIterator[Start]:
    """Starts the client in a process of its own, with virtual devices or none at all."""
    started: list[Program] = []

    async def start(
        *arguments: Any,
        devices: VirtualDevices | None = None,
        plain: bool = False,
        orders: bool = False,
    ) -> Program:
        words = [*map(str, arguments), *([] if plain else ["--json"])]
        if devices is None:
            command = [sys.executable, "-m", "stagedoor_client", *words]
            environment = plain_environment()
        else:
            command, environment = devices.client(*words), devices.environment
        started.append(await Program.start(command, environment, orders=orders))
        return started[-1]

    yield start
    for one in started:
        await one.kill()
