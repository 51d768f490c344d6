"""Addresses in what people write: found, and shown so that they cannot pass for others. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

_LINK = re.compile(r"\bhttps?://[^\s<>\"`{}|\\^]+", re.IGNORECASE)
_TAIL = re.compile(r"[.,;:!?'’”)\]*_~]+$")
_OPENED = {")": "(", "]": "["}
_SAFE = "%/:@!$&'()*+,;=~-._?[]"
LONG = 24  # letters after which a word without a gap may be broken
BREAK = "\u200b"


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``href`` is where it leads, empty for plain text."""

    text: str
    href: str = ""


def pieces(text: str) -> list[Piece]:
    """Somebody's text as plain text, and links to http and https addresses. No markup is read."""
    found: list[Piece] = []
    end = 0
    for match in _LINK.finditer(text):
        typed = _without_tail(match.group())
        link = read_link(typed)
        if link is not None:
            found += [Piece(text[end : match.start()]), link]
            end = match.start() + len(typed)
    found.append(Piece(text[end:]))
    return [one for one in found if one.text]


def _without_tail(typed: str) -> str:
    """Punctuation after an address is the sentence's, a bracket only if it was not opened."""
    while _TAIL.search(typed):
        last = typed[-1]
        opened = _OPENED.get(last)
        if opened and typed.count(opened) >= typed.count(last):
            break
        typed = typed[:-1]
    return typed


def read_link(typed: str) -> Piece | None:
    """Where a link leads and how it is shown: as typed, unless that could pass for another one.

    Then it is shown as it will be used, its host in punycode (RFC 3492), the rest escaped. None for
    what is no address, or hides its host behind a name and password.
    """
    try:
        parts = urlsplit(typed)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    if not re.fullmatch(r"[a-z0-9.-]+", host):
        return None
    netloc = host if port is None else f"{host}:{port}"
    path, query = quote(parts.path or "/", _SAFE), quote(parts.query, _SAFE)
    href = urlunsplit((parts.scheme, netloc, path, query, quote(parts.fragment, _SAFE)))
    same = typed.lower().startswith(f"{parts.scheme}://{netloc}")
    hidden = any(unicodedata.category(letter)[0] in "CZ" for letter in typed)
    return Piece(typed if same and not hidden else href, href)


def breakable(text: str) -> str:
    """The text with places to break in words that are too long for a line."""
    return re.sub(rf"(\S{{{LONG}}})(?=\S)", rf"\1{BREAK}", text)


def markup(parts: list[Piece], colour: str) -> str:
    """The text as HTML in which nothing but its own links is markup."""
    made = []
    for part in parts:
        words = html.escape(breakable(part.text)).replace("\n", "<br>")
        if part.href:
            href = html.escape(part.href)
            words = f'<a href="{href}" style="color: {colour}">{words}</a>'
        made.append(words)
    return f'<span style="white-space: pre-wrap">{"".join(made)}</span>'
