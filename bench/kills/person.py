"""Light people in a room that is killed: they come back by themselves, as clients do."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

from bench.peer import Peer
from stagedoor.messages import (
    AnyMessage,
    AnyRequest,
    MediaRestarted,
    Ok,
    Publish,
    Published,
    SubscribeAnswer,
    SubscribeOffered,
    Update,
    View,
    Watch,
    Welcome,
)
from stagedoor.rules import commands as cmd
from stagedoor.rules.polls.commands import CastVote
from stagedoor.rules.refusals import Code
from stagedoor.rules.talk.commands import AskQuestion, Say
from stagedoor.rules.values import Device, Seat
from stagedoor_client.connection import PASSING, Connection
from stagedoor_client.errors import ConnectionLostError, RefusedError
from stagedoor_client.link import Link
from stagedoor_client.view import apply, me

from .ledger import Ledger

AGAIN = (*PASSING, Code.AWAY, Code.NOT_ENTERED)
PAUSE = 0.05  # seconds between two things that somebody does
SLOWER = 0.6  # seconds after being told that it was too much
SOUND = 0.02  # seconds between two packets of sound
SSRC = 4711


class Person:
    """Somebody whose commands are sent until they are answered; run ``live`` in a task.

    ``welcomes`` counts how often they were let in, ``others`` the times they came back as somebody
    else, ``off_stage`` the times they came back without the seat that they had.
    """

    def __init__(self, link: Link, name: str, ledger: Ledger) -> None:
        self.name = name
        self.view: View | None = None
        self.welcomes = self.others = self.off_stage = 0
        self._ledger = ledger
        self._changed = asyncio.Event()
        self._connection = Connection(link, name, self._heard, lambda seconds: None)

    @property
    def seat(self) -> Seat | None:
        """Where one is, as last seen."""
        mine = me(self.view) if self.view is not None else None
        return mine.seat if mine is not None else None

    async def live(self) -> None:
        """Stay in the room and do things, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._connection.run())
            await self.until(lambda view: True)
            await self.act()

    async def act(self) -> None:
        """What this person does all the time."""

    def _heard(self, message: AnyMessage) -> None:
        if isinstance(message, Welcome):
            before, seat = self.view, self.seat
            self.view = message.view
            self.welcomes += 1
            self.others += before is not None and before.you != message.view.you
            self.off_stage += seat is Seat.ON_STAGE and self.seat is not Seat.ON_STAGE
        elif isinstance(message, Update) and self.view is not None:
            self.view = apply(self.view, message)
        self._changed.set()

    async def until(self, condition: Callable[[View], bool]) -> View:
        """Wait until the view is so; the view."""
        while self.view is None or not condition(self.view):
            self._changed.clear()
            await self._changed.wait()
        return self.view

    async def surely(self, command: AnyRequest) -> int | None:
        """Send it until it is answered: the number of its event, or None if it is refused."""
        while True:
            try:
                answer = await self._connection.request(command, Ok)
            except ConnectionLostError:
                await asyncio.sleep(PAUSE)
            except RefusedError as refused:
                if refused.code not in AGAIN:
                    return None
                await asyncio.sleep(SLOWER if refused.code is Code.TOO_MANY else PAUSE)
            else:
                assert self.view is not None
                self._ledger.acknowledge(command, self.view.you, answer.number)
                return answer.number


class Writer(Person):
    """Writes, asks and votes, each thing with a key or by its nature once."""

    poll = 0

    async def act(self) -> None:
        """See Person.act."""
        for number in itertools.count():
            key = f"{self.name}-{number}"
            await self.surely(AskQuestion(key, key) if number % 8 == 7 else Say(key, key=key))
            if self.poll:
                await self.surely(CastVote(self.poll, (number % 2,)))
            await asyncio.sleep(PAUSE)


class Visitor(Person):
    """Asks for the stage, accepts, is removed, and asks again."""

    async def act(self) -> None:
        """See Person.act."""
        while True:
            await asyncio.sleep(PAUSE)
            if self.seat is Seat.VIEWER:
                await self.surely(cmd.AskToJoinStage())
            elif self.seat is Seat.OFFERED:
                await self.surely(cmd.AcceptOffer(microphone=False, camera=False))


