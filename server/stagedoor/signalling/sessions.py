"""The secrets of sessions: made here, kept by their owners; the server keeps hashes.

A session is ``PERSON.SECRET`` in messages and headers, never in an address. The hash needs no salt
and no stretching, as 32 random bytes cannot be guessed.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from msgspec import Struct

from stagedoor.rules.refusals import Refusal
from stagedoor.rules.sessions import ENDED
from stagedoor.rules.values import Person, Room

LONGEST = 200  # characters


class Given(Struct, frozen=True):
    """A new session: ``text`` for its owner, ``hash`` for the log."""

    text: str
    hash: str

    def __repr__(self) -> str:
        """Not the secret, wherever this may be printed."""
        return f"Given({self.hash!r})"


def give(person: str) -> Given:
    """A new one."""
    secret = secrets.token_urlsafe(32)
    return Given(f"{person}.{secret}", hashed(secret))


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def find(room: Room, session: str, now: int) -> tuple[Person, str] | Refusal:
    """Whose session that is, and its hash."""
    person, _, secret = session.partition(".")
    found = room.people.get(person)
    if len(session) > LONGEST or not secret or found is None:
        return ENDED
    shown = hashed(secret)
    return found.sessions.refusal(shown, now, here=found.present) or (found, shown)
