"""What has happened in running the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..base import ERASED, Event
from .values import Entry


class EntrySet(Event, frozen=True, tag="entry_set", kw_only=True):
    """The room was opened, locked or given a lobby; opened by the clock if ``by`` is empty."""

    entry: Entry
    opens_at: int | None = None


class RoomRenamed(Event, frozen=True, tag="room_renamed", kw_only=True):
    """The room has another name."""

    name: str


class Renamed(Event, frozen=True, tag="renamed", kw_only=True):
    """A person has another name."""

    personal: ClassVar[Mapping[str, Any]] = {"name": ERASED}

    person: str
    name: str


class RemovedFromRoom(Event, frozen=True, tag="removed_from_room", kw_only=True):
    """A person was put out; seat, request, offer and hand are gone.

    By the operator if ``by`` is empty, as the link that led here was revoked.
    """

    person: str


class Banned(Event, frozen=True, tag="banned", kw_only=True):
    """A person was put out for good; ``link``: the id of the link that is banned too, or ``""``."""

    personal: ClassVar[Mapping[str, Any]] = {"reason": ""}

    person: str
    reason: str = ""
    link: str = ""


class Unbanned(Event, frozen=True, tag="unbanned", kw_only=True):
    """A person may enter again."""

    person: str


class LinksRevoked(Event, frozen=True, tag="links_revoked", kw_only=True):
    """The operator revoked the links of these ids, and of a ``role`` all that there were."""

    links: tuple[str, ...] = ()
    role: str = ""


class SpokeFor(Event, frozen=True, tag="spoke_for", kw_only=True):
    """A person was heard for so many milliseconds since the last such event of theirs."""

    person: str
    ms: int


class HandLoweredOnceSpoken(Event, frozen=True, tag="hand_lowered_once_spoken", kw_only=True):
    """A hand went down by itself, as its owner has spoken; ``until`` it may be restored."""

    person: str
    until: int


class HandRestored(Event, frozen=True, tag="hand_restored", kw_only=True):
    """A hand that had gone down by itself is up again, in its old place."""

    person: str


EventEvent = (
    EntrySet
    | RoomRenamed
    | Renamed
    | RemovedFromRoom
    | Banned
    | Unbanned
    | LinksRevoked
    | SpokeFor
    | HandLoweredOnceSpoken
    | HandRestored
)
