"""Orders from another program, one JSON object a line: ``{"do": "mute"}``, answered by lines."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.values import Channel
from stagedoor.rules.values import Device as Kind

from .automatic import go_up_with
from .devices import Device, choose
from .errors import ConnectionLostError, DeviceError, RefusedError
from .lines import Line
from .room import NO_WAY, Room

LONGEST = 64 * 1024  # bytes
GRACE = 10.0  # seconds for what is being sent at the end


PATIENT = ("say", "ask_question", "vote_for_question", "vote", "answer")
"""Orders that are carried out over lost connections, too."""


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """What to do, and with what; ``id`` comes back in the answer. See docs/client.md."""

    do: str
    device: Kind | None = None
    devices: list[Kind] = []
    on: bool | None = None
    name: str = ""
    text: str = ""
    channel: Channel = Channel.ROOM
    to: str = ""
    reply_to: int = 0
    announcement: bool = False
    reaction: Reaction | None = None
    poll: int | None = None
    quiz: int | None = None
    question: int | None = None
    choices: tuple[int, ...] = ()
    rating: int = 0
    words: tuple[str, ...] = ()
    id: int | str | None = None


class OrderError(Exception):
    """An order that cannot be understood."""


class Control:
    """Obeys orders in a room, one after the other. ``say`` is told what became of each.

    What is sent over lost connections, too, is answered when it has arrived; the orders after it do
    not wait for that.
    """

    def __init__(self, room: Room, say: Callable[[Line], None]) -> None:
        self._room = room
        self._say = say
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(self, lines: AsyncIterator[bytes]) -> None:
        """Until ``quit``, or the end of the lines, and a moment for what is under way then."""
        try:
            async for line in lines:
                if line.strip() and await self._take(line):
                    break
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=GRACE)
        finally:
            for task in self._under_way:
                task.cancel()

    async def _take(self, line: bytes) -> bool:
        """Obey one line and answer; whether it is the last."""
        try:
            order = msgspec.json.decode(line, type=Order)
        except msgspec.MsgspecError as error:
            self._answer(Order(""), f"that is no order: {error}", "bad_order")
            return False
        if order.do == "quit":
            return True
        if order.do in PATIENT:
            task = asyncio.create_task(self._do(order, self._send(order)))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        else:
            await self._do(order, self._obey(order))
        return False

    async def _do(self, order: Order, deed: Awaitable[None]) -> None:
        try:
            await deed
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

    def _answer(self, order: Order, sentence: str, code: str) -> None:
        fields: dict[str, Any] = {"do": order.do, **({"code": code} if code else {})}
        if order.id is not None:
            fields["id"] = order.id
        self._say(Line("not_done" if code else "done", sentence, fields))

    async def _obey(self, order: Order) -> None:
        room = self._room
        match order.do:
            case "ask" | "cancel" | "decline" | "leave":
                await getattr(room, order.do)()
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
            case "react":
                if order.reaction is None:
                    raise OrderError("“react” needs a “reaction”.")
                await room.react(order.reaction)
            case _:
                raise OrderError(f"There is no order “{order.do}”.")

    async def _send(self, order: Order) -> None:
        """What is in ``PATIENT``, until it has arrived."""
        room = self._room
        match order.do:
            case "say":
                await room.say(
                    order.text,
                    order.channel,
                    to=order.to,
                    reply_to=order.reply_to,
                    announcement=order.announcement,
                )
            case "ask_question":
                await room.ask_question(order.text)
            case "vote_for_question":
                question = _needed(order, "question", order.question)
                await room.be_for(question, order.on is not False)
            case "vote":
                await room.vote(
                    _needed(order, "poll", order.poll),
                    choices=order.choices,
                    rating=order.rating,
                    text=order.text,
                    words=order.words,
                )
            case "answer":
                quiz = _needed(order, "quiz", order.quiz)
                question = _needed(order, "question", order.question)
                await room.answer(quiz, question, *order.choices)

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


def _needed(order: Order, field: str, value: int | None) -> int:
    if value is None:
        raise OrderError(f"“{order.do}” needs a “{field}”, its number.")
    return value


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
