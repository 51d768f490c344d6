"""SRTP sessions over libsrtp (RFC 3711, 7714), protecting in place in buffers that are kept."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import pylibsrtp
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi, lib

from .runs import LENGTH, STEP

WINDOW = 1024  # packets behind the newest that a publisher's may be
SENT = 256  # the same of what viewers are sent; libsrtp moves as many bits for each packet

Error = pylibsrtp.Error


@dataclass(frozen=True)
class Keys:
    """Master key and salt of the DTLS client's and server's sending direction."""

    profile: int
    client: bytes
    server: bytes


@dataclass(frozen=True)
class Profile:
    """A protection profile of RFC 5764 or RFC 7714; key and salt sizes in bytes."""

    openssl: bytes
    libsrtp: int
    key: int
    salt: int

    def split(self, secret: bytes) -> Keys:
        """Cut exported keying material: client key, server key, client salt, server salt."""
        key, salt = self.key, self.salt
        salts = secret[2 * key :]
        client = secret[:key] + salts[:salt]
        server = secret[key : 2 * key] + salts[salt : 2 * salt]
        return Keys(self.libsrtp, client, server)


PROFILES = (
    Profile(b"SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    Profile(b"SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
)


def _session(key: bytes, direction: int, profile: int, window: int) -> Session:
    policy = Policy(key=key, ssrc_type=direction, srtp_profile=profile)
    policy.allow_repeat_tx = True  # a NACK is answered with the same packet again
    policy.window_size = window
    return Session(policy)


class Receiver:
    """Unprotects what one peer sends. Raises ``Error`` for what is forged, broken or repeated."""

    def __init__(self, keys: Keys) -> None:
        session = _session(keys.client, Policy.SSRC_ANY_INBOUND, keys.profile, WINDOW)
        self.rtp = session.unprotect
        self.rtcp = session.unprotect_rtcp


class Sender:
    """Protects what one peer is sent. ``handle`` is for ``protect``, while this object lives."""

    def __init__(self, keys: Keys) -> None:
        self._session = _session(keys.server, Policy.SSRC_ANY_OUTBOUND, keys.profile, SENT)
        self.handle: Any = self._session._srtp[0]
        self.rtcp = self._session.protect_rtcp


#: ``protect(handle, buffer, size)`` protects RTP in place; ``size``, an int pointer, grows by the
#: tag. The answer is 0 if it was done.
protect = lib.srtp_protect


def buffers(count: int) -> tuple[list[Any], memoryview]:
    """``count`` buffers, one every STEP octets, and a view of all of them, which keeps them."""
    memory = ffi.new("char[]", count * STEP)
    return [memory + at * STEP for at in range(count)], memoryview(ffi.buffer(memory))


def lengths(count: int) -> tuple[list[Any], memoryview]:
    """``count`` sizes as ``protect`` takes them, and a view to set them by, which keeps them."""
    memory = ffi.new("unsigned long[]", count)
    view = memoryview(ffi.buffer(memory)).cast(LENGTH)
    return halves(ffi, ffi.addressof(memory, 0), count, view.itemsize), view


def halves(ffi: Any, first: Any, count: int, step: int) -> list[Any]:
    """An int pointer to the lower half of each of ``count`` lengths, ``step`` octets apart."""
    low = 0 if sys.byteorder == "little" else ffi.sizeof("unsigned long") - ffi.sizeof("int")
    start = ffi.cast("char *", first) + low
    return [ffi.cast("int *", start + at * step) for at in range(count)]
