"""Batches arrive whole: cut up by the kernel, by sendmmsg alone, and by the fallback."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator, Sequence
from typing import Any, cast

import pylibsrtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stagedoor.sfu.negotiation import codecs
from stagedoor.sfu.packets.shift import Numbered, Shift
from stagedoor.sfu.stage.receivers import Shifted
from stagedoor.sfu.transport import srtp, udp
from stagedoor.sfu.transport.addresses import Address, address_of, sockaddr
from stagedoor.sfu.transport.batch import SEGMENTS, SLOTS, Batch
from stagedoor.sfu.transport.runs import LONGEST, STEP, Run, runs
from stagedoor.sfu.transport.srtp import PROFILES, Keys

from .renumbered import renumbered


@pytest.fixture(params=["segments", "sendmmsg", "sendto"])
def batch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Batch]:
    if request.param == "sendto":
        monkeypatch.setattr("stagedoor.sfu.transport.batch.calls", lambda: None)
    with udp.open_socket("127.0.0.1", 0) as sock:
        batch = Batch(sock)
        if request.param == "segments" and batch.segments == 1:
            pytest.skip("this system does not cut up datagrams")
        if request.param == "sendmmsg":
            batch.segments = 1
        yield batch


def fan_out(batch: Batch, packets: list[bytes], targets: Sequence[Target]) -> None:
    """All packets to all targets, as the engine does it."""
    for run in runs(packets, batch.segments):
        assert batch.fan_out(run, targets) == len(targets)


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with udp.open_socket("127.0.0.1", 0) as sock:
        sock.setblocking(True)
        sock.settimeout(10)
        yield sock


class Target:
    """Somebody with SRTP keys and an address."""

    def __init__(self, batch: Batch, address: Address, profile: srtp.Profile) -> None:
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
    batch: Batch, receiver: socket.socket
) -> None:
    destination = batch.destination(receiver.getsockname())
    sent = [number.to_bytes(2) * (1 + number % 600) for number in range(SLOTS + 40)]
    for datagram in sent[: SLOTS // 2]:
        batch.add(datagram, destination)
    batch.flush()
    for datagram in sent[SLOTS // 2 :]:
        batch.add(datagram, destination)
    batch.flush()
    assert [receiver.recv(2048) for _ in sent] == sent
    assert (batch.sent, batch.dropped) == (len(sent), 0)


@pytest.mark.parametrize("profile", PROFILES, ids=["AES-GCM", "AES-CM"])
def test_a_packet_is_protected_for_each_with_their_own_key(
    batch: Batch, receiver: socket.socket, profile: srtp.Profile
) -> None:
    address = receiver.getsockname()
    targets = [Target(batch, address, profile) for _ in range(3)]
    away = Target(batch, address, profile)
    away.target = None
    for number, size in ((1, 1100), (2, 0), (3, 700)):
        fan_out(batch, [rtp(number, size)], [targets[0], away, *targets[1:]])
        batch.flush()
        for target in targets:
            datagram = receiver.recv(2048)
            assert rtp(number, size)[12:] not in datagram or not size
            assert target.unprotect(datagram) == rtp(number, size)


def test_whoever_has_numbers_of_their_own_gets_the_packets_under_them(
    batch: Batch, receiver: socket.socket
) -> None:
    """Sequence, timestamp, VP8's picture and TL0PICIDX; all else is as others get it."""
    shifts = [Shift(1, 2, 3, 4), Shift(65535, 2**32 - 1, 0x7FFF, 255), Shift(timestamp=1)]
    people = [Target(batch, receiver.getsockname(), PROFILES[at % 2]) for at in range(3)]
    targets = [Shifted(cast(Any, one), shift) for one, shift in zip(people, shifts, strict=True)]
    vp8 = [b"\x90\xe0\xff\xff\xff\x00\x50", b"\x90\x80\x80\x01\x51", b"\x10\x51"]
    packets = [
        struct.pack("!BBHII", 0x80, 96, 65534 + at & 0xFFFF, 2**32 - 1, 7)
        + vp8[at % 3]
        + bytes(size)
        for at, size in enumerate([900, 902, 600] + [300] * SLOTS)
    ]
    for run in runs(packets, batch.segments):
        read = [Numbered.of(packet, codecs.part) for packet in run.packets]
        assert batch.renumber(run, read, targets) == len(targets)
        batch.flush()
        for one, target in zip(people, targets, strict=True):
            for packet in run.packets:
                assert one.unprotect(receiver.recv(2048)) == renumbered(packet, target.shift)
    assert batch.dropped == 0


def test_fan_out_over_several_batches_loses_none(batch: Batch, receiver: socket.socket) -> None:
    target = Target(batch, receiver.getsockname(), PROFILES[0])
    number = 2 * SLOTS + 7
    fan_out(batch, [rtp(9, 30)], [target] * number)
    batch.flush()
    assert target.unprotect(receiver.recv(2048)) == rtp(9, 30)
    for _ in range(number - 1):
        receiver.recv(2048)
    assert (batch.sent, batch.dropped) == (number, 0)


