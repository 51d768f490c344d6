"""Batches arrive whole, by sendmmsg and by the fallback, whatever is among their addresses."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pylibsrtp
import pytest

from stagedoor.sfu import srtp, udp
from stagedoor.sfu.srtp import PROFILES, Keys


@pytest.fixture(params=["sendmmsg", "sendto"])
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[udp.Batch]:
    if request.param == "sendto":

        def missing(self: udp.Batch) -> None:
            raise AttributeError("sendmmsg")

        monkeypatch.setattr(udp.Batch, "_prepare", missing)
    with udp.open_socket("127.0.0.1", 0) as sock:
        yield udp.Batch(sock)


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with udp.open_socket("127.0.0.1", 0) as sock:
        sock.setblocking(True)
        sock.settimeout(10)
        yield sock


class Target:
    """Somebody with SRTP keys and an address."""

    def __init__(self, batch: udp.Batch, address: udp.Address, profile: srtp.Profile) -> None:
        key = os.urandom(profile.key + profile.salt)
        self._sender = srtp.Sender(Keys(profile.libsrtp, key, key))
        self.target: tuple[Any, Any] | None = (self._sender.handle, batch.destination(address))
        policy = pylibsrtp.Policy(
            key, pylibsrtp.Policy.SSRC_ANY_INBOUND, srtp_profile=profile.libsrtp
        )
        self.unprotect = pylibsrtp.Session(policy).unprotect


def rtp(number: int, size: int) -> bytes:
    return b"\x80\x60" + number.to_bytes(2) + bytes(8) + bytes([number & 255]) * size


def test_more_than_a_batch_of_all_sizes_arrives_in_order(
    batch: udp.Batch, receiver: socket.socket
) -> None:
    destination = batch.destination(receiver.getsockname())
    sent = [number.to_bytes(2) * (1 + number % 600) for number in range(udp.SLOTS + 40)]
    for datagram in sent[: udp.SLOTS // 2]:
        batch.add(datagram, destination)
    batch.flush()
    for datagram in sent[udp.SLOTS // 2 :]:
        batch.add(datagram, destination)
    batch.flush()
    assert [receiver.recv(2048) for _ in sent] == sent
    assert (batch.sent, batch.dropped) == (len(sent), 0)


@pytest.mark.parametrize("profile", PROFILES, ids=["AES-GCM", "AES-CM"])
def test_a_packet_is_protected_for_each_with_their_own_key(
    batch: udp.Batch, receiver: socket.socket, profile: srtp.Profile
) -> None:
    address = receiver.getsockname()
    targets = [Target(batch, address, profile) for _ in range(3)]
    away = Target(batch, address, profile)
    away.target = None
    for number, size in ((1, 1100), (2, 0), (3, 700)):
        batch.fan_out(rtp(number, size), [targets[0], away, *targets[1:]])
        batch.flush()
        for target in targets:
            datagram = receiver.recv(2048)
            assert rtp(number, size)[12:] not in datagram or not size
            assert target.unprotect(datagram) == rtp(number, size)


def test_fan_out_over_several_batches_loses_none(batch: udp.Batch, receiver: socket.socket) -> None:
    target = Target(batch, receiver.getsockname(), PROFILES[0])
    number = 2 * udp.SLOTS + 7
    batch.fan_out(rtp(9, 30), [target] * number)
    batch.flush()
    assert target.unprotect(receiver.recv(2048)) == rtp(9, 30)
    for _ in range(number - 1):
        receiver.recv(2048)
    assert (batch.sent, batch.dropped) == (number, 0)


def test_an_address_that_cannot_be_sent_to_costs_only_itself(
    batch: udp.Batch, receiver: socket.socket
) -> None:
    """Nothing can be sent to port 0."""
    good = batch.destination(receiver.getsockname())
    bad = batch.destination(("127.0.0.1", 0))
    for name, destination in ((b"one", good), (b"lost", bad), (b"two", good), (b"lost", bad)):
        batch.add(name, destination)
    batch.flush()
    assert [receiver.recv(2048) for _ in range(2)] == [b"one", b"two"]
    assert (batch.sent, batch.dropped) == (2, 2)


def test_a_port_in_use_is_waited_for_and_then_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp, "BIND_PATIENCE", 0.2)
    with udp.open_socket("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        udp.open_socket("127.0.0.1", first.getsockname()[1])
