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
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from ..packets.shift import Numbered, Shift
from . import srtp
from .addresses import Address, address_of, sockaddr
from .stream import Stream
from .syscalls import Calls, calls

SLOTS = 256
SEGMENTS = 32  # of one message; the kernel takes 64 and no more than 64 KiB
SOL_UDP, UDP_SEGMENT = 17, 103
_HEAD, _PICTURE = struct.Struct("!HI").pack_into, struct.Struct("!H").pack_into


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


def runs(packets: Sequence[bytes], most: int) -> Iterator[Sequence[bytes]]:
    """Cut packets, in their order, into runs of ``most`` that may leave as one message each.

    All of a run are of one size, but for the last, which may be smaller.
    """
    start = 0
    for end in range(1, len(packets) + 1):
        size = len(packets[start])
        ended = (
            end == len(packets)
            or end - start == most
            or len(packets[end - 1]) < size
            or len(packets[end]) > size
        )
        if ended:
            yield packets[start:end]
            start = end


class Batch:
    """Datagrams in the making, in buffers that are kept; ``flush`` sends them all.

    Where the socket takes no more, ``blocked`` is set and the rest is kept for the next ``flush``,
    which is worth trying once the socket is writable.

    With ``sendmmsg`` each buffer's size is the length field of its own vector, where SRTP writes
    it. What a message was last is remembered, and only what is different is set.
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
        self._buffers, self._views = srtp.buffers(SLOTS)
        self._sizes = srtp.sizes(SLOTS)
        self._made: list[tuple[int, int, Any, Any]] = [(-1, 0, None, None)] * SLOTS
        self._headers: list[Any] = []
        self._send: Callable[[], bool] = self._sendto
        found = calls()
        if found and sys.byteorder == "little":  # a length's low half is then where it begins
            self._prepare(found)
            self._send = self._sendmmsg
            with contextlib.suppress(OSError):
                sock.setsockopt(SOL_UDP, UDP_SEGMENT, 0)  # OSError where it is not known
                self.segments = SEGMENTS

    def _prepare(self, found: Calls) -> None:
        self._ffi = ffi = found.ffi
        self._sendmmsg_function = found.lib.sendmmsg
        self._messages, self._vectors = found.messages(self._buffers, srtp.MAX_PACKET)
        self._headers += [self._messages[index].msg_hdr for index in range(SLOTS)]
        self._starts = [self._vectors + index for index in range(SLOTS)]
        lengths = [ffi.addressof(self._vectors[index], "iov_len") for index in range(SLOTS)]
        self._sizes = [ffi.cast("int *", length) for length in lengths]
        self._controls: dict[int, Any] = {}

    def destination(self, address: Address) -> Any:
        """An address in the form that ``add`` takes; make it once, keep it."""
        if not self._headers:
            return address
        return self._ffi.new("char[]", sockaddr(address))

    def add(self, datagram: bytes, destination: Any) -> None:
        """Add a datagram as it is; sends when the batch is full, drops it when that is blocked."""
        if self._count == SLOTS and not self.flush():
            self.dropped += 1
            return
        index, length = self._count, len(datagram)
        self._views[index][:length] = datagram
        self._sizes[index][0] = length
        self._message(index, 1, destination, 0)

    def fan_out(self, packets: Sequence[bytes], targets: Sequence[Target]) -> int:
        """Protect RTP packets for each target: the loop an SFU spends its life in.

        ``packets`` are one of the ``runs``. How many of the targets are done: all of them, or
        fewer where the socket is blocked.
        """
        number, protect = len(packets), srtp.protect
        views, sizes, buffers, made = self._views, self._sizes, self._buffers, self._made
        sized = [(packet, len(packet)) for packet in packets]
        segment = sized[0][1] if number > 1 else 0
        index = self._count
        for done, one in enumerate(targets):
            target = one.target
            if target is None:
                continue
            handle, destination = target
            if index + number > SLOTS:
                if not self.flush():
                    return done
                index = 0
            first = index
            for packet, length in sized:
                views[index][:length] = packet
                size = sizes[index]
                size[0] = length
                if protect(handle, buffers[index], size):
                    index = first
                    break
                index += 1
            else:
                cut = segment and segment + size[0] - length
                message = (first, number, destination, cut)
                if made[self._messages_count] == message:
                    self._messages_count += 1
                    self._count = index
                else:
                    self._message(*message)
        return len(targets)

    def renumber(self, packets: Sequence[Numbered], targets: Sequence[Renumbered]) -> int:
        """The same for those who have numbers of their own, which are written over the packets'."""
        number, protect = len(packets), srtp.protect
        views, sizes, buffers = self._views, self._sizes, self._buffers
        sized = [(*one, len(one.packet)) for one in packets]
        segment = sized[0][-1] if number > 1 else 0
        index = self._count
        for done, one in enumerate(targets):
            target = one.peer.target
            if target is None:
                continue
            handle, destination = target
            if index + number > SLOTS:
                if not self.flush():
                    return done
                index = 0
            first = index
            ahead, later, pictures, tl0s, _, _ = one.shift
            for packet, sequence, timestamp, picture, picture_at, tl0, tl0_at, length in sized:
                view = views[index]
                view[:length] = packet
                _HEAD(view, 2, sequence + ahead & 0xFFFF, timestamp + later & 0xFFFFFFFF)
                if picture_at:
                    _PICTURE(view, picture_at, 0x8000 | picture + pictures & 0x7FFF)
                if tl0_at:
                    view[tl0_at] = tl0 + tl0s & 0xFF
                size = sizes[index]
                size[0] = length
                if protect(handle, buffers[index], size):
                    index = first
                    break
                index += 1
            else:
                self._add(first, number, destination, segment and segment + size[0] - length)
        return len(targets)

    def _add(self, first: int, number: int, destination: Any, cut: int) -> None:
        """The next message, if it is another than it was last."""
        if self._made[self._messages_count] == (first, number, destination, cut):
            self._messages_count += 1
            self._count = first + number
        else:
            self._message(first, number, destination, cut)

    def _message(self, first: int, number: int, destination: Any, cut: int) -> None:
        """The next message: so many buffers from ``first`` on, cut up every ``cut`` bytes.

        A stream takes its own at once, so that the buffers are free again.
        """
        if isinstance(destination, Stream):
            for index in range(first, first + number):
                destination.put(bytes(self._views[index][: self._sizes[index][0]]))
            self._count = first
            return
        at = self._messages_count
        self._messages_count, self._count = at + 1, first + number
        self._made[at] = (first, number, destination, cut)
        if self._headers:
            header = self._headers[at]
            header.msg_iov, header.msg_iovlen = self._starts[first], number
            header.msg_name = destination
            control = self._control(cut) if cut else self._ffi.NULL
            header.msg_control, header.msg_controllen = control, 24 if cut else 0

    def _control(self, cut: int) -> Any:
        """A control message that says where to cut (cmsg(3)); one is kept for each size."""
        control = self._controls.get(cut)
        if control is None:
            data = struct.pack("@NiiH6x", 18, SOL_UDP, UDP_SEGMENT, cut)
            control = self._controls[cut] = self._ffi.new("char[24]", data)
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
        return sum(self._made[at][1] for at in range(start, end))

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
        first, number, destination, cut = self._made[at]
        if not cut:
            self.dropped += 1
            return
        if trouble == errno.EIO:  # the way out cannot do checksums, which cutting up needs
            self.segments = 1
        address = address_of(bytes(self._ffi.buffer(destination)))
        for index in range(first, first + number):
            with contextlib.suppress(BlockingIOError):
                self._sendto_one(index, address)

    def _sendto(self) -> bool:
        while (at := self._next) < self._messages_count:
            first, _, destination, _ = self._made[at]
            try:
                self._sendto_one(first, destination)
            except BlockingIOError:
                return False
            self._next = at + 1
        return True

    def _sendto_one(self, index: int, address: Address) -> None:
        """Send a buffer. Raises BlockingIOError; for any other reason the packet is dropped."""
        try:
            self._socket.sendto(self._views[index][: self._sizes[index][0]], address)
        except BlockingIOError:
            raise
        except OSError:
            self.dropped += 1
        else:
            self.sent += 1
