"""How long each person has been heard, added up for the log. Times in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from stagedoor.rules.values import Room, Seat

OFTEN = 10_000  # at the most one event a person in this time
LONG = 60_000  # who does not stop is written down after this time all the same


class Speech:
    """Told by the media engine who speaks; says what is to be logged, and when.

    ``people`` are those who speak, loudest first, backstage as well.
    """

    def __init__(self) -> None:
        self.people: list[str] = []
        self._since: dict[str, int] = {}
        self._spoken: dict[str, int] = {}
        self._logged_at: dict[str, int] = {}

    def on_stage(self, room: Room) -> list[str]:
        """Those of ``people`` whom everybody hears: not those who are backstage (rule 14)."""
        return [
            one
            for one in self.people
            if one in room.people and room.people[one].seat is Seat.ON_STAGE
        ]

    def heard(self, people: Iterable[str], now: int) -> None:
        """These people speak on stage now, and nobody else."""
        people = set(people)
        for person in [*self._since]:
            if person not in people:
                began = self._since.pop(person)
                self._spoken[person] = self._spoken.get(person, 0) + max(0, now - began)
        for person in people:
            self._since.setdefault(person, now)

    def ready(self, now: int) -> dict[str, int]:
        """Who is to be logged now, and with how much."""
        return {
            person: self._total(person, now)
            for person, at in self._deadlines().items()
            if at <= now
        }

    def deadline(self) -> int | None:
        """When ``ready`` has something next."""
        return min(self._deadlines().values(), default=None)

    def logged(self, spoken: Mapping[str, int], now: int) -> None:
        """What ``ready`` said is in the log."""
        lately = {person: at for person, at in self._logged_at.items() if at + OFTEN > now}
        self._logged_at = {**lately, **dict.fromkeys(spoken, now)}
        for person in spoken:
            self._spoken.pop(person, None)
            if person in self._since:
                self._since[person] = now

    def _total(self, person: str, now: int) -> int:
        running = now - self._since[person] if person in self._since else 0
        return self._spoken.get(person, 0) + max(0, running)

    def _deadlines(self) -> dict[str, int]:
        found = {person: began + LONG for person, began in self._since.items()}
        for person, spoken in self._spoken.items():
            if spoken and person not in self._since:
                found[person] = self._logged_at.get(person, -OFTEN) + OFTEN
        return found
