"""Being in a room: the connection and the view kept, and the stage received."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence, Set
from types import TracebackType
from typing import Any, Self, TypeVar

from aiortc import RTCPeerConnection

from stagedoor.messages import (
    AnyMessage,
    AnyRequest,
    Happening,
    IceServer,
    Lobby,
    MediaRestarted,
    Ok,
    PersonView,
    Saving,
    Speaking,
    SubscribeAnswer,
    SubscribeOffered,
    TileSize,
    TracksChanged,
    Update,
    View,
    ViewTiles,
    Watch,
    Welcome,
)
from stagedoor.rules.refusals import Code

from . import lines
from .connection import Connection
from .errors import ConnectionLostError, EndedError, RefusedError
from .gauge import Gauge
from .lines import Line
from .link import Link
from .options import Options, State
from .quality import Quality
from .subscriber import Subscriber
from .view import UP, apply, me, whole

T = TypeVar("T")

TILES_AFTER = 0.3  # seconds; while a window is being resized, once in a while will do
MEASURED = 2.0  # seconds between two looks at the network


class Presence:
    """An async context manager; inside it the room is entered, and stays so by itself.

    Raises on entering: RefusedError (EndedError), ConnectionLostError.
    """

    def __init__(self, link: Link, options: Options) -> None:
        self.view: View | None = None
        self.state: State = "connecting"
        self.speaking: list[str] = []
        self.quality: Quality | None = None
        self.saving = True
        self._options = options
        self._connection = Connection(link, options.name, self._message, self._lost)
        self._subscriber = (
            Subscriber(options.sink, self._answer, lambda: self._fire(Watch()))
            if options.sink
            else None
        )
        self._tiles: list[TileSize] | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._clock_offset = 0.0
        self._onlookers: list[asyncio.Future[None]] = []
        self._entered = asyncio.Event()
        self._offers: asyncio.Queue[SubscribeOffered | TracksChanged] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def online(self) -> bool:
        """Whether there is a connection, so that the view is that of now."""
        return self.state == "open"

    @property
    def restarting(self) -> bool:
        """Whether there is no connection because the server restarts, and said so."""
        return self._connection.restarting

    @property
    def over(self) -> bool:
        """Whether ``ended`` would return or raise at once."""
        return self._over.done()

    @property
    def me(self) -> PersonView | None:
        """Oneself, as last seen."""
        return me(self.view) if self.view is not None else None

    def clock(self) -> int:
        """The server's clock, in milliseconds: what the times in the view are told by."""
        return int(time.monotonic() * 1000 + self._clock_offset)

    # -- life

    async def __aenter__(self) -> Self:
        self._options.on_state("connecting", "connecting")
        self._begin()
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

    def _begin(self) -> None:
        self._start(self._connection.run())
        if self._subscriber is not None:
            self._start(self._subscribe(self._subscriber))
        self._start(self._measure())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave the room and release everything."""
        if self._telling is not None:
            self._telling.cancel()
        await self._stop_tasks()
        if self._subscriber is not None:
            await self._subscriber.close()
        self._end(None, "left the room")
        if not self._over.cancelled():
            self._over.exception()  # whoever did not wait for it has seen it elsewhere

    async def ended(self) -> None:
        """Wait until the room has ended.

        Raises RefusedError or EndedError when the server did not let one back in or closed the
        session for good, DeviceError when a device could not be opened for the stage though
        ``ask`` or ``accept`` want it.
        """
        await asyncio.shield(self._over)

    async def until(self, condition: Callable[[Self], T | None]) -> T:
        """Wait until ``condition`` finds something in this room; what it found."""
        while (found := condition(self)) is None:
            waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._onlookers.append(waiting)
            await waiting
        return found

    async def command(self, command: AnyRequest) -> None:
        """Send a command. Raises RefusedError, ConnectionLostError."""
        if self.state == "ended":
            raise ConnectionLostError("The room has ended, or you have left it.")
        await self._connection.command(command)

    # -- what the server says

    def _message(self, message: AnyMessage) -> None:
        match message:
            case Welcome():
                self._welcomed(message)
            case Update() if self.view is not None:
                before, self.view = self.view, apply(self.view, message)
                self._tell_changes(before, self.view, message.happened)
                self._options.on_happened(message.happened)
                if message.reactions:
                    self._options.on_reactions(message.reactions)
                self._viewed(before, self.view)
            case SubscribeOffered():
                self._offers.put_nowait(message)
            case TracksChanged() if self._subscriber is not None and self._offers.empty():
                self._subscriber.changed(message)  # though an offer may just be being answered
            case TracksChanged():
                self._offers.put_nowait(message)
            case Saving():
                self.saving = message.works
                self._tell(lines.saving(message.works))
                if self.view is not None:
                    self._viewed(self.view, self.view)
            case Speaking():
                self.speaking = message.people
                self._options.on_speaking(message.people)
            case Lobby() if not message.open:
                line = lines.lobby(message)
                self._tell(line)
                self._set_state("connecting", line.sentence)
            case MediaRestarted():
                self._tell(Line("media_restarted", "the media engine was restarted"))
                self._media_anew()

    def _welcomed(self, message: Welcome) -> None:
        before = self.view
        self._use_ice_servers(message.ice_servers)
        self._clock_offset = message.now - time.monotonic() * 1000
        self.view = view = whole(message.view)
        self.saving = True
        line = lines.entered(view, again=before is not None)
        self._tell(line)
        self._tell_changes(None, view, message.missed)
        self._set_state("open", line.sentence)
        self._options.on_happened(message.missed)
        self._entered.set()
        self._media_anew()
        self._viewed(before, view)

    def _lost(self, seconds: float) -> None:
        why = "the server restarts; " if self.restarting else ""
        fields = {"seconds": seconds, "restarting": self.restarting}
        line = Line("reconnecting", f"{why}reconnecting in {seconds:g} s", fields)
        self.speaking = []
        self._tell(line)
        self._set_state("reconnecting", line.sentence)
        if self.view is not None:
            self._viewed(self.view, self.view)

    def _use_ice_servers(self, servers: Sequence[IceServer]) -> None:
        """For the connections that are made from now on."""
        if self._subscriber is not None:
            self._subscriber.ice_servers = servers

    def _set_state(self, state: State, detail: str) -> None:
        self.state = state
        self._options.on_state(state, detail)

    def _media_anew(self) -> None:
        """All that was negotiated is to be negotiated again: the server knows it no more."""
        if self._subscriber is not None:
            self._fire(Watch())
            self._tell_tiles()

    def _viewed(self, before: View | None, view: View) -> None:
        """The view is a new one, or the connection has changed."""
        if view.room.ended:
            self._end(None)
        self._options.on_view(view)
        self._show_onlookers()

    def _show_onlookers(self) -> None:
        onlookers, self._onlookers = self._onlookers, []
        for waiting in onlookers:
            if not waiting.done():
                waiting.set_result(None)

    def _tell_changes(self, before: View | None, after: View, happened: list[Happening]) -> None:
        for what in happened:
            line = lines.happened(what, after.you)
            if line is not None:
                self._tell(line)
        person = me(after)
        if person is not None:
            was = me(before) if before is not None else None
            line = lines.seat_changed(was, person, self.clock())
            if line is not None:
                self._tell(line)

    def _tell(self, line: Line) -> None:
        self._options.on_line(line)

    def _end(self, error: BaseException | None, how: str = "the room has ended") -> None:
        """The room is over for us, well or with an error."""
        if self.state == "ended":
            return
        self._decide_end(error)
        self._set_state("ended", str(error) if error is not None else how)

    def _decide_end(self, error: BaseException | None) -> None:
        """What ``ended`` gives or raises; the first counts."""
        if self._over.done():
            return
        if error is None:
            self._over.set_result(None)
        else:
            self._over.set_exception(error)

    # -- receiving

    def show(self, cameras: Set[str] | None, screens: Set[str] | None = None) -> None:
        """Whose camera and whose screen is looked at from now on; None, at first: everybody's.

        Nothing else is decoded.
        """
        if self._subscriber is not None:
            self._subscriber.show(cameras, screens)

    def view_tiles(self, tiles: list[TileSize]) -> None:
        """How large pictures are shown, so that none comes larger than it is seen."""
        if tiles != self._tiles:
            self._tiles = tiles
            if self._telling is None:
                loop = asyncio.get_running_loop()
                self._telling = loop.call_later(TILES_AFTER, self._tell_tiles)

    def _tell_tiles(self) -> None:
        self._telling = None
        if self._tiles is not None and self.online and self._subscriber is not None:
            self._fire(ViewTiles(self._tiles))

    async def _subscribe(self, subscriber: Subscriber) -> None:
        while True:
            offer = await self._offers.get()
            try:
                if isinstance(offer, TracksChanged):
                    subscriber.changed(offer)
                else:
                    await subscriber.offered(offer)
            except (RefusedError, ConnectionLostError):
                continue  # overtaken by a newer offer, or by a new connection
            except Exception as error:  # aiortc's, of an offer it cannot use
                self._tell(Line("media_failed", f"receiving the stage failed: {error}"))

    async def _answer(self, revision: int, sdp: str) -> None:
        await self._connection.request(SubscribeAnswer(revision, sdp), Ok)

    # -- the network

    async def _measure(self) -> None:
        gauge = Gauge()
        while True:
            await asyncio.sleep(MEASURED)
            if self.online:
                expecting = self._expecting()
                self.quality = await gauge.measure(self._links(), expecting=expecting)
            else:
                gauge.forget()
                self.quality = None
            self._options.on_quality(self.quality)

    def _expecting(self) -> bool:
        """Whether something of somebody else should arrive."""
        if self._subscriber is None or self.view is None:
            return False
        others = (one for one in self.view.people if one.id != self.view.you)
        return any(
            one.seat in UP and (one.microphone or one.camera or one.screen) for one in others
        )

    def _links(self) -> list[RTCPeerConnection | None]:
        """The connections for media that there should be, None for one that is missing."""
        present = self._subscriber.connection if self._subscriber is not None else None
        return [present] if present is not None or self._expecting() else []

    # -- tasks

    def _fire(self, command: AnyRequest) -> None:
        """Send a command whose refusal is but told."""

        async def send() -> None:
            try:
                await self.command(command)
            except RefusedError as error:
                self._tell(lines.refused(error))
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
        if error is not None:
            over = isinstance(error, EndedError) and error.code is Code.ROOM_ENDED
            self._end(None if over else error)
            if self.view is not None:
                self._viewed(self.view, self.view)

    async def _stop_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
