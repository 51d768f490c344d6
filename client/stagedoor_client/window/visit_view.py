"""What is shown of a stay: the room's page and the windows over it, kept in step."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Device

from ..devices import Device as Machine
from ..errors import DeviceError
from ..levels import shown
from ..view import UP
from ..words import marked, t, told, why
from .asked import OfferWindow, UnmuteWindow
from .bar import Deeds
from .barstate import joins_directly
from .choices import named
from .happenings import Notice
from .keys import StageKeys
from .preparing import Preparing
from .room_page import RoomPage
from .scene import Scene
from .visit import Visit

if TYPE_CHECKING:
    from .main_window import MainWindow


OFF = {
    "camera": marked("{trouble} Your camera is off."),
    "microphone": marked("{trouble} Your microphone is off."),
    "screen": marked("{trouble} Your screen is not shared."),
    "speaker": marked("{trouble} Your speaker is off."),
}


class VisitView:
    """Made on entering, closed on leaving."""

    def __init__(self, window: MainWindow, visit: Visit) -> None:
        self._window, self._visit = window, visit
        self._inviting = False
        room = visit.room
        deeds = Deeds(
            act=visit.act,
            turn=self._turn,
            share=self._share,
            join=self._join,
            open_devices=self._open_devices,
            show_people=lambda: self.page.turn_side("people"),
            show_chat=lambda: self.page.turn_side("chat"),
            react=self._react,
            part=visit.part(window.drafts),
        )
        self.page = RoomPage(deeds, partial(visit.media.see, room))
        self.offer = OfferWindow(window, self._get_ready, lambda: visit.do(room.decline()))
        self.unmute = UnmuteWindow(window, self._answer)
        self.preparing = Preparing(
            window, visit, lambda: window.kept, window.keep, self.offer.decline
        )
        self.keys = StageKeys(
            on_stage=lambda: self._scene_on_stage,
            muted=lambda: room.me is not None and not room.me.microphone,
            turn=self._key,
            talk=lambda down: visit.do(room.talk(down)),
            react=self._react,
        )
        visit.attach(self)
        room.studio.on_picture = visit.media.own
        room.studio.on_screen = visit.media.own_screen
        room.studio.on_level = self._hear
        room.studio.on_sound = visit.media.echo.heard

    @property
    def _scene_on_stage(self) -> bool:
        scene = self._visit.scene
        return scene is not None and scene.i_am_up

    def draw(self, scene: Scene) -> None:
        """Show this scene."""
        self.page.draw(scene)
        self.page.draw_quality(self._visit.room.quality)
        self.keys.talk_key = self._window.kept.talk_key
        self.page.bar.hint(self.keys.talk_key)
        self.preparing.draw(scene)
        self.offer.follow(scene, busy=self._inviting or self._visit.room.ready)
        self.unmute.follow(scene)
        self._visit.media.listen(
            any(one.id != scene.view.you for one in [*scene.on_stage, *scene.backstage])
        )

    def close(self) -> None:
        """Close every window over the page."""
        self.preparing.close()
        for modal in (self.offer, self.unmute):
            modal.leave()
            modal.deleteLater()

    def device_failed(self, kind: str, sentence: str) -> None:
        """A device cannot be used: say so where it was switched on, or in a notice."""
        if not self.preparing.complain(kind, sentence):
            self._visit.say(Notice(told(OFF[kind], {"trouble": sentence}), "device", "warning"))

    def _hear(self, level: float) -> None:
        self.preparing.hear(level)
        self.page.bar.microphone.hear(shown(level))

    # -- what the person does

    def _key(self, device: str) -> None:
        if device == Device.SCREEN:
            self._share()
        else:
            self._turn(device)

    def _turn(self, device: str) -> None:
        room = self._visit.room
        if room.me is not None and room.me.seat in UP:
            self._visit.do(self._really_turn(device, not getattr(room.me, device)))

    async def _really_turn(self, device: str, on: bool) -> None:
        room = self._visit.room
        if on and device != Device.SCREEN and getattr(room.studio, device) is None:
            await self.preparing.choices.look()  # plugged in since
        await room.turn(device, on)

    def _react(self) -> None:
        self.page.reacting.turn()

    def _open_devices(self) -> None:
        self.preparing.open_devices()

    def _get_ready(self) -> None:
        self.preparing.get_ready()

    def _join(self) -> None:
        """Up directly, or for moderators by an offer to oneself, which needs no question."""
        scene = self._visit.scene
        if scene is None or scene.me is None:
            return
        if joins_directly(scene, scene.me):
            self._get_ready()
        else:
            self._inviting = True
            self._visit.do(self._invite_myself(scene.me.id))

    async def _invite_myself(self, me: str) -> None:
        try:
            await self._visit.room.command(cmd.Invite(me))
            self._get_ready()
        finally:
            self._inviting = False

    def _answer(self, yes: bool) -> None:
        """To "please unmute" (rule 16)."""
        room = self._visit.room
        if room.me is None or room.me.unmute_asked_by is None:
            return
        self._visit.do(
            self._really_turn("microphone", True) if yes else room.command(cmd.DismissUnmute())
        )

    # -- sharing a screen

    def _share(self) -> None:
        me = self._visit.room.me
        if me is not None and me.screen:
            self._turn(Device.SCREEN)
        else:
            self._visit.start(self._choose_screen())

    async def _choose_screen(self) -> None:
        """Share the one screen there is, or ask which."""
        try:
            screens = await asyncio.to_thread(self._visit.room.studio.hardware.screens)
        except DeviceError as error:
            self._visit.say(Notice(why(error), "device", "warning"))
            return
        if not screens:
            self._visit.say(Notice(t("There is no screen to share."), "device", "warning"))
        elif len(screens) == 1:
            self._share_screen(screens[0])
        else:
            button = self.page.bar.share
            menu = QMenu(button)
            for one in named(screens):
                line = menu.addAction(one.name)
                line.triggered.connect(partial(self._share_screen, one.device))
            menu.aboutToHide.connect(menu.deleteLater)
            above = QPoint(0, -menu.sizeHint().height() - 4)
            menu.popup(button.mapToGlobal(above))

    def _share_screen(self, screen: Machine, _: bool = False) -> None:
        self._visit.room.studio.choose("screen", screen)
        self._visit.do(self._visit.room.turn(Device.SCREEN, True))
