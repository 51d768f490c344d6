"""What a room knows of a person's connection, and what it hands over when somebody enters."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from stagedoor.messages import Closing, Happening, View
from stagedoor.rules.sessions import Exchange
from stagedoor.rules.values import Role


class Connection(Protocol):
    """One person's line to the server. Nothing here waits or raises."""

    @property
    def closed(self) -> bool:
        """Whether it is gone or going: nothing more will arrive through it."""

    def send(self, message: bytes) -> None:
        """Queue an encoded message; one who reads too slowly is dropped instead."""

    def close(self, closing: Closing) -> None:
        """Say why after all that is queued, then close."""


class Visitor(Struct, frozen=True):
    """Who enters: a person id, new or (``resumes``) that of an earlier session.

    ``link`` is the id of the link that led here, empty at an open door.
    ``last_event`` is the number of the last event a resuming client has seen. The link was made at
    ``made_at``, in milliseconds, and is good ``once`` or for all. ``session``: the hashes of the
    secret that was shown and of the one that is given, which are looked at if there are any.
    """

    person: str
    name: str
    role: Role
    link: str = ""
    resumes: bool = False
    last_event: int = 0
    made_at: int = 0
    once: bool = False
    session: Exchange | None = None


class Arrival(Struct, frozen=True):
    """Somebody is in: the view as of its event number, and what concerned them meanwhile."""

    person: str
    now: int
    view: View
    missed: list[Happening]
