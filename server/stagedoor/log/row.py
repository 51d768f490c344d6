"""A stored event: what the log keeps of it for good, and what can be erased. Pure.

The *record* is the event's JSON without its personal fields (``Event.personal``). These are kept
beside it, with a salt; the row has their *seal*, SHA-256 over salt and text. Whoever erases salt
and text leaves a seal that says nothing, as 16 random bytes cannot be guessed, and a chain of
hashes that still holds (docs/audit.md).
"""

from __future__ import annotations

import hashlib
import os
from typing import Any, get_args

import msgspec
from msgspec import Struct

from stagedoor.rules.base import Event
from stagedoor.rules.events import AnyEvent

SALT = 16  # bytes

_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


class Row(Struct, frozen=True):
    """One row of the table ``events``; ``hash`` is the chain's, 32 bytes (``chain.link``).

    ``seal`` is empty if the event has nothing personal; ``salt`` and ``personal``, the JSON of the
    personal fields, are None too once they have been erased.
    """

    room: str
    number: int
    at: int
    by: str
    type: str
    event: str
    seal: bytes = b""
    salt: bytes | None = None
    personal: str | None = None
    hash: bytes = b""

    @property
    def erased(self) -> bool:
        """Whether what was personal is gone."""
        return bool(self.seal) and self.personal is None

    @property
    def sealed(self) -> bool:
        """Whether what is personal, if it is there, is what it was when it was stored."""
        if self.personal is None or self.salt is None:
            return self.personal is None and self.salt is None
        return self.seal == seal(self.salt, self.personal)


def row(room: str, number: int, event: AnyEvent) -> Row:
    """The row of an event, not yet in the chain."""
    kind = type(event)
    if not kind.personal:
        return Row(room, number, event.at, event.by, tag(kind), _encode(event).decode())
    record = msgspec.to_builtins(event)
    return split(Row(room, number, event.at, event.by, tag(kind), ""), record)


def split(bare: Row, record: dict[str, Any]) -> Row:
    """The row with an event's JSON object, what is personal apart. Changes ``record``."""
    kind = KINDS.get(bare.type, Event)
    apart = {name: record.pop(name) for name in kind.personal if name in record}
    kept = (bare.room, bare.number, bare.at, bare.by, bare.type, _encode(record).decode())
    if not apart:
        return Row(*kept)
    salt, personal = os.urandom(SALT), _encode(apart).decode()
    return Row(*kept, seal(salt, personal), salt, personal)


def seal(salt: bytes, personal: str) -> bytes:
    """What stands in the chain for the personal part."""
    return hashlib.sha256(salt + personal.encode()).digest()


def event(stored: Row) -> AnyEvent:
    """The event, with ``Event.personal``'s values for what was erased.

    Raises msgspec.MsgspecError if it cannot be understood.
    """
    personal = stored.personal
    if stored.erased and stored.type in KINDS:
        personal = _encode(KINDS[stored.type].personal).decode()
    if personal is None:
        return _decoder.decode(stored.event)
    return _decoder.decode(f"{stored.event[:-1]},{personal[1:]}")


def tag(kind: type[Event]) -> str:
    """The event's name in the log."""
    return str(kind.__struct_config__.tag)


KINDS: dict[str, type[Event]] = {tag(kind): kind for kind in get_args(AnyEvent)}
