"""The floor of forwarding: protecting packets and sendmmsg(2), alone in a loop.

``python -m bench.sfu.floor MBIT ADDRESS:PORT…`` says that it is ready, and waits for lines of two
numbers: for so many seconds it sends the stream of a benchmark to each address, so many packets a
message at most, and prints its own CPU seconds and how many packets it were.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import cffi
import pylibsrtp
from pylibsrtp._binding import ffi, lib

from stagedoor.sfu.transport.addresses import sockaddr
from stagedoor.sfu.transport.batch import SOL_UDP, UDP_SEGMENT
from stagedoor.sfu.transport.runs import runs

from .processes import cpu_seconds
from .stream import FRAMES_A_SECOND, Stream

SLOTS, SIZE = 256, 2048
TAG = 16  # bytes that AES-GCM adds

_C = """
typedef struct { void *iov_base; size_t iov_len; } iovec;
typedef struct {
    void *msg_name; unsigned int msg_namelen; iovec *msg_iov; size_t msg_iovlen;
    void *msg_control; size_t msg_controllen; int msg_flags;
} msghdr;
typedef struct { msghdr msg_hdr; unsigned int msg_len; } mmsghdr;
int sendmmsg(int sockfd, mmsghdr *msgvec, unsigned int vlen, int flags);
"""


class Floor:
    """A socket, buffers, and an SRTP session for each address."""

    def __init__(self, addresses: Sequence[tuple[str, int]]) -> None:
        self.segments = 1
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._c = c = cffi.FFI()
        c.cdef(_C)
        self._send = c.dlopen(None).sendmmsg
        self._buffers = [ffi.new("char[]", SIZE) for _ in range(SLOTS)]
        self._views = [memoryview(ffi.buffer(buffer)) for buffer in self._buffers]
        self._vectors = c.new("iovec[]", SLOTS)
        self._messages = c.new("mmsghdr[]", SLOTS)
        self._headers = [self._messages[index].msg_hdr for index in range(SLOTS)]
        for vector, buffer in zip(self._vectors, self._buffers, strict=True):
            vector.iov_base = buffer
        self._sizes = [ffi.cast("int *", c.addressof(one, "iov_len")) for one in self._vectors]
        policy = pylibsrtp.Policy
        profile = policy.SRTP_PROFILE_AEAD_AES_128_GCM
        self._sessions = [
            pylibsrtp.Session(policy(os.urandom(28), policy.SSRC_ANY_OUTBOUND, 0, profile))
            for _ in addresses
        ]
        self._targets = [
            (session._srtp[0], c.new("char[]", sockaddr(address)))
            for session, address in zip(self._sessions, addresses, strict=True)
        ]
        self._controls: dict[int, Any] = {}
        self.packets = 0

    def send(self, packets: Sequence[bytes]) -> None:
        """Send packets to everybody."""
        for run in runs(packets, self.segments):
            self._send_run(run.packets)

    def _send_run(self, run: Sequence[bytes]) -> None:
        views, sizes, buffers, protect = self._views, self._sizes, self._buffers, lib.srtp_protect
        number = len(run)
        sized = [(packet, len(packet)) for packet in run]
        control = self._control(len(run[0]) + TAG) if number > 1 else self._c.NULL
        slot = message = 0
        for handle, name in self._targets:
            header = self._headers[message]
            header.msg_name, header.msg_namelen = name, 16
            header.msg_iov, header.msg_iovlen = self._vectors + slot, number
            header.msg_control, header.msg_controllen = control, 24 if number > 1 else 0
            for packet, length in sized:
                views[slot][:length] = packet
                sizes[slot][0] = length
                protect(handle, buffers[slot], sizes[slot])
                slot += 1
            message += 1
            if slot + number > SLOTS:
                self._flush(message)
                slot = message = 0
        self._flush(message)
        self.packets += number * len(self._targets)

    def _flush(self, count: int) -> None:
        done = 0
        while done < count:
            done += max(
                0, self._send(self._socket.fileno(), self._messages + done, count - done, 0)
            )

    def _control(self, cut: int) -> Any:
        if cut not in self._controls:
            data = struct.pack("@NiiH6x", 18, SOL_UDP, UDP_SEGMENT, cut)
            self._controls[cut] = self._c.new("char[24]", data)
        return self._controls[cut]


def parts(stream: Stream, seconds: float) -> Iterator[list[bytes]]:
    """The stream in real time: each sound, each picture."""
    start = time.monotonic()
    for tick in range(int(seconds * 2 * FRAMES_A_SECOND)):
        time.sleep(max(0.0, start + tick * 0.5 / FRAMES_A_SECOND - time.monotonic()))
        yield [stream.sound()]
        if tick % 2 == 0:
            yield stream.frame()


def main() -> None:
    """Send as the lines say."""
    mbit, *addresses = sys.argv[1:]
    hosts = [address.rpartition(":") for address in addresses]
    floor = Floor([(host, int(port)) for host, _, port in hosts])
    stream = Stream(float(mbit) * 1e6)
    floor.send([stream.sound()])  # what is made once
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        seconds, segments = line.split()
        floor.segments, floor.packets = int(segments), 0
        before = cpu_seconds({os.getpid()})
        for packets in parts(stream, float(seconds)):
            floor.send(packets)
        spent = cpu_seconds({os.getpid()}) - before
        print(json.dumps({"cpu": spent, "packets": floor.packets}), flush=True)


if __name__ == "__main__":
    main()
