"""What is shown of a stay: the room's page and the windows over it, kept in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Device, Seat

from .asked import OfferWindow, UnmuteWindow
from .bar import Deeds
from .barstate import joins_directly
from .room_page import RoomPage
from .scene import Scene
from .visit import Visit

if TYPE_CHECKING:
    from .main_window import MainWindow


class VisitView:
    """Made on entering, closed on leaving."""

    def __init__(self, window: MainWindow, visit: Visit) -> None:
        self._visit = visit
        self._inviting = False
        deeds = Deeds(
            act=visit.act,
            turn=self._turn,
            share=self._share,
            join=self._join,
            open_devices=self._open_devices,
            show_people=self._show_people,
        )
        self.page = RoomPage(deeds, lambda shown: None)
        self.offer = OfferWindow(window, self._get_ready, lambda: visit.do(visit.room.decline()))
        self.unmute = UnmuteWindow(window, self._answer)

    def draw(self, scene: Scene) -> None:
        """Show this scene."""
        self.page.draw(scene)
        self.offer.follow(scene, busy=self._inviting or self._visit.room.ready)
        self.unmute.follow(scene)

    def close(self) -> None:
        """Close every window over the page."""
        for modal in (self.offer, self.unmute):
            modal.leave()
            modal.deleteLater()

    # -- what the person does

    def _turn(self, device: Device) -> None:
        me = self._visit.room.me
        if me is not None and me.seat is Seat.ON_STAGE:
            self._visit.do(self._visit.room.turn(device, not getattr(me, device)))

    def _share(self) -> None: ...

    def _open_devices(self) -> None: ...

    def _get_ready(self) -> None: ...

    def _show_people(self) -> None:
        self.page.turn_people()

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
        self._visit.do(room.turn("microphone", True) if yes else room.command(cmd.DismissUnmute()))
