"""The options of the commands, a line of a table each; and how their texts are read."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from .config import DEFAULT_DATA, DEFAULT_PORT, PEOPLE
from .log.chain import Head
from .rules.values import Mode, Role, Settings

_ROOM = Settings()


@dataclass(frozen=True)
class Option:
    """One option: ``name`` as it is written, ``--name``, or an argument without the dashes.

    ``read`` makes a value of its text; without it the option is a switch. ``default`` is text, too,
    and ``field`` what the value is called, if not ``name``. ``many`` takes several words.
    ``environment``: it may also be set as STAGEDOOR_NAME.
    """

    name: str
    help: str
    read: Callable[[str], Any] | None = None
    default: Any = None
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    field: str = ""
    many: bool = False
    environment: bool = False

    @property
    def variable(self) -> str:
        """Its name in the environment."""
        return "STAGEDOOR_" + self.name.strip("-").replace("-", "_").upper()

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        """Have the parser know it."""
        more: dict[str, Any] = {"help": self.help}
        if self.field:
            more["dest"] = self.field
        if self.read is None:
            more["action"] = "store_true"
        else:
            more |= {"type": self.read, "metavar": self.metavar, "choices": self.choices}
            if self.name.startswith("--"):
                more["default"] = self.default
            if self.many:
                more |= {"nargs": "+", "default": ()}
            if self.environment and (text := os.environ.get(self.variable)):
                more["default"] = self._words(text, parser) if self.many else text
        parser.add_argument(self.name, **more)

    def _words(self, text: str, parser: argparse.ArgumentParser) -> list[Any]:
        assert self.read is not None
        try:
            return [self.read(word) for word in text.replace(",", " ").split()]
        except argparse.ArgumentTypeError as error:
            parser.error(f"{self.variable}: {error}")


def add_all(parser: argparse.ArgumentParser, options: Iterable[Option]) -> None:
    """Have the parser know all of them."""
    for option in options:
        option.add_to(parser)


def values(options: argparse.Namespace, table: Iterable[Option]) -> dict[str, Any]:
    """What was chosen of a table, by the fields' names; several words as a tuple."""
    found = {}
    for option in table:
        field = option.field or option.name.strip("-").replace("-", "_")
        value = getattr(options, field)
        found[field] = tuple(value) if option.many else value
    return found


# -- how texts are read


def moment(text: str) -> int:
    """Milliseconds since 1970 of an ISO 8601 time; local where it names no zone."""
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1000)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a time like 2026-12-31T18:00") from None


def whole(least: int, most: int, what: str) -> Callable[[str], int]:
    """A reader of whole numbers; ``what`` says what is expected."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"“{text}” is not {what}")
        return int(text)

    return read


def network(text: str) -> IPv4Network | IPv6Network:
    """An address, or a network of them."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not an address like 10.0.0.1") from None


def codecs(text: str) -> tuple[str, ...]:
    """Names of codecs that are forwarded where the operator wants them."""
    names = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))
    if not set(names) <= {"vp9", "av1"}:
        raise argparse.ArgumentTypeError(f"“{text}” names other codecs than vp9 and av1")
    return names


def seconds_of_hours(text: str) -> int:
    """Seconds of a number of hours, up to a year."""
    try:
        hours = float(text)
    except ValueError:
        hours = 0
    if not 1 / 3600 <= hours <= 366 * 24:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of hours up to a year")
    return int(hours * 3600)


def seconds_or_none_left(text: str) -> int:
    """Seconds of a number of hours, up to a year; 0 is one, too."""
    return 0 if text == "0" else seconds_of_hours(text)


def milliseconds(text: str) -> int:
    """Milliseconds of a whole number of seconds."""
    return int(text) * 1000


def url(text: str) -> str:
    """An origin: scheme and host, without a path."""
    if text and not re.fullmatch(r"https?://[^/?#\s]+/?", text):
        raise argparse.ArgumentTypeError(f"“{text}” is not an address like https://example.org")
    return text.rstrip("/")


def turn_url(text: str) -> str:
    """A TURN server's address (RFC 7065)."""
    if not re.fullmatch(r"turns?:[^/?#\s]+(\?transport=(udp|tcp))?", text):
        raise argparse.ArgumentTypeError(f"“{text}” is not an address like turn:example.org:3478")
    return text


# -- the tables

_PORT = whole(0, 65535, "a port (0 to 65535)")

COMMON = (
    Option("--verbose", "say more on stderr"),
    Option(
        "--data",
        "the data folder (default: %(default)s)",
        Path,
        Path(DEFAULT_DATA),
        "DIR",
        environment=True,
    ),
    Option(
        "--public-url",
        "the address people use, for the links",
        url,
        "",
        "URL",
        environment=True,
    ),
)

