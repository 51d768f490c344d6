"""Going up without a person at the window: as ``--ask``, ``--accept`` and programs say."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from stagedoor.rules.values import Device

from .errors import ConnectionLostError, DeviceError, RefusedError
from .reactions import Step, Wishes, next_step

if TYPE_CHECKING:
    from .room import Room


async def go_up_with(room: Room, devices: Collection[Device]) -> bool:
    """Open these in the ready window, then confirm; False if there is no way up, or no more.

    A screen is shared after arriving. Raises DeviceError, RefusedError, ConnectionLostError; then
    whatever was opened is being released.
    """
    if room.way_up() is Step.NONE:
        return False
    room.get_ready()
    try:
        for device in devices:
            if device is not Device.SCREEN:
                room.preview(device, True)
        await room.settled()
        if not room.ready:
            return False
        await room.go_up()
    finally:
        room.not_ready()
    if Device.SCREEN in devices:
        await room.turn(Device.SCREEN, True)
    return True


class Automatic:
    """Takes the steps wished for, by the Room's own methods.

    ``give_up`` is told when a chosen device cannot be had: the offer is declined then.
    """

    def __init__(self, room: Room, wishes: Wishes, give_up: Callable[[DeviceError], None]) -> None:
        self._room = room
        self._wishes = wishes
        self._give_up = give_up
        self._asked_as = ""

    async def step(self) -> None:
        """Take the next step, if there is one. Raises RefusedError, ConnectionLostError."""
        view = self._room.view
        if view is None or not self._room.online:
            return
        # Whom the server had forgotten is somebody new to it, and may ask again.
        match next_step(view, self._wishes, self._asked_as == view.you):
            case Step.ASK:
                await self._room.ask()
                self._asked_as = view.you
            case Step.JOIN | Step.ACCEPT as step:
                await self._go_up(step, view.you)

    async def _go_up(self, step: Step, you: str) -> None:
        """Arrive with exactly the devices wished for (rules 2 and 15)."""
        try:
            if await go_up_with(self._room, self._wishes.devices):
                self._asked_as = you
        except RefusedError:
            if step is Step.JOIN:
                self._asked_as = you
            raise
        except DeviceError as error:
            if step is Step.ACCEPT:
                with contextlib.suppress(RefusedError, ConnectionLostError):
                    await self._room.decline()
            self._give_up(error)
