"""Links to rooms: ``http(s)://HOST/r/ROOM``, with ``#token=…`` for those who carry one.

``stagedoor://HOST/r/ROOM`` is what a system hands to the program that is registered for it. It
stands for https, except on the machine itself; ``stagedoor+http://`` stands for http everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from .errors import LinkError

_HERE = ("localhost", "127.0.0.1", "::1")
_PATH = re.compile(r"/r/([a-z0-9-]{1,40})/?")


@dataclass(frozen=True)
class Link:
    """A room's address: where its socket is, and the token that opens its door."""

    socket_url: str
    room: str
    token: str = ""


def parse(text: str) -> Link:
    """Read a link as a person pastes it. Raises LinkError."""
    text = text.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        host = parts.netloc
        _ = parts.port  # raises where it is no number
    except ValueError:
        raise LinkError("That is no link to a room: its address is broken.") from None
    found = _PATH.fullmatch(parts.path)
    secure = {
        "http": False,
        "stagedoor+http": False,
        "https": True,
        "stagedoor": (parts.hostname or "") not in _HERE,
    }.get(parts.scheme)
    if secure is None or not host or not found:
        raise LinkError("That is no link to a room: it should look like http://HOST/r/ROOM")
    token = parse_qs(parts.fragment).get("token", [""])[0]
    scheme = "wss" if secure else "ws"
    room = found.group(1)
    return Link(f"{scheme}://{host}/api/rooms/{room}/socket", room, token)
