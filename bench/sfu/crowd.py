"""Light viewers by the thousand: their datagrams are counted as they lie in the sockets.

After its handshake a viewer's socket is read by recvmmsg(2) now and then, some of its datagrams in
one call, and RTP's header, which SRTP leaves readable, tells which packets came. Only of every
fiftieth viewer are they decrypted as well. So two hundred and fifty thousand packets a second can
be told from two hundred and forty-nine thousand on one core, beside the server.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cffi
import numpy as np

from bench.peer import Peer
from stagedoor.sfu.packets import rtcp

from .stream import OPUS, VP8

SLOTS, SIZE = 64, 2048
ROUND = 0.1  # seconds in which each socket is read once
SLICES = 10
REPORTS = 50  # between two looks at what else there is to do
SAMPLE = 50  # every how many viewers one decrypts
BEARS = 50_000_000  # bits a second that everybody says their way takes (REMB)
SO_TIMESTAMPNS, STAMP = 35, 32  # socket(7); a control message with a timespec, in bytes

_C = """
typedef struct { void *iov_base; size_t iov_len; } iovec;
typedef struct {
    void *msg_name; unsigned int msg_namelen; iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
} msghdr;
typedef struct { msghdr msg_hdr; unsigned int msg_len; } mmsghdr;
int recvmmsg(int sockfd, mmsghdr *msgvec, unsigned int vlen, int flags, void *timeout);
"""


@dataclass
class Numbers:
    """One stream's packets at one viewer: how many, the last's number, and where it began."""

    count: int = 0
    begin: int = -1
    last: int = -1

    def take(self, count: int, sequence: int) -> None:
        """So many came, the last of them with this sequence number (unwrapped here)."""
        if self.last < 0:
            self.last = sequence
        else:
            self.last += ((sequence - self.last + 0x8000) & 0xFFFF) - 0x8000
        self.count += count


@dataclass
class Member:
    """One viewer; without a ``peer`` a socket that is sent to by whoever likes."""

    socket: socket.socket
    peer: Peer | None = None
    streams: dict[int, Numbers] = field(default_factory=lambda: {VP8: Numbers(), OPUS: Numbers()})
    decrypts: bool = False
    on_packet: Callable[[bytes, int], None] | None = None

    def time(self, on_packet: Callable[[bytes, int], None]) -> None:
        """Have every packet, decrypted, with the time of the kernel's that it came at, in ns."""
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.on_packet = on_packet
        self.decrypts = True

    def begin(self) -> None:
        """Count from here on."""
        for numbers in self.streams.values():
            numbers.begin, numbers.count = numbers.last, 0

    def close(self) -> None:
        """Close the socket."""
        if self.peer is not None:
            self.peer.close()
        else:
            self.socket.close()

    @property
    def delivered(self) -> int:
        """Packets since the beginning."""
        return sum(numbers.count for numbers in self.streams.values())

    @property
    def lost(self) -> int:
        """Packets between the first and the last since the beginning that did not come."""
        return sum(
            numbers.last - numbers.begin - numbers.count
            for numbers in self.streams.values()
            if numbers.begin >= 0
        )


class Reader:
    """recvmmsg into buffers that are kept."""

    def __init__(self) -> None:
        self._ffi = ffi = cffi.FFI()
        ffi.cdef(_C)
        self._call = ffi.dlopen(None).recvmmsg
        self.memory = np.zeros((SLOTS, SIZE), np.uint8)
        self._controls = np.zeros((SLOTS, STAMP), np.uint8)
        self._messages = ffi.new("mmsghdr[]", SLOTS)
        offset = ffi.offsetof("msghdr", "msg_controllen")
        whole = np.frombuffer(ffi.buffer(self._messages), np.uint8).reshape(SLOTS, -1)
        self._lengths = whole[:, offset : offset + 8].view(np.uint64)
        self._vectors = ffi.new("iovec[]", SLOTS)
        for index in range(SLOTS):
            self._vectors[index].iov_base = ffi.from_buffer(self.memory[index])
            self._vectors[index].iov_len = SIZE
            self._messages[index].msg_hdr.msg_iov = self._vectors + index
            self._messages[index].msg_hdr.msg_iovlen = 1
            control = ffi.from_buffer(self._controls[index])
            self._messages[index].msg_hdr.msg_control = control

    def read(self, sock: socket.socket) -> int:
        """How many datagrams have been read, SLOTS at most."""
        self._lengths[:] = STAMP  # the kernel has put there what it used
        flags, null = socket.MSG_DONTWAIT, self._ffi.NULL
        count: int = self._call(sock.fileno(), self._messages, SLOTS, flags, null)
        return max(0, count)

    def datagram(self, index: int) -> bytes:
        """One of them."""
        return self.memory[index, : self._messages[index].msg_len].tobytes()

    def stamp(self, index: int) -> int:
        """When the kernel got it, in nanoseconds, where the socket was asked for that."""
        seconds, nanoseconds = self._controls[index, 16:].view(np.int64)
        return int(seconds) * 10**9 + int(nanoseconds)


