"""The client: its window, or without one.

    python -m stagedoor_client [LINK]
    python -m stagedoor_client devices
    python -m stagedoor_client join LINK --name NAME --camera 0 --mic studio --ask --accept

Exit codes: 0 the room ended or one left it, 2 the command line is wrong, 3 the server refused,
4 a device is missing or busy, 5 the server cannot be reached, 6 the recording cannot be written.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from . import devices
from .devices import Device
from .errors import ConnectionLostError, DeviceError, LinkError, RecordingError, RefusedError
from .lines import Line
from .link import Link, parse

if TYPE_CHECKING:
    from .capture import Capture
    from .recorder import Recorder
    from .room import Options

USAGE, REFUSED, DEVICE, UNREACHABLE, RECORDING = 2, 3, 4, 5, 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code. Without a command the window opens."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] == "window" or "://" in words[0]:
        return _open_window([word for word in words if word != "window"])
    options = _parser().parse_args(words)
    try:
        if options.command == "devices":
            _print_devices(options.json)
            return 0
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_join(options))
    except LinkError as error:
        return _fail(USAGE, error)
    except RefusedError as error:
        return _fail(REFUSED, error)
    except DeviceError as error:
        return _fail(DEVICE, error)
    except ConnectionLostError as error:
        return _fail(UNREACHABLE, error)
    except RecordingError as error:
        return _fail(RECORDING, error)
    except BrokenPipeError:
        # Whoever read our lines has gone; there is nobody to tell, not even at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _open_window(words: list[str]) -> int:
    try:
        from .window.app import main as open_window
    except ImportError as error:
        # Of Qt itself, or of a library of the system's that it needs.
        text = f"the window cannot be opened: {error}. pip install 'stagedoor[client]' brings Qt."
        return _fail(USAGE, ImportError(text))
    return open_window(words)


def _fail(code: int, error: Exception) -> int:
    print(f"stagedoor-client: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="stagedoor-client", description=__doc__, formatter_class=formatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    window = "open the window, which is what happens without a command"
    commands.add_parser("window", help=window, add_help=False)
    listing = commands.add_parser("devices", help="list cameras, microphones and speakers")
    listing.add_argument("--json", action="store_true", help="as one JSON object")
    join = commands.add_parser("join", help="enter a room")
    join.add_argument("link", help="http://HOST/r/ROOM, with its #token= where it has one")
    join.add_argument("--name", required=True, help="how others see you")
    join.add_argument("--camera", help="a camera's index or a part of its name")
    join.add_argument("--mic", help="a microphone's index or a part of its name")
    join.add_argument("--ask", action="store_true", help="ask to join the stage")
    join.add_argument("--accept", action="store_true", help="take any offer of a seat")
    join.add_argument("--json", action="store_true", help="each state as a JSON object a line")
    join.add_argument("--record", type=Path, metavar="FILE", help="write the stage to a file")
    join.add_argument("--width", type=_positive, default=640, help="of the camera, in pixels")
    join.add_argument("--height", type=_positive, default=480, help="of the camera, in pixels")
    join.add_argument("--fps", type=_positive, default=30, help="pictures a second")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _print_devices(as_json: bool) -> None:
    kinds: dict[str, Callable[[], list[Device]]] = {
        "cameras": devices.cameras,
        "microphones": devices.microphones,
        "speakers": devices.speakers,
    }
    found = {kind: listing() for kind, listing in kinds.items()}
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    for kind, listed in found.items():
        print(f"{kind.capitalize()}:")
        for device in listed:
            print(f"  {device.index}  {device.name}")
        if not listed:
            print("  none")


async def _join(options: argparse.Namespace) -> None:
    # Here, so that listing devices and --help need neither OpenCV nor aiortc.
    from .recorder import Recorder
    from .room import Options

    link = parse(options.link)
    capture = _capture(options)

    def say(line: Line) -> None:
        print(line.json() if options.json else line.sentence, flush=True)

    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(stop, task.cancel)
    recorder = Recorder(options.record) if options.record is not None else None
    try:
        wishes = Options(options.name, options.ask, options.accept, capture, recorder, say)
        await _stay(link, wishes, recorder)
    except asyncio.CancelledError:
        say(Line("left", "left the room"))
    finally:
        if recorder is not None:
            await recorder.close()


async def _stay(link: Link, wishes: Options, recorder: Recorder | None) -> None:
    """In the room until it ends, or the recording fails."""
    from .room import Room

    async with Room(link, wishes) as room:
        waiting = [asyncio.create_task(room.ended())]
        if recorder is not None:
            waiting.append(asyncio.create_task(recorder.run()))
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


def _capture(options: argparse.Namespace) -> Capture:
    """The devices meant. Raises DeviceError."""
    from .capture import Capture

    camera = microphone = None
    if options.camera is not None:
        camera = devices.choose(devices.cameras(), options.camera, "camera")
    if options.mic is not None:
        microphone = devices.choose(devices.microphones(), options.mic, "microphone")
    return Capture(camera, microphone, options.width, options.height, options.fps)
