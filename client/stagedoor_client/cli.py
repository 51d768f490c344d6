"""The client: its window, or without one.

    python -m stagedoor_client [LINK]
    python -m stagedoor_client devices
    python -m stagedoor_client join LINK --name NAME --camera 0 --mic studio --ask --accept

Exit codes: 0 the room ended or one left it, 2 the command line is wrong, 3 the server refused,
4 a device is missing or busy, 5 the server cannot be reached, 6 the recording cannot be written,
7 the window cannot be opened.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from .devices import Device
from .errors import (
    ConnectionLostError,
    DeviceError,
    LinkError,
    RecordingError,
    RefusedError,
    UntrustedError,
)
from .hardware import Machine
from .link import read_fingerprint, trusting

USAGE, REFUSED, DEVICE, UNREACHABLE, RECORDING, WINDOW = 2, 3, 4, 5, 6, 7


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code. Without a command the window opens."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("window", "--name", "--lang", "--settings") or "://" in words[0]:
        return _open_window([word for word in words if word != "window"])
    options = _parser().parse_args(words)
    try:
        if options.command == "devices":
            _print_devices(options.json)
            return 0
        if options.command == "install-desktop-entry":
            return _install()
        # Here, so that listing devices and --help need neither OpenCV nor aiortc.
        from .headless import join

        if options.fingerprint:
            options.link = trusting(options.link, options.fingerprint)
        with contextlib.suppress(KeyboardInterrupt):
            try:
                asyncio.run(join(options))
            except UntrustedError as error:
                options.link = trusting(options.link, _asked(error, options))
                asyncio.run(join(options))
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


def _asked(error: UntrustedError, options: argparse.Namespace) -> str:
    """The fingerprint, if a person at the terminal vouches for it. Raises the error."""
    if options.control or options.json or not sys.stdin.isatty():
        raise UntrustedError(
            "{reason} To trust it, start again with --fingerprint {fingerprint}",
            reason=str(error),
            fingerprint=error.fingerprint,
        )
    print(f"stagedoor-client: {error}", file=sys.stderr)
    print("Type “yes” to trust it this time: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() != "yes":
        raise error
    return error.fingerprint


def _open_window(words: list[str]) -> int:
    try:
        from .window.app import main as open_window
    except ImportError as error:
        # Of Qt itself, or of a library of the system's that it needs.
        text = f"the window cannot be opened: {error}. pip install 'stagedoor[client]' brings Qt."
        return _fail(WINDOW, ImportError(text))
    return open_window(words)


def _install() -> int:
    from .desktop import install

    if sys.platform != "linux":
        return _fail(USAGE, OSError("this is for Linux desktops; docs/packaging.md has the others"))
    try:
        for path in install():
            print(path)
    except OSError as error:
        return _fail(WINDOW, error)
    return 0


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
    entry = "put the program into the desktop's menu, and have it open stagedoor: links (Linux)"
    commands.add_parser("install-desktop-entry", help=entry)
    listing = commands.add_parser("devices", help="list cameras, microphones, speakers and screens")
    listing.add_argument("--json", action="store_true", help="as one JSON object")
    join = commands.add_parser("join", help="enter a room")
    join.add_argument("link", help="http://HOST/r/ROOM, with its #token= where it has one")
    join.add_argument(
        "--fingerprint",
        type=read_fingerprint,
        metavar="SHA256",
        help="of the server's certificate, as it prints it, if nobody else vouches for it",
    )
    join.add_argument("--name", required=True, help="how others see you")
    join.add_argument("--camera", help="a camera's index or a part of its name")
    join.add_argument("--mic", help="a microphone's index or a part of its name")
    join.add_argument("--screen", help="a screen's index or a part of its name, to be shared")
    join.add_argument("--speaker", help="play the stage on this; index or a part of its name")
    join.add_argument(
        "--mute",
        choices=("release", "silence"),
        default="release",
        help="what a microphone that is off on stage does: close, or stay open and send silence",
    )
    join.add_argument("--ask", action="store_true", help="ask to join the stage")
    join.add_argument("--accept", action="store_true", help="take any offer of a seat")
    join.add_argument("--json", action="store_true", help="each state as a JSON object a line")
    join.add_argument("--control", action="store_true", help="take orders on stdin; docs/client.md")
    join.add_argument("--record", type=Path, metavar="FILE", help="write the stage to a file")
    join.add_argument("--width", type=_positive, default=640, help="of the camera, in pixels")
    join.add_argument("--height", type=_positive, default=480, help="of the camera, in pixels")
    join.add_argument("--fps", type=_positive, default=30, help="pictures a second")
    join.add_argument(
        "--layers",
        type=int,
        choices=(1, 2),
        help="sizes in which the camera is sent; two for one of 480 lines on a machine of 4 cores",
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _print_devices(as_json: bool) -> None:
    hardware = Machine()
    kinds: dict[str, Callable[[], list[Device]]] = {
        "cameras": hardware.cameras,
        "microphones": hardware.microphones,
        "speakers": hardware.speakers,
        "screens": hardware.screens,
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