class Crowd:
    """Viewers whose sockets are read together, once in ``each`` seconds while ``run`` runs."""

    def __init__(self, each: float = ROUND) -> None:
        self.members: list[Member] = []
        self._each = each
        self._reader = Reader()

    @staticmethod
    def sampled(index: int) -> bool:
        """Whether a viewer is one of those who decrypt everything."""
        return index % SAMPLE == 0

    def add(self, peer: Peer) -> Member:
        """Take over a connected peer's socket."""
        peer.detach()
        member = Member(peer.socket, peer, decrypts=self.sampled(len(self.members)))
        self.members.append(member)
        return member

    def remove(self, member: Member) -> None:
        """Close a viewer's socket."""
        self.members.remove(member)
        member.close()

    def add_socket(self, sock: socket.socket) -> None:
        """Read a bare socket."""
        self.members.append(Member(sock))

    async def run(self) -> None:
        """Read everybody's socket every now and then."""
        loop = asyncio.get_running_loop()
        start, tick = loop.time(), 0
        while True:
            for member in self.members[tick % SLICES :: SLICES]:
                self.read(member)
            tick += 1
            late = loop.time() - start - tick * self._each / SLICES
            start += max(0.0, late - self._each)
            await asyncio.sleep(-late)

    async def report(self) -> None:
        """Have everybody send, each second, a receiver report without losses and a REMB.

        The numbers are the first viewer's, as others may be out of the server's reach.
        """
        while True:
            await asyncio.sleep(1)
            first = self.members[0].streams
            for at, member in enumerate(self.members):
                if member.peer is not None:
                    member.peer.send_rtcp(_report(member.peer.sources, first))
                if at % REPORTS == REPORTS - 1:
                    await asyncio.sleep(0)

    def begin(self) -> None:
        """Count from here on."""
        for member in self.members:
            self.read(member)
            member.begin()

    def end(self) -> None:
        """Read what lies there still."""
        for member in self.members:
            self.read(member)

    def read(self, member: Member) -> None:
        """Count whatever a socket has."""
        while (count := self._reader.read(member.socket)) > 0:
            heads = self._reader.memory[:count, :4]
            payload_types = heads[:, 1] & 0x7F
            media = heads[:, 0] & 0xC0 == 0x80
            seen = 0
            for payload_type, numbers in member.streams.items():
                (found,) = np.nonzero(media & (payload_types == payload_type))
                if len(found):
                    _, _, high, low = heads[found[-1]]
                    numbers.take(len(found), int(high) << 8 | int(low))
                    seen += len(found)
            if seen < count or member.decrypts:
                self._hand_on(member, count)
            if count < SLOTS:
                return

    def _hand_on(self, member: Member, count: int) -> None:
        """Checks must be answered; and some viewers decrypt everything."""
        peer = member.peer
        if peer is None:
            return
        for index in range(count):
            datagram = self._reader.datagram(index)
            if not 128 <= datagram[0] < 192:
                peer.datagram_received(datagram)
            elif member.on_packet is not None:
                take, stamp = member.on_packet, self._reader.stamp(index)
                peer.on_rtp = lambda packet, take=take, stamp=stamp: take(packet, stamp)
                peer.datagram_received(datagram)
            elif member.decrypts:
                peer.datagram_received(datagram)

    @property
    def delivered(self) -> int:
        """Packets that came since the beginning."""
        return sum(member.delivered for member in self.members)

    @property
    def lost(self) -> int:
        """Packets that did not come."""
        return sum(member.lost for member in self.members)

    def counts(self, sampled: bool) -> tuple[int, int]:
        """Packets that came and that did not; ``sampled``: by what those had who decrypt.

        These stand for everybody, as nobody else is reached then.
        """
        if not sampled:
            return self.delivered, self.lost
        some = [member for index, member in enumerate(self.members) if self.sampled(index)]
        share = len(self.members) / len(some)
        delivered = sum(member.delivered for member in some)
        lost = sum(member.lost for member in some)
        return round(delivered * share), round(lost * share)

    @property
    def dropped(self) -> int:
        """Packets that could not be decrypted by those who do."""
        return sum(member.peer.dropped for member in self.members if member.peer is not None)

    def close(self) -> None:
        """Close all sockets."""
        for member in self.members:
            member.close()
        self.members.clear()


def _report(sources: Sequence[int], streams: dict[int, Numbers]) -> bytes:
    """Of the sound and the picture, in this order."""
    numbers = (streams[OPUS], streams[VP8])
    blocks = [
        rtcp.ReportBlock(ssrc, 0, 0, max(0, stream.last), 0, 0, 0)
        for ssrc, stream in zip(sources, numbers, strict=False)
    ]
    return rtcp.receiver_report(1, blocks) + rtcp.remb(1, BEARS, sources)
