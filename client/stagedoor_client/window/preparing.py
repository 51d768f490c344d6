"""The windows of the devices, and what they do: before the stage, and on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from stagedoor.rules.values import Device as Kind
from stagedoor.rules.values import Seat

from ..devices import Device
from ..errors import ConnectionLostError, DeviceError, RefusedError
from ..view import UP
from ..words import marked, t, told, why
from .choices import Choices
from .device_form import DeviceForm
from .happenings import Notice
from .ready import DeviceWindow, Lit, ReadyWindow
from .scene import Scene

if TYPE_CHECKING:
    from .memory import Kept
    from .visit import Visit

FPS = 30
ECHO = 2.0  # seconds between two looks
HEARD = marked("Your microphone hears your speaker: others will hear themselves. Use headphones.")


class Preparing:
    """Opens and closes both windows as the room goes on. ``declined`` is told that an offer is to
    be declined, as the ready window was closed unconfirmed."""

    def __init__(
        self,
        parent: QWidget,
        visit: Visit,
        kept: Callable[[], Kept],
        keep: Callable[[Kept], None],
        declined: Callable[[], object],
    ) -> None:
        self._visit, self._kept, self._keep, self._declined = visit, kept, keep, declined
        self._joining = False
        self._listening: asyncio.Task[None] | None = None
        hardware = visit.room.studio.hardware
        self.choices = Choices(hardware, kept, keep, self._choose, self._redraw)
        self.ready = ReadyWindow(parent, self._form(), self._join, self._cancelled)
        self.devices = DeviceWindow(parent, self._form(), self._set, self._closed)
        for form in (self.ready.form, self.devices.form):
            form.begin(visit.room.studio.size)
        visit.start(self.choices.look())

    def _form(self) -> DeviceForm:
        return DeviceForm(
            self.choices, self._turn, self._test, self._resize, lambda size: self._sized()
        )

    @property
    def form(self) -> DeviceForm | None:
        """The form that is looked at now."""
        if self.ready.isVisible():
            return self.ready.form
        return self.devices.form if self.devices.isVisible() else None

    # -- opening and closing

    def get_ready(self) -> None:
        """Open the ready window, with both devices off."""
        room = self._visit.room
        room.get_ready()
        if not room.ready:
            self._visit.say(Notice(t("You cannot join the stage just now."), "seat"))
            return
        self._joining = False
        self._complain("")
        self.ready.form.begin(room.studio.size)
        self._begin(self.ready)
        self.ready.yes.setFocus()

    def open_devices(self) -> None:
        """Open the window of the devices, on stage."""
        self.devices.begin(self._kept())
        self.devices.form.begin(self._visit.room.studio.size)
        self._begin(self.devices)

    def _begin(self, window: ReadyWindow | DeviceWindow) -> None:
        self.choices.start()
        self._listening = self._visit.start(self._listen_for_echo())
        window.show_up()
        self._sized()
        self._redraw()

    def draw(self, scene: Scene) -> None:
        """Follow the room: it may have closed the ready window, or taken one off the stage."""
        if self.ready.isVisible():
            if not self._visit.room.ready:
                self.ready.leave()
                self._closed()
            else:
                self.ready.draw(scene, self._lit(scene), self._joining)
        if self.devices.isVisible():
            if scene.me is None or scene.me.seat not in UP:
                self.devices.leave()
                self._closed()
            else:
                self._lit(scene).draw(self.devices.form)

    def _redraw(self) -> None:
        scene = self._visit.scene
        if scene is not None:
            self.draw(scene)

    def _lit(self, scene: Scene) -> Lit:
        room = self._visit.room
        if room.ready:
            camera, microphone = (kind in room.previewed for kind in (Kind.CAMERA, Kind.MICROPHONE))
        else:
            me = scene.me
            camera, microphone = bool(me and me.camera), bool(me and me.microphone)
        opened = room.studio.is_open
        return Lit(camera, microphone, opened("camera"), opened("microphone"))

    def _cancelled(self) -> None:
        """The ready window was closed by the person."""
        me = self._visit.room.me
        self._visit.room.not_ready()
        self._closed()
        if me is not None and me.seat is Seat.OFFERED:
            self._declined()

    def _closed(self) -> None:
        self.choices.stop()
        self._visit.media.preview(None)
        if self._listening is not None:
            self._listening.cancel()

    def close(self) -> None:
        """The stay is over."""
        self._closed()
        for window in (self.ready, self.devices):
            window.leave()
            window.deleteLater()

    # -- what the person does

    def _turn(self, kind: str, on: bool) -> None:
        room = self._visit.room
        form = self.form
        if form is not None:
            form.complain(kind, "")
        if room.ready:
            room.preview(kind, on)
            self._redraw()
        else:
            self._visit.do(room.turn(kind, on))

    def _join(self) -> None:
        if not self._joining:
            self._joining = True
            self._redraw()
            self._visit.start(self._go_up())

    async def _go_up(self) -> None:
        self._complain("")
        try:
            await self._visit.room.go_up()
        except (RefusedError, ConnectionLostError, DeviceError) as error:
            if self.ready.isVisible():
                self._complain(why(error))
            else:
                self._visit.say(Notice(why(error), "seat"))
        finally:
            self._joining = False
            self._redraw()

    def _complain(self, sentence: str) -> None:
        self.ready.trouble.setText(sentence)
        self.ready.trouble.setVisible(bool(sentence))

    def _choose(self, kind: str, device: Device | None) -> None:
        if kind == "speaker":
            self._visit.media.choose_speaker(device)
        else:
            self._visit.room.studio.choose(kind, device)

    def _resize(self, size: tuple[int, int]) -> None:
        self._visit.room.studio.resize(size, FPS)
        self._keep(replace(self._kept(), width=size[0], height=size[1]))

    def _set(self, name: str, value: str) -> None:
        self._keep(replace(self._kept(), **{name: value}))
        if name == "mute":
            self._visit.room.studio.mute = "silence" if value == "silence" else "release"

    def _test(self) -> None:
        form = self.form
        if form is not None:
            form.test.setEnabled(False)
            self._visit.start(self._play(form))

    async def _play(self, form: DeviceForm) -> None:
        try:
            await self._visit.media.test_speaker()
            form.say_speaker("")
        except DeviceError as error:
            form.say_speaker(why(error))
        finally:
            form.test.setEnabled(True)

    # -- what is seen and heard of oneself

    def _sized(self) -> None:
        form = self.form
        preview = form.preview if form is not None else None
        size: QSize | None = None
        if preview is not None:
            size = preview.size() * preview.devicePixelRatioF()
        self._visit.media.preview(size)

    def show_preview(self, picture: QImage) -> None:
        """A picture of one's own camera."""
        form = self.form
        if form is not None and self._visit.room.studio.is_open("camera"):
            form.preview.show_picture(picture)

    async def _listen_for_echo(self) -> None:
        """Warn, as long as a window is open, while the microphone hears the speaker."""
        while True:
            await asyncio.sleep(ECHO)
            form, studio = self.form, self._visit.room.studio
            if form is None:
                return
            echo = studio.is_open("microphone") and await asyncio.to_thread(
                self._visit.media.echo.there
            )
            form.warn_of_echo(told(HEARD) if echo else "")

    def hear(self, level: float) -> None:
        """How loud one's own microphone is, in dBFS."""
        form = self.form
        if form is not None:
            form.meter.hear(level)

    def complain(self, kind: str, sentence: str) -> bool:
        """A device failed: say so where it was switched on; whether there is such a place."""
        form = self.form
        if form is None:
            return False
        form.complain(kind, sentence)
        return True
