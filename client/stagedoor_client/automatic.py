"""Going up without a person at the window: as ``--ask`` and ``--accept`` say."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from .errors import ConnectionLostError, DeviceError, RefusedError
from .reactions import Step, Wishes, next_step

if TYPE_CHECKING:
    from .room import Room


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
        """Open the devices, then say yes: arrive with exactly these (rules 2 and 15)."""
        room = self._room
        room.get_ready()
        for device in self._wishes.devices:
            room.preview(device, True)
        try:
            await room.settled()
            if room.ready:  # else the way up is gone meanwhile
                await room.go_up()
                self._asked_as = you
        except RefusedError:
            if step is Step.JOIN:
                self._asked_as = you
            raise
        except DeviceError as error:
            if step is Step.ACCEPT:
                with contextlib.suppress(RefusedError, ConnectionLostError):
                    await room.decline()
            self._give_up(error)
        finally:
            room.not_ready()
