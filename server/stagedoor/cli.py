"""The command line: ``stagedoor serve``, ``stagedoor room …``, ``stagedoor audit``, ``key``."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from . import __version__
from .audit.audit import audit
from .audit.reading import read
from .audit.table import lines
from .caring import Carer
from .config import DEFAULT_PORT, DataFolder, ServeConfig, StartError
from .garbage import spare_what_stays
from .log import LogError
from .operating import Operator
from .options import (
    COMMON,
    EVERYBODY,
    EXPIRY,
    HEADS,
    INVITATION,
    JSON,
    KEY,
    ONE_PERSON,
    PERSON,
    REVOCATION,
    ROOM,
    SERVE,
    SETTINGS,
    THE_ROOM,
    Option,
    add_all,
    values,
)
from .rooms.reports.names import written
from .rules.event.values import Entry
from .rules.values import Mode, Role, Settings
from .serve import serve
from .signalling.api import LinksWanted, ListedRoom, RoomAndLinks, RoomWanted
from .signalling.invitations import InvitationWanted, RevocationWanted

T = TypeVar("T")

GARBAGE = 2_000  # objects more than before, at which cycles are looked for
SWITCH = 0.001  # seconds after which a thread that waits for the interpreter gets it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0, or 1 after a sentence on what is wrong."""
    options = _parser().parse_args(arguments)
    os.umask(0o077)  # what is written is the operator's alone
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


def _serve(options: Namespace) -> int:
    chosen = values(options, SERVE)
    _be_prompt()
    _run(serve(ServeConfig(data=options.data, public_url=options.public_url, **chosen)))
    return 0


def _create_room(options: Namespace) -> int:
    wanted = RoomWanted(
        name=options.name,
        id=options.id,
        mode=Mode(options.mode),
        settings=Settings(**values(options, SETTINGS)),
        open_door=not options.closed_door,
        entry=Entry.LOBBY if options.lobby else Entry.OPEN,
        opens_at=options.opens_at,
        expires_in_s=options.expires_in_s,
    )
    _show_links(_run(_operator(options).create(wanted)), options)
    return 0


def _list_rooms(options: Namespace) -> int:
    rooms = _run(_operator(options).list())
    if options.json:
        print(msgspec.json.encode(rooms).decode())
        return 0
    for room in rooms:
        print(_room_line(room))
    if not rooms:
        print("No rooms yet; make one with: stagedoor room create NAME")
    return 0


def _room_links(options: Namespace) -> int:
    wanted = LinksWanted(expires_in_s=options.expires_in_s)
    _show_links(_run(_operator(options).links(options.room, wanted)), options)
    return 0


def _audit(options: Namespace) -> int:
    """0 if nothing is wrong, 1 if something is, 2 if it cannot be found out."""
    try:
        stored = read(DataFolder(options.data).log, options.room)
        if not (stored.rows or stored.forwarded or options.head):
            raise LogError(f"There is no room {options.room} in the log.")
        found = audit(options.room, stored, options.head)
    except LogError as error:
        print(f"stagedoor: {error.sentence}", file=sys.stderr)
        return 2
    if options.json:
        print(msgspec.json.encode(found).decode())
    else:
        print("\n".join(lines(found)))
    return 1 if found.findings else 0


def _invite(options: Namespace) -> int:
    wanted = InvitationWanted(
        Role(options.role), options.name, not options.for_many, options.expires_in_s
    )
    made = _run(_operator(options).invite(options.room, wanted))
    if options.json:
        print(msgspec.json.encode(made).decode())
    else:
        print(f"{made.link}\n  to revoke it: stagedoor room revoke {made.room} {made.id}")
    return 0


def _revoke(options: Namespace) -> int:
    role = Role(options.role) if options.role else None
    wanted = RevocationWanted(options.links, role, options.put_out)
    done = _run(_operator(options).revoke(options.room, wanted))
    if options.json:
        print(msgspec.json.encode(done).decode())
    else:
        print("Revoked: these links lead nobody new in any more.")
    return 0


def _list_people(options: Namespace) -> int:
    people = _run(_carer(options).people(options.room))
    if options.json:
        print(msgspec.json.encode(people).decode())
        return 0
    for one in people:
        names = " / ".join(one.names) or "(forgotten)"
        print(f"{one.person}\t{names}\t{one.role}\t{written(one.first_at)}\t{written(one.last_at)}")
    if not people:
        print("Nobody was ever in this room.")
    return 0


