"""The operator's keys: those that sign links, new and old, and the one for the HTTP API."""

from __future__ import annotations

import hashlib
import hmac
import secrets

import msgspec
from msgspec import Struct

SHORTEST = 32  # characters


class Key(Struct, frozen=True):
    """A key that signs. ``id``: its name in what it signs; ``until``: when it is retired, seconds.

    The first key of a data folder of earlier versions has no name.
    """

    id: str
    secret: str
    until: int | None = None

    def __repr__(self) -> str:
        """Not the secret, wherever this may be printed."""
        return f"Key({self.id!r})"

    @classmethod
    def new(cls) -> Key:
        """One that nobody knows."""
        return cls(secrets.token_hex(4), secrets.token_urlsafe(32))


class KeyRing(Struct, frozen=True):
    """The first key signs; what any of them signed is good until that one is retired."""

    keys: tuple[Key, ...]

    @property
    def signing(self) -> Key:
        """The key for what is signed now."""
        return self.keys[0]

    def find(self, name: str, now: float) -> Key | None:
        """The key of that name, unless it is retired."""
        for key in self.keys:
            if key.id == name and (key.until is None or now < key.until):
                return key
        return None

    def rotated(self, new: Key, now: int, keep: int) -> KeyRing:
        """``new`` signs from now on; the others are retired after ``keep`` seconds or before."""
        end = now + keep
        old = (Key(key.id, key.secret, min(end, key.until or end)) for key in self.keys)
        return KeyRing((new, *(key for key in old if key.until is not None and key.until > now)))


def read_ring(content: bytes) -> KeyRing | None:
    """The ring as it is kept in a file, where a single key may stand bare; None if none."""
    if not content.lstrip().startswith(b"{"):
        try:
            ring = KeyRing((Key("", content.decode().strip()),))
        except UnicodeDecodeError:
            return None
    else:
        try:
            ring = msgspec.json.decode(content, type=KeyRing)
        except msgspec.MsgspecError:
            return None
    good = ring.keys and all(len(key.secret) >= SHORTEST for key in ring.keys)
    return ring if good else None


def write_ring(ring: KeyRing) -> bytes:
    """The ring as ``read_ring`` reads it."""
    return msgspec.json.format(msgspec.json.encode(ring)) + b"\n"


class OperatorKey:
    """The key that the HTTP API asks for; ``use`` puts another in its place."""

    def __init__(self, key: str) -> None:
        self._hash = b""
        self.use(key)

    def use(self, key: str) -> None:
        """Ask for this one from now on."""
        self._hash = _hash(key)

    def fits(self, shown: str) -> bool:
        """Whether it is the one. How long that takes says nothing of the key."""
        return hmac.compare_digest(self._hash, _hash(shown))


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
