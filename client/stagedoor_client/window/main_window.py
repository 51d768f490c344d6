"""The one window: its pages, and the way from one to the next."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget

from ..capture import Capture, Mute
from ..errors import ConnectionLostError, DeviceError, LinkError, RefusedError, UntrustedError
from ..hardware import Hardware, Machine
from ..link import parse, trusting
from ..words import t
from . import memory
from .endings import ending, trouble
from .happenings import News
from .memory import Kept
from .pages import EndPage, EnterPage, WaitPage
from .part import Drafts, keep_unsent
from .trusting import Trust
from .visit import Visit
from .visit_view import VisitView

FRAME = 16  # milliseconds: what is new in less is drawn together
SECOND = 1000
PATIENCE = 20.0  # seconds for what is to be released at the end
EXPECTED = (RefusedError, ConnectionLostError, LinkError, DeviceError)


class MainWindow(QMainWindow):
    """Leads from the way in through the room to its end. ``closed`` is set once it is shut."""

    def __init__(self, path: Path, hardware: Hardware | None = None) -> None:
        super().__init__()
        self._path = path
        self._hardware = hardware or Machine()
        self.kept = Kept()
        self.closed = asyncio.Event()
        self.visit: Visit | None = None
        self.view: VisitView | None = None
        self.trust: Trust | None = None
        self._staying: asyncio.Task[None] | None = None
        self._leaving: asyncio.Event | None = None
        self._saving: asyncio.Task[None] | None = None
        self._last = ("", "")
        self._drafts: dict[str, Drafts] = {}
        self.enter_page = EnterPage(self.enter, self._forget)
        self.wait_page = WaitPage(self.leave)
        self.end_page = EndPage(lambda: self.enter(*self._last), self.start)
        self.pages = QStackedWidget()
        for page in (self.enter_page, self.wait_page, self.end_page):
            self.pages.addWidget(page)
        self.setCentralWidget(self.pages)
        self.setMinimumSize(720, 520)
        self.resize(1280, 800)
        self._frame = QTimer(self, singleShot=True, interval=FRAME)
        self._frame.timeout.connect(self._draw)
        self._second = QTimer(self, interval=SECOND)
        self._second.timeout.connect(self._draw)
        self._entitle("")

    async def begin(self, link: str = "", name: str = "") -> None:
        """Show what is remembered, and go straight in where a link and a name are given."""
        self.kept = await asyncio.to_thread(memory.load, self._path)
        self.start(link)
        if name:
            self.enter_page.name.setText(name)
        if link and self.enter_page.name.text():
            self.enter(link, self.enter_page.name.text())

    def start(self, link: str = "") -> None:
        """Show the way in."""
        self.pages.setCurrentWidget(self.enter_page)
        self.enter_page.draw(self.kept, link)
        self._entitle("")

    # -- a stay

    def enter(self, link: str, name: str) -> None:
        """Enter a room, once the last one is left for good."""
        if self._leaving is None:
            self._last = (link, name)
            self._leaving = asyncio.Event()
            stay = self._stay(link, name, self._leaving, self._staying)
            self._staying = asyncio.create_task(stay)

    @property
    def drafts(self) -> Drafts:
        """What was typed in this room and not sent, also in earlier stays."""
        return self._drafts.setdefault(self._last[0], {})

    def leave(self) -> None:
        """Leave the room, or stop entering it."""
        if self._leaving is not None:
            self._leaving.set()

    async def _stay(
        self, text: str, name: str, leaving: asyncio.Event, last: asyncio.Task[None] | None
    ) -> None:
        if last is not None:
            self.pages.setCurrentWidget(self.wait_page)
            await asyncio.wait([last])
        try:
            link = parse(text)
            self.wait_page.say(t("Entering the room…"))
            self.pages.setCurrentWidget(self.wait_page)
            visit = Visit(
                link, name, self._capture(), self._hardware,
                self._frame.start, self._tell, self.wait_page.say,
            )  # fmt: skip
            if await _unless(leaving, visit.enter()):
                try:
                    self._entered(visit, text, name)
                    await self._to_the_end(visit, leaving)
                finally:
                    self._over(leaving)
                    self._gone()
                    await visit.close()
            else:
                self.start()
        except UntrustedError as error:
            self.start()
            self.trust = Trust(self, error, self._trusting(text, error.fingerprint, name))
            self.trust.begin()
        except Exception as error:  # before one was in; afterwards it is the end page's
            if not isinstance(error, EXPECTED):
                self._report(error)
            self.start()
            self.enter_page.complain(trouble(error))
        finally:
            self._over(leaving)

    def _over(self, leaving: asyncio.Event) -> None:
        """One may enter again; a next stay, which waits for this one, is not touched."""
        if self._leaving is leaving:
            self._leaving = None

    def _trusting(self, text: str, fingerprint: str, name: str) -> Callable[[], None]:
        return lambda: self.enter(trusting(text, fingerprint), name)

    def _entered(self, visit: Visit, text: str, name: str) -> None:
        self.visit = visit
        self.view = VisitView(self, visit)
        self.pages.addWidget(self.view.page)
        self.pages.setCurrentWidget(self.view.page)
        self.view.page.stage.setFocus()
        self._second.start()
        self._draw()
        scene = visit.scene
        if scene is not None:
            self._entitle(scene.room.name)
            room = scene.room.name
            self.keep(memory.entered(self.kept, text, room, name, int(time.time())))

    async def _to_the_end(self, visit: Visit, leaving: asyncio.Event) -> None:
        """Until the stay is over; then show how it ended, or the way in."""
        error: Exception | None = None
        try:
            if not await _unless(leaving, visit.room.ended()):
                self.start()
                return
        except Exception as found:
            if not isinstance(found, EXPECTED):
                self._report(found)
            error = found
        last = ending(error)
        self.end_page.draw(last)
        self.pages.setCurrentWidget(self.end_page)
        self._entitle(last.title)

    def _gone(self) -> None:
        """What belonged to the stay goes with it."""
        self._second.stop()
        if self.visit is not None:
            keep_unsent(self.visit.room, self.drafts)
        view, self.view, self.visit = self.view, None, None
        if view is not None:
            view.close()
            self.pages.removeWidget(view.page)
            view.page.deleteLater()

    def _draw(self) -> None:
        scene = self.visit.scene if self.visit is not None else None
        if scene is not None and self.view is not None:
            self.view.draw(scene)

    def _tell(self, news: News) -> None:
        if self.view is not None:
            self.view.page.notices.tell(news)

    def _report(self, error: Exception) -> None:
        """For whoever looks into it: an error that nobody expected."""
        context = {"message": "The window met an error", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)

    def _capture(self) -> Capture:
        kept = self.kept
        mute: Mute = "silence" if kept.mute == "silence" else "release"
        return Capture(width=kept.width, height=kept.height, mute=mute)

    def _entitle(self, what: str) -> None:
        self.setWindowTitle(f"{what} · Stagedoor" if what else "Stagedoor")

    # -- what is remembered

    def keep(self, kept: Kept) -> None:
        """Remember this from now on."""
        self.kept = kept
        if self._saving is None:
            self._saving = asyncio.create_task(self._save())

    async def _save(self) -> None:
        try:
            saved = None
            while saved is not self.kept:
                saved = self.kept
                with contextlib.suppress(OSError):  # a full disk: the window works without
                    await asyncio.to_thread(memory.save, self._path, saved)
        finally:
            self._saving = None

    def _forget(self, link: str) -> None:
        self.keep(memory.forgotten(self.kept, link))
        self.enter_page.draw(self.kept)

    # -- keys that nothing else took

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.view is None or not self.view.keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if self.view is None or not self.view.keys.release(event):
            super().keyReleaseEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        left = event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow()
        if left and self.view is not None:
            self.view.keys.let_go()

    # -- the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave the room first: whatever is open is released before the program ends."""
        event.accept()
        self.leave()
        self.closed.set()

    async def finish(self) -> None:
        """Wait until it is closed, and everything is released and remembered."""
        await self.closed.wait()
        rest = [task for task in (self._staying, self._saving) if task is not None]
        if rest:
            await asyncio.wait(rest, timeout=PATIENCE)


async def _unless(leaving: asyncio.Event, deed: Coroutine[Any, Any, object]) -> bool:
    """Do it, unless ``leaving`` is set meanwhile: then it is cancelled. Whether it was done."""
    doing, waiting = asyncio.create_task(deed), asyncio.create_task(leaving.wait())
    try:
        await asyncio.wait([doing, waiting], return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            doing.cancel()
            await asyncio.wait([doing])
        if doing.cancelled():
            return False
        doing.result()
        return True
    finally:
        waiting.cancel()
