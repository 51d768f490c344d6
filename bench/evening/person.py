"""Somebody in the room: by the client's own connection, following what the server says."""

from __future__ import annotations

import asyncio
import socket

from bench.kills.ledger import Ledger
from bench.kills.person import Person
from stagedoor.messages import (
    AnyMessage,
    AnyRequest,
    MediaRestarted,
    Ok,
    PersonView,
    Ping,
    SubscribeOffered,
    TracksChanged,
    Update,
    Welcome,
)
from stagedoor.rules.event.commands import Rename
from stagedoor.rules.refusals import Code
from stagedoor_client.connection import Connection
from stagedoor_client.errors import ConnectionLostError, EndedError, RefusedError
from stagedoor_client.link import Link
from stagedoor_client.view import UP, apply, me, whole

from .comparing import shortened
from .media import Hall, Sending, Watching
from .tally import Refused, Tally, kind, now

PUT_OUT = (Code.REMOVED, Code.BANNED)


class Guest(Person):
    """Watches, and sends while on stage. ``absent``: not there, and to come back later.

    ``removed``: put out of the room for good.
    """

    def __init__(self, link: Link, name: str, ledger: Ledger, tally: Tally, hall: Hall) -> None:
        super().__init__(link, name, ledger)
        self._connection = Connection(link, name, self._heard, lambda seconds: self._offline())
        self.tally = tally
        self.online = self.absent = self.removed = self.busy = False
        self._watching = Watching(self, hall)
        self._sending = Sending(self, hall)
        self._living: asyncio.Task[None] | None = None

    @property
    def me(self) -> PersonView | None:
        """Oneself, as last seen."""
        return me(self.view) if self.view is not None else None

    @property
    def received(self) -> set[str]:
        """Whose the m-lines are that one is sent."""
        return self._watching.people

    # -- coming and going

    async def come(self) -> None:
        """Enter, or come back; returns when one is in."""
        welcomes = self.welcomes
        self.absent = False
        self._living = asyncio.create_task(self._live())
        while self.welcomes == welcomes and not self._living.done():
            self._changed.clear()
            await self._changed.wait()

    async def _live(self) -> None:
        try:
            await self._connection.run()
        except (EndedError, RefusedError) as error:
            self.removed = True
            self.tally.happened[f"not let in any more: {error.code}"] += 1
            if error.code not in PUT_OUT:
                self.tally.unexpected.append(f"{self.name} could not stay: {error!r}")
        except ConnectionLostError as error:
            self.removed = True
            self.tally.unexpected.append(f"{self.name} could not connect: {error!r}")
        finally:
            self._offline()

    async def go(self) -> None:
        """Close the page."""
        self.absent = True
        if self._living is not None:
            self._living.cancel()
            await asyncio.gather(self._living, return_exceptions=True)

    def drop(self) -> None:
        """Lose the connection at once; one comes back by oneself."""
        line = self._connection._socket
        found = line.get_extra_info("socket") if line is not None else None
        if found is not None:
            found.shutdown(socket.SHUT_RDWR)

    def _offline(self) -> None:
        self.online = False
        self._watching.stop()
        self._sending.stop()
        self._changed.set()

    # -- what one hears

    def _heard(self, message: AnyMessage) -> None:
        match message:
            case Welcome():
                before = self.view
                self.view = whole(message.view)
                self.welcomes += 1
                self.online = True
                if before is not None and before.you != self.view.you:
                    self.tally.unexpected.append(f"{self.name} came back as somebody else")
                self._sending.stop()
                self._watching.begin()
            case Update() if self.view is not None:
                self.view = shortened(apply(self.view, message))
            case MediaRestarted():
                self.tally.unexpected.append("the media engine was started again")
            case SubscribeOffered():
                self._watching.offered(message)
            case TracksChanged():
                self._watching.changed(message)
        self._sending.follow(self.online and self.seat in UP)
        self._changed.set()

    # -- what one does

    async def ask(self, command: AnyRequest, answer: type = Ok) -> object | None:
        """The answer; None if it was refused, or the connection went."""
        you, sent = self.view.you if self.view is not None else "", now()
        try:
            found = await self._connection.request(command, answer)
        except ConnectionLostError:
            self.tally.unanswered += 1
            return None
        except RefusedError as no:
            self.tally.refuse(Refused(you, command, no.code, str(no), sent, now()))
            return None
        self.tally.done[kind(command)] += 1
        if isinstance(command, Rename):
            self._connection._name = command.name  # to come back with, as the page does
        if isinstance(found, Ok):
            self._ledger.acknowledge(command, you, found.number)
        return found

    async def caught_up(self) -> bool:
        """Whether all that was sent to one until now has come; not if there is no connection."""
        try:
            await self._connection.request(Ping(), Ok)
        except ConnectionLostError:
            return False
        return self.online
