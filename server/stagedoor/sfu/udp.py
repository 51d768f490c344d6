"""The engine's UDP socket, and sending many datagrams with one system call where it exists."""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

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


class Target(Protocol):
    """Somebody to fan out to: SRTP handle and destination, or None while not connected."""

    target: tuple[Any, Any] | None


class Batch:
    """Datagrams in the making, in buffers that are kept; ``flush`` sends them all.

    With ``sendmmsg`` each buffer's size is the length field of its own message, where SRTP writes
    it, and a message's address is only set where another was there before.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sent = 0
        self.dropped = 0
        self._count = 0
        self._socket = sock
        self._buffers, self._views = srtp.buffers(SLOTS)
        self._sizes = srtp.sizes(SLOTS)
        self._names: list[Any] = [None] * SLOTS
        self._headers: list[Any] = []
        self._send: Callable[[], None] = self._sendto
        if sys.byteorder == "little":  # the low half of a length is then where the length is
            with contextlib.suppress(OSError, AttributeError):
                self._prepare()
                self._send = self._sendmmsg

    def _prepare(self) -> None:
        self._ffi = ffi = cffi.FFI()
        ffi.cdef(_C)
        self._lib: Any = ffi.dlopen(None)
        self._sendmmsg_function = self._lib.sendmmsg
        self._messages = ffi.new("mmsghdr[]", SLOTS)
        self._vectors = ffi.new("iovec[]", SLOTS)
        for index, buffer in enumerate(self._buffers):
            self._vectors[index].iov_base = buffer
            header = self._messages[index].msg_hdr
            header.msg_iov, header.msg_iovlen = self._vectors + index, 1
            header.msg_namelen = 16
            self._headers.append(header)
        lengths = [ffi.addressof(self._vectors[index], "iov_len") for index in range(SLOTS)]
        self._sizes = [ffi.cast("int *", length) for length in lengths]

    def destination(self, address: Address) -> Any:
        """An address in the form that ``add`` takes; make it once, keep it."""
        if not self._headers:
            return address
        return self._ffi.new("char[]", sockaddr(address))

    def add(self, datagram: bytes, destination: Any) -> None:
        """Add a datagram as it is; sends when the batch is full."""
        index, length = self._count, len(datagram)
        self._views[index][:length] = datagram
        self._sizes[index][0] = length
        self._address(index, destination)
        self._count = index + 1
        if self._count == SLOTS:
            self.flush()

    def fan_out(self, packet: bytes, targets: Iterable[Target]) -> None:
        """Protect an RTP packet for each target and add it: the loop an SFU spends its life in."""
        length, protect = len(packet), srtp.protect
        views, sizes, buffers, names = self._views, self._sizes, self._buffers, self._names
        index = self._count
        for one in targets:
            target = one.target
            if target is None:
                continue
            handle, destination = target
            views[index][:length] = packet
            size = sizes[index]
            size[0] = length
            if protect(handle, buffers[index], size):
                continue
            if names[index] is not destination:
                self._address(index, destination)
            index += 1
            if index == SLOTS:
                self._count = index
                self.flush()
                index = 0
        self._count = index

    def _address(self, index: int, destination: Any) -> None:
        self._names[index] = destination
        if self._headers:
            self._headers[index].msg_name = destination

    def flush(self) -> None:
        """Send all of it. What the socket cannot take is dropped and counted, as UDP would."""
        if self._count:
            self._send()
            self._count = 0

    def _sendmmsg(self) -> None:
        start, count, descriptor = 0, self._count, self._socket.fileno()
        while start < count:
            done = self._sendmmsg_function(descriptor, self._messages + start, count - start, 0)
            if done > 0:
                self.sent += done
                start += done
            elif self._ffi.errno == errno.EAGAIN:
                self.dropped += count - start
                return
            elif self._ffi.errno != errno.EINTR:  # that one address cannot be reached
                self.dropped += 1
                start += 1

    def _sendto(self) -> None:
        for index in range(self._count):
            datagram = self._views[index][: self._sizes[index][0]]
            try:
                self._socket.sendto(datagram, self._names[index])
            except OSError:
                self.dropped += 1
            else:
                self.sent += 1
