"""The window asks before it enters a server for whose certificate nobody vouches."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from stagedoor.tls import Gate
from stagedoor_client.link import parse
from tests.tls.test_certificates import made

from .conftest import Open


async def test_a_person_compares_the_fingerprint_first(opened: Open, tmp_path: Path) -> None:
    file = made(tmp_path)
    gate = Gate(file, file, own=False)
    entered = asyncio.Event()

    async def socket(request: web.Request) -> web.WebSocketResponse:
        entered.set()
        return web.WebSocketResponse()

    app = web.Application()
    app.router.add_get("/api/rooms/room/socket", socket)
    server = TestServer(app)
    await server.start_server(ssl=gate.context)
    link = f"https://127.0.0.1:{server.port}/r/room#token=t"
    hand = await opened(link=link, name="Robin")
    await hand.until(lambda: hand.window.trust is not None, "the question")
    trust = hand.window.trust
    assert trust.isVisible()
    assert gate.fingerprint in trust.sentence.text()
    assert not entered.is_set()
    trust.yes.click()
    async with asyncio.timeout(30):
        await entered.wait()
    text, _ = hand.window._last
    assert (parse(text).token, parse(text).fingerprint) == ("t", gate.fingerprint)
    hand.window.leave()
    await server.close()
