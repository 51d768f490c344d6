"""The chain of hashes over a room's events: one value that stands for all up to it. Pure.

Each event's hash is SHA-256 over the hash before it and all that the log keeps of the event for
good. Whoever changes, removes, puts in or moves an event breaks the chain, unless they compute it
anew from there on; that, and a cut end, is seen by whoever has kept a later head elsewhere.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass

from .row import Row

GENESIS = bytes(32)  # before a room's first event

_length = struct.Struct(">I").pack


@dataclass(frozen=True)
class Head:
    """A room's chain up to the event ``number``; None if whoever kept the hash did not say."""

    number: int | None
    hash: bytes

    def __str__(self) -> str:
        return self.hash.hex() if self.number is None else f"{self.number}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Of ``NUMBER:HASH`` or ``HASH``, in hexadecimal. Raises ValueError."""
        number, colon, digits = text.strip().rpartition(":")
        hash_ = bytes.fromhex(digits)
        if len(hash_) != len(GENESIS) or (colon and not (number.isascii() and number.isdigit())):
            raise ValueError("a head is NUMBER:HASH, the hash 64 hexadecimal digits")
        return cls(int(number) if colon else None, hash_)


def link(previous: bytes, row: Row, number: int | None = None) -> bytes:
    """The hash of a row after ``previous``, as if it had the number ``number``.

    SHA-256 over ``previous``, then of room, number, at, by, type, event and seal each its length
    in four bytes, big-endian, and its bytes: text as UTF-8, numbers in decimal digits.
    """
    room, by, kind, event = (
        row.room.encode(),
        row.by.encode(),
        row.type.encode(),
        row.event.encode(),
    )
    place, at = b"%d" % (row.number if number is None else number), b"%d" % row.at
    parts = (room, place, at, by, kind, event, row.seal)
    text = previous + b"".join([_length(len(part)) + part for part in parts])
    return hashlib.sha256(text).digest()
