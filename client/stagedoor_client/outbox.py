"""What was written and has not arrived yet: sent one after the other, each exactly once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from stagedoor.rules.talk.commands import AskQuestion, Say

from .errors import ConnectionLostError, RefusedError, SomebodyElseError
from .words import why

Written = Say | AskQuestion
Failure = RefusedError | ConnectionLostError


@dataclass
class Unsent:
    """A message or question under way, or refused: then ``failure`` is why.

    ``command`` has the key by which the server knows it again. ``done`` is resolved with the
    failure, or None once it has arrived.
    """

    command: Written
    thread: str
    state: Literal["sending", "failed"] = "sending"
    failure: Failure | None = None
    done: asyncio.Future[Failure | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def key(self) -> str:
        """By which it is known."""
        return self.command.key

    @property
    def sentence(self) -> str:
        """Why it was not sent, for people; empty while it is under way."""
        return why(self.failure) if self.failure is not None else ""


class Outbox:
    """Sends what was written in order. ``changed`` is told of every change of ``items``.

    ``send`` sends one until it is answered, over lost connections, too; it may raise RefusedError,
    SomebodyElseError, and ConnectionLostError once the room is left: then all stays as it is.
    """

    def __init__(
        self, send: Callable[[Written], Awaitable[None]], changed: Callable[[], None]
    ) -> None:
        self._send = send
        self._changed = changed
        self._wake = asyncio.Event()
        self.items: list[Unsent] = []

    def add(self, command: Written, thread: str) -> Unsent:
        """Send this with a key of its own, after what waits already. Returns at once."""
        one = Unsent(replace(command, key=secrets.token_hex(8)), thread)
        self.items.append(one)
        self._news()
        return one

    def of(self, thread: str) -> list[Unsent]:
        """What waits in a thread, in order."""
        return [one for one in self.items if one.thread == thread]

    def retry(self, key: str) -> None:
        """Send one that failed again."""
        for one in self.items:
            if one.key == key and one.state == "failed":
                one.state, one.failure = "sending", None
                self._news()

    def take(self, key: str) -> Unsent | None:
        """Take one that failed away, to be written anew or forgotten; None if it did not."""
        found = next((one for one in self.items if one.key == key and one.state == "failed"), None)
        if found is not None:
            self.items.remove(found)
            self._news()
        return found

    def _news(self) -> None:
        self._wake.set()
        self._changed()

    async def run(self) -> None:
        """Send what there is, until cancelled or the room is left."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while (one := self._next()) is not None:
                try:
                    await self._send(one.command)
                except (RefusedError, SomebodyElseError) as error:
                    one.state, one.failure = "failed", error
                    self._resolve(one, error)
                except ConnectionLostError:
                    return
                else:
                    self.items.remove(one)
                    self._resolve(one, None)
                self._changed()

    def close(self, error: ConnectionLostError) -> None:
        """The room is left: whoever waits for something to arrive is told so."""
        for one in self.items:
            self._resolve(one, error)

    def _next(self) -> Unsent | None:
        return next((one for one in self.items if one.state == "sending"), None)

    def _resolve(self, one: Unsent, failure: Failure | None) -> None:
        if not one.done.done():
            one.done.set_result(failure)
