"""What goes wrong is one plain sentence, and the Room is as usable afterwards as before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from stagedoor.rules.commands import EndRoom
from stagedoor.rules.values import Device, Seat
from stagedoor_client import Capture, Options, Room, parse
from stagedoor_client.automatic import go_up_with
from stagedoor_client.errors import ConnectionLostError, DeviceError
from stagedoor_client.lines import Line
from stagedoor_client.sinks import Loudspeaker, Sinks
from tests.server_process import ServerProcess

from .hardware import DESK, LENS, SPARE, TONES, Counting
from .people import PATIENCE, has_tone

MIC, CAM = Device.MICROPHONE, Device.CAMERA
BOTH = (MIC, CAM)


async def unplugged(room: Room, hardware: Counting, server: ServerProcess) -> None:
    hardware.handle(CAM).pull_out()


async def changed_to_a_busy_one(room: Room, hardware: Counting, server: ServerProcess) -> None:
    hardware.troubles["Spare"] = "The camera Spare is in use elsewhere."
    room.studio.choose(CAM, SPARE)


async def changed_to_none(room: Room, hardware: Counting, server: ServerProcess) -> None:
    room.studio.choose(CAM, None)


async def restarted(room: Room, hardware: Counting, server: ServerProcess) -> None:
    server.kill()
    await hardware.until(lambda: not hardware.handles)
    await asyncio.to_thread(server.restart)
    await room.until(lambda r: True if r.online else None)


Fault = Callable[[Room, Counting, ServerProcess], Awaitable[None]]


@pytest.mark.parametrize(
    ("fault", "sentences"),
    [
        (unplugged, ["Lens was pulled out."]),
        (changed_to_a_busy_one, ["The camera Spare is in use elsewhere."]),
        (changed_to_none, ["No camera was chosen."]),
        (restarted, ["back in A room"]),
    ],
)
async def test_a_fault_on_stage(fault: Fault, sentences: list[str], mortal: ServerProcess) -> None:
    """One is on stage still, with the camera off; it can be turned on again with a good one."""
    link = mortal.create_room(mode="open")["links"]["attendee"]
    hardware, lines = Counting(), list[Line]()
    options = Options("Robin", capture=Capture(LENS, DESK), hardware=hardware, on_line=lines.append)
    async with asyncio.timeout(PATIENCE), Room(parse(link), options) as room:
        assert await go_up_with(room, BOTH)
        lines.clear()
        await fault(room, hardware, mortal)
        await room.until(lambda r: True if r.me and not r.me.camera else None)
        seen = [line for line in lines if line.state not in ("reconnecting", "on_stage")]
        assert [line.sentence for line in seen] == sentences
        hardware.troubles.clear()
        room.studio.choose(CAM, SPARE)
        await room.turn(CAM, True)
        await room.settled()
        assert [handle.device for handle in hardware.handles if handle.kind == CAM] == [SPARE]


async def test_the_end_of_the_room_is_one_sentence_and_commands_say_so(
    server: ServerProcess,
) -> None:
    links = server.create_room(mode="open")["links"]
    hardware, lines = Counting(), list[Line]()
    states: list[tuple[str, str]] = []
    options = Options(
        "Robin",
        capture=Capture(LENS, DESK),
        hardware=hardware,
        on_line=lines.append,
        on_state=lambda state, detail: states.append((state, detail)),
    )
    host = Room(parse(links["host"]), Options("Hope", hardware=Counting()))
    async with asyncio.timeout(PATIENCE), host, Room(parse(links["attendee"]), options) as room:
        assert await go_up_with(room, BOTH)
        lines.clear()
        await host.command(EndRoom())
        await room.ended()
        await hardware.until(lambda: not hardware.handles)
        assert [line.sentence for line in lines] == ["the room has ended"]
        for command in (room.ask(), room.turn(MIC, True), room.raise_hand(True)):
            with pytest.raises(ConnectionLostError, match="The room has ended"):
                await command
        assert not await go_up_with(room, BOTH)
    assert states[0] == ("connecting", "connecting")
    assert states[-1] == ("ended", "the room has ended")


async def test_the_stage_is_played_on_a_speaker_which_may_fail(server: ServerProcess) -> None:
    """As ``--speaker`` does."""
    link = server.create_room(mode="open")["links"]["attendee"]
    hardware, failures = Counting(), list[DeviceError]()
    loudspeaker = Loudspeaker(hardware, None, failures.append)
    robin = Options("Robin", capture=Capture(microphone=DESK), hardware=hardware, ask=True)
    listener = Options("Wren", sink=Sinks([loudspeaker]), hardware=Counting())
    await loudspeaker.open()
    async with (
        asyncio.timeout(PATIENCE),
        Room(parse(link), listener) as room,
        Room(parse(link), robin) as other,
    ):
        room.show(frozenset(), frozenset())
        await other.until(lambda r: True if r.me and r.me.seat is Seat.ON_STAGE else None)
        handle = hardware.handle("speaker")
        await hardware.until(lambda: has_tone(handle.played(), TONES["Desk"]))
        handle.pull_out()
        await hardware.until(lambda: hardware.open_now() == [MIC])
        assert [str(error) for error in failures] == ["Speaker was pulled out."]
        assert room.online
    await loudspeaker.close()
    assert hardware.open_now() == []
