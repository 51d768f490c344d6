"""What an audit objects to."""

from __future__ import annotations

from msgspec import Struct


class Finding(Struct, frozen=True):
    """``about``: "chain", "rules" or "forwarded". ``number``: of the event, 0 if of none."""

    about: str
    what: str
    number: int
    sentence: str
