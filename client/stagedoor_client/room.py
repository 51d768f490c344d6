"""A room entered by a Python program: the same abilities as the page, without a window.

async with Room(link, Options("Robot", ask=True, accept=True, capture=capture)) as room:
    await room.ended()
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar

from stagedoor.messages import (
    AnyMessage,
    AnyRequest,
    Happening,
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
from stagedoor.rules.values import Device

from . import lines
from .connection import Connection, ConnectionLostError, RefusedError
from .devices import DeviceError
from .lines import Line
from .link import Link
from .publisher import Capture, Publisher
from .reactions import Wishes, next_step, wanted
from .subscriber import Sink, Subscriber
from .view import apply, me

RETRY = 2.0

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """How to take part. ``on_line`` is told each state; ``sink`` gets the stage's frames."""

    name: str
    ask: bool = False
    accept: bool = False
    capture: Capture = field(default_factory=Capture)
    sink: Sink | None = None
    on_line: Callable[[Line], None] = lambda line: None


class Room:
    """An async context manager; inside it the room is entered, and stays so by itself.

    Raises on entering: RefusedError, ConnectionLostError.
    """

    def __init__(self, link: Link, options: Options) -> None:
        self.view: View | None = None
        self._options = options
        capture = options.capture
        self._wishes = Wishes(
            options.ask,
            options.accept,
            capture.microphone is not None,
            capture.camera is not None,
        )
        self._connection = Connection(link, options.name, self._message, self._waiting)
        self._publisher = Publisher(capture, self._publish, self._device_failed, self._wake)
        self._subscriber = Subscriber(options.sink, self._answer) if options.sink else None
        self._clock_offset = 0.0
        self._preparing = False
        self._asked_once = False
        self._onlookers: list[asyncio.Future[None]] = []
        self._entered = asyncio.Event()
        self._changed = asyncio.Event()
        self._offers: asyncio.Queue[SubscribeOffered] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> Self:
        jobs = [self._connection.run(), self._reconcile()]
        if self._subscriber is not None:
            jobs.append(self._subscribe(self._subscriber))
        for job in jobs:
            task = asyncio.create_task(job)
            task.add_done_callback(self._task_done)
            self._tasks.append(task)
        entering = asyncio.create_task(self._entered.wait())
        try:
            first: list[asyncio.Future[Any]] = [entering, self._over]
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
            if self._over.done():
                await self._over
        except BaseException:
            await self.close()
            raise
        finally:
            entering.cancel()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave the room and release everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._publisher.close()
        if self._subscriber is not None:
            await self._subscriber.close()
        if self._over.done() and not self._over.cancelled():
            self._over.exception()  # whoever did not wait for it has seen it elsewhere

    async def ended(self) -> None:
        """Wait until the room has ended.

        Raises EndedError when the session was closed for good, DeviceError when a chosen device
        could not be opened for the stage.
        """
        await asyncio.shield(self._over)

    async def until(self, condition: Callable[[Room], T | None]) -> T:
        """Wait until ``condition`` finds something in this room; what it found."""
        while True:
            found = condition(self)
            if found is not None:
                return found
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._onlookers.append(waiting)
            await waiting

    async def command(self, command: AnyRequest) -> None:
        """Send a command. Raises RefusedError, ConnectionLostError."""
        await self._connection.command(command)

    # -- what the server says

    def _message(self, message: AnyMessage) -> None:
        match message:
            case Welcome():
                again, before = self.view is not None, self.view
                self._clock_offset = message.now - time.time() * 1000
                self.view = message.view
                self._tell(lines.entered(message.view, again=again))
                self._tell_changes(before, message.view, message.missed)
                self._entered.set()
                if self._subscriber is not None:
                    self._fire(Watch())
            case Update() if self.view is not None:
                before, self.view = self.view, apply(self.view, message)
                self._tell_changes(before, self.view, message.happened)
            case SubscribeOffered():
                self._offers.put_nowait(message)
            case MediaRestarted():
                self._tell(Line("media_restarted", "the media engine was restarted"))
                self._fire_media_again()
            case _:
                return
        if self.view is not None and self.view.room.ended and not self._over.done():
            self._over.set_result(None)
        self._wake()

    def _tell_changes(self, before: View | None, after: View, happened: list[Happening]) -> None:
        for what in happened:
            line = lines.happened(what, after.you)
            if line is not None:
                self._tell(line)
        person = me(after)
        if person is not None:
            now = int(time.time() * 1000 + self._clock_offset)
            was = me(before) if before is not None else None
            line = lines.seat_changed(was, person, now)
            if line is not None:
                self._tell(line)

    def _tell(self, line: Line) -> None:
        self._options.on_line(line)

    def _waiting(self, delay: float) -> None:
        self._tell(Line("reconnecting", f"reconnecting in {delay:g} s", {"seconds": delay}))

    # -- making it so

    def _wake(self) -> None:
        self._changed.set()
        onlookers, self._onlookers = self._onlookers, []
        for waiting in onlookers:
            if not waiting.done():
                waiting.set_result(None)

    async def _reconcile(self) -> None:
        """Bring devices and publishing to where the view wants them, after every change."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._settle()
            except (RefusedError, ConnectionLostError) as error:
                self._tell(Line("refused", str(error)))
                if isinstance(error, ConnectionLostError):
                    asyncio.get_running_loop().call_later(RETRY, self._wake)

    async def _settle(self) -> None:
        view = self.view
        if view is None:
            return
        step = next_step(view, self._wishes)
        if step == "ask" and not self._asked_once:
            self._asked_once = True
            await self.command(cmd.AskToJoinStage())
        elif step == "accept" or (step == "join" and not self._asked_once):
            await self._go_up(step)
        target = wanted(self.view, False, self._wishes)
        await self._have_devices(target.microphone, target.camera)
        if not target.publishing:
            await self._publisher.disconnect()
        if target.publishing and not self._publisher.connected:
            await self._publisher.connect()

    async def _go_up(self, step: str) -> None:
        """Open the devices, then say yes: arrive with exactly these (rules 2 and 15)."""
        if step == "join":
            self._asked_once = True
        chosen = wanted(self.view, True, self._wishes)
        try:
            await self._publisher.devices(microphone=chosen.microphone, camera=chosen.camera)
        except DeviceError as error:
            self._tell(Line("device_failed", str(error)))
            if step == "accept":
                await self.command(cmd.DeclineOffer())
            if not self._over.done():
                self._over.set_exception(error)
            return
        yes = cmd.JoinStage if step == "join" else cmd.AcceptOffer
        try:
            await self.command(yes(chosen.microphone, chosen.camera))
        except (RefusedError, ConnectionLostError):
            await self._publisher.devices(microphone=False, camera=False)
            raise

    async def _have_devices(self, microphone: bool, camera: bool) -> None:
        try:
            await self._publisher.devices(microphone=microphone, camera=camera)
        except DeviceError as error:
            kind = "microphone" if "icrophone" in str(error) else "camera"
            self._device_failed(kind, error)

    def _device_failed(self, kind: str, error: DeviceError) -> None:
        """A device that cannot be used is off on the server as well; one stays in the room."""
        self._tell(Line("device_failed", str(error), {"device": kind}))
        self._fire(cmd.SetDevice(Device(kind), False))

    async def _publish(self, sdp: str) -> str:
        return (await self._connection.request(Publish(sdp), Published)).sdp

    # -- receiving

    async def _subscribe(self, subscriber: Subscriber) -> None:
        while True:
            offer = await self._offers.get()
            with contextlib.suppress(RefusedError, ConnectionLostError):
                await subscriber.offered(offer)

    async def _answer(self, revision: int, sdp: str) -> None:
        await self._connection.request(SubscribeAnswer(revision, sdp), Ok)

    # -- odds and ends

    def _fire_media_again(self) -> None:
        async def again() -> None:
            await self._publisher.disconnect()
            self._wake()

        self._start(again())
        if self._subscriber is not None:
            self._fire(Watch())

    def _fire(self, command: AnyRequest) -> None:
        """Send a command whose refusal is but told."""

        async def send() -> None:
            try:
                await self.command(command)
            except (RefusedError, ConnectionLostError) as error:
                self._tell(Line("refused", str(error)))

        self._start(send())

    def _start(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self._over.done():
            return
        error = task.exception()
        if error is not None:
            self._over.set_exception(error)
