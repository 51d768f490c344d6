"""What every answer carries, and which pages may ask at all."""

from __future__ import annotations

import re
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from stagedoor.rules.refusals import Code
from stagedoor.signalling.origins import ours, read_origins

from .conftest import OPERATOR, Server

KEY = {"Authorization": f"Bearer {OPERATOR}"}
VALUES = {"room": "room", "id": "1", "report": "stage", "kind": "json", "filename": "room.js"}


def routes(server: Server) -> list[tuple[str, str]]:
    """Every method and address there is, with values in them."""
    found = []
    for route in server.app.router.routes():
        assert route.resource is not None
        info = route.resource.get_info()
        path = info.get("path") or info.get("formatter") or f"{info.get('prefix')}/{{filename}}"
        found.append((route.method, re.sub(r"{(\w+)}", lambda m: VALUES.get(m[1], "x"), path)))
    return found


async def test_every_answer_has_the_headers(server: Server) -> None:
    asked = [*routes(server), ("GET", "/nothing"), ("GET", "/api/nothing"), ("PUT", "/api/rooms")]
    assert ("GET", "/static/room.js") in asked
    assert ("POST", "/api/rooms") in asked
    for method, path in asked:
        for headers in ({}, KEY):
            url = URL(server.url + path)
            async with server.http.request(method, url, headers=headers) as answer:
                await answer.read()
            got, where = answer.headers, (method, path, answer.status)
            assert answer.status < 500, where
            policy = dict(
                part.strip().partition(" ")[::2]
                for part in got["Content-Security-Policy"].split(";")
            )
            assert policy["default-src"] == "'self'", where
            assert policy["object-src"] == policy["base-uri"] == "'none'", where
            assert policy["frame-ancestors"] == "'none'", where
            assert policy["form-action"] == "'self'", where
            host = f"127.0.0.1:{url.port}"
            assert policy["connect-src"] == f"'self' ws://{host} wss://{host}", where
            assert "unsafe" not in got["Content-Security-Policy"], where
            assert "*" not in got["Content-Security-Policy"], where
            assert got["X-Content-Type-Options"] == "nosniff", where
            assert got["X-Frame-Options"] == "DENY", where
            assert got["Referrer-Policy"] == "no-referrer", where
            assert got["Cross-Origin-Opener-Policy"] == "same-origin", where
            assert got["Cross-Origin-Resource-Policy"] == "same-origin", where
            for device in ("camera", "microphone", "display-capture"):
                assert f"{device}=(self)" in got["Permissions-Policy"], where
            assert "Access-Control-Allow-Origin" not in got, where
            assert "Strict-Transport-Security" not in got, where
            assert got["Server"] == "Stagedoor", where
            stored = "no-store" if path.startswith("/api/") else "no-cache"
            assert got["Cache-Control"] == stored, where


FOREIGN = (
    *("https://evil.example", "null", "", "file://", "https://stage.example.org.evil.example"),
    *("http://stage.example.org", "https://stage.example.org:8443", "https://stage.example.org@x"),
)


async def test_pages_of_other_sites_change_nothing(server: Server) -> None:
    address = f"{server.url}/api/rooms"
    for origin in FOREIGN:
        headers = {**KEY, "Origin": origin}
        async with server.http.post(address, json={"name": "Theirs"}, headers=headers) as answer:
            assert answer.status == 403, origin
            assert (await answer.json())["code"] == Code.NOT_ALLOWED
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await server.connect(headers={"Origin": origin})
    assert len(server.house.keepers()) == 1
    for origin in (None, server.url, "https://stage.example.org", "https://STAGE.example.org:443"):
        headers = KEY if origin is None else {**KEY, "Origin": origin}
        async with server.http.post(address, json={"name": "Ours"}, headers=headers) as answer:
            assert answer.status == 201, origin


async def test_two_origins_are_none(server: Server) -> None:
    headers = [(*KEY.items(),)[0], ("Origin", server.url), ("Origin", "https://evil.example")]
    async with server.http.post(f"{server.url}/api/rooms", headers=headers) as answer:
        assert answer.status == 403


def test_an_origin_is_compared_whole() -> None:
    allowed = read_origins("https://a.example", "http://b.example:8080/", "")
    assert len(allowed) == 2
    for good in ("https://a.example", "https://a.example:443", "http://B.example:8080"):
        assert ours(good, "c.example", allowed), good
    for bad in ("http://a.example", "https://b.example:8080", "http://b.example", "https://c"):
        assert not ours(bad, "c.example", allowed), bad
    # A proxy before the server takes TLS off: the host is all that it knows for sure.
    assert ours("https://c.example", "c.example", allowed)
    assert ours("http://[::1]:80", "[::1]", allowed)
    assert not ours("https://c.example:8443", "c.example", allowed)


async def test_the_pages_have_nothing_inline() -> None:
    static = Path(__file__).parents[2] / "static"
    for page in static.glob("*.html"):
        text = page.read_text()
        assert "<style" not in text, page
        assert "style=" not in text, page
        for script in text.split("<script")[1:]:
            assert "src=" in script.partition(">")[0], page
        assert "javascript:" not in text, page
        assert " onclick=" not in text, page
