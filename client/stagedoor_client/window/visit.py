"""One stay in a room, as the window sees it: what there is to show, and what can be done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from stagedoor.messages import AnyRequest, Happening
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.values import Seat

from ..capture import Capture
from ..errors import ConnectionLostError, DeviceError, RefusedError
from ..hardware import Hardware
from ..lines import Line
from ..link import Link
from ..options import Options, State
from ..room import Room
from ..words import t, told, why
from .chat.rows import time_of
from .happenings import BACK_BACKSTAGE, BACK_ON_STAGE, News, Notice, tell
from .media import Media
from .part import Drafts, Part
from .scene import Scene

if TYPE_CHECKING:
    from .visit_view import VisitView


class Visit:
    """Owns the Room. ``changed`` is told that there is something new to draw, ``news`` what to say
    in a notice, ``waits`` what is waited for on entering.

    Commands are sent in the background; a refusal becomes a notice.
    """

    def __init__(
        self,
        link: Link,
        name: str,
        capture: Capture,
        hardware: Hardware,
        changed: Callable[[], None],
        news: Callable[[News], None],
        waits: Callable[[str], None],
    ) -> None:
        self._changed, self._news, self._waits = changed, news, waits
        self._view: VisitView | None = None
        self.media = Media(hardware, self._show, self._show_preview, self._silent)
        self._entered = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.room = Room(
            link,
            Options(
                name,
                capture=capture,
                hardware=hardware,
                sink=self.media.sink,
                on_line=self._line,
                on_view=lambda view: changed(),
                on_happened=self._happened,
                on_state=self._state,
                on_speaking=lambda people: changed(),
                on_devices=changed,
                on_quality=lambda quality: changed(),
                on_outbox=changed,
                on_reactions=self._reacted,
            ),
        )

    async def enter(self) -> None:
        """Enter the room. Raises as Room does; then there is nothing to close."""
        try:
            await self.room.__aenter__()
        except BaseException:
            await self.media.close()
            raise

    async def close(self) -> None:
        """Leave the room, and release everything."""
        for task in self._tasks:
            task.cancel()
        self._view = None
        await self.room.close()
        await self.media.close()

    def attach(self, view: VisitView) -> None:
        """What shows the stay: gets the pictures, and what is wrong with devices."""
        self._view = view

    @property
    def scene(self) -> Scene | None:
        """What is to be shown now; None before one has entered."""
        room = self.room
        if room.view is None:
            return None
        unsent = tuple(room.outbox.items)
        return Scene(
            room.view,
            room.online,
            room.clock(),
            tuple(room.speaking),
            unsent,
            restarting=room.restarting,
            saving=room.saving,
        )

    def act(self, command: AnyRequest) -> None:
        """Send a command."""
        self.do(self.room.command(command))

    def tell(self, deed: Awaitable[None], done: Callable[[str], None]) -> None:
        """Await a deed of the room's; tell what became of it: why it was refused, or nothing."""

        async def tell() -> None:
            try:
                await deed
            except (RefusedError, ConnectionLostError) as error:
                done(why(error))
            else:
                done("")

        self.start(tell())

    def part(self, drafts: Drafts) -> Part:
        """What the person does beside the stage."""
        room = self.room
        return Part(
            act=self.act,
            send=lambda command, done: self.tell(room.command(command), done),
            answer=lambda command, done: self.tell(room.surely(command), done),
            surely=lambda command: self.do(room.surely(command)),
            write=room.outbox.add,
            retry=room.outbox.retry,
            take=room.outbox.take,
            has_older=room.has_older,
            older=lambda thread: self.do(room.older(thread)),
            vote=lambda vote, done: self.tell(room.cast(vote), done),
            react=self._react,
            drafts=drafts,
        )

    def do(self, deed: Awaitable[None]) -> None:
        """Await a deed of the room's; say in a notice why it failed."""
        self.start(self._try(deed))

    async def _try(self, deed: Awaitable[None]) -> None:
        try:
            await deed
        except RefusedError as error:
            self.say(Notice(why(error), f"refused-{error.code}"))
        except ConnectionLostError as error:
            self.say(Notice(why(error), "refused-lost"))
        except DeviceError as error:
            self.say(Notice(why(error), "device", "warning"))

    def start(self, job: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something for as long as the stay lasts."""
        task = asyncio.create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def say(self, notice: Notice) -> None:
        """Say this in a notice."""
        self._news(News([notice], []))

    def _react(self, reaction: Reaction, done: Callable[[str], None]) -> None:
        """A refusal is told, and said in a notice."""

        def sent(problem: str) -> None:
            done(problem)
            if problem:
                self.say(Notice(problem, "refused-react"))

        self.tell(self.room.react(reaction), sent)

    def _reacted(self, counts: dict[Reaction, int]) -> None:
        if self._view is not None:
            self._view.page.reacting.take(counts)

    def _happened(self, happened: list[Happening]) -> None:
        # On entering, the view says it all; notices are for those who were here.
        if self._entered and self.scene is not None:
            self._news(tell(happened, self.scene))

    def _state(self, state: State, detail: str) -> None:
        if state == "open":
            me = self.room.me
            if me is not None and me.seat is Seat.ON_STAGE:
                self.say(Notice(told(BACK_ON_STAGE), "seat", "warning", stay=True))
            elif me is not None and me.seat is Seat.BACKSTAGE:
                self.say(Notice(told(BACK_BACKSTAGE), "seat", "warning", stay=True))
            elif self._entered:
                self.say(Notice(t("You are connected again."), "connection", "good"))
            self._entered = True
        self._changed()

    def _line(self, line: Line) -> None:
        if line.state == "lobby":
            self._waits(_waiting(line))
        elif line.state == "device_failed" and self._view is not None:
            self._view.device_failed(str(line.fields["device"]), line.sentence)
        elif line.state == "refused":
            self.say(Notice(line.sentence, f"refused-{line.fields.get('code')}"))

    def _show(self, person: str, kind: str, picture: QImage | None) -> None:
        if self._view is not None:
            self._view.page.stage.set_picture(person, kind, picture)

    def _show_preview(self, picture: QImage) -> None:
        if self._view is not None:
            self._view.preparing.show_preview(picture)

    def _silent(self, error: DeviceError) -> None:
        self.say(
            Notice(
                t("The stage cannot be heard. {reason}", reason=why(error)),
                "speaker",
                "warning",
                stay=True,
            )
        )


def _waiting(line: Line) -> str:
    """What to say while one waits in a lobby."""
    room, at = str(line.fields["room"]), line.fields["opens_at"]
    if not isinstance(at, int):
        return t("You are waiting in the lobby of {room}.", room=room)
    time = time_of(at, at)
    return t("You are waiting in the lobby of {room}. It opens at {time}.", room=room, time=time)
