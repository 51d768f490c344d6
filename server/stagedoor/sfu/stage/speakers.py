"""Who speaks, from the audio levels that publishers send along (RFC 6464). Pure."""

from __future__ import annotations

LOUD = 45.0  # -dBov; lower is louder
QUIET = 55.0
HOLD = 0.8
FADE = 0.2


class Speakers:
    """Smoothed levels by person, and who is above the threshold with hysteresis. Seconds."""

    def __init__(self) -> None:
        self._levels: dict[str, float] = {}
        self._loud_at: dict[str, float] = {}
        self._told: list[str] = []

    def heard(self, person: str, level: int, now: float) -> None:
        """Take a packet's level, 0 (loudest) to 127 (silence)."""
        before = self._levels.get(person, 127.0)
        smooth = before + FADE * (level - before)
        self._levels[person] = smooth
        threshold = QUIET if person in self._told else LOUD
        if smooth < threshold:
            self._loud_at[person] = now

    def silent(self, person: str) -> None:
        """The person may not be heard any more."""
        self._levels.pop(person, None)
        self._loud_at.pop(person, None)

    def changed(self, now: float) -> list[str] | None:
        """Who speaks now, loudest first, if these are others than last time; else None."""
        loud = [person for person, at in self._loud_at.items() if now - at < HOLD]
        loud.sort(key=lambda person: self._levels[person])
        if set(loud) == set(self._told):
            return None
        self._told = loud
        return list(loud)
