"""Who loses the network: somebody at the page in Chromium, and a program with the client."""

from __future__ import annotations

import json
import re
from typing import Protocol

from playwright.async_api import Browser, BrowserContext, Locator, Page, ViewportSize, WebSocket

from stagedoor.rules.values import Device, Seat
from stagedoor_client import Capture, Options, Room, parse
from stagedoor_client.automatic import go_up_with
from stagedoor_client.options import State as Online
from tests.browser.visitors import WATCH_DEVICES
from tests.client.hardware import DESK, LENS, SIZE, Counting

from .states import State

OFFER = re.compile("You are invited to the stage|Your request was approved")
READY = "Get ready to join the stage"
BOTH = (Device.MICROPHONE, Device.CAMERA)
PATIENCE = 90_000  # milliseconds
SMALL = ViewportSize(width=1000, height=600)


class Person(Protocol):
    """Somebody in the room. ``welcomes``: how often the server has let them in."""

    state: State
    name: str
    welcomes: int

    async def enter(self) -> None: ...
    async def raise_hand(self) -> None: ...
    async def ask(self) -> None: ...
    async def prepare(self) -> None:
        """Take the offer, up to the ready window, and switch the camera on there."""

    async def go_up(self) -> None:
        """Take the offer with both devices on."""

    async def shown(self) -> tuple[Seat, bool]:
        """The seat and the hand that they are shown themselves."""

    async def open(self) -> int:
        """How many devices are open on their machine."""

    async def requests(self) -> int:
        """How many waiting requests they are shown."""

    async def close(self) -> None: ...


class Program:
    """A program with the Python client, and devices that are counted."""

    def __init__(self, state: State, link: str) -> None:
        self.state = state
        self.name = f"client: {state}"
        self.welcomes = 0
        self._hardware = Counting()
        capture = Capture(LENS, DESK, None, *SIZE)
        options = Options(
            self.name, capture=capture, hardware=self._hardware, on_state=self._connected
        )
        self.room = Room(parse(link), options)

    def _connected(self, state: Online, sentence: str) -> None:
        self.welcomes += state == "open"

    async def enter(self) -> None:
        await self.room.__aenter__()

    async def raise_hand(self) -> None:
        await self.room.raise_hand(True)

    async def ask(self) -> None:
        await self.room.ask()

    async def prepare(self) -> None:
        await self._offered()
        self.room.get_ready()
        self.room.preview(Device.CAMERA, True)
        await self.room.settled()

    async def go_up(self) -> None:
        await self._offered()
        await go_up_with(self.room, BOTH)

    async def _offered(self) -> None:
        await self.room.until(lambda room: (room.me and room.me.seat is Seat.OFFERED) or None)

    async def shown(self) -> tuple[Seat, bool]:
        me = self.room.me
        assert me is not None
        return me.seat, me.hand is not None

    async def open(self) -> int:
        return len(self._hardware.open_now())

    async def requests(self) -> int:
        view = self.room.view
        return len([one for one in view.people if one.seat is Seat.REQUESTED]) if view else 0

    async def close(self) -> None:
        await self.room.close()


class Visitor:
    """Somebody at the room's page."""

    def __init__(self, state: State, link: str, browser: Browser) -> None:
        self.state = state
        self.name = f"page: {state}"
        self.welcomes = 0
        self._you = ""
        self._link = link
        self._browser = browser
        self._page: Page
        self._context: BrowserContext | None = None

    async def enter(self) -> None:
        context = await self._browser.new_context(locale="en-GB", viewport=SMALL)
        self._context = context
        context.set_default_timeout(PATIENCE)
        await context.add_init_script(WATCH_DEVICES)
        self._page = page = await context.new_page()
        page.on("websocket", self._dialled)
        await page.goto(self._link)
        await page.get_by_label("Your name").fill(self.name)
        await page.get_by_role("button", name="Enter").click()
        await page.locator("#room").wait_for()

    def _dialled(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._received)

    def _received(self, frame: str | bytes) -> None:
        if isinstance(frame, str) and '"type":"welcome"' in frame:
            self._you = json.loads(frame)["view"]["you"]
            self.welcomes += 1

    async def raise_hand(self) -> None:
        await self._bar("Raise hand").click()

    async def ask(self) -> None:
        await self._bar("Ask to join stage").click()

    async def prepare(self) -> None:
        await self._to_the_window("Camera")

    async def go_up(self) -> None:
        await self._to_the_window("Microphone", "Camera")
        window = self._page.get_by_role("dialog", name=READY)
        await window.get_by_role("button", name=re.compile("Join stage|Go backstage")).click()
        await window.wait_for(state="hidden")

    async def _to_the_window(self, *devices: str) -> None:
        asked = self._page.get_by_role("dialog", name=OFFER)
        await asked.get_by_role("button", name="Join").click()
        window = self._page.get_by_role("dialog", name=READY)
        for device in devices:
            await window.get_by_role("switch", name=device).click()
            await window.get_by_role("switch", name=device, checked=True).wait_for()

    def _bar(self, name: str) -> Locator:
        return self._page.locator("#bar").get_by_role("button", name=name, exact=True)

    async def shown(self) -> tuple[Seat, bool]:
        hand = await self._bar("Lower hand").count() > 0
        return await self._seat(), hand

    async def _seat(self) -> Seat:
        page = self._page
        asked, ready = (page.get_by_role("dialog", name=name) for name in (OFFER, READY))
        if await asked.or_(ready).count():
            return Seat.OFFERED
        if await self._bar("Cancel request").count():
            return Seat.REQUESTED
        if await page.get_by_text("You are backstage.").filter(visible=True).count():
            return Seat.BACKSTAGE
        tile = page.locator(f'#stage .tile[data-person="{self._you}"]')
        seat = await tile.first.get_attribute("data-seat") if await tile.count() else None
        return Seat(seat or Seat.VIEWER)

    async def open(self) -> int:
        live = "() => captured.filter((one) => one.readyState === 'live').length"
        return int(await self._page.evaluate(live))

    async def requests(self) -> int:
        return await self._page.locator('[data-part="Waiting requests"] .person').count()

    async def close(self) -> None:
        if self._context is not None:
            await self._context.close()
