"""``join``: in a room without a window, as the command line says."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from .capture import Capture
from .control import Control, read_lines
from .devices import Device, choose
from .hardware import Hardware, Machine
from .lines import Line
from .link import parse
from .news import reactions
from .options import Options
from .recorder import Recorder
from .room import Room
from .sinks import Loudspeaker, Sinks
from .subscriber import Sink

Say = Callable[[Line], None]


async def join(arguments: argparse.Namespace) -> None:
    """Enter, and stay until the room ends, or one is told to go.

    Raises LinkError, RefusedError, DeviceError, ConnectionLostError, RecordingError, and
    BrokenPipeError when nobody reads the lines any more.
    """
    link = parse(arguments.link)
    hardware = Machine()
    capture = _capture(arguments, hardware)
    speaker = _found(hardware.speakers, arguments.speaker, "speaker")

    def say(line: Line) -> None:
        print(line.json() if arguments.json else line.sentence, flush=True)

    _leave_on_signals()
    recorder = Recorder(arguments.record) if arguments.record is not None else None
    try:
        async with _playing(hardware, speaker, say) as loudspeaker:
            sinks: list[Sink] = [sink for sink in (recorder, loudspeaker) if sink is not None]
            options = Options(
                arguments.name,
                arguments.ask,
                arguments.accept,
                capture,
                Sinks(sinks) if sinks else None,
                on_line=say,
                on_reactions=lambda counts: say(reactions(counts)),
                hardware=hardware,
            )
            async with Room(link, options) as room:
                if recorder is None:
                    room.show(frozenset(), frozenset())  # nobody looks at pictures
                jobs = [room.ended(), _unread(sys.stdout.fileno())]
                if recorder is not None:
                    jobs.append(recorder.run())
                if arguments.control:
                    jobs.append(Control(room, say).run(read_lines(sys.stdin.fileno())))
                await _first(jobs)
                left = not room.over
            if left:
                say(Line("left", "left the room"))
    except asyncio.CancelledError:
        say(Line("left", "left the room"))
    finally:
        if recorder is not None:
            await recorder.close()


def _leave_on_signals() -> None:
    """SIGINT and SIGTERM cancel what runs now."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(stop, task.cancel)


async def _unread(output: int) -> None:
    """Wait until nobody reads a pipe any more, also while nothing is written to it.

    Raises BrokenPipeError then; whatever is not a pipe is waited for without end.
    """
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    watched = stat.S_ISFIFO(os.fstat(output).st_mode)
    try:
        # The end for writing becomes readable, with an error, when that for reading is closed.
        if watched:
            loop.add_reader(output, gone.set)
    except NotImplementedError:  # on Windows
        watched = False
    try:
        await gone.wait()
        raise BrokenPipeError
    finally:
        if watched:
            loop.remove_reader(output)


async def _first(jobs: list[Coroutine[Any, Any, None]]) -> None:
    """Run all until one has ended. Raises what that one raises."""
    waiting = [asyncio.create_task(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


@asynccontextmanager
async def _playing(
    hardware: Hardware, speaker: Device | None, say: Say
) -> AsyncIterator[Loudspeaker | None]:
    """The speaker, open, if one was chosen. Raises DeviceError."""
    if speaker is None:
        yield None
        return
    loudspeaker = Loudspeaker(
        hardware,
        speaker,
        lambda error: say(Line("device_failed", str(error), {"device": "speaker"})),
    )
    try:
        await loudspeaker.open()
        yield loudspeaker
    finally:
        await loudspeaker.close()


def _capture(arguments: argparse.Namespace, hardware: Hardware) -> Capture:
    """The devices meant. Raises DeviceError."""
    return Capture(
        _found(hardware.cameras, arguments.camera, "camera"),
        _found(hardware.microphones, arguments.mic, "microphone"),
        _found(hardware.screens, arguments.screen, "screen"),
        arguments.width,
        arguments.height,
        arguments.fps,
        arguments.mute,
        arguments.layers,
    )


def _found(listing: Callable[[], list[Device]], wanted: str | None, kind: str) -> Device | None:
    return choose(listing(), wanted, kind) if wanted is not None else None
