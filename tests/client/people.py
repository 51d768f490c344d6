"""Who takes part in the end-to-end tests: a moderator, a viewer who counts, and the program."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import av
import numpy as np

from stagedoor_client import Options, Room, parse

PATIENCE = 45.0
RATE = 48000
UNDERRUN = "underrun occurred"  # ALSA's own line, where the machine is too busy to play in time


class Moderator:
    """A moderator as a plain WebSocket: nothing of the client is trusted to judge itself."""

    def __init__(self, link: str, name: str = "Ada") -> None:
        self._link = parse(link)
        self._name = name
        self._number = 0
        self._came: asyncio.Queue[str] = asyncio.Queue()
        self.people: dict[str, dict[str, Any]] = {}

    async def __aenter__(self) -> Self:
        self._http = aiohttp.ClientSession()
        self._socket = await self._http.ws_connect(self._link.socket_url)
        self._reading = asyncio.create_task(self._read())
        await self.do("enter", name=self._name, token=self._link.token)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        await self._socket.close()
        await self._http.close()

    async def _read(self) -> None:
        """At all times, as pings are answered by whoever reads."""
        async for frame in self._socket:
            self._came.put_nowait(frame.data)

    async def _next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            message: dict[str, Any] = json.loads(await self._came.get())
        view = message.get("view", message)
        if message["type"] in ("welcome", "update"):
            self.people.update({person["id"]: person for person in view.get("people", [])})
            for gone in message.get("gone", []):
                self.people.pop(gone, None)
        return message

    async def do(self, command: str, **fields: Any) -> None:
        """Send a command and see it done."""
        self._number += 1
        await self._socket.send_json({"type": command, "id": self._number, **fields})
        while True:
            message = await self._next()
            if message.get("id") == self._number:
                assert message["type"] in ("ok", "welcome"), message
                return

    def find(self, name: str) -> dict[str, Any]:
        """A person by name; empty if there is none."""
        return next((person for person in self.people.values() if person["name"] == name), {})

    async def sees(self, name: str, **fields: Any) -> dict[str, Any]:
        """Wait until a person is seen with these fields; False stands for absent ones, too."""
        async with asyncio.timeout(PATIENCE):
            while True:
                person = self.find(name)
                if person and all(person.get(key, False) == value for key, value in fields.items()):
                    return person
                await self._next()


class Counter:
    """A Sink that looks at what was really decoded, by person."""

    def __init__(self) -> None:
        self.changes: dict[str, int] = {}
        self.sizes: dict[str, tuple[int, int]] = {}
        self._last: dict[str, Any] = {}
        self._sound: dict[str, list[Any]] = {}
        self._news = asyncio.Event()

    def video(self, person: str, frame: av.VideoFrame) -> None:
        gray = frame.reformat(width=160, height=120, format="gray").to_ndarray().astype(int)
        last = self._last.get(person)
        if last is not None and np.abs(gray - last).max() > 32:
            self.changes[person] = self.changes.get(person, 0) + 1
        self._last[person] = gray
        self.sizes[person] = (frame.width, frame.height)
        self._news.set()

    def screen(self, person: str, frame: av.VideoFrame) -> None:
        self.video(f"{person} screen", frame)

    def audio(self, person: str, frame: av.AudioFrame) -> None:
        samples = frame.to_ndarray().reshape(-1, len(frame.layout.channels)).mean(axis=1)
        self._sound.setdefault(person, []).append(samples)
        self._news.set()

    def brightness(self, person: str) -> float:
        """The mean of a person's newest picture, from 0 to 255."""
        return float(self._last[person].mean())

    def heard(self, person: str) -> Any:
        """All samples of a person since the last ``forget``."""
        return np.concatenate([np.zeros(0), *self._sound.get(person, [])])

    def forget(self) -> None:
        """Count from here."""
        self.changes.clear()
        self._sound.clear()

    async def until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait, frame by frame, for a condition."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"not seen: {what}; changes {self.changes}") from None

    async def moves(self, person: str, times: int = 20) -> None:
        """Wait for so many pictures of a person that differ from the one before."""
        await self.until(lambda: self.changes.get(person, 0) >= times, f"{times} pictures")

    async def sounds(self, person: str, hertz: float) -> None:
        """Wait until half a second of a person has this tone."""
        await self.until(lambda: has_tone(self.heard(person), hertz), f"a tone of {hertz} Hz")

    async def listens(self, person: str, seconds: float = 1.0) -> Any:
        """So many seconds of a person's sound, from now on."""
        self._sound.pop(person, None)
        wanted = int(seconds * RATE)
        await self.until(lambda: len(self.heard(person)) >= wanted, f"{seconds} s of sound")
        return self.heard(person)


def has_tone(samples: Any, hertz: float) -> bool:
    """Whether the last half second is mostly a tone of this frequency, within 5 Hz."""
    if len(samples) < RATE // 2:
        return False
    part = samples[-RATE // 2 :]
    if np.sqrt((part**2).mean()) < 300:
        return False
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    frequencies = np.fft.rfftfreq(len(part), 1 / RATE)
    near = np.abs(frequencies - hertz) <= 5
    return bool(power[near].sum() > 0.8 * power[frequencies > 20].sum())


class Viewer:
    """Somebody who watches the stage by the client's own Room and counts."""

    def __init__(self, link: str, name: str = "Vera") -> None:
        self.counter = Counter()
        self._room = Room(parse(link), Options(name, sink=self.counter))

    async def __aenter__(self) -> Counter:
        await self._room.__aenter__()
        return self.counter

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._room.__aexit__(kind, error, trace)


class Program:
    """The client as people start it, in a process of its own."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []

    @classmethod
    async def start(
        cls,
        command: list[str],
        environment: dict[str, str],
        folder: Path | None = None,
        orders: bool = False,
    ) -> Self:
        """Start it; with ``orders`` its stdin is ours."""
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=PIPE if orders else DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            cwd=folder,
        )
        return cls(process)

    async def says(self, state: str, **fields: Any) -> dict[str, Any]:
        """Wait for a line of this state with these fields."""
        assert self.process.stdout is not None
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    text = await self.process.stdout.readline()
            except TimeoutError:
                raise AssertionError(f"no {state}: {self.lines}") from None
            if not text:
                assert self.process.stderr is not None
                errors = (await self.process.stderr.read()).decode()
                raise AssertionError(f"ended before {state}: {self.lines} {errors}")
            line: dict[str, Any] = json.loads(text)
            self.lines.append(line)
            if line["state"] == state and all(line.get(k) == v for k, v in fields.items()):
                return line

    async def order(self, **fields: Any) -> None:
        """Tell it what to do."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(fields).encode() + b"\n")
        await self.process.stdin.drain()

    async def ends(self) -> tuple[int, str]:
        """Wait for its end: exit code and what it said on stderr, a late speaker aside."""
        async with asyncio.timeout(PATIENCE):
            output, errors = await self.process.communicate()
        self.lines += [json.loads(text) for text in output.splitlines()]
        assert self.process.returncode is not None
        lines = errors.decode().splitlines(keepends=True)
        return self.process.returncode, "".join(line for line in lines if UNDERRUN not in line)

    async def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Ask it to end, and wait."""
        self.process.send_signal(how)
        return await self.ends()

    async def kill(self) -> None:
        """End it, however far it is, and print all it said, which pytest shows on failure."""
        if self.process.returncode is None:
            self.process.kill()
            output, errors = await self.process.communicate()
            print(*self.lines, output.decode(), errors.decode(), sep="\n")


def plain_environment() -> dict[str, str]:
    """For a program without devices."""
    return dict(os.environ)
