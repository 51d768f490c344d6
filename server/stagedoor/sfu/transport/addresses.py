"""IPv4 socket addresses as Python and as the system call interface have them."""

from __future__ import annotations

import socket
import struct

Address = tuple[str, int]


def sockaddr(address: Address) -> bytes:
    """A ``struct sockaddr_in`` of an IPv4 address."""
    host = socket.inet_aton(address[0])
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", address[1], host)


def address_of(sockaddr_in: bytes) -> Address:
    """The address in a ``struct sockaddr_in``."""
    port, host = struct.unpack_from("!2xH4s", sockaddr_in)
    return socket.inet_ntoa(host), port