def test_an_address_that_cannot_be_sent_to_costs_only_itself(
    batch: Batch, receiver: socket.socket
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


def test_the_packets_of_a_frame_arrive_whole_and_in_order(
    batch: Batch, receiver: socket.socket
) -> None:
    """Of one size, then a smaller one; of growing sizes; more than one message takes."""
    target = Target(batch, receiver.getsockname(), PROFILES[0])
    sizes = [1100, 1100, 1100, 400, 900, 901, 902, 0, *[700] * (SEGMENTS + 3)]
    packets = [rtp(number, size) for number, size in enumerate(sizes)]
    fan_out(batch, packets, [target])
    batch.flush()
    assert [target.unprotect(receiver.recv(2048)) for _ in packets] == packets
    assert (batch.sent, batch.dropped) == (len(packets), 0)


def test_frames_to_many_over_several_batches(batch: Batch, receiver: socket.socket) -> None:
    """What a message was before, other packets and other people, leaves no trace in it."""
    targets = [Target(batch, receiver.getsockname(), PROFILES[index % 2]) for index in range(90)]
    for round_, sizes in enumerate(([500] * 5, [300], [500] * 4 + [20], [500] * 5)):
        packets = [rtp(100 * round_ + number, size) for number, size in enumerate(sizes)]
        fan_out(batch, packets, targets)
        batch.flush()
        order = [(target, packet) for run in runs(packets, batch.segments)
                 for target in targets for packet in run.packets]  # fmt: skip
        for target, packet in order:
            assert target.unprotect(receiver.recv(2048)) == packet
    assert batch.dropped == 0


def test_a_frame_to_an_address_that_cannot_be_sent_to_costs_only_itself(
    batch: Batch, receiver: socket.socket
) -> None:
    good = Target(batch, receiver.getsockname(), PROFILES[0])
    bad = Target(batch, ("127.0.0.1", 0), PROFILES[0])
    packets = [rtp(number, 200) for number in range(3)]
    fan_out(batch, packets, [bad, good, bad])
    batch.flush()
    assert sorted(good.unprotect(receiver.recv(2048)) for _ in packets) == packets
    assert (batch.sent, batch.dropped) == (3, 6)


class Full:
    """A socket that takes no more until it is told to."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.full = True

    def setsockopt(self, *_: int) -> None:
        raise OSError("no segments")

    def sendto(self, data: bytes, address: Address) -> int:
        if self.full:
            raise BlockingIOError
        return self._sock.sendto(data, address)


def test_what_a_full_socket_does_not_take_waits_or_is_discarded(
    receiver: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stagedoor.sfu.transport.batch.calls", lambda: None)
    with udp.open_socket("127.0.0.1", 0) as sock:
        full: Any = Full(sock)
        batch = Batch(full)
        target = Target(batch, receiver.getsockname(), PROFILES[0])
        batch.fan_out(Run([rtp(1, 40)]), [target])
        assert not batch.flush()
        assert batch.blocked
        assert batch.fan_out(Run([rtp(2, 40)]), [target] * (2 * SLOTS)) == SLOTS - 1
        batch.add(b"no room", receiver.getsockname())
        assert batch.dropped == 1
        full.full = False
        assert batch.flush()
        assert not batch.blocked
        assert batch.sent == SLOTS
        full.full = True
        batch.fan_out(Run([rtp(3, 40)]), [target])
        assert not batch.flush()
        batch.discard()
        full.full = False
        assert batch.flush()
        assert (batch.sent, batch.dropped) == (SLOTS, 2)


@given(st.lists(st.integers(1, 4), max_size=80), st.integers(1, 40))
def test_runs_keep_every_packet_in_order_and_fit_one_message(sizes: list[int], most: int) -> None:
    packets = [bytes(size) for size in sizes]
    cut = [run.packets for run in runs(packets, most)]
    assert [packet for run in cut for packet in run] == packets
    for run in cut:
        assert 1 <= len(run) <= most
        assert len({len(packet) for packet in run[:-1]}) <= 1
        assert len(run[-1]) <= len(run[0])


def test_an_address_is_read_as_it_was_written() -> None:
    assert address_of(sockaddr(("192.0.2.7", 40123))) == ("192.0.2.7", 40123)


def test_no_packet_is_longer_than_a_buffer_takes(batch: Batch, receiver: socket.socket) -> None:
    target = Target(batch, receiver.getsockname(), PROFILES[0])
    longest = [rtp(number, LONGEST - 12) for number in range(2)]
    fan_out(batch, longest, [target])
    batch.add(b"too long" * STEP, batch.destination(receiver.getsockname()))
    batch.flush()
    for packet in longest:
        datagram = receiver.recv(2048)
        assert datagram[:12] == packet[:12]
        assert len(datagram) == LONGEST + 16
    assert (batch.sent, batch.dropped) == (2, 1)
    with pytest.raises(ValueError, match="too long"):
        Run([rtp(1, 1), rtp(2, LONGEST)])


@pytest.mark.parametrize("own", [False, True], ids=["alike", "numbers of their own"])
def test_whose_packet_cannot_be_protected_gets_none_of_its_run_and_costs_nobody_else(
    batch: Batch, receiver: socket.socket, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    good, bad = (Target(batch, receiver.getsockname(), PROFILES[0]) for _ in range(2))
    assert bad.target is not None
    broken, protect = bad.target[0], srtp.protect

    def failing(handle: Any, buffer: Any, size: Any) -> int:
        third = handle is broken and buffer[3] == b"\2"
        return 1 if third else int(protect(handle, buffer, size))

    monkeypatch.setattr(srtp, "protect", failing)
    packets = [rtp(number, 200) for number in range(4)]
    for run in runs(packets, batch.segments):
        people = [bad, good, bad]
        if own:
            read = [Numbered.of(packet, codecs.part) for packet in run.packets]
            shifted = [Shifted(cast(Any, one), Shift()) for one in people]
            assert batch.renumber(run, read, shifted) == len(people)
        else:
            assert batch.fan_out(run, people) == len(people)
    batch.flush()
    each = 3 if batch.segments == 1 else 0
    assert (batch.sent, batch.dropped) == (4 + 2 * each, 0)
    arrived = []
    for datagram in [receiver.recv(2048) for _ in range(batch.sent)]:
        with contextlib.suppress(pylibsrtp.Error):  # it is the other's
            arrived.append(good.unprotect(datagram))
    assert arrived == packets
