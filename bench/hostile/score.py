"""What was tried, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SHOWN = 50  # of what was accepted and must not have been


@dataclass
class Score:
    """Counts by what was tried. ``forbidden``: what was accepted and must not have been."""

    allowed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    forbidden: list[str] = field(default_factory=list)
    situations: Counter[tuple[object, ...]] = field(default_factory=Counter)

    @property
    def attempts(self) -> int:
        """All of them."""
        return self.allowed.total() + self.refused.total() + len(self.forbidden)

    def judge(self, what: str, accepted: bool, may: bool, story: str) -> None:
        """Take note of one attempt."""
        if not accepted:
            self.refused[what] += 1
        elif may:
            self.allowed[what] += 1
        else:
            self.forbidden.append(f"{what}: {story}")

    def lines(self) -> list[str]:
        """For a person."""
        return [
            f"attempts: {self.attempts}, in {len(self.situations)} situations",
            f"accepted as allowed: {self.allowed.total()}",
            f"refused: {self.refused.total()}",
            f"accepted though forbidden: {len(self.forbidden)}",
            *(f"  {one}" for one in self.forbidden[:SHOWN]),
        ]
