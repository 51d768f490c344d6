"""Whether the page that asks is ours (RFC 6454; RFC 6455 section 10.2).

Browsers name the origin of the page in every WebSocket's request and in every one that changes
something. Other programs name none, and are let through: nothing here is done on the strength of a
cookie or an address, so a program has what its token or key gives, and a foreign page in a browser
is all that has to be kept away.
"""

from __future__ import annotations

from collections.abc import Collection

from aiohttp import web
from yarl import URL

from stagedoor.rules.refusals import Code, Refusal

from .keys import ORIGINS

SAFE = ("GET", "HEAD", "OPTIONS")

FOREIGN = Refusal(Code.NOT_ALLOWED, "Pages of other sites may not connect here.")


def check_origin(request: web.Request) -> Refusal | None:
    """Why the request is not answered: it comes from a page of another site."""
    origins = request.headers.getall("Origin", [])
    if not origins:
        return None
    if len(origins) == 1 and ours(origins[0], request.host, request.app[ORIGINS]):
        return None
    return FOREIGN


def ours(origin: str, host: str, allowed: Collection[URL]) -> bool:
    """Whether ``origin`` is the server's ``host``, as it was asked for, or one of ``allowed``."""
    theirs = _read(origin)
    if theirs is None:
        return False
    if theirs in allowed:
        return True
    return _read(f"{theirs.scheme}://{host}") == theirs


def read_origins(*texts: str) -> frozenset[URL]:
    """Origins as they are compared: a default port is as good as none."""
    return frozenset(origin for origin in map(_read, texts) if origin is not None)


def _read(text: str) -> URL | None:
    """An origin, lower case and with its port; None if the text is none, ``null`` among them."""
    try:
        url = URL(text.strip().rstrip("/"))
        if url.scheme not in ("http", "https") or not url.host or url.user or url.path != "/":
            return None
        return URL.build(scheme=url.scheme, host=url.host.lower(), port=url.port)
    except ValueError:
        return None
