"""What a room knows of who may come in, and of hands that went down by themselves."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field


class Entry(StrEnum):
    """Whether new people get in. Moderators always do, and those inside come back."""

    OPEN = "open"
    LOBBY = "lobby"
    LOCKED = "locked"


class Ban(Struct, frozen=True):
    """Who is banned, by whom and why; ``link``: the id of the link that is banned too, or ``""``.

    ``at`` in milliseconds. Names are those of the moment.
    """

    person: str
    name: str
    by: str
    by_name: str
    at: int
    reason: str = ""
    link: str = ""

    @property
    def sentence(self) -> str:
        """What the banned are told when they come back."""
        return banned_sentence(self.by_name, self.reason)

    @property
    def link_sentence(self) -> str:
        """What others are told who come by the same link."""
        return f"{self.by_name} banned this link from the room{_because(self.reason)}"


def banned_sentence(by_name: str, reason: str) -> str:
    """What the banned are told: who, and why if a reason was given."""
    return f"{by_name} banned you from this room{_because(reason)}"


def _because(reason: str) -> str:
    return f": “{reason}”." if reason else "."


class Entrance(Struct, frozen=True):
    """The way in. ``opens_at``: when the lobby opens by the clock; None: when somebody says so."""

    entry: Entry = Entry.OPEN
    opens_at: int | None = None
    bans: dict[str, Ban] = field(default_factory=dict)


class LoweredHand(Struct, frozen=True):
    """A hand that went down once its owner had spoken, and may go up again in its old place.

    ``number`` and ``since`` are those of the raised hand, ``until`` when it is too late. Times in
    milliseconds.
    """

    number: int
    since: int
    until: int
