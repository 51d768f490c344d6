"""ICE-lite: answering connectivity checks (RFC 8445, RFC 8489). Functions over bytes.

Each viewer sends one every two seconds or so, and so they are a seventh of all that a server with
two hundred of them does where a library reads every attribute into objects.
"""

from __future__ import annotations

import hmac
import socket
import struct
import zlib
from dataclasses import dataclass

from .addresses import Address

REQUEST, RESPONSE, COOKIE = 0x0001, 0x0101, 0x2112A442
USERNAME, INTEGRITY, FINGERPRINT = 0x0006, 0x0008, 0x8028
USE_CANDIDATE, XOR_MAPPED_ADDRESS = 0x0025, 0x0020
IPV4 = 1
LONGEST = 1024  # octets of a request: both ufrags have 256 at most, and strangers may fill it
HEAD, DIGEST = 20, 20  # octets of a message's header, and of HMAC-SHA1
_FINGERPRINT_XOR = 0x5354554E

_HEADER = struct.Struct("!HHI")
_ATTRIBUTE = struct.Struct("!HH")
_LENGTH = struct.Struct("!H")
_CRC = struct.Struct("!HHI")
_MAPPED = struct.Struct("!HHBBHI")


@dataclass(frozen=True, slots=True)
class Check:
    """A connectivity check as it came, not yet proven to be the peer's.

    ``nominates``: whether the peer chose this pair of addresses. ``integrity``: where in ``data``
    that attribute begins; ``fingerprint`` the same, 0 where there is none.
    """

    data: bytes
    local_ufrag: str
    nominates: bool
    integrity: int
    fingerprint: int


def read(data: bytes) -> Check | None:
    """A binding request for one of ours; None for anything else. Cheap, and proves nothing.

    A request that a peer has made names both sides' ufrags, and so is as long as its response.
    Whatever follows its integrity but the fingerprint is not to be read.
    """
    size = len(data)
    if not HEAD <= size <= LONGEST or _HEADER.unpack_from(data) != (REQUEST, size - HEAD, COOKIE):
        return None
    at, ours, nominates = HEAD, b"", False
    while at + 4 <= size:
        kind, length = _ATTRIBUTE.unpack_from(data, at)
        end = at + 4 + length
        if end > size:
            return None
        if kind == INTEGRITY:
            if length != DIGEST or not ours or not ours.isascii():
                return None
            more = _ATTRIBUTE.unpack_from(data, end) if end + 8 == size else None
            fingerprint = end if more == (FINGERPRINT, 4) else 0
            return Check(data, ours.decode(), nominates, at, fingerprint)
        if kind == USERNAME:
            ours, colon, _ = data[at + 4 : end].partition(b":")
            if not colon:
                return None
        elif kind == USE_CANDIDATE:
            nominates = True
        at = end + (-length & 3)
    return None


def key(pwd: str) -> hmac.HMAC:
    """A password in the form that ``respond`` takes; make it once, keep it."""
    return hmac.new(pwd.encode(), digestmod="sha1")


def respond(check: Check, key: hmac.HMAC, address: Address) -> bytes | None:
    """The response to a check from ``address``; None where the password does not prove it."""
    data, at = check.data, check.integrity
    if not hmac.compare_digest(_digest(data[:at], key), data[at + 4 : at + 4 + DIGEST]):
        return None
    end = check.fingerprint
    if end and data[end : end + 8] != _fingerprint(data[:end]):
        return None
    host, port = address
    number = int.from_bytes(socket.inet_aton(host)) ^ COOKIE
    response = _HEADER.pack(RESPONSE, 0, COOKIE) + data[8:HEAD]
    response += _MAPPED.pack(XOR_MAPPED_ADDRESS, 8, 0, IPV4, port ^ COOKIE >> 16, number)
    response += _ATTRIBUTE.pack(INTEGRITY, DIGEST) + _digest(response, key)
    response = _lengthened(response, 8)
    response += _fingerprint(response)
    return response if len(response) <= len(data) else None


def _lengthened(message: bytes, more: int) -> bytes:
    """A message whose header says that so many octets follow."""
    return message[:2] + _LENGTH.pack(len(message) - HEAD + more) + message[4:]


def _digest(before: bytes, key: hmac.HMAC) -> bytes:
    """MESSAGE-INTEGRITY after these octets, as if it were the last (RFC 8489, section 14.5)."""
    made = key.copy()  # a third of what it takes to begin with the password
    made.update(_lengthened(before, 4 + DIGEST))
    return made.digest()


def _fingerprint(before: bytes) -> bytes:
    """FINGERPRINT after these octets, whose header counts it already (section 14.7)."""
    return _CRC.pack(FINGERPRINT, 4, zlib.crc32(before) ^ _FINGERPRINT_XOR)
