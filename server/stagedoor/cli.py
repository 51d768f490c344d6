"""The command line: ``stagedoor serve``, ``stagedoor room …``, ``stagedoor key``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import re
import sys
from collections.abc import Coroutine, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from . import __version__
from .config import DEFAULT_DATA, DEFAULT_PORT, DataFolder, ServeConfig, StartError
from .operating import Operator
from .rules.event.values import Entry
from .rules.values import Mode, Settings
from .serve import serve
from .signalling.api import LinksWanted, ListedRoom, RoomAndLinks, RoomWanted

T = TypeVar("T")

_DEFAULTS = Settings()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 1 after a sentence on what is wrong."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    try:
        code: int = options.run(options)
    except StartError as error:
        print(f"stagedoor: {error.sentence}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, BrokenPipeError):
        return 1
    return code


# -- the commands


def _serve(options: argparse.Namespace) -> int:
    config = ServeConfig(
        host=options.host,
        port=options.port,
        data=options.data,
        media_port=options.media_port,
        media_workers=options.media_workers,
        announced=tuple(options.announce),
        voices=options.voices,
        codecs=options.more_codecs,
        public_url=options.public_url,
        demo=options.demo,
    )
    _run(serve(config))
    return 0


def _create_room(options: argparse.Namespace) -> int:
    settings = Settings(
        capacity=options.capacity,
        offer_ms=options.offer_seconds * 1000,
        hold_ms=options.hold_seconds * 1000,
        cooldown_ms=options.cooldown_seconds * 1000,
        may_leave_stage=options.may_leave_stage,
        bump_longest_silent=options.bump_longest_silent,
    )
    wanted = RoomWanted(
        name=options.name,
        id=options.id,
        mode=Mode(options.mode),
        settings=settings,
        open_door=not options.closed_door,
        entry=Entry.LOBBY if options.lobby else Entry.OPEN,
        opens_at=options.opens_at,
        expires_in_s=_seconds(options.expires_hours),
    )
    _show_links(_run(_operator(options).create(wanted)), options)
    return 0


def _list_rooms(options: argparse.Namespace) -> int:
    rooms = _run(_operator(options).list())
    if options.json:
        print(msgspec.json.encode(rooms).decode())
        return 0
    for room in rooms:
        print(_room_line(room))
    if not rooms:
        print("No rooms yet; make one with: stagedoor room create NAME")
    return 0


def _room_links(options: argparse.Namespace) -> int:
    wanted = LinksWanted(expires_in_s=_seconds(options.expires_hours))
    _show_links(_run(_operator(options).links(options.room, wanted)), options)
    return 0


def _key(options: argparse.Namespace) -> int:
    data = DataFolder(options.data)
    data.make()
    data.operator_key()
    print(data.operator_file.resolve())
    return 0


def _operator(options: argparse.Namespace) -> Operator:
    data = DataFolder(options.data)
    data.make()
    return Operator(data, options.public_url or f"http://localhost:{DEFAULT_PORT}")


def _show_links(made: RoomAndLinks, options: argparse.Namespace) -> None:
    if options.json:
        print(msgspec.json.encode(made).decode())
        return
    print(f"{made.room.name} ({made.room.id})")
    print(f"  Host:       {made.links.host}")
    print(f"  Moderators: {made.links.moderator}")
    print(f"  Attendees:  {made.links.attendee}")


def _room_line(room: ListedRoom) -> str:
    door = "open door" if room.open_door else "closed door"
    state = "ended" if room.ended else f"{room.mode}, {door}"
    return f"{room.id}\t{room.name}\t{state}\t{room.people} here, {room.on_stage} on stage"


def _seconds(hours: float) -> int:
    return int(hours * 3600)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run in uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


# -- the options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stagedoor",
        description="A self-hosted real-time media room.",
        epilog="Options of serve can also be set as STAGEDOOR_HOST, STAGEDOOR_PORT, "
        "STAGEDOOR_MEDIA_PORT, STAGEDOOR_MEDIA_WORKERS, STAGEDOOR_ANNOUNCE, "
        "STAGEDOOR_PUBLIC_URL and STAGEDOOR_DATA.",
    )
    parser.add_argument("--version", action="version", version=f"stagedoor {__version__}")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--verbose", action="store_true", help="say more on stderr")
    common.add_argument(
        "--data",
        type=Path,
        default=Path(_environment("DATA", DEFAULT_DATA)),
        metavar="DIR",
        help="the data folder (default: %(default)s)",
    )
    common.add_argument(
        "--public-url",
        type=_url,
        default=_environment("PUBLIC_URL", ""),
        metavar="URL",
        help="the address people use, for the links",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", parents=[common], help="run the server"))
    room = commands.add_parser("room", help="create rooms, list them, make links")
    _add_room(room.add_subparsers(required=True, metavar="COMMAND"), common)
    key = commands.add_parser("key", parents=[common], help="where the operator's key is")
    key.set_defaults(run=_key)
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_serve)
    parser.add_argument(
        "--host",
        default=_environment("HOST", "0.0.0.0"),
        metavar="ADDRESS",
        help="the address to listen on (default: all, %(default)s)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=_environment("PORT", str(DEFAULT_PORT)),
        help="the TCP port of the pages; 0 for any free one (default: %(default)s)",
    )
    parser.add_argument(
        "--media-port",
        type=_port,
        default=_environment("MEDIA_PORT", None),
        metavar="PORT",
        help="the first UDP port of the media (default: the number of --port)",
    )
    parser.add_argument(
        "--media-workers",
        type=_workers,
        default=_environment("MEDIA_WORKERS", None),
        metavar="N",
        help="processes that forward media, each on a UDP port of its own from --media-port on "
        "(default: one a core)",
    )
    parser.add_argument(
        "--announce",
        nargs="+",
        default=_environment("ANNOUNCE", "").replace(",", " ").split(),
        metavar="ADDRESS",
        help="addresses under which clients reach the media ports, if not the machine's own",
    )
    parser.add_argument(
        "--voices",
        type=_count,
        default=_environment("VOICES", "5"),
        metavar="NUMBER",
        help="of how many people at once the sound is sent, the loudest (default: %(default)s)",
    )
    parser.add_argument(
        "--more-codecs",
        type=_codecs,
        default=_environment("MORE_CODECS", ""),
        metavar="vp9,av1",
        help="codecs that are passed on besides VP8 and H.264 (default: none)",
    )
    parser.add_argument(
        "--demo", action="store_true", help="have a ready-made room and print its links"
    )


def _add_room(commands: Any, common: argparse.ArgumentParser) -> None:
    json = argparse.ArgumentParser(add_help=False)
    json.add_argument("--json", action="store_true", help="answer in JSON")
    expiry = argparse.ArgumentParser(add_help=False)
    expiry.add_argument(
        "--expires-hours",
        type=_hours,
        default=30 * 24,
        metavar="HOURS",
        help="how long the links are good (default: %(default)s)",
    )
    create = commands.add_parser("create", parents=[common, json, expiry], help="make a room")
    create.set_defaults(run=_create_room)
    create.add_argument("name", help="the room's name, as people see it")
    create.add_argument("--id", default="", help="its id in the links (default: made up)")
    create.add_argument("--mode", choices=[mode.value for mode in Mode], default=Mode.REQUEST.value)
    create.add_argument("--capacity", type=int, default=_DEFAULTS.capacity, help="seats on stage")
    for name, default, text in (
        ("offer", _DEFAULTS.offer_ms, "how long an offer of a seat stands"),
        ("hold", _DEFAULTS.hold_ms, "how long the seat of somebody disconnected is held"),
        ("cooldown", _DEFAULTS.cooldown_ms, "how long after a decline one may not ask again"),
    ):
        create.add_argument(
            f"--{name}-seconds", type=int, default=default // 1000, metavar="S", help=text
        )
    create.add_argument("--may-leave-stage", action="store_true", help="let people step down")
    create.add_argument(
        "--bump-longest-silent", action="store_true", help="a full stage makes room by itself"
    )
    create.add_argument("--closed-door", action="store_true", help="attendees need a link, too")
    create.add_argument(
        "--lobby", action="store_true", help="attendees wait until a moderator opens the room"
    )
    create.add_argument(
        "--opens-at",
        type=_moment,
        metavar="TIME",
        help="attendees wait until then, as 2026-12-31T18:00 (local time, or with +01:00)",
    )
    listing = commands.add_parser("list", parents=[common, json], help="list the rooms")
    listing.set_defaults(run=_list_rooms)
    links = commands.add_parser("links", parents=[common, json, expiry], help="make new links")
    links.set_defaults(run=_room_links)
    links.add_argument("room", help="the room's id")


def _environment(name: str, default: Any) -> Any:
    return os.environ.get(f"STAGEDOOR_{name}") or default


def _moment(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time; local where it names no zone."""
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a time like 2026-12-31T18:00") from None


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"“{text}” is not a port (0 to 65535)")
    return int(text)


def _workers(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of workers (1 to 64)")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number from 1 to 1000")
    return int(text)


def _codecs(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
    if not set(names) <= {"vp9", "av1"}:
        raise argparse.ArgumentTypeError(f"“{text}” names other codecs than vp9 and av1")
    return names


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0
    if not 1 / 3600 <= hours <= 366 * 24:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of hours up to a year")
    return hours


def _url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/?#\s]+/?", text):
        raise argparse.ArgumentTypeError(f"“{text}” is not an address like https://example.org")
    return text.rstrip("/")
