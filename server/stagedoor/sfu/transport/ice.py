"""ICE-lite: answering connectivity checks (RFC 8445, RFC 8489). Functions over bytes."""

from __future__ import annotations

from dataclasses import dataclass

from aioice import stun

from .addresses import Address


@dataclass(frozen=True)
class Check:
    """A connectivity check as it came, not yet proven to be the peer's."""

    local_ufrag: str
    message: stun.Message

    @property
    def nominates(self) -> bool:
        """Whether the peer chose this pair of addresses."""
        return "USE-CANDIDATE" in self.message.attributes


def read(data: bytes) -> Check | None:
    """A binding request; None for anything else, however broken."""
    try:
        message = stun.parse_message(data)
    except Exception:  # whatever a stranger's bytes do to the parser
        return None
    if message.message_method != stun.Method.BINDING or message.message_class != stun.Class.REQUEST:
        return None
    local, _, _ = str(message.attributes.get("USERNAME", "")).partition(":")
    return Check(local, message) if local else None


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
    return bytes(response)
