"""What people were called at each moment, and how times are written in tables."""

from __future__ import annotations

from datetime import UTC, datetime

from stagedoor.rules.event.events import Renamed
from stagedoor.rules.events import AnyEvent, Entered, Returned

Row = list[str | int | float]


class Names:
    """Reads the events along; people's names as of the last one read."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def read(self, event: AnyEvent) -> None:
        """Take note of who is called how."""
        if isinstance(event, Entered | Returned | Renamed):
            self._names[event.person] = event.name

    def __getitem__(self, person: str) -> str:
        """The name; empty for the clock and for people unknown."""
        return self._names.get(person, "")


def written(at: int | None) -> str:
    """A moment in milliseconds since 1970, as ISO 8601 in UTC; empty for None."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="seconds")


def moment(at: int | None) -> str:
    """As ``written``, with milliseconds."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


def seconds(ms: int) -> int:
    """Milliseconds as whole seconds."""
    return round(ms / 1000)
