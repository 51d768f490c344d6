"""The guard over random histories: a Room against the real rules, without a network.

People, moderators, the clock, the connection and the devices do anything in any order. What may be
open is judged by the rules' own room, not by what the client makes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stagedoor.rules import commands as c
from stagedoor.rules.values import Device, Mode, Seat
from stagedoor_client import Capture, Options, Room, parse
from stagedoor_client.clocks import Samples
from stagedoor_client.errors import ConnectionLostError, DeviceError, RefusedError
from stagedoor_client.publisher import Publisher

from .hardware import CLIP, DESK, LENS, SCREEN, SIZE, SPARE, Counting
from .wire import ADA, OFFER, ROBIN, Wire

kinds = st.sampled_from(Device)
previews = st.sampled_from([Device.MICROPHONE, Device.CAMERA])
EXPECTED = (RefusedError, ConnectionLostError, DeviceError)


class Guard(RuleBasedStateMachine):
    """Robin's client; ``window`` is what Robin has switched on in a ready window still open."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.window: set[str] = set()
        self.window_open = False
        self.patient = True
        self.leaks: list[str] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self.patch = pytest.MonkeyPatch()

    @initialize(mode=st.sampled_from(Mode), mute=st.sampled_from(["release", "silence"]))
    def begin(self, mode: Mode, mute: Any) -> None:
        self.patch.setattr(Publisher, "connect", connect)
        self.patch.setattr(Publisher, "hear", lambda _, block, at: self.hears(block))
        self.patch.setattr(Publisher, "show", lambda _, kind, picture, at: self.sees(kind))
        self.wire = Wire(mode)
        self.runner.run(self.enter(mute))

    async def enter(self, mute: Any) -> None:
        self.hardware = Counting(lively=False)
        self.hardware.allowed = self.may
        capture = Capture(LENS, DESK, SCREEN, *SIZE, mute=mute)
        self.room = Room(parse("localhost/r/r"), Options("robin", capture=capture,
                         hardware=self.hardware))  # fmt: skip
        self.room._connection = cast(Any, self.wire)
        self.wire.client = self.room
        await self.room.__aenter__()

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.hardware.gate.set()
            self.runner.run(self.end())
            assert self.hardware.open_now() == []
        self.runner.close()
        self.patch.undo()

    async def end(self) -> None:
        await self.room.close()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    # -- judging

    def shown(self) -> set[str]:
        """What the rules' own room has as on, on stage and connected."""
        robin = self.wire.robin
        if not self.wire.online or robin.seat is not Seat.ON_STAGE or self.wire.state.ended:
            return set()
        return {kind for kind in Device if getattr(robin, kind)}

    def may(self, kind: str) -> bool:
        return kind in self.shown() or kind in self.window

    def hears(self, block: Samples) -> None:
        if "microphone" not in self.shown() and block.any():
            self.leaks.append("microphone")

    def sees(self, kind: str) -> None:
        if kind not in self.shown():
            self.leaks.append(kind)

    def step(self, *jobs: Coroutine[Any, Any, None]) -> None:
        """Start what Robin does, and let the loop turn."""

        async def turn() -> None:
            self.tasks += [asyncio.create_task(job) for job in jobs]
            await self.turn(3)

        was = self.wire.robin.seat
        self.runner.run(turn())
        self.follow(was)
        if self.patient:
            self.rests()

    async def turn(self, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(0)

    def acts(self, command: Any) -> None:
        """Ada does something."""

        async def act() -> None:
            self.wire.decide(command, ADA)

        self.step(act())

    def follow(self, was: Seat) -> None:
        """Whether the window's reason is gone (rules 3, 7, 12 and 13)."""
        seat = self.wire.robin.seat
        gone = was is Seat.OFFERED and seat is not Seat.OFFERED
        if gone or seat in (Seat.ON_STAGE, Seat.HELD) or not self.wire.online:
            self.window_open = False
        if self.wire.state.ended:
            self.window_open = False
        if not self.window_open:
            self.window.clear()

    # -- what Robin does

    @rule()
    def opens_window(self) -> None:
        async def act() -> None:
            self.window.clear()
            self.room.get_ready()

        self.window_open = (
            self.wire.online
            and not self.wire.state.ended
            and self.wire.robin.seat in (Seat.VIEWER, Seat.REQUESTED, Seat.OFFERED)
        )
        self.step(act())

    @rule(kind=previews, on=st.booleans())
    def switches(self, kind: Device, on: bool) -> None:
        async def act() -> None:
            if on and self.window_open:
                self.window.add(kind)
            else:
                self.window.discard(kind)
            self.room.preview(kind, on)

        self.step(act())

    @rule()
    def closes_window(self) -> None:
        async def act() -> None:
            self.window.clear()
            self.room.not_ready()

        self.window_open = False
        self.step(act())

    @rule()
    def confirms(self) -> None:
        self.step(self.room.go_up())

    @rule(what=st.sampled_from(["ask", "cancel", "leave"]))
    def says(self, what: str) -> None:
        self.step(getattr(self.room, what)())

    @rule()
    def declines(self) -> None:
        async def act() -> None:
            self.window.clear()
            await self.room.decline()

        self.window_open = False
        self.step(act())

    @rule(kind=kinds, on=st.booleans())
    def turns(self, kind: Device, on: bool) -> None:
        self.step(self.room.turn(kind, on))

    @rule(presses=st.lists(st.booleans(), min_size=1, max_size=4))
    def talks(self, presses: list[bool]) -> None:
        self.step(*(self.room.talk(down) for down in presses))

    @rule(device=st.sampled_from([LENS, SPARE, None]))
    def chooses_camera(self, device: Any) -> None:
        async def act() -> None:
            self.room.studio.choose("camera", device)

        self.step(act())

    @rule(device=st.sampled_from([DESK, CLIP]))
    def chooses_microphone(self, device: Any) -> None:
        async def act() -> None:
            self.room.studio.choose("microphone", device)

        self.step(act())

    @precondition(lambda self: self.wire.online and self.wire.robin.seat is Seat.VIEWER)
    @rule(chosen=st.sets(previews))
    def goes_up(self, chosen: set[Device]) -> None:
        """The whole way, as far as nothing comes between."""
        self.invites()
        self.opens_window()
        for kind in chosen:
            self.switches(kind, True)
        self.confirms()

    # -- what others do

    @rule()
    def invites(self) -> None:
        self.acts(c.Invite(ROBIN))

    @rule(what=st.sampled_from([c.Approve, c.Decline, c.RevokeOffer, c.RemoveFromStage]))
    def decides(self, what: Any) -> None:
        self.acts(what(ROBIN))

    @rule(kind=kinds)
    def turns_off(self, kind: Device) -> None:
        self.acts(c.TurnOff(ROBIN, kind))

    @rule(mode=st.sampled_from(Mode))
    def sets_mode(self, mode: Mode) -> None:
        self.acts(c.SetMode(mode))

    @rule(milliseconds=st.sampled_from([1_000, OFFER]))
    def time_passes(self, milliseconds: int) -> None:
        async def act() -> None:
            self.wire.passes(milliseconds)

        self.step(act())

    @precondition(lambda self: self.wire.online and self.wire.robin.seat is Seat.ON_STAGE)
    @rule(rarely=st.integers(0, 3))
    def ends_room(self, rarely: int) -> None:
        if rarely == 0:
            self.acts(c.EndRoom())

    @rule()
    def loses_connection(self) -> None:
        async def act() -> None:
            if self.wire.online:
                self.wire.lose()

        self.step(act())

    @precondition(lambda self: not self.wire.online and not self.wire.state.ended)
    @rule()
    def comes_back(self) -> None:
        async def act() -> None:
            if self.wire.robin.present:
                self.wire.welcome()

        self.step(act())

    # -- what the devices and the machine do

    @rule(turns=st.integers(0, 4), patient=st.booleans())
    def latency(self, turns: int, patient: bool) -> None:
        """How long the wire takes, and whether everybody waits until all has come to its end."""
        self.wire.turns, self.patient = turns, patient

    @rule(open_now=st.booleans())
    def opening_takes(self, open_now: bool) -> None:
        (self.hardware.gate.set if open_now else self.hardware.gate.clear)()

    @rule(name=st.sampled_from(["Lens", "Desk"]), busy=st.booleans())
    def busy(self, name: str, busy: bool) -> None:
        if busy:
            self.hardware.troubles[name] = f"{name} is in use elsewhere."
        else:
            self.hardware.troubles.pop(name, None)

    @precondition(lambda self: self.hardware.handles)
    @rule(which=st.integers(0, 2))
    def pulled_out(self, which: int) -> None:
        async def act() -> None:
            handles = self.hardware.handles
            if handles:
                handles[which % len(handles)].pull_out()

        self.step(act())

    @rule()
    def rests(self) -> None:
        """Let everything come to its end; then exactly what may be open is, unless it is broken."""

        async def rest() -> None:
            self.hardware.gate.set()
            for _ in range(3):
                await self.turn(10)
                await asyncio.gather(*self.tasks, return_exceptions=True)
                await self.turn(10)
            for handle in self.hardware.handles:
                handle.give()

        was = self.wire.robin.seat
        self.runner.run(rest())
        self.follow(was)
        may = self.shown() | self.window
        kept = {"microphone"} if self.silenced() else set()
        found = set(self.hardware.open_now())
        assert found <= may | kept, (found, may, kept)
        broken = set(self.hardware.troubles) or self.room.studio.camera is None
        assert broken or self.shown() <= found, (found, may)

    def silenced(self) -> bool:
        """Whether a microphone may be open though it is off."""
        on_stage = self.wire.online and self.wire.robin.seat is Seat.ON_STAGE
        return on_stage and self.room.studio.mute == "silence" and not self.wire.state.ended

    @invariant()
    def nothing_is_opened_or_sent_that_may_not_be(self) -> None:
        if not hasattr(self, "room"):
            return
        assert self.hardware.wrong == []
        assert self.leaks == []
        for task in [task for task in self.tasks if task.done()]:
            self.tasks.remove(task)
            error = task.exception()
            assert error is None or isinstance(error, EXPECTED), error


async def connect(self: Publisher) -> None:
    """Without media."""


Guard.TestCase.settings = settings(max_examples=300, stateful_step_count=50, deadline=None)
TestGuard = Guard.TestCase
