"""The browser's pages and files, and the headers that keep them to themselves."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from aiohttp import web

from .files import FOREVER
from .keys import FILES, HOUSE, STRICT_TRANSPORT

STRICT_FOR = 180 * 24 * 3600  # seconds

_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


def static_folder() -> Path:
    """The folder of the pages: inside an installed package, or the repository's own."""
    packaged = Path(str(resources.files("stagedoor"))) / "static"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "static"


async def front_page(request: web.Request) -> web.StreamResponse:
    """``GET /``"""
    return _page(request, "index.html")


async def room_page(request: web.Request) -> web.StreamResponse:
    """``GET /r/{room}``; if there is no such room, the page says so itself, and this 404."""
    there = request.app[HOUSE].keeper(request.match_info["room"]) is not None
    return _page(request, "room.html", 200 if there else 404)


def missing_page(request: web.Request) -> web.StreamResponse:
    """Wherever else nothing is."""
    return _page(request, "missing.html", 404)


def _page(request: web.Request, name: str, status: int = 200) -> web.StreamResponse:
    """A page, or word that whoever asks has it already."""
    files = request.app[FILES]
    try:
        page = files.page(name)
    except KeyError:
        raise web.HTTPNotFound from None
    known = [tag.value for tag in request.if_none_match or ()]
    tag = {"ETag": f'W/"{files.version}"'}  # weak, as it is packed or not
    if status == 200 and (files.version in known or "*" in known):
        return web.Response(status=304, headers=tag)
    answer = page.answer(request, **tag)
    answer.set_status(status)
    return answer


async def versioned_file(request: web.Request) -> web.StreamResponse:
    """``GET /static/{version}/{path}``: kept for good by whoever has it.

    Under a version that is past it is the file of now, which is not kept.
    """
    files = request.app[FILES]
    file = files.find(request.match_info["path"])
    if file is None:
        raise web.HTTPNotFound
    if request.match_info["version"] != files.version:
        return file.answer(request)
    return file.answer(request, **{"Cache-Control": FOREVER})


def _policy(host: str) -> str:
    """The content security policy (W3C CSP3): our own files only, nothing inline, no frames.

    ``'self'`` covers WebSockets in current browsers; older ones need them named.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return "; ".join(
        [
            "default-src 'self'",
            f"connect-src 'self'{sockets}",
            "img-src 'self' data: blob:",
            "media-src 'self' blob: mediastream:",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers on every answer; files are checked for changes at every load (ETag)."""
    headers = response.headers
    headers["Content-Security-Policy"] = _policy(request.headers.get("Host", ""))
    headers["Permissions-Policy"] = (
        "camera=(self), microphone=(self), speaker-selection=(self), display-capture=(self), "
        "geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()"
    )
    if request.app[STRICT_TRANSPORT]:
        headers["Strict-Transport-Security"] = f"max-age={STRICT_FOR}"
    headers["Server"] = "Stagedoor"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers.setdefault(
        "Cache-Control", "no-store" if request.path.startswith("/api/") else "no-cache"
    )
