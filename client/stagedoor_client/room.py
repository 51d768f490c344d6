"""A room entered by a Python program: the same abilities as the page, without a window.

async with Room(link, Options("Robot", ask=True, accept=True, capture=capture)) as room:
    await room.ended()
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Set
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
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device

from . import lines
from .capture import Capture, Studio
from .connection import PASSING, Connection
from .errors import ConnectionLostError, DeviceError, EndedError, RefusedError
from .lines import Line
from .link import Link
from .publisher import Publisher
from .reactions import Step, Wishes, next_step, possible, wanted
from .subscriber import Sink, Subscriber
from .view import apply, me

RETRY = 2.0

T = TypeVar("T")


@dataclass(frozen=True)
class Options:
    """How to take part.

    ``sink`` gets the stage's frames; without one nothing is received. ``on_line`` is told each
    state in words, ``on_view`` each view. Both are called in the event loop.
    """

    name: str
    ask: bool = False
    accept: bool = False
    capture: Capture = field(default_factory=Capture)
    sink: Sink | None = None
    on_line: Callable[[Line], None] = lambda line: None
    on_view: Callable[[View], None] = lambda view: None


class Room:
    """An async context manager; inside it the room is entered, and stays so by itself.

    Raises on entering: RefusedError (EndedError), ConnectionLostError.
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
        self._connection = Connection(link, options.name, self._message, self._lost)
        self._publisher = Publisher(self._publish, self._retry)
        self._studio = Studio(capture, self._publisher, self._device_failed)
        self._subscriber = (
            Subscriber(options.sink, self._answer, lambda: self._fire(Watch()))
            if options.sink
            else None
        )
        self._clock_offset = 0.0
        self._online = False
        self._preparing = Step.NONE
        self._asked = False
        self._anew = False
        self._onlookers: list[asyncio.Future[None]] = []
        self._entered = asyncio.Event()
        self._changed = asyncio.Event()
        self._offers: asyncio.Queue[SubscribeOffered] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # -- life

    async def __aenter__(self) -> Self:
        self._start(self._connection.run())
        self._start(self._reconcile())
        if self._subscriber is not None:
            self._start(self._subscribe(self._subscriber))
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
        self._studio.want(microphone=False, camera=False)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._studio.close()
        await self._publisher.close()
        if self._subscriber is not None:
            await self._subscriber.close()
        if not self._over.done():
            self._over.set_result(None)
        elif not self._over.cancelled():
            self._over.exception()  # whoever did not wait for it has seen it elsewhere

    async def ended(self) -> None:
        """Wait until the room has ended.

        Raises RefusedError or EndedError when the server did not let one back in or closed the
        session for good, DeviceError when a chosen device could not be opened for the stage.
        """
        await asyncio.shield(self._over)

    async def until(self, condition: Callable[[Room], T | None]) -> T:
        """Wait until ``condition`` finds something in this room; what it found."""
        while (found := condition(self)) is None:
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._onlookers.append(waiting)
            await waiting
        return found

    async def command(self, command: AnyRequest) -> None:
        """Send a command. Raises RefusedError, ConnectionLostError."""
        await self._connection.command(command)

    # -- what the server says

    def _message(self, message: AnyMessage) -> None:
        match message:
            case Welcome():
                self._welcomed(message)
            case Update() if self.view is not None:
                before, self.view = self.view, apply(self.view, message)
                self._tell_changes(before, self.view, message.happened)
            case SubscribeOffered():
                self._offers.put_nowait(message)
            case MediaRestarted():
                self._tell(Line("media_restarted", "the media engine was restarted"))
                self._media_anew()
            case _:
                return
        self._follow()

    def _welcomed(self, message: Welcome) -> None:
        before = self.view
        self._clock_offset = message.now - time.time() * 1000
        self.view, self._online = message.view, True
        if before is not None and before.you != message.view.you:
            self._asked = False  # the server had forgotten us, and we are somebody new to it
        self._tell(lines.entered(message.view, again=before is not None))
        self._tell_changes(None, message.view, message.missed)
        self._entered.set()
        self._media_anew()

    def _lost(self, seconds: float) -> None:
        self._online = False
        self._tell(Line("reconnecting", f"reconnecting in {seconds:g} s", {"seconds": seconds}))
        self._follow()

    def _media_anew(self) -> None:
        """Both connections are to be made again: the server knows them no more."""
        self._anew = True
        if self._subscriber is not None:
            self._fire(Watch())

    def _follow(self) -> None:
        """Do what the view says: with the devices at once, with the rest as soon as possible."""
        view = self.view if self._online else None
        target = wanted(view, self._preparing, self._wishes)
        self._studio.want(microphone=target.microphone, camera=target.camera)
        self._changed.set()
        onlookers, self._onlookers = self._onlookers, []
        for waiting in onlookers:
            if not waiting.done():
                waiting.set_result(None)
        if view is None:
            return
        self._options.on_view(view)
        if view.room.ended and not self._over.done():
            self._over.set_result(None)

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

    # -- going up, and publishing

    async def _reconcile(self) -> None:
        """Take the steps wished for and publish while on stage, after every change."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._settle()
            except RefusedError as error:
                self._tell(Line("refused", str(error), {"code": str(error.code)}))
                if error.code in PASSING:
                    self._retry()
            except ConnectionLostError:
                self._retry()  # told where it was noticed
            except Exception as error:  # aiortc's, of an answer it cannot use
                self._tell(Line("media_failed", f"publishing failed: {error}"))
                self._retry()

    async def _settle(self) -> None:
        view = self.view
        if view is None or not self._online:
            await self._publisher.disconnect()
            return
        match next_step(view, self._wishes, self._asked):
            case Step.ASK:
                await self.command(cmd.AskToJoinStage())
                self._asked = True
            case Step.JOIN | Step.ACCEPT as step:
                await self._go_up(step)
        if self._anew:
            self._anew = False
            await self._publisher.disconnect()
        view = self.view if self._online else None
        if not wanted(view, Step.NONE, self._wishes).publishing:
            await self._publisher.disconnect()
        elif not self._publisher.connected:
            await self._publisher.connect()

    async def _go_up(self, step: Step) -> None:
        """Open the devices, then say yes: arrive with exactly these (rules 2 and 15)."""
        self._preparing = step
        self._follow_devices()
        try:
            try:
                await self._studio.settled()
            except DeviceError as error:
                await self._stay_down(step, error)
                return
            if self.view is None or possible(self.view) is not step:
                return  # meanwhile taken back, or expired
            yes = cmd.JoinStage if step is Step.JOIN else cmd.AcceptOffer
            await self.command(yes(self._wishes.microphone, self._wishes.camera))
            self._asked = True
        except RefusedError:
            self._asked = self._asked or step is Step.JOIN
            raise
        finally:
            self._preparing = Step.NONE
            self._follow_devices()

    def _follow_devices(self) -> None:
        view = self.view if self._online else None
        target = wanted(view, self._preparing, self._wishes)
        self._studio.want(microphone=target.microphone, camera=target.camera)

    async def _stay_down(self, step: Step, error: DeviceError) -> None:
        """A chosen device cannot be had: decline, and give up."""
        if step is Step.ACCEPT:
            with contextlib.suppress(RefusedError, ConnectionLostError):
                await self.command(cmd.DeclineOffer())
        if not self._over.done():
            self._over.set_exception(error)

    def _device_failed(self, kind: str, error: DeviceError) -> None:
        """A device that cannot be used is off on the server as well; one stays in the room."""
        self._tell(Line("device_failed", str(error), {"device": kind}))
        if self._preparing is Step.NONE:
            self._fire(cmd.SetDevice(Device(kind), False))

    async def _publish(self, sdp: str) -> str:
        return (await self._connection.request(Publish(sdp), Published)).sdp

    def _retry(self) -> None:
        asyncio.get_running_loop().call_later(RETRY, self._changed.set)

    # -- receiving

    def show(self, people: Set[str] | None) -> None:
        """Whose video is looked at from now on: others' is not decoded. At first, everybody's."""
        if self._subscriber is not None:
            self._subscriber.show(people)

    async def _subscribe(self, subscriber: Subscriber) -> None:
        while True:
            offer = await self._offers.get()
            try:
                await subscriber.offered(offer)
            except (RefusedError, ConnectionLostError):
                continue  # overtaken by a newer offer, or by a new connection
            except Exception as error:  # aiortc's, of an offer it cannot use
                self._tell(Line("media_failed", f"receiving the stage failed: {error}"))

    async def _answer(self, revision: int, sdp: str) -> None:
        await self._connection.request(SubscribeAnswer(revision, sdp), Ok)

    # -- tasks

    def _fire(self, command: AnyRequest) -> None:
        """Send a command whose refusal is but told."""

        async def send() -> None:
            try:
                await self.command(command)
            except RefusedError as error:
                self._tell(Line("refused", str(error), {"code": str(error.code)}))
            except ConnectionLostError:
                pass

        self._start(send())

    def _start(self, job: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None or self._over.done():
            return
        if isinstance(error, EndedError) and error.code is Code.ROOM_ENDED:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)
