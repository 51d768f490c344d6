"""Sending to one client: straight while it takes everything, bounded when it does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import WSMsgType

from stagedoor.signalling.outbox import MAX_QUEUED, MAX_QUEUED_BYTES, Outbox, framed


class Wire:
    """A transport and the socket over it; ``held`` bytes wait to be taken by the client."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.held = 0
        self.closing = False
        self.aborted = False
        self.drained = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    def get_write_buffer_size(self) -> int:
        return self.held

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.aborted = True

    async def send_frame(self, message: bytes, kind: WSMsgType) -> None:
        assert kind is WSMsgType.TEXT
        self.write(framed(message))
        if self.held:
            await self.drained.wait()

    async def close(self, code: int) -> None:
        self.write(b"close %d" % code)


def outbox(wire: Any) -> Outbox:
    return Outbox(wire, wire)


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65_535, b"\x81\x7e\xff\xff"),
        (65_536, b"\x81\x7f" + bytes(5) + b"\x01\x00\x00"),
    ],
)
def test_a_frame_is_as_rfc_6455_says(size: int, head: bytes) -> None:
    assert framed(b"x" * size) == head + b"x" * size


async def test_messages_go_straight_out_while_all_is_taken() -> None:
    wire = Wire()
    box = outbox(wire)
    for message in (b"one", b"two"):
        box.put(message)
    assert wire.sent == [framed(b"one"), framed(b"two")], "no task has run"


async def test_order_is_kept_when_the_client_becomes_slow_and_recovers() -> None:
    wire = Wire()
    box = outbox(wire)
    running = asyncio.create_task(box.run())
    box.put(b"0")
    wire.held = 100
    for number in range(1, 5):
        box.put(b"%d" % number)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    box.put(b"5")
    wire.held = 0
    box.put(b"6")
    wire.drained.set()
    box.finish(1000)
    await running
    assert wire.sent == [*(framed(b"%d" % number) for number in range(7)), b"close 1000"]


async def test_a_client_that_takes_nothing_is_cut_off() -> None:
    for size, most in ((1, MAX_QUEUED), (MAX_QUEUED_BYTES // 4, 4)):
        wire = Wire()
        wire.held = 1
        box = outbox(wire)
        for _ in range(most):
            box.put(b"x" * size)
        assert not box.overflowed
        box.put(b"x" * size)
        assert box.overflowed
        assert box.closing
        assert wire.aborted
        assert wire.sent == []


async def test_nothing_is_written_to_a_connection_that_is_gone() -> None:
    wire = Wire()
    wire.closing = True
    outbox(wire).put(b"late")
    assert wire.sent == []
