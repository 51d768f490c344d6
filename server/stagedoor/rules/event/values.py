"""What a room knows of who may come in, and of hands that went down by themselves."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from ..refusals import Code, Refusal, refusal


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
    def refusal(self) -> Refusal:
        """What the banned are told when they come back."""
        return banned(self.by_name, self.reason)

    @property
    def link_refusal(self) -> Refusal:
        """What others are told who come by the same link."""
        if not self.reason:
            return refusal(Code.BANNED, "{name} banned this link from the room.", name=self.by_name)
        template = "{name} banned this link from the room: “{reason}”."
        return refusal(Code.BANNED, template, name=self.by_name, reason=self.reason)


def banned(by_name: str, reason: str) -> Refusal:
    """What the banned are told: who, and why if a reason was given."""
    if not reason:
        return refusal(Code.BANNED, "{name} banned you from this room.", name=by_name)
    template = "{name} banned you from this room: “{reason}”."
    return refusal(Code.BANNED, template, name=by_name, reason=reason)


class Entrance(Struct, frozen=True):
    """The way in. ``opens_at``: when the lobby opens by the clock; None: when somebody says so.

    ``used``: who came by which link that is good for one; ``revoked``: the ids of links that are
    good for nobody any more, and by role until when all that were made are not, in milliseconds.
    """

    entry: Entry = Entry.OPEN
    opens_at: int | None = None
    bans: dict[str, Ban] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    revoked_until: dict[str, int] = field(default_factory=dict)


class LoweredHand(Struct, frozen=True):
    """A hand that went down once its owner had spoken, and may go up again in its old place.

    ``number`` and ``since`` are those of the raised hand, ``until`` when it is too late. Times in
    milliseconds.
    """

    number: int
    since: int
    until: int
