"""A viewer in Chromium, by way of a bad network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser, Page, async_playwright

from tests.browser.visitors import ARGUMENTS, CHROMIUM, PATIENCE

from .engine import Offer
from .relay import Relay

SCRIPT = (Path(__file__).parent / "screen.js").read_text()
PAGE = "<video autoplay muted playsinline></video>"


class Offering(Protocol):
    """A server that offers its stage to whoever can answer."""

    async def offer(self) -> Offer:
        """Have somebody subscribe."""


class Screen:
    """A page that shows what a server offers through ``relay``."""

    def __init__(self, page: Page, relay: Relay) -> None:
        self.relay = relay
        self._page = page

    async def figures(self) -> dict[str, dict[str, Any]]:
        """Of "audio" and "video", once a packet has come: what getStats says (inbound-rtp)."""
        found: dict[str, dict[str, Any]] = await self._page.evaluate("() => figures()")
        return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield opened
        finally:
            await opened.close()


@asynccontextmanager
async def watching(
    browser: Browser, server: Offering, host: str, **network: float
) -> AsyncIterator[Screen]:
    """A viewer who is connected; ``network``: see Relay.

    The page names no address of its own, so that the server knows the relay's alone.
    """
    page = await browser.new_page()
    await page.set_content(PAGE)
    await page.add_script_tag(content=SCRIPT)
    offer = await server.offer()
    relay = Relay(host, offer.sdp, **network)  # type: ignore[arg-type]
    try:
        await offer.answer(await page.evaluate("(sdp) => answer(sdp)", relay.offer))
        await page.wait_for_function(
            "() => connection.connectionState === 'connected'", timeout=PATIENCE
        )
        yield Screen(page, relay)
    finally:
        await offer.leave()
        await page.close()
        relay.close()
