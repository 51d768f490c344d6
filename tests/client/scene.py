"""Robin in a room, with devices that are counted and judged, and Ada who moderates."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiortc import RTCRtpSender

from stagedoor.messages import View
from stagedoor.rules.values import Seat
from stagedoor_client import Capture, Options, Room, parse
from stagedoor_client.capture import Mute
from stagedoor_client.errors import DeviceError
from stagedoor_client.lines import Line
from tests.server_process import ServerProcess

from .hardware import DESK, LENS, SCREEN, SIZE, Counting
from .people import PATIENCE, Moderator

MIC, CAM = "microphone", "camera"
MUTES: list[Mute] = ["release", "silence"]


class Scene:
    """Robin in a room, with devices that are counted, and Ada who moderates."""

    def __init__(self, senders: list[RTCRtpSender]) -> None:
        self.hardware = Counting()
        self.hardware.allowed = self._allowed
        self.lines: list[Line] = []
        self.window: set[str] = set()
        self.attached_wrongly: list[str] = []
        self._senders = senders
        self.room: Room
        self.ada: Moderator

    def options(self, mute: Mute = "release", **more: Any) -> Options:
        width, height = SIZE
        capture = Capture(LENS, DESK, SCREEN, width, height, mute=mute)
        return Options(
            "Robin", capture=capture, on_line=self.lines.append, on_view=self._look,
            hardware=self.hardware, **more,
        )  # fmt: skip

    # -- judging

    def _on_stage(self) -> bool:
        person = self.room.me
        return self.room.online and person is not None and person.seat is Seat.ON_STAGE

    def _allowed(self, kind: str) -> bool:
        """By the view as it came, and by what was done in the window, alone."""
        if self._on_stage():
            return bool(getattr(self.room.me, kind))
        return self.room.online and kind in self.window

    def _look(self, view: View) -> None:
        """At every view: off stage no sender has a track, from that very moment on."""
        if not self._on_stage() and self.attached():
            self.attached_wrongly.append(str(self.room.me))

    def attached(self) -> list[RTCRtpSender]:
        """The senders that have a track."""
        return [sender for sender in self._senders if sender.track is not None]

    async def opens(self, *kinds: str) -> None:
        """See exactly these handles open, and nothing attached but on stage."""
        await self.becomes(lambda: self.hardware.open_now() == sorted(kinds), f"{kinds} open")
        with contextlib.suppress(DeviceError):
            await self.room.studio.settled()
        assert self.hardware.open_now() == sorted(kinds)
        assert self.hardware.wrong == []
        assert self.attached_wrongly == []
        assert self._on_stage() or self.attached() == []

    async def becomes(self, condition: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.hardware.until(condition)
        except TimeoutError:
            raise AssertionError(f"not {what}: {self.hardware.open_now()}, {self.lines}") from None

    # -- acting

    def switch(self, kind: str, on: bool) -> None:
        """In the ready window."""
        (self.window.add if on else self.window.discard)(kind)
        self.room.preview(kind, on)

    def opens_window(self) -> None:
        self.window.clear()
        self.room.get_ready()
        assert self.room.ready

    async def seat(self, seat: Seat) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.room.until(
                lambda room: True if room.online and room.me and room.me.seat is seat else None
            )

    async def shown(self, **devices: bool) -> None:
        """Wait for what the server shows of oneself."""
        async with asyncio.timeout(PATIENCE):
            await self.room.until(
                lambda room: (
                    True
                    if all(getattr(room.me, kind) is on for kind, on in devices.items())
                    else None
                )
            )

    @property
    def you(self) -> str:
        assert self.room.view is not None
        return self.room.view.you

    async def invited(self) -> None:
        """Ada invites; Robin sees the offer."""
        await self.ada.do("invite", person=self.you)
        await self.seat(Seat.OFFERED)

    async def on_stage(self, *kinds: str) -> None:
        """Up by an invitation, with these on."""
        await self.invited()
        self.opens_window()
        for kind in kinds:
            self.switch(kind, True)
        await self.room.go_up()
        self.window.clear()
        await self.seat(Seat.ON_STAGE)
        await self.opens(*kinds)


@asynccontextmanager
async def scene_in(
    server: ServerProcess, senders: list[RTCRtpSender], *, mute: Mute = "release", **body: Any
) -> AsyncIterator[Scene]:
    """A scene in a new room; in the end all is closed."""
    links = server.create_room(**{"mode": "invite", **body})["links"]
    scene = Scene(senders)
    async with Moderator(links["host"]) as scene.ada:
        scene.room = Room(parse(links["attendee"]), scene.options(mute))
        async with scene.room:
            await scene.ada.sees("Robin")
            await scene.opens()
            yield scene
        assert scene.hardware.open_now() == []
        assert scene.attached() == []
        assert scene.hardware.wrong == []
