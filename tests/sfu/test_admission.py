"""What strangers and floods get of the engine's port: nothing, or no more than is their own."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress

import pytest
from aioice import stun

from bench.peer import Peer
from stagedoor.media.interface import Grant
from stagedoor.sfu.transport import ice
from stagedoor.sfu.transport.admission import (
    AMPLIFIED,
    CHECKS,
    HANDSHAKE,
    SILENT,
    Allowance,
    Rate,
    Unproven,
)
from stagedoor.sfu.transport.peer import Peer as EnginePeer
from tests.fuzz.transport import HELLO

from .conftest import Told
from .inside import Inside
from .light import Light, light_publisher


def check(ufrag: str, pwd: str, *, nominate: bool = True) -> bytes:
    """A connectivity check for a peer of the engine."""
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST, os.urandom(12))
    message.attributes["USERNAME"] = f"{ufrag}:abcd"
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(pwd.encode())
    message.add_fingerprint()
    return bytes(message)


def test_an_allowance_is_a_burst_and_a_rate() -> None:
    allowance = Allowance(Rate(2, 3), 10.0)
    assert [allowance.take(10.0) for _ in range(4)] == [True, True, True, False]
    assert [allowance.take(10.5) for _ in range(2)] == [True, False]
    assert [allowance.take(99.0) for _ in range(4)] == [True, True, True, False]


def test_so_much_goes_out_for_what_came_in() -> None:
    unproven = Unproven()
    assert not unproven.may_send(1)
    unproven.heard(100)
    assert unproven.may_send(100 * AMPLIFIED - 50)
    assert not unproven.may_send(51)
    assert unproven.may_send(50)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (check("0123456789ab", "x"), "0123456789ab"),
        (check("0123456789ab", "x")[:-1], None),
        (check("0123456789ab", "x") + b"\0\0\0\0", None),
        (b"\1\1" + check("0123456789ab", "x")[2:], None),
        (check("0123456789ab", "x").replace(b"\x21\x12\xa4\x42", b"\0\0\0\0"), None),
        (check("0123456789ab", "x").replace(b":", b"-"), None),
        (check("é", "x"), None),
        (b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12), None),
        (b"", None),
    ],
    ids=[
        "whole",
        "cut off",
        "too long",
        "response",
        "no cookie",
        "no colon",
        "no ASCII",
        "no user",
        "nothing",
    ],
)
def test_whom_a_check_is_for(message: bytes, expected: str | None) -> None:
    found = ice.read(message)
    assert (found.local_ufrag if found is not None else None) == expected


class Stranger:
    """A socket that sends the engine what it likes, and hears what comes back."""

    def __init__(self, engine: Inside) -> None:
        self._to = engine.socket.getsockname()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)

    @property
    def address(self) -> tuple[str, int]:
        address: tuple[str, int] = self.socket.getsockname()
        return address

    def say(self, engine: Inside, *datagrams: bytes) -> None:
        """Have datagrams come in from here, now."""
        port = engine.engine._port
        for datagram in datagrams:
            port._datagram(datagram, self.address, asyncio.get_running_loop().time())
        port.flush()

    def heard(self) -> list[bytes]:
        """All that has come back."""
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(self.socket.recv(2048))
        return found


@pytest.fixture
async def inside() -> AsyncIterator[Inside]:
    inside = Inside(Told())
    yield inside
    inside.close()


@pytest.fixture
def stranger(inside: Inside) -> Iterator[Stranger]:
    stranger = Stranger(inside)
    yield stranger
    stranger.socket.close()


def viewer(inside: Inside, person: str = "cat") -> EnginePeer:
    """Somebody who has been let in, and has sent nothing yet."""
    inside.engine.subscribe("room", person)
    peer = inside.engine.stages["room"].viewers[person].peer
    assert peer is not None
    return peer


async def test_strangers_get_no_answer_and_leave_nothing(
    inside: Inside, stranger: Stranger
) -> None:
    peer = viewer(inside)
    guesses = [check("0" * 12, "guess"), check(peer.ufrag, "guess"), HELLO, b"\x80" + bytes(40)]
    stranger.say(inside, *guesses, *(os.urandom(60) for _ in range(200)))
    assert stranger.heard() == []
    assert inside.engine._port._by_address == {}
    assert peer.addresses == set()


async def test_the_answer_is_no_larger_than_the_check(inside: Inside, stranger: Stranger) -> None:
    peer = viewer(inside)
    asked = check(peer.ufrag, peer.pwd, nominate=False)[:-8]
    asked = asked[:2] + (len(asked) - 20).to_bytes(2) + asked[4:]  # without a fingerprint
    stranger.say(inside, asked)
    (answer,) = stranger.heard()
    assert len(answer) <= len(asked)


async def test_of_a_flood_of_checks_so_many_are_answered_and_others_are(
    inside: Inside, stranger: Stranger
) -> None:
    flooding, other = viewer(inside), viewer(inside, "dan")
    stranger.say(inside, *[check(flooding.ufrag, flooding.pwd)] * 500)
    assert CHECKS.burst <= len(stranger.heard()) < 2 * CHECKS.burst
    second = Stranger(inside)
    second.say(inside, check(other.ufrag, other.pwd))
    assert len(second.heard()) == 1
    second.socket.close()


async def test_hellos_are_answered_with_so_much_and_not_more(
    inside: Inside, stranger: Stranger
) -> None:
    peer = viewer(inside)
    asked = check(peer.ufrag, peer.pwd)
    stranger.say(inside, asked)
    (response,) = stranger.heard()
    stranger.say(inside, HELLO)
    sent = stranger.heard()
    assert sent
    asked_for = len(asked) + len(HELLO)
    assert sum(map(len, sent)) <= AMPLIFIED * asked_for
    taken: list[bytes] = []
    peer._dtls.receive = lambda one: taken.append(one) or []  # type: ignore[method-assign, func-returns-value]
    stranger.say(inside, *[HELLO] * 500)
    assert len(taken) < 2 * HANDSHAKE.burst
    assert len(response) <= len(asked)


async def test_nobody_takes_the_address_of_one_who_is_heard_there(
    inside: Inside, stranger: Stranger
) -> None:
    """Only by forging it could they send from there."""
    owner, thief = viewer(inside), viewer(inside, "dan")
    stranger.say(inside, check(owner.ufrag, owner.pwd))
    assert len(stranger.heard()) == 1
    stranger.say(inside, check(thief.ufrag, thief.pwd))
    assert stranger.heard() == []
    assert inside.engine._port._by_address[stranger.address] is owner
    owner.heard_at -= SILENT
    stranger.say(inside, check(thief.ufrag, thief.pwd))
    assert inside.engine._port._by_address[stranger.address] is thief


async def test_those_who_keep_to_it_connect(inside: Inside) -> None:
    told = inside._told
    inside.engine.grant("room", "ann", Grant(True, True, True))
    publisher = await light_publisher(inside, "ann")  # type: ignore[arg-type]
    watching = await Light(inside, told, "cat").open()  # type: ignore[arg-type]
    assert publisher.connected.is_set()
    assert isinstance(watching.peer, Peer)
    for one in (publisher, watching.peer):
        one.close()