class Moderator(Person):
    """Approves whoever asks, and removes visitors from the stage again."""

    async def act(self) -> None:
        """See Person.act."""
        while True:
            await asyncio.sleep(PAUSE)
            for one in list(self.view.people if self.view is not None else ()):
                if one.seat is Seat.REQUESTED:
                    await self.surely(cmd.Approve(one.id))
                elif one.seat is Seat.ON_STAGE and one.name.startswith("Visitor"):
                    await self.surely(cmd.RemoveFromStage(one.id))


class Performer(Visitor):
    """Is heard on stage: each packet says by whom, and over the how manieth connection.

    Asks for the stage once; whoever comes back and is not there any more is counted, and asks.
    """

    def __init__(self, link: Link, name: str, ledger: Ledger) -> None:
        super().__init__(link, name, ledger)
        self.connections = 0
        self._anew = asyncio.Event()

    def _heard(self, message: AnyMessage) -> None:
        if isinstance(message, Welcome | MediaRestarted):
            self._anew.set()
        super()._heard(message)

    async def act(self) -> None:
        """See Person.act."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(super().act())
            while True:
                await self.until(lambda _: self.seat is Seat.ON_STAGE)
                self._anew.clear()
                sending = asyncio.create_task(self._send())
                await self._anew.wait()
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _send(self) -> None:
        """Publish, and send sound until cancelled; again if the engine is not there yet."""
        while True:
            peer = await Peer.open()
            try:
                self.connections += 1
                await self.surely(cmd.SetDevice(Device.MICROPHONE, True))
                offer = Publish(peer.offer(SSRC))
                await peer.connect((await self._connection.request(offer, Published)).sdp)
                for sequence in itertools.count():
                    peer.send_rtp(self._packet(sequence))
                    await asyncio.sleep(SOUND)
            except (RefusedError, ConnectionLostError, TimeoutError):
                await asyncio.sleep(PAUSE)
            finally:
                peer.close()

    def _packet(self, sequence: int) -> bytes:
        header = bytes([0x80, 111]) + (sequence & 0xFFFF).to_bytes(2)
        header += (sequence * 960 & 0xFFFFFFFF).to_bytes(4) + SSRC.to_bytes(4)
        return header + f"{self.name} {self.connections}".encode()


class Watcher(Person):
    """Receives the stage: so many ``packets``; ``heard``: by name, the newest connection."""

    def __init__(self, link: Link, name: str, ledger: Ledger) -> None:
        super().__init__(link, name, ledger)
        self.heard: dict[str, int] = {}
        self.packets = 0
        self._offers: asyncio.Queue[SubscribeOffered] = asyncio.Queue()
        self._anew = asyncio.Event()

    def _heard(self, message: AnyMessage) -> None:
        if isinstance(message, Welcome | MediaRestarted):
            self._anew.set()
        elif isinstance(message, SubscribeOffered):
            self._offers.put_nowait(message)
        super()._heard(message)

    async def act(self) -> None:
        """See Person.act."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            while True:
                await self._anew.wait()
                self._anew.clear()
                await self.surely(Watch())

    async def _follow(self) -> None:
        """Answer every offer, by a new connection where one is asked for."""
        peer = await Peer.open(self._sound)
        connecting: asyncio.Task[None] | None = None
        while True:
            offer = await self._offers.get()
            if offer.fresh:
                if connecting is not None:
                    connecting.cancel()
                    await asyncio.gather(connecting, return_exceptions=True)
                peer.close()
                peer = await Peer.open(self._sound)
            await self.surely(SubscribeAnswer(offer.revision, peer.answer(offer.sdp)))
            if offer.fresh:
                connecting = asyncio.create_task(peer.connect(offer.sdp))

    def _sound(self, packet: bytes) -> None:
        self.packets += 1
        text = packet[packet.rfind(b"Performer") :].decode(errors="replace")
        name, _, connection = text.rpartition(" ")
        if connection.isdigit():
            self.heard[name] = max(int(connection), self.heard.get(name, 0))