#: Their fields are those of ServeConfig.
SERVE = (
    Option(
        "--host",
        "the address to listen on (default: all, %(default)s)",
        str,
        "0.0.0.0",
        "ADDRESS",
        environment=True,
    ),
    Option(
        "--port",
        "the TCP port of the pages; 0 for any free one (default: %(default)s)",
        _PORT,
        str(DEFAULT_PORT),
        environment=True,
    ),
    Option(
        "--media-port",
        "the first UDP port of the media (default: the number of --port)",
        _PORT,
        environment=True,
    ),
    Option(
        "--media-workers",
        "processes that forward media, each on a UDP port of its own from --media-port on "
        "(default: one a core)",
        whole(1, 64, "a number of workers (1 to 64)"),
        metavar="N",
        environment=True,
    ),
    Option(
        "--announce",
        "addresses under which clients reach the media ports, if not the machine's own",
        str,
        metavar="ADDRESS",
        field="announced",
        many=True,
        environment=True,
    ),
    Option(
        "--keep-days",
        "erase names, messages and answers of rooms where nothing has happened for so many days "
        "(default: keep them)",
        whole(1, 36500, "a number of days (1 to 36500)"),
        metavar="DAYS",
        environment=True,
    ),
    Option(
        "--turn-url",
        "a TURN server for those who reach the media ports neither by UDP nor by TCP, as "
        "turn:turn.example.org:3478 or turns:turn.example.org:443?transport=tcp",
        turn_url,
        metavar="URL",
        field="turn_urls",
        many=True,
        environment=True,
    ),
    Option(
        "--turn-secret-file",
        "the file with the secret that is shared with it (static-auth-secret of coturn)",
        Path,
        metavar="FILE",
        environment=True,
    ),
    Option(
        "--voices",
        "of how many people at once the sound is sent, the loudest (default: %(default)s)",
        whole(1, 1000, "a number from 1 to 1000"),
        "5",
        "NUMBER",
        environment=True,
    ),
    Option(
        "--more-codecs",
        "codecs that are passed on besides VP8 and H.264 (default: none)",
        codecs,
        "",
        "vp9,av1",
        field="codecs",
        environment=True,
    ),
    Option(
        "--tls-cert",
        "your certificate and what vouches for it, PEM; read again when it changes, or at SIGHUP",
        Path,
        metavar="FILE",
        environment=True,
    ),
    Option("--tls-key", "its key, PEM", Path, metavar="FILE", environment=True),
    Option(
        "--self-signed",
        "serve https with a certificate made here, for a local network",
    ),
    Option(
        "--allowed-origin",
        "pages on other hosts that may connect, as https://example.org",
        url,
        metavar="URL",
        field="allowed_origins",
        many=True,
        environment=True,
    ),
    Option(
        "--trusted-proxy",
        "proxies that say whom they forward for (X-Forwarded-For), as 127.0.0.1 or 10.0.0.0/8",
        network,
        metavar="ADDRESS",
        field="trusted_proxies",
        many=True,
        environment=True,
    ),
    Option(
        "--people-per-address",
        "how many people behind one address can come at the same time (default: %(default)s)",
        whole(1, 1_000_000, "a number of people"),
        str(PEOPLE),
        "NUMBER",
        environment=True,
    ),
    Option("--demo", "have a ready-made room and print its links"),
)

THE_ROOM = Option("room", "the room's id", str)
HEADS = Option(
    "--head",
    "heads of the chain, NUMBER:HASH, that were printed earlier and kept elsewhere",
    Head.parse,
    metavar="HEAD",
    many=True,
)
JSON = Option("--json", "answer in JSON")
PERSON = Option("person", "the id of a person, as “stagedoor person list” shows it", str)
ONE_PERSON = Option("--person", PERSON.help, str, metavar="ID")
EVERYBODY = Option("--everybody", "all who were ever in the room")

EXPIRY = Option(
    "--expires-hours",
    "how long the links are good (default: %(default)s)",
    seconds_of_hours,
    str(30 * 24),
    "HOURS",
    field="expires_in_s",
)

_ROLES = tuple(role.value for role in Role)
INVITATION = (
    Option("--role", "what they may do (default: %(default)s)", str, "attendee", choices=_ROLES),
    Option("--name", "what they are called in the room (default: as they like)", str, ""),
    Option("--for-many", "have it be good for everybody who has it, not for the first alone"),
)
REVOCATION = (
    Option("--role", "all links of this role that were made until now", str, choices=_ROLES),
    Option("--put-out", "put out whoever came by them, too"),
)
KEY = (
    Option(
        "--keep-hours",
        "how long what the old keys have signed stays good, 0: not at all (default: %(default)s)",
        seconds_or_none_left,
        str(30 * 24),
        "HOURS",
        field="keep",
    ),
    Option("--operator", "another key for the HTTP API instead"),
)

#: Their fields are those of Settings.
SETTINGS = (
    Option("--capacity", "seats on stage", int, str(_ROOM.capacity)),
    Option(
        "--offer-seconds",
        "how long an offer of a seat stands",
        milliseconds,
        str(_ROOM.offer_ms // 1000),
        "S",
        field="offer_ms",
    ),
    Option(
        "--hold-seconds",
        "how long the seat of somebody disconnected is held",
        milliseconds,
        str(_ROOM.hold_ms // 1000),
        "S",
        field="hold_ms",
    ),
    Option(
        "--cooldown-seconds",
        "how long after a decline one may not ask again",
        milliseconds,
        str(_ROOM.cooldown_ms // 1000),
        "S",
        field="cooldown_ms",
    ),
    Option("--may-leave-stage", "let people step down"),
    Option("--bump-longest-silent", "a full stage makes room by itself"),
)

ROOM = (
    Option("name", "the room's name, as people see it", str),
    Option("--id", "its id in the links (default: made up)", str, ""),
    Option(
        "--mode", "who gets on stage", str, Mode.REQUEST.value, choices=tuple(m.value for m in Mode)
    ),
    Option("--closed-door", "attendees need a link, too"),
    Option("--lobby", "attendees wait until a moderator opens the room"),
    Option(
        "--opens-at",
        "attendees wait until then, as 2026-12-31T18:00 (local time, or with +01:00)",
        moment,
        metavar="TIME",
    ),
)
