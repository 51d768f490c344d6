"""One of the engine's processes as the server sees it: it is started again if it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import socket
import sys
from collections.abc import Awaitable, Sequence
from typing import Any, Protocol

from stagedoor.media.interface import MediaError

from ..stage.loudest import MOST
from . import control

CALL = 5.0
START = 20.0
BACK_OFF = (0.0, 0.2, 1.0, 3.0)

log = logging.getLogger("stagedoor.media")


class EngineError(MediaError):
    """The engine cannot be started; the message is a sentence for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__("media_down", sentence)


class Listener(Protocol):
    """What a worker tells its owner."""

    def told(self, worker: Worker, told: control.Told) -> None:
        """The engine's process said something by itself."""

    async def renewed(self, worker: Worker) -> None:
        """It died, and there is another process now, which knows nothing."""


class Worker:
    """One engine in a process of its own, on one UDP port; 0 lets the system choose.

    ``tcp``: on this TCP port as well, if it can be had; 0 is the one of the same number.

    ``links``: this end of the socket to each other worker, by the other's ``index``.
    """

    def __init__(
        self,
        index: int,
        port: int,
        bind: str,
        announced: Sequence[str],
        voices: int = MOST,
        codecs: Sequence[str] = (),
        tcp: int | None = None,
    ) -> None:
        self.index = index
        self.port = port
        self._bind = bind
        self._announced = tuple(announced)
        self._voices = voices
        self._codecs = tuple(codecs)
        self._tcp = tcp
        self.links: dict[int, socket.socket] = {}
        self._listener: Listener | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[control.Done]] = {}
        self._watch: asyncio.Task[None] | None = None
        self.up = False

    @property
    def pid(self) -> int | None:
        """The engine's process, while there is one."""
        return self._process.pid if self._process is not None else None

    async def start(self, listener: Listener) -> None:
        """Start the process. Raises EngineError."""
        self._listener = listener
        await self._spawn()
        self._watch = asyncio.create_task(self._supervise(), name=f"media worker {self.index}")

    async def close(self) -> None:
        """End the process, and watch it no more."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await self._stop()

    async def _spawn(self) -> None:
        arguments = ["-m", "stagedoor.sfu", "--bind", self._bind, "--port", str(self.port)]
        arguments += ["--voices", str(self._voices)]
        if self._tcp is not None:
            arguments += ["--tcp", str(self._tcp)]
        for name in self._codecs:
            arguments += ["--codec", name]
        for address in self._announced:
            arguments += ["--announce", address]
        for index, link in self.links.items():
            arguments += ["--link", f"{index}:{link.fileno()}"]
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            stdin=pipe,
            stdout=pipe,
            pass_fds=[link.fileno() for link in self.links.values()],
        )
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(START):
                first = await control.read_told(self._process.stdout)
        except TimeoutError:
            first = None
        match first:
            case control.Ready(port=port):
                self.port, self.up = port, True
            case control.Failed(sentence=sentence):
                await self._stop()
                raise EngineError(sentence)
            case _:
                await self._stop()
                raise EngineError("The media engine did not start.")

    async def _stop(self) -> None:
        """End the process, by closing its input or, if that is not enough, by force."""
        self.up = False
        process, self._process = self._process, None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(down())
        self._waiting.clear()
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(2):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _supervise(self) -> None:
        """Listen to the engine for as long as it lives, then start another."""
        while True:
            await self._listen()
            log.warning("media worker %d is gone; starting it again", self.index)
            await self._stop()
            for attempt in itertools.count():
                await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
                try:
                    await self._spawn()
                except (EngineError, OSError) as error:
                    log.error("media worker %d: %s", self.index, error)
                else:
                    break
            if self._listener is not None:
                await self._listener.renewed(self)

    async def _listen(self) -> None:
        process, listener = self._process, self._listener
        assert process is not None
        assert process.stdout is not None
        assert listener is not None
        while (told := await control.read_told(process.stdout)) is not None:
            if isinstance(told, control.Done):
                waiting = self._waiting.pop(told.id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(told)
            else:
                listener.told(self, told)

    def ask(self, kind: type[control.Asked], *fields: Any) -> Awaitable[control.Done]:
        """Ask for something at once, ahead of whatever is asked later; wait for the answer.

        Raises MediaError, when waited for.
        """
        asked = kind(next(self._ids), *fields)
        waiting: asyncio.Future[control.Done] = asyncio.get_running_loop().create_future()
        process = self._process
        if not self.up or process is None or process.stdin is None:
            waiting.set_exception(down())
        else:
            framed = control.frame(asked)
            self._waiting[asked.id] = waiting
            try:
                process.stdin.write(framed)
            except ConnectionError:
                waiting.set_exception(down())
        return self._answered(asked.id, waiting, process)

    async def _answered(
        self,
        number: int,
        waiting: asyncio.Future[control.Done],
        process: asyncio.subprocess.Process | None,
    ) -> control.Done:
        try:
            async with asyncio.timeout(CALL):
                done = await waiting
        except TimeoutError:
            # It hangs, so nobody can say what it forwards: end it, and begin anew.
            log.error("media worker %d does not answer; ending it", self.index)
            with contextlib.suppress(ProcessLookupError):
                if process is not None:
                    process.kill()
            raise down() from None
        finally:
            self._waiting.pop(number, None)
        if done.code:
            raise MediaError(done.code, done.sentence)
        return done


def down() -> MediaError:
    """What is answered while there is no process."""
    return MediaError("media_down", "The media engine is starting again; try once more shortly.")
