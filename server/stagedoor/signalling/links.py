"""The links of a room. Tokens are in the fragment, which browsers send to nobody."""

from __future__ import annotations

from msgspec import Struct

from stagedoor.rules.values import Role

from .tokens import LINK_LIFE, Tokens


class Links(Struct, frozen=True):
    """One link a role."""

    host: str
    moderator: str
    attendee: str


def page_url(url: str, room: str) -> str:
    """The room's page at the server ``url``."""
    return f"{url.rstrip('/')}/r/{room}"


def room_links(
    url: str, room: str, tokens: Tokens, *, open_door: bool, life: int = LINK_LIFE
) -> Links:
    """The links to ``room`` at the server ``url``, good for ``life`` seconds.

    The attendees' link carries no token where the door is open, and then it does not expire.
    """
    page = page_url(url, room)

    def link(role: Role) -> str:
        return f"{page}#token={tokens.link(room, role, life)}"

    return Links(
        host=link(Role.HOST),
        moderator=link(Role.MODERATOR),
        attendee=page if open_door else link(Role.ATTENDEE),
    )
