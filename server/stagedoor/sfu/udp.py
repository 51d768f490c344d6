"""The engine's UDP socket, and sending many datagrams with one system call where it exists."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

import cffi

from . import srtp

Address = tuple[str, int]
SLOTS = 256
BUFFER = 4 * 1024 * 1024
READS = 64
# Longer datagrams are cut, and so fail their authentication: what is read, and protected again
# for a viewer, always fits a buffer with the trailer. No path carries longer ones unbroken.
LONGEST = 1500
BIND_PATIENCE = 5.0

_C = """
typedef struct { void *iov_base; size_t iov_len; } iovec;
typedef struct {
    void *msg_name; unsigned int msg_namelen; iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
} msghdr;
typedef struct { msghdr msg_hdr; unsigned int msg_len; } mmsghdr;
int sendmmsg(int sockfd, mmsghdr *msgvec, unsigned int vlen, int flags);
"""


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


def sockaddr(address: Address) -> bytes:
    """A ``struct sockaddr_in`` of an IPv4 address."""
    host = socket.inet_aton(address[0])
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", address[1], host)


def datagrams(sock: socket.socket) -> Iterator[tuple[bytes, Address]]:
    """What has arrived, up to READS datagrams, so that a burst does not starve the timers."""
    for _ in range(READS):
        try:
            yield sock.recvfrom(LONGEST)
        except BlockingIOError:
            return
        except OSError:  # an ICMP error of an earlier send; the next read works
            continue


class Batch:
    """Datagrams in the making, in buffers that are kept; ``flush`` sends them all.

    The buffer of the next datagram is ``buffers[count]`` with its size in ``sizes[count]``;
    ``add`` says where it goes.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.buffers, self.sizes = srtp.buffers(SLOTS)
        self.count = 0
        self.sent = 0
        self.dropped = 0
        self._socket = sock
        self._names: list[Any] = [None] * SLOTS
        self._send: Callable[[], None] = self._sendto
        try:
            self._prepare()
        except (OSError, AttributeError):
            return
        self._send = self._sendmmsg

    def _prepare(self) -> None:
        self._ffi = cffi.FFI()
        self._ffi.cdef(_C)
        self._lib: Any = self._ffi.dlopen(None)
        self._sendmmsg_function = self._lib.sendmmsg
        self._messages = self._ffi.new("mmsghdr[]", SLOTS)
        self._vectors = self._ffi.new("iovec[]", SLOTS)
        for index in range(SLOTS):
            self._vectors[index].iov_base = self.buffers[index]
            self._messages[index].msg_hdr.msg_iov = self._vectors + index
            self._messages[index].msg_hdr.msg_iovlen = 1
            self._messages[index].msg_hdr.msg_namelen = 16

    def destination(self, address: Address) -> Any:
        """An address in the form that ``add`` takes; make it once, keep it."""
        if self._send == self._sendto:
            return address
        return self._ffi.new("char[]", sockaddr(address))

    def add(self, destination: Any) -> None:
        """Take the next buffer as filled; sends when the batch is full."""
        self._names[self.count] = destination
        self.count += 1
        if self.count == SLOTS:
            self.flush()

    def add_bytes(self, datagram: bytes, destination: Any) -> None:
        """Add a datagram that is made already."""
        srtp.copy(self.buffers[self.count], datagram, len(datagram))
        self.sizes[self.count][0] = len(datagram)
        self.add(destination)

    def flush(self) -> None:
        """Send all of it. What the socket cannot take is dropped and counted, as UDP would."""
        if self.count:
            self._send()
            self.count = 0

    def _sendmmsg(self) -> None:
        names, sizes, messages, vectors = self._names, self.sizes, self._messages, self._vectors
        for index in range(self.count):
            vectors[index].iov_len = sizes[index][0]
            messages[index].msg_hdr.msg_name = names[index]
        start, descriptor = 0, self._socket.fileno()
        while start < self.count:
            done = self._sendmmsg_function(descriptor, messages + start, self.count - start, 0)
            if done > 0:
                self.sent += done
                start += done
            elif self._ffi.errno == errno.EAGAIN:
                self.dropped += self.count - start
                return
            elif self._ffi.errno != errno.EINTR:  # that one address cannot be reached
                self.dropped += 1
                start += 1

    def _sendto(self) -> None:
        for index in range(self.count):
            view = srtp.view(self.buffers[index], self.sizes[index][0])
            try:
                self._socket.sendto(view, self._names[index])
            except OSError:
                self.dropped += 1
            else:
                self.sent += 1
