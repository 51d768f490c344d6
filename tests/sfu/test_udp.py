"""What arrives is read whole and with its sender: by recvmmsg, and by the fallback."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from stagedoor.sfu.transport import udp
from stagedoor.sfu.transport.udp import LONGEST, READS, Inbox


@pytest.fixture
def ours() -> Iterator[socket.socket]:
    with udp.open_socket("127.0.0.1", 0) as sock:
        yield sock


@pytest.fixture(params=["recvmmsg", "recvfrom"])
def inbox(
    request: pytest.FixtureRequest, ours: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> Inbox:
    if request.param == "recvfrom":
        monkeypatch.setattr(udp, "calls", lambda: None)
    return Inbox(ours)


def test_many_of_several_senders_are_read_in_order(inbox: Inbox, ours: socket.socket) -> None:
    with udp.open_socket("127.0.0.1", 0) as first, udp.open_socket("127.0.0.1", 0) as second:
        sent = []
        for number in range(READS + 10):
            sender = (first, second)[number % 2]
            datagram = number.to_bytes(2) * (number % 7 * 100)
            sender.sendto(datagram, ours.getsockname())
            sent.append((datagram, sender.getsockname()))
        assert [*inbox.read()] == sent[:READS]
        assert [*inbox.read()] == sent[READS:]
        assert [*inbox.read()] == []


def test_too_long_ones_are_cut_and_the_next_is_whole(inbox: Inbox, ours: socket.socket) -> None:
    with udp.open_socket("127.0.0.1", 0) as sender:
        for size in (LONGEST + 500, LONGEST, 3):
            sender.sendto(b"x" * size, ours.getsockname())
        assert [len(datagram) for datagram, _ in inbox.read()] == [LONGEST, LONGEST, 3]


def test_senders_without_end_are_not_all_kept(
    inbox: Inbox, ours: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(udp, "KEPT", 3)
    for _ in range(10):
        with udp.open_socket("127.0.0.1", 0) as sender:
            sender.sendto(b"hello", ours.getsockname())
            assert [*inbox.read()] == [(b"hello", sender.getsockname())]
    assert len(inbox._addresses) <= 3
