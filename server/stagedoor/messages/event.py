"""What is shown of running the event."""

from __future__ import annotations

from msgspec import Struct


class BanView(Struct, frozen=True):
    """A ban as moderators see it; ``link``: whether the link is banned, too."""

    person: str
    name: str
    by_name: str
    at: int
    reason: str
    link: bool
