"""Orders from another program, one JSON object a line: ``{"do": "mute"}``, answered by lines."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from msgspec import Struct

from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device as Kind

from .automatic import go_up_with
from .devices import Device, choose
from .errors import ConnectionLostError, DeviceError, RefusedError
from .lines import Line
from .room import NO_WAY, Room

LONGEST = 64 * 1024  # bytes


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """What to do, and with what; ``id`` comes back in the answer. See docs/client.md."""

    do: str
    device: Kind | None = None
    devices: list[Kind] = []
    on: bool | None = None
    name: str = ""
    id: int | str | None = None


class OrderError(Exception):
    """An order that cannot be understood."""


class Control:
    """Obeys orders in a room, one after the other. ``say`` is told what became of each."""

    def __init__(self, room: Room, say: Callable[[Line], None]) -> None:
        self._room = room
        self._say = say

    async def run(self, lines: AsyncIterator[bytes]) -> None:
        """Until ``quit``, or the end of the lines."""
        async for line in lines:
            if line.strip() and await self._take(line):
                return

    async def _take(self, line: bytes) -> bool:
        """Obey one line and answer; whether it is the last."""
        order = Order("")
        try:
            order = msgspec.json.decode(line, type=Order)
            if order.do == "quit":
                return True
            await self._obey(order)
        except msgspec.MsgspecError as error:
            self._answer(order, f"that is no order: {error}", "bad_order")
        except OrderError as error:
            self._answer(order, str(error), "bad_order")
        except RefusedError as error:
            self._answer(order, str(error), str(error.code))
        except DeviceError as error:
            self._answer(order, str(error), "device")
        except ConnectionLostError as error:
            self._answer(order, str(error), "no_connection")
        else:
            self._answer(order, f"done: {order.do}", "")
        return False

    def _answer(self, order: Order, sentence: str, code: str) -> None:
        fields: dict[str, Any] = {"do": order.do, **({"code": code} if code else {})}
        if order.id is not None:
            fields["id"] = order.id
        self._say(Line("not_done" if code else "done", sentence, fields))

    async def _obey(self, order: Order) -> None:
        room = self._room
        match order.do:
            case "ask":
                await room.ask()
            case "cancel":
                await room.cancel()
            case "decline":
                await room.decline()
            case "leave":
                await room.leave()
            case "go_up":
                if not await go_up_with(room, order.devices):
                    raise RefusedError(Code.WRONG_STATE, NO_WAY)
            case "raise_hand" | "lower_hand":
                await room.raise_hand(order.do == "raise_hand")
            case "mute" | "unmute":
                await room.turn(Kind.MICROPHONE, order.do == "unmute")
            case "turn":
                if order.device is None or order.on is None:
                    raise OrderError("“turn” needs a “device” and “on”.")
                await room.turn(order.device, order.on)
            case "choose":
                await self._choose(order)
            case _:
                raise OrderError(f"There is no order “{order.do}”.")

    async def _choose(self, order: Order) -> None:
        if order.device is None:
            raise OrderError("“choose” needs a “device” and its “name”.")
        hardware = self._room.studio.hardware
        listings: dict[Kind, Callable[[], list[Device]]] = {
            Kind.CAMERA: hardware.cameras,
            Kind.MICROPHONE: hardware.microphones,
            Kind.SCREEN: hardware.screens,
        }
        found = await asyncio.to_thread(listings[order.device])
        self._room.studio.choose(order.device, choose(found, order.name, order.device))


async def read_lines(descriptor: int) -> AsyncIterator[bytes]:
    """The lines of a file, pipe or terminal, as they come; those that are too long in pieces."""
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[bytes | None] = asyncio.Queue()

    def read() -> None:
        rest = b""
        try:
            while some := os.read(descriptor, LONGEST):
                *whole, rest = (rest + some).split(b"\n")
                if len(rest) > LONGEST:
                    whole, rest = [*whole, rest], b""
                for line in whole:
                    loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, rest)
            loop.call_soon_threadsafe(lines.put_nowait, None)
        except RuntimeError:
            pass  # the event loop has ended meanwhile

    # A daemon, as nothing can end a read; of the descriptor, as Python's own files have a lock that
    # a thread would hold at the exit.
    threading.Thread(target=read, name="orders", daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line
