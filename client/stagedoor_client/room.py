"""A room entered by a Python program: the same abilities as the page, without a window.

async with Room(link, Options("Robot", ask=True, accept=True, capture=capture)) as room:
    await room.ended()
"""

from __future__ import annotations

from collections.abc import Sequence

from aiortc import RTCPeerConnection

from stagedoor.messages import AnyMessage, IceServer, Publish, Published, SendLayers, View
from stagedoor.rules import commands as cmd
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Device, Seat

from .automatic import Automatic
from .capture import Studio
from .errors import DeviceError, RefusedError
from .lines import Line
from .link import Link
from .options import Options
from .participant import Participant
from .publishing import Publishing
from .reactions import Step, Wishes, possible, stays_ready, wanted
from .smaller import worth_while
from .steps import Steps
from .view import UP
from .words import marked, why

__all__ = ["Options", "Room"]

NO_WAY = marked("There is no way onto the stage just now.")


class Room(Participant):
    """A person in the room, who may go up and send.

    No device is open but in the ready window, switched on there, or on stage, as the server shows
    it; nothing is sent but on stage. ``studio`` chooses the devices.

    Commands raise RefusedError, with a sentence for people, and ConnectionLostError.
    """

    def __init__(self, link: Link, options: Options) -> None:
        super().__init__(link, options)
        self.ready = False
        self._preview: set[Device] = set()
        self._troubles: dict[Device, DeviceError] = {}
        self._off: dict[Device, object] = {}
        layers = worth_while(options.capture.height, options.capture.layers)
        self._publishing = Publishing(
            self._publish, self._sends, self._show_onlookers, self._tell, layers=layers
        )
        self._publisher = self._publishing.publisher
        capture = options.capture
        self.studio = Studio(
            options.hardware,
            capture,
            self._publisher,
            self._device_failed,
            self._devices_changed,
        )
        devices = frozenset(device for device in Device if getattr(capture, device) is not None)
        wishes = Wishes(options.ask, options.accept, devices)
        self._automatic = Steps(Automatic(self, wishes, self._decide_end).step, self._tell)

    # -- the ready window

    def get_ready(self) -> None:
        """The ready window opens, with both devices off: they may be opened from now on.

        Does nothing on stage or backstage, nor without a connection; ``ready`` says whether it is
        open.
        """
        seated = self.me is None or self.me.seat in (*UP, Seat.HELD)
        if not self.online or seated:
            return
        self.ready = True
        self._preview.clear()
        self._follow_devices()

    def preview(self, kind: str, on: bool) -> None:
        """In the ready window, switch the "microphone" or "camera" on or off. Returns at once.

        A device that cannot be opened is off again, and told by ``on_line``; see ``settled``.
        """
        device = Device(kind)
        self._troubles.pop(device, None)
        if self.ready and on:
            self._preview.add(device)
        else:
            self._preview.discard(device)
        self._follow_devices()

    @property
    def previewed(self) -> frozenset[Device]:
        """What is switched on in the ready window."""
        return frozenset(self._preview)

    def not_ready(self) -> None:
        """The ready window closes unconfirmed: what was opened there is released."""
        self._unready()
        self._follow_devices()

    def _unready(self) -> None:
        self.ready = False
        self._preview.clear()
        self._troubles.clear()

    async def settled(self) -> None:
        """Wait until the devices are as wanted.

        Raises DeviceError if one that is switched on in the ready window fails until then.
        """
        chosen = self.previewed
        await self.studio.settled()
        for device in chosen:
            if device in self._troubles:
                raise self._troubles[device]

    def way_up(self) -> Step:
        """What confirming the ready window would do now: JOIN, ACCEPT, or NONE."""
        step = possible(self.view) if self.view is not None and self.online else Step.NONE
        return step if step in (Step.JOIN, Step.ACCEPT) else Step.NONE

    async def go_up(self) -> None:
        """Confirm the ready window: arrive with exactly what is on there (rules 2 and 15).

        Waits for devices that are being opened. Raises DeviceError; then nothing was sent, and
        the ready window is as open as if it was refused.
        """
        await self.settled()
        step = self.way_up() if self.ready else Step.NONE
        if step is Step.NONE:
            raise RefusedError(Code.WRONG_STATE, NO_WAY)
        yes = cmd.JoinStage if step is Step.JOIN else cmd.AcceptOffer
        await self.command(yes(Device.MICROPHONE in self._preview, Device.CAMERA in self._preview))

    # -- commands

    async def ask(self) -> None:
        """Ask to join the stage (rule 1)."""
        await self.command(cmd.AskToJoinStage())

    async def cancel(self) -> None:
        """Take the request back (rule 3)."""
        await self.command(cmd.CancelRequest())

    async def decline(self) -> None:
        """Decline the offer (rule 3). The devices are released at once."""
        self.not_ready()
        await self.command(cmd.DeclineOffer())

    async def leave(self) -> None:
        """Leave the stage (rule 4)."""
        await self.command(cmd.LeaveStage())

    async def raise_hand(self, up: bool) -> None:
        """Raise one's hand, or lower it (rule 20)."""
        await self.command(cmd.RaiseHand() if up else cmd.LowerHand())

    async def turn(self, kind: str, on: bool) -> None:
        """On stage, turn one's "microphone", "camera" or "screen" on or off (rule 4).

        Off is off here first, whatever the server says. On, the device is opened when the server
        shows it as on; one that cannot be opened is turned off again, and told by ``on_line``.
        """
        device, mark = Device(kind), object()
        self._off.pop(device, None)
        if not on:
            self._off[device] = mark
        self._follow_devices()
        await self.command(cmd.SetDevice(device, on))
        if self._off.get(device) is mark:
            del self._off[device]  # the server shows it as off

    async def talk(self, down: bool) -> None:
        """Push to talk: on stage or backstage, the microphone is on while the key is down."""
        if self.online and self.me is not None and self.me.seat in UP:
            await self.turn(Device.MICROPHONE, down)

    # -- following the view

    def _viewed(self, before: View | None, view: View) -> None:
        if self.ready and not (self.online and stays_ready(before, view)):
            self._unready()
        if not self._sends():
            self._off.clear()
        self._follow_devices()
        self._publishing.follow()
        self._automatic.wake()
        super()._viewed(before, view)

    def _follow_devices(self) -> None:
        """Have open what may be: at once, as far as the tracks are concerned."""
        view = self.view if self.online else None
        target = wanted(view, self._preview, self._off)
        self.studio.want(target.devices, on_stage=target.publishing)
        self._devices_changed()

    def _devices_changed(self) -> None:
        self._options.on_devices()
        self._show_onlookers()

    def _device_failed(self, kind: Device, error: DeviceError) -> None:
        """A device that cannot be used is off, on the server as well; one stays in the room."""
        self._tell(Line("device_failed", why(error), {"device": str(kind)}))
        if kind in self._preview:
            self._preview.discard(kind)
            self._troubles[kind] = error
            self._follow_devices()
        else:
            self._fire(cmd.SetDevice(kind, False))

    # -- sending

    @property
    def publishing(self) -> bool:
        """Whether there is a connection for sending, or one coming or going."""
        return not self._publisher.idle

    def _sends(self) -> bool:
        view = self.view if self.online else None
        return wanted(view, ()).publishing

    def _message(self, message: AnyMessage) -> None:
        if isinstance(message, SendLayers):
            self._publisher.need(message.kind, message.bits)
        super()._message(message)

    async def _publish(self, sdp: str) -> str:
        return (await self._connection.request(Publish(sdp), Published)).sdp

    def _use_ice_servers(self, servers: Sequence[IceServer]) -> None:
        super()._use_ice_servers(servers)
        self._publisher.ice_servers = servers

    def _links(self) -> list[RTCPeerConnection | None]:
        sending = [self._publisher.connection] if self._sends() else []
        return [*super()._links(), *sending]

    def _media_anew(self) -> None:
        super()._media_anew()
        self._publishing.anew()

    # -- life

    def _begin(self) -> None:
        super()._begin()
        self._start(self._publishing.run())
        self._start(self._automatic.run())

    async def close(self) -> None:
        """Leave the room and release everything."""
        self._unready()
        self.studio.want((), on_stage=False)
        await self._stop_tasks()
        await self.studio.close()
        await self._publisher.close()
        await super().close()
