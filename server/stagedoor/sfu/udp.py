"""The engine's UDP socket: binding it and reading from it."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Iterator

from .addresses import Address

BUFFER = 4 * 1024 * 1024
READS = 64
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


def datagrams(sock: socket.socket) -> Iterator[tuple[bytes, Address]]:
    """What has arrived, up to READS datagrams, so that a burst does not starve the timers."""
    for _ in range(READS):
        try:
            yield sock.recvfrom(LONGEST)
        except BlockingIOError:
            return
        except OSError:  # an ICMP error of an earlier send; the next read works
            continue
