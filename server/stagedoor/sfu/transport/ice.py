"""ICE-lite: answering connectivity checks (RFC 8445, RFC 8489). Functions over bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from aioice import stun

from .addresses import Address

_REQUEST, _COOKIE = b"\0\1", b"\x21\x12\xa4\x42"
_USERNAME, _INTEGRITY = 0x0006, 0x0008
_ATTRIBUTE = struct.Struct("!HH")


@dataclass(frozen=True)
class Check:
    """A connectivity check as it came, not yet proven to be the peer's."""

    local_ufrag: str
    message: stun.Message
    size: int

    @property
    def nominates(self) -> bool:
        """Whether the peer chose this pair of addresses."""
        return "USE-CANDIDATE" in self.message.attributes


def ufrag(data: bytes) -> str | None:
    """Whom of ours a binding request is for; None for anything else. Cheap, and proves nothing.

    A request that a peer has made names both sides' ufrags, and so is as long as its response.
    """
    if data[:2] != _REQUEST or data[4:8] != _COOKIE or len(data) != 20 + int.from_bytes(data[2:4]):
        return None
    at = 20
    while at + 4 <= len(data):
        kind, length = _ATTRIBUTE.unpack_from(data, at)
        if kind == _USERNAME:
            ours, colon, _ = data[at + 4 : at + 4 + length].partition(b":")
            return ours.decode() if colon and ours.isascii() else None
        if kind == _INTEGRITY:  # whatever follows is not to be read
            return None
        at += 4 + (length + 3 & ~3)
    return None


def read(data: bytes) -> Check | None:
    """A binding request; None for anything else, however broken."""
    try:
        message = stun.parse_message(data)
    except Exception:  # whatever a stranger's bytes do to the parser
        return None
    if message.message_method != stun.Method.BINDING or message.message_class != stun.Class.REQUEST:
        return None
    local, _, _ = str(message.attributes.get("USERNAME", "")).partition(":")
    return Check(local, message, len(data)) if local else None


def respond(check: Check, pwd: str, address: Address) -> bytes | None:
    """The response to a check from ``address``; None where the password does not prove it."""
    key = pwd.encode()
    try:
        proven = check.message.check_message_integrity(key)
    except (ValueError, KeyError):
        return None
    if not proven:
        return None
    response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, check.message.transaction_id)
    response.attributes["XOR-MAPPED-ADDRESS"] = address
    response.add_message_integrity(key)
    response.add_fingerprint()
    data = bytes(response)
    return data if len(data) <= check.size else None
