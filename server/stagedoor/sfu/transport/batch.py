"""Sending many datagrams with few system calls: sendmmsg(2), and UDP segmentation where it exists.

Packets of one size that go to one viewer, as those of a video frame are, leave as one message that
the kernel cuts up again (UDP_SEGMENT, udp(7)): the way through its network stack, most of what a
packet costs, is gone once for all of them.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any, Protocol

from ..packets.shift import Numbered, Shift, write_numbers
from . import srtp
from .addresses import Address, address_of, sockaddr
from .runs import LENGTH, STEP, Run
from .stream import Stream
from .syscalls import Calls, calls

SLOTS = 256
SEGMENTS = 32  # of one message; the kernel takes 64 and no more than 64 KiB
SOL_UDP, UDP_SEGMENT = 17, 103
_CONTROL = struct.Struct("@NiiH0N")  # a cmsghdr with two octets of data, and what aligns the next
_CONTROL_LENGTH = struct.calcsize("@NiiH")


class Target(Protocol):
    """Somebody to fan out to: SRTP handle and destination, or None while not connected."""

    target: tuple[Any, Any] | None


class Renumbered(Protocol):
    """Somebody to fan out to who has numbers of their own."""

    @property
    def peer(self) -> Target:
        """Who it is."""

    @property
    def shift(self) -> Shift:
        """How far their numbers are ahead."""


class Batch:
    """Datagrams in the making, in buffers that are kept; ``flush`` sends them all.

    Where the socket takes no more, ``blocked`` is set and the rest is kept for the next ``flush``,
    which is worth trying once the socket is writable.

    With ``sendmmsg`` each buffer's size is the length field of its own vector, where SRTP writes
    it. What a message was last is remembered, and only what is different is set. A run is copied in
    one go, and protected without a step of Python's between its packets.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.sent = 0
        self.dropped = 0
        self.segments = 1
        """How many packets may leave as one message."""
        self.blocked = False
        self._count = 0
        self._next = 0
        self._messages_count = 0
        self._socket = sock
        self._buffers, self._octets = srtp.buffers(SLOTS)
        self._sizes, self._lengths = srtp.lengths(SLOTS)
        self._shapes = [(-1, 0, 0)] * SLOTS
        self._destinations: list[Any] = [None] * SLOTS
        self._headers: list[Any] = []
        self._send: Callable[[], bool] = self._sendto
        found = calls()
        if found:
            self._prepare(found)
            self._send = self._sendmmsg
            with contextlib.suppress(OSError):
                sock.setsockopt(SOL_UDP, UDP_SEGMENT, 0)  # OSError where it is not known
                self.segments = SEGMENTS

    def _prepare(self, found: Calls) -> None:
        self._ffi = ffi = found.ffi
        self._sendmmsg_function = found.lib.sendmmsg
        self._messages, self._vectors = found.messages(self._buffers, STEP)
        self._headers += [self._messages[index].msg_hdr for index in range(SLOTS)]
        self._starts = [self._vectors + index for index in range(SLOTS)]
        words = memoryview(ffi.buffer(self._vectors)).cast(LENGTH)
        size, offset = ffi.sizeof("iovec"), ffi.offsetof("iovec", "iov_len")
        self._lengths = words[offset // words.itemsize :: size // words.itemsize]
        first = ffi.addressof(self._vectors[0], "iov_len")
        self._sizes = srtp.halves(ffi, first, SLOTS, size)
        self._controls: dict[int, Any] = {}

    def destination(self, address: Address) -> Any:
        """An address in the form that ``add`` takes; make it once, keep it."""
        if not self._headers:
            return address
        return self._ffi.new("char[]", sockaddr(address))

    def add(self, datagram: bytes, destination: Any) -> None:
        """Add a datagram as it is; sends when the batch is full, drops it when that is blocked."""
        length = len(datagram)
        if length > STEP or (self._count == SLOTS and not self.flush()):
            self.dropped += 1
            return
        index = self._count
        start = index * STEP
        self._octets[start : start + length] = datagram
        self._lengths[index] = length
        self._add(index, 1, destination, 0)

    def fan_out(self, run: Run, targets: Sequence[Target]) -> int:
        """Protect RTP packets for each target: the loop an SFU spends its life in.

        How many of the targets are done: all of them, or fewer where the socket is blocked.
        """
        number, size, packets, sized = run.number, run.size, run.octets, run.lengths
        octets, lengths, protect = self._octets, self._lengths, srtp.protect
        buffers, sizes = self._buffers, self._sizes
        shapes, destinations = self._shapes, self._destinations
        index = self._count
        for done, one in enumerate(targets):
            target = one.target
            if target is None:
                continue
            handle, destination = target
            end = index + number
            if end > SLOTS:
                if not self.flush():
                    return done
                index, end = 0, number
            start = index * STEP
            octets[start : start + size] = packets
            if number == 1:
                lengths[index] = size
                failed, cut = protect(handle, buffers[index], sizes[index]), 0
            else:
                lengths[index:end] = sized
                some = repeat(handle, number), buffers[index:end], sizes[index:end]
                failed, cut = any(map(protect, *some)), lengths[index]
            if failed:  # and so none of these is sent
                continue
            at = self._messages_count
            if destinations[at] is destination and shapes[at] == (index, number, cut):
                self._messages_count, self._count = at + 1, end
            elif not self._add(index, number, destination, cut):
                continue
            index = end
        return len(targets)

    def renumber(self, run: Run, numbers: Sequence[Numbered], targets: Sequence[Renumbered]) -> int:
        """The same for those who have numbers of their own, which are written over the packets'."""
        number, size, packets, sized = run.number, run.size, run.octets, run.lengths
        octets, lengths, protect = self._octets, self._lengths, srtp.protect
        buffers, sizes = self._buffers, self._sizes
        index = self._count
        for done, one in enumerate(targets):
            target = one.peer.target
            if target is None:
                continue
            handle, destination = target
            end = index + number
            if end > SLOTS:
                if not self.flush():
                    return done
                index, end = 0, number
            start = index * STEP
            octets[start : start + size] = packets
            lengths[index:end] = sized
            write_numbers(octets, start, STEP, numbers, one.shift)
            some = repeat(handle, number), buffers[index:end], sizes[index:end]
            if any(map(protect, *some)):
                continue
            if self._add(index, number, destination, lengths[index] if number > 1 else 0):
                index = end
        return len(targets)

    def _add(self, first: int, number: int, destination: Any, cut: int) -> bool:
        """The next message: so many buffers from ``first`` on, cut up every ``cut`` bytes.

        False where a stream has taken its own at once, so that the buffers are free again.
        """
        if isinstance(destination, Stream):
            for index in range(first, first + number):
                destination.put(bytes(self._datagram(index)))
            return False
        at = self._messages_count
        self._messages_count, self._count = at + 1, first + number
        shape = (first, number, cut)
        if self._shapes[at] != shape:
            self._shapes[at] = shape
            if self._headers:
                header = self._headers[at]
                header.msg_iov, header.msg_iovlen = self._starts[first], number
                control = self._control(cut) if cut else self._ffi.NULL
                header.msg_control, header.msg_controllen = control, _CONTROL.size if cut else 0
        if self._destinations[at] is not destination:
            self._destinations[at] = destination
            if self._headers:
                self._headers[at].msg_name = destination
        return True

    def _datagram(self, index: int) -> memoryview:
        start = index * STEP
        return self._octets[start : start + self._lengths[index]]

    def _control(self, cut: int) -> Any:
        """A control message that says where to cut (cmsg(3)); one is kept for each size."""
        control = self._controls.get(cut)
        if control is None:
            data = _CONTROL.pack(_CONTROL_LENGTH, SOL_UDP, UDP_SEGMENT, cut)
            control = self._controls[cut] = self._ffi.new("char[]", data)
        return control

    def flush(self) -> bool:
        """Send all of it; False where the socket is blocked and the rest still waits."""
        if self._messages_count:
            self.blocked = not self._send()
            if self.blocked:
                return False
        self._count = self._next = self._messages_count = 0
        return True

    def discard(self) -> None:
        """Drop whatever waits for a blocked socket."""
        if self.blocked:
            self.dropped += self._packets(self._next, self._messages_count)
            self._count = self._next = self._messages_count = 0
            self.blocked = False

    def _packets(self, start: int, end: int) -> int:
        return sum(self._shapes[at][1] for at in range(start, end))

    def _sendmmsg(self) -> bool:
        count, descriptor = self._messages_count, self._socket.fileno()
        while (start := self._next) < count:
            done = self._sendmmsg_function(descriptor, self._messages + start, count - start, 0)
            if done > 0:
                self._next = start + done
                self.sent += self._packets(start, self._next)
                continue
            trouble = self._ffi.errno
            if trouble == errno.EAGAIN:
                return False
            if trouble != errno.EINTR:
                self._next = start + 1
                self._not_taken(start, trouble)
        return True

    def _not_taken(self, at: int, trouble: int) -> None:
        """Send a message's packets one by one if it was to be cut up; else its address is bad."""
        first, number, cut = self._shapes[at]
        if not cut:
            self.dropped += 1
            return
        if trouble == errno.EIO:  # the way out cannot do checksums, which cutting up needs
            self.segments = 1
        address = address_of(bytes(self._ffi.buffer(self._destinations[at])))
        for index in range(first, first + number):
            with contextlib.suppress(BlockingIOError):
                self._sendto_one(index, address)

    def _sendto(self) -> bool:
        while (at := self._next) < self._messages_count:
            try:
                self._sendto_one(self._shapes[at][0], self._destinations[at])
            except BlockingIOError:
                return False
            self._next = at + 1
        return True

    def _sendto_one(self, index: int, address: Address) -> None:
        """Send a buffer. Raises BlockingIOError; for any other reason the packet is dropped."""
        try:
            self._socket.sendto(self._datagram(index), address)
        except BlockingIOError:
            raise
        except OSError:
            self.dropped += 1
        else:
            self.sent += 1
