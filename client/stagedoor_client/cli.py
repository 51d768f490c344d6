"""The client without a window.

    python -m stagedoor_client devices
    python -m stagedoor_client join LINK --name NAME --camera 0 --mic studio --ask --accept

Exit codes: 0 the room ended or one left it, 2 the command line is wrong, 3 the server refused,
4 a device is missing or busy, 5 the server cannot be reached, 6 the recording cannot be written.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from . import devices
from .connection import ConnectionLostError, EndedError, RefusedError
from .devices import Device, DeviceError
from .lines import Line
from .link import LinkError, parse

USAGE, REFUSED, DEVICE, UNREACHABLE, RECORDING = 2, 3, 4, 5, 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "devices":
            _print_devices(options.json)
            return 0
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_join(options))
    except LinkError as error:
        return _fail(USAGE, error)
    except (RefusedError, EndedError) as error:
        return _fail(REFUSED, error)
    except DeviceError as error:
        return _fail(DEVICE, error)
    except ConnectionLostError as error:
        return _fail(UNREACHABLE, error)
    except _recording_error() as error:
        return _fail(RECORDING, error)
    return 0


def _recording_error() -> type[Exception]:
    from .recorder import RecordingError

    return RecordingError


def _fail(code: int, error: Exception) -> int:
    print(f"stagedoor-client: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="stagedoor-client", description=__doc__, formatter_class=formatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
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
    join.add_argument("--width", type=int, default=640)
    join.add_argument("--height", type=int, default=480)
    join.add_argument("--fps", type=int, default=30)
    return parser


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
    from .publisher import Capture
    from .recorder import Recorder
    from .room import Options, Room

    link = parse(options.link)
    capture = Capture(
        camera=devices.choose(devices.cameras(), options.camera, "camera")
        if options.camera is not None
        else None,
        microphone=devices.choose(devices.microphones(), options.mic, "microphone")
        if options.mic is not None
        else None,
        width=options.width,
        height=options.height,
        fps=options.fps,
    )

    def say(line: Line) -> None:
        print(line.json() if options.json else line.sentence, flush=True)

    recorder = Recorder(options.record) if options.record is not None else None
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(stop, task.cancel)
    try:
        if recorder is not None:
            recorder.start()
        wishes = Options(options.name, options.ask, options.accept, capture, recorder, say)
        async with Room(link, wishes) as room:
            await room.ended()
    except asyncio.CancelledError:
        say(Line("left", "left the room"))
    finally:
        if recorder is not None:
            await recorder.close()
