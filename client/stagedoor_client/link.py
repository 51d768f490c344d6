"""Links to rooms: ``http(s)://HOST/r/ROOM``, with ``#token=…`` for those who carry one.

``stagedoor://HOST/r/ROOM`` is what a system hands to the program that is registered for it. It
stands for https, except on the machine itself; ``stagedoor+http://`` stands for http everywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from .errors import LinkError

_HERE = ("localhost", "127.0.0.1", "::1")
_FINGERPRINT = re.compile(r"[0-9A-F]{64}")
_PATH = re.compile(r"/r/([a-z0-9-]{1,40})/?")


@dataclass(frozen=True)
class Link:
    """A room's address: where its socket is, and the token that opens its door.

    ``fingerprint``: of the server's certificate, where a person vouches for it and nobody else.
    """

    socket_url: str
    room: str
    token: str = ""
    fingerprint: str = ""


def read_fingerprint(text: str) -> str:
    """A fingerprint as it is compared, however it is written. Raises ValueError."""
    digits = re.sub(r"[\s:]|^SHA-?256", "", text.strip().upper())
    if not _FINGERPRINT.fullmatch(digits):
        raise ValueError(text)
    return ":".join(re.findall("..", digits))


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
    said = parse_qs(parts.fragment)
    token, fingerprint = (said.get(name, [""])[0] for name in ("token", "fingerprint"))
    if fingerprint:
        try:
            fingerprint = read_fingerprint(fingerprint)
        except ValueError:
            raise LinkError("That is no link to a room: its fingerprint is broken.") from None
    scheme = "wss" if secure else "ws"
    room = found.group(1)
    return Link(f"{scheme}://{host}/api/rooms/{room}/socket", room, token, fingerprint)


def trusting(text: str, fingerprint: str) -> str:
    """The link with a fingerprint that was compared, in the place of any other."""
    page, _, fragment = text.strip().partition("#")
    said = {name: found[0] for name, found in parse_qs(fragment).items()}
    return f"{page}#{urlencode(said | {'fingerprint': fingerprint.replace(':', '')})}"