def _export_person(options: Namespace) -> int:
    found = _run(_carer(options).export(options.room, options.person))
    print(msgspec.json.format(msgspec.json.encode(found)).decode())
    return 0


def _forget(options: Namespace) -> int:
    if (options.person is None) == (not options.everybody):
        raise StartError("Say who is to be forgotten: the id of a person, or --everybody.")
    erased = _run(_carer(options).forget(options.room, options.person))
    print(f"What was personal is erased, in {erased} event{'' if erased == 1 else 's'} of the log.")
    return 0


def _key(options: Namespace) -> int:
    data = DataFolder(options.data)
    data.make()
    if options.action is None:
        data.operator_key()
        print(data.operator_file.resolve())
    elif options.operator:
        data.rotate_operator_key()
        print(f"The operator's key is another now: {data.operator_file.resolve()}")
        print("A server that runs asks for it within seconds.")
    else:
        ring = data.rotate_signing_key(int(time.time()), options.keep)
        print(f"Links are signed with the key {ring.signing.id} from now on.")
        for key in ring.keys[1:]:
            end = datetime.fromtimestamp(key.until or 0).astimezone()
            print(f"  Links of the key {key.id or 'before'} are good until {end:%Y-%m-%d %H:%M}.")
        if not ring.keys[1:]:
            print("  All links that were given out until now are of no use any more.")
        print("A server that runs takes it up within seconds.")
    return 0


def _operator(options: Namespace) -> Operator:
    data = DataFolder(options.data)
    data.make()
    return Operator(data, options.public_url or f"http://localhost:{DEFAULT_PORT}")


def _carer(options: Namespace) -> Carer:
    data = DataFolder(options.data)
    data.make()
    return Carer(data, "")


def _show_links(made: RoomAndLinks, options: Namespace) -> None:
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


def _be_prompt() -> None:
    """Have nothing inside the interpreter keep the event loop, or the log's thread, waiting."""
    spare_what_stays(GARBAGE)
    sys.setswitchinterval(SWITCH)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run in uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


# -- the command line


def _parser() -> argparse.ArgumentParser:
    variables = ", ".join(option.variable for option in (*COMMON, *SERVE) if option.environment)
    parser = argparse.ArgumentParser(
        prog="stagedoor",
        description="A self-hosted real-time media room.",
        epilog=f"Options can also be set in the environment: {variables}.",
    )
    parser.add_argument("--version", action="version", version=f"stagedoor {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(commands, "serve", "run the server", _serve, *SERVE)
    room = commands.add_parser("room", help="create rooms, list them, make links")
    rooms = room.add_subparsers(required=True, metavar="COMMAND")
    _add(rooms, "create", "make a room", _create_room, *ROOM, *SETTINGS, EXPIRY, JSON)
    _add(rooms, "list", "list the rooms", _list_rooms, JSON)
    _add(rooms, "links", "make new links", _room_links, THE_ROOM, EXPIRY, JSON)
    _add(commands, "audit", "check a room's log and what was sent", _audit, THE_ROOM, HEADS, JSON)
    _add(rooms, "invite", "a link for one person", _invite, THE_ROOM, *INVITATION, EXPIRY, JSON)
    revoking = _add(rooms, "revoke", "end links", _revoke, THE_ROOM, *REVOCATION, JSON)
    revoking.add_argument("links", nargs="*", metavar="LINK", help="links, or their ids")
    person = commands.add_parser("person", help="show what is kept of people, forget them")
    people = person.add_subparsers(required=True, metavar="COMMAND")
    _add(people, "list", "list who was in a room", _list_people, THE_ROOM, JSON)
    _add(people, "export", "all that is kept of a person", _export_person, THE_ROOM, PERSON)
    _add(people, "forget", "erase what is personal", _forget, THE_ROOM, ONE_PERSON, EVERYBODY)
    key = _add(commands, "key", "where the operator's key is; or new keys", _key, *KEY)
    key.add_argument("action", nargs="?", choices=["rotate"], help="sign links with a new key")
    return parser


def _add(
    commands: Any, name: str, text: str, run: Callable[[Namespace], int], *options: Option
) -> argparse.ArgumentParser:
    """A command with its options, and those that all have."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text)
    parser.set_defaults(run=run)
    add_all(parser, (*COMMON, *options))
    return parser
