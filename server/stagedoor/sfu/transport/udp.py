"""The engine's UDP socket: binding it and reading from it."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable, Iterable, Iterator

from .addresses import Address, address_of
from .syscalls import NAME, Calls, calls

BUFFER = 4 * 1024 * 1024
READS = 64
KEPT = 4096  # addresses
# Longer datagrams are cut, and so fail their authentication: what is read, and protected again
# for a viewer, always fits a buffer with the trailer. No path carries longer ones unbroken.
LONGEST = 1500
BIND_PATIENCE = 5.0


def open_socket(host: str, port: int) -> socket.socket:
    """Bind a non-blocking UDP socket; waits a little for a predecessor to let go of the port.

    Raises OSError where the port cannot be had.
    """
    deadline = time.monotonic() + BIND_PATIENCE
    found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    found.setblocking(False)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        found.setsockopt(socket.SOL_SOCKET, option, BUFFER)
    while True:
        try:
            found.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                found.close()
                raise
            time.sleep(0.05)  # before the event loop runs: nothing else waits
        else:
            return found


class Inbox:
    """Reads a socket, up to READS datagrams at a time, so that a burst does not starve the timers.

    With recvmmsg(2) that is one system call, into buffers that are kept. UDP_GRO is not asked
    for: publishers' packets come one by one, and of several senders mixed.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._addresses: dict[bytes, Address] = {}
        self.read: Callable[[], Iterable[tuple[bytes, Address]]] = self._recvfrom
        found = calls()
        if found is not None:
            self._prepare(found)
            self.read = self._recvmmsg

    def _prepare(self, found: Calls) -> None:
        ffi = found.ffi
        self._function, self._none = found.lib.recvmmsg, ffi.NULL
        self._memory = ffi.new("char[]", READS * LONGEST)
        self._names = ffi.new("char[]", READS * NAME)
        buffers = [self._memory + index * LONGEST for index in range(READS)]
        self._messages, self._vectors = found.messages(buffers, LONGEST)
        for index in range(READS):
            self._messages[index].msg_hdr.msg_name = self._names + index * NAME
        self._views = [memoryview(ffi.buffer(buffer, LONGEST)) for buffer in buffers]
        self._senders = ffi.buffer(self._names)
        words = memoryview(ffi.buffer(self._messages)).cast("I")
        size, offset = ffi.sizeof("mmsghdr"), ffi.offsetof("mmsghdr", "msg_len")
        self._lengths = words[offset // 4 :: size // 4]

    def _recvmmsg(self) -> list[tuple[bytes, Address]]:
        count = self._function(self._socket.fileno(), self._messages, READS, 0, self._none)
        if count <= 0:  # nothing there, or an ICMP error of an earlier send; the next read works
            return []
        senders, lengths, views = self._senders[: count * NAME], self._lengths, self._views
        return [
            (
                bytes(views[index][: lengths[index]]),
                self._address(senders[index * NAME : index * NAME + NAME]),
            )
            for index in range(count)
        ]

    def _address(self, name: bytes) -> Address:
        """The address in a sockaddr; those that sent lately are kept as they are."""
        found = self._addresses.get(name)
        if found is None:
            if len(self._addresses) >= KEPT:
                self._addresses.clear()
            found = self._addresses[name] = address_of(name)
        return found

    def _recvfrom(self) -> Iterator[tuple[bytes, Address]]:
        for _ in range(READS):
            try:
                yield self._socket.recvfrom(LONGEST)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error of an earlier send; the next read works
                continue
