"""The embedded engine as the server sees it: a child process that is started again if it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import sys
from collections.abc import Sequence

from stagedoor.media.interface import Grant, Listener, MediaError, Tile

from . import control

CALL = 5.0
START = 20.0
BACK_OFF = (0.0, 0.2, 1.0, 3.0)

log = logging.getLogger("stagedoor.media")


class EngineError(MediaError):
    """The engine cannot be started; the message is a sentence for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__("media_down", sentence)


class EmbeddedEngine:
    """A MediaEngine in a process of its own, on one UDP port; 0 lets the system choose.

    ``announced``: the IPv4 addresses to put into candidates, by default the machine's own.
    """

    def __init__(self, port: int, bind: str = "0.0.0.0", announced: Sequence[str] = ()) -> None:
        self.port = port
        self._bind = bind
        self._announced = tuple(announced)
        self._listener: Listener | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[control.Done]] = {}
        self._up = False
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The engine's process, while there is one."""
        return self._process.pid if self._process is not None else None

    async def start(self, listener: Listener) -> None:
        """See MediaEngine.start. Raises EngineError."""
        self._listener = listener
        await self._spawn()
        self._watch = asyncio.create_task(self._supervise(), name="media engine")

    async def close(self) -> None:
        """See MediaEngine.close."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        await self._stop()

    async def _spawn(self) -> None:
        arguments = ["-m", "stagedoor.sfu", "--bind", self._bind, "--port", str(self.port)]
        for address in self._announced:
            arguments += ["--announce", address]
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, *arguments, stdin=pipe, stdout=pipe
        )
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(START):
                first = await control.read_told(self._process.stdout)
        except TimeoutError:
            first = None
        match first:
            case control.Ready(port=port):
                self.port, self._up = port, True
            case control.Failed(sentence=sentence):
                await self._stop()
                raise EngineError(sentence)
            case _:
                await self._stop()
                raise EngineError("The media engine did not start.")

    async def _stop(self) -> None:
        """End the process, by closing its input or, if that is not enough, by force."""
        self._up = False
        process, self._process = self._process, None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(_down())
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
            log.warning("the media engine is gone; starting it again")
            await self._stop()
            for attempt in itertools.count():
                await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
                try:
                    await self._spawn()
                except (EngineError, OSError) as error:
                    log.error("the media engine: %s", error)
                else:
                    break
            if self._listener is not None:
                self._listener.restarted()

    async def _listen(self) -> None:
        process, listener = self._process, self._listener
        assert process is not None
        assert process.stdout is not None
        assert listener is not None
        while (told := await control.read_told(process.stdout)) is not None:
            match told:
                case control.Done():
                    waiting = self._waiting.pop(told.id, None)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(told)
                case control.OfferNeeded():
                    listener.offer_needed(told.room, told.person, told.offer)
                case control.Speaking():
                    listener.speaking(told.room, told.people)
                case control.Publishing():
                    listener.publishing(told.room, told.person, told.connected)
                case control.LayersNeeded():
                    listener.layers_needed(told.room, told.person, told.kind, told.bits)
                case control.Ready() | control.Failed():
                    log.warning("the media engine spoke out of turn")

    async def _call(self, asked: control.Asked) -> control.Done:
        process = self._process
        if not self._up or process is None or process.stdin is None:
            raise _down()
        waiting: asyncio.Future[control.Done] = asyncio.get_running_loop().create_future()
        self._waiting[asked.id] = waiting
        try:
            process.stdin.write(control.frame(asked))
            async with asyncio.timeout(CALL):
                done = await waiting
        except TimeoutError:
            # It hangs, so nobody can say what it forwards: end it, and begin anew.
            log.error("the media engine does not answer; ending it")
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise _down() from None
        except ConnectionError:
            raise _down() from None
        finally:
            self._waiting.pop(asked.id, None)
        if done.code:
            raise MediaError(done.code, done.sentence)
        return done

    async def grant(self, room: str, person: str, grant: Grant | None) -> None:
        """See MediaEngine.grant."""
        await self._call(control.SetGrant(next(self._ids), room, person, grant))

    async def show_backstage(self, room: str, people: Sequence[str]) -> None:
        """See MediaEngine.show_backstage."""
        await self._call(control.ShowBackstage(next(self._ids), room, [*people]))

    async def publish(self, room: str, person: str, offer: str) -> str:
        """See MediaEngine.publish."""
        return (await self._call(control.Publish(next(self._ids), room, person, offer))).sdp

    async def subscribe(self, room: str, person: str) -> None:
        """See MediaEngine.subscribe."""
        await self._call(control.Subscribe(next(self._ids), room, person))

    async def answer(self, room: str, person: str, revision: int, sdp: str) -> None:
        """See MediaEngine.answer."""
        await self._call(control.Answer(next(self._ids), room, person, revision, sdp))

    async def view(self, room: str, person: str, tiles: Sequence[Tile]) -> None:
        """See MediaEngine.view."""
        await self._call(control.ViewTiles(next(self._ids), room, person, [*tiles]))

    async def leave(self, room: str, person: str) -> None:
        """See MediaEngine.leave."""
        await self._call(control.Leave(next(self._ids), room, person))

    async def close_room(self, room: str) -> None:
        """See MediaEngine.close_room."""
        await self._call(control.CloseRoom(next(self._ids), room))

    async def stats(self) -> dict[str, object]:
        """See MediaEngine.stats."""
        return (await self._call(control.Stats(next(self._ids)))).stats


def _down() -> MediaError:
    return MediaError("media_down", "The media engine is starting again; try once more shortly.")
