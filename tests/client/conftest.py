"""A real server, virtual devices, the client as a process, and people who look on."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import pytest_asyncio

from stagedoor_client import Options, Room
from stagedoor_client.link import parse
from stagedoor_client.view import find
from tests.server_process import ServerProcess

from .virtual import PACKAGES, VirtualDevices, missing

PATIENCE = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess() as process:
        yield process


@pytest.fixture(scope="session")
def devices() -> Iterator[VirtualDevices]:
    if missing():
        pytest.skip(f"{', '.join(missing())} missing; apt-get install {PACKAGES}")
    virtual = VirtualDevices()
    try:
        virtual.start()
        yield virtual
    finally:
        virtual.stop()


class Ears:
    """A Sink that keeps what was decoded, and lets a test wait for it."""

    def __init__(self) -> None:
        self.pictures: asyncio.Queue[bytes] = asyncio.Queue()
        self.sounds: asyncio.Queue[np.ndarray[Any, Any]] = asyncio.Queue()

    def video(self, person: str, frame: av.VideoFrame) -> None:
        self.pictures.put_nowait(frame.to_ndarray(format="gray")[::8, ::8].tobytes())

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels))[:, 0]
        self.sounds.put_nowait(samples.astype(np.float64))

    def forget(self) -> None:
        """Drop what has come so far."""
        while not self.pictures.empty():
            self.pictures.get_nowait()
        while not self.sounds.empty():
            self.sounds.get_nowait()

    async def sees(self, frames: int = 20) -> bool:
        """Whether the next pictures are not all the same."""
        async with asyncio.timeout(PATIENCE):
            seen = {await self.pictures.get() for _ in range(frames)}
        return len(seen) > frames // 2

    async def hears(self) -> tuple[float, float]:
        """Frequency in hertz and level (root mean square, of 32768) of the next second of sound."""
        async with asyncio.timeout(PATIENCE):
            for _ in range(50):
                await self.sounds.get()
            sound = np.concatenate([await self.sounds.get() for _ in range(50)])
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        frequency = float(np.argmax(spectrum) * 48000 / len(sound))
        return frequency, float(np.sqrt(np.mean(sound**2)))


class Onlooker:
    """Somebody else in the room: a Room, with waiting for what one sees."""

    def __init__(self, link: str, name: str, *, watch: bool = False) -> None:
        self.ears = Ears()
        self.room = Room(parse(link), Options(name, sink=self.ears if watch else None))

    async def until(self, condition: Callable[[Room], Any]) -> Any:
        """Wait until the view is so; what the condition found."""
        async with asyncio.timeout(PATIENCE):
            return await self.room.until(condition)

    async def person(self, name: str, seat: str, **devices: bool) -> str:
        """Wait until a person of that name has that seat (and devices); the person's id."""

        def found(room: Room) -> str | None:
            for one in room.view.people if room.view else ():
                same = all(getattr(one, device) is on for device, on in devices.items())
                if one.name == name and one.seat == seat and not one.away and same:
                    return one.id
            return None

        return str(await self.until(found))


Enter = Callable[..., Any]


@pytest_asyncio.fixture
async def enter() -> AsyncIterator[Enter]:
    """Enter a room as an onlooker; left when the test is over."""
    inside: list[Room] = []

    async def entering(link: str, name: str, *, watch: bool = False) -> Onlooker:
        onlooker = Onlooker(link, name, watch=watch)
        await onlooker.room.__aenter__()
        inside.append(onlooker.room)
        return onlooker

    yield entering
    for room in inside:
        await room.close()


class ClientProcess:
    """``stagedoor_client join … --json`` as a process; its lines can be waited for."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._command, self._environment = command, environment
        self.lines: list[dict[str, Any]] = []

    async def start(self) -> None:
        pipe = subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            *self._command, stdout=pipe, stderr=pipe, env=self._environment
        )

    async def until(self, state: str, **fields: Any) -> dict[str, Any]:
        """Read lines up to one of this state, with these fields."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while raw := await self.process.stdout.readline():
                line = json.loads(raw)
                self.lines.append(line)
                if line["state"] == state and fields.items() <= line.items():
                    return dict(line)
        assert self.process.stderr is not None
        errors = (await self.process.stderr.read()).decode()
        raise AssertionError(f"ended without “{state}”: {self.lines} {errors}")

    async def stop(self) -> int:
        """Ask it to end; its exit code."""
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(PATIENCE):
            await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode


Launch = Callable[..., Any]


@pytest_asyncio.fixture
async def launch(devices: VirtualDevices) -> AsyncIterator[Launch]:
    """Start a client that sees the virtual devices; ended when the test is over."""
    running: list[ClientProcess] = []

    async def launching(*arguments: str) -> ClientProcess:
        client = ClientProcess(devices.client("join", *arguments, "--json"), devices.environment)
        await client.start()
        running.append(client)
        return client

    yield launching
    for client in running:
        await client.stop()


def engine_pid(server: ServerProcess) -> int:
    """The media engine's process: the server's only child."""
    assert server.process is not None
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert len(children) == 1
    return int(children[0])


__all__ = ["ClientProcess", "Onlooker", "engine_pid", "find"]
