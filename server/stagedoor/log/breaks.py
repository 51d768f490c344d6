"""Where a room's chain is broken, and what was done to it there. Pure.

A row out of place is known by its hash, which fits one place in the chain only. What cannot be
told apart is said as the likelier: a last event that was replaced, for one, was "changed".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .chain import GENESIS, Head, link
from .row import Row

FAR = 4096  # events removed or put in at one place, behind which the chain is found again
MANY = 50  # breaks after which only what is near is looked at: all is broken, and searching is slow


class Broken(StrEnum):
    """What was done to an event."""

    CHANGED = "changed"
    PERSONAL = "personal_changed"
    HASH = "hash_changed"
    REMOVED = "removed"
    PUT_IN = "put_in"
    MOVED = "moved"
    CUT_OFF = "cut_off"
    REWRITTEN = "rewritten"


_SENTENCES = {
    Broken.CHANGED: "Event {first} was changed after it was written.",
    Broken.PERSONAL: "The personal part of event {first} was changed after it was written.",
    Broken.HASH: "The hash of event {first} was changed; the event itself was not.",
    Broken.REMOVED: "{events} removed.",
    Broken.PUT_IN: "The event that stands at {first} was put in later.",
    Broken.MOVED: "Event {first} stands in another place, at {last}.",
    Broken.CUT_OFF: "{events} cut off: the log ends before the head that was kept.",
    Broken.REWRITTEN: "The log was rewritten, from some event after {first} and up to {last} on: "
    "a head that was kept is not in its chain.",
}


@dataclass(frozen=True)
class Break:
    """What was done to the event ``first``, or to all from it to ``last``.

    MOVED: ``last`` is where it stands. REWRITTEN: ``first`` is the last event that a head that was
    kept vouches for, 0 if none does.
    """

    what: Broken
    first: int
    last: int

    @property
    def sentence(self) -> str:
        """For a person."""
        events = f"Event {self.first} was"
        if self.last > self.first:
            events = f"Events {self.first} to {self.last} were"
        return _SENTENCES[self.what].format(first=self.first, last=self.last, events=events)


@dataclass
class Checked:
    """The outcome. ``hashes``: of each event of the chain, by the number that it was given."""

    breaks: list[Break] = field(default_factory=list)
    hashes: dict[int, bytes] = field(default_factory=dict)
    erased: int = 0

    @property
    def head(self) -> Head:
        """The chain's end, to be kept elsewhere."""
        number = max(self.hashes, default=0)
        return Head(number, self.hashes.get(number, GENESIS))


def check(rows: Iterable[Row], heads: Sequence[Head] = ()) -> Checked:
    """Follow the chain over a room's rows, in order of their numbers, and compare it with heads."""
    walk = _Walk(list(rows))
    walk.run()
    checked = walk.checked
    checked.breaks += [
        Break(Broken.PERSONAL, row.number, row.number) for row in walk.all if not row.sealed
    ]
    checked.breaks += _against(heads, checked.hashes)
    checked.erased = sum(row.erased for row in walk.all)
    return checked


class _Walk:
    """The walk along the chain: ``number`` is the one that comes next, after ``previous``."""

    def __init__(self, rows: list[Row]) -> None:
        self.all = rows
        self.rows = list(rows)
        self.place = 0
        self.strays: list[Row] = []
        self.number = 1
        self.previous = GENESIS
        self.checked = Checked()

    def run(self) -> None:
        """Take row after row, whichever comes next; and say what is left over."""
        while self.place < len(self.rows):
            row = self.rows[self.place]
            if self._fits(row):
                self._take(row)
                self.place += 1
            elif not self._out_of_order(row):
                self._lost(row)
        while (found := self._stray()) is not None:
            self._moved(self.strays.pop(found))
        self.checked.breaks += [Break(Broken.PUT_IN, row.number, row.number) for row in self.strays]
        if not self.checked.breaks:
            self._renumbered()

    @property
    def _far(self) -> int:
        return FAR if len(self.checked.breaks) < MANY else 1

    def _fits(self, row: Row) -> bool:
        return link(self.previous, row, self.number) == row.hash

    def _take(self, row: Row, number: int | None = None) -> None:
        number = self.number if number is None else number
        self.checked.hashes[number] = self.previous = row.hash
        self.number = number + 1

    def _out_of_order(self, row: Row) -> bool:
        """Whether the event that comes next is there, if in another place."""
        if (found := self._stray()) is not None:
            self._moved(self.strays.pop(found))
            return True
        for place in range(self.place + 1, min(len(self.rows), self.place + 1 + 16 * self._far)):
            if self._fits(self.rows[place]):
                if place == self.place + 1:
                    self.strays.append(self.rows.pop(self.place))
                else:
                    self._moved(self.rows.pop(place))
                return True
        return self._fork(row)

    def _stray(self) -> int | None:
        return next((at for at, row in enumerate(self.strays) if self._fits(row)), None)

    def _moved(self, row: Row) -> None:
        self.checked.breaks.append(Break(Broken.MOVED, self.number, row.number))
        self._take(row)

    def _fork(self, row: Row) -> bool:
        """Whether this row follows on an earlier one: then those between have been put in."""
        hashes = self.checked.hashes
        for number in range(self.number - 1, max(0, self.number - 1 - self._far), -1):
            before = hashes.get(number - 1, GENESIS if number == 1 else b"")
            if before and link(before, row, number) == row.hash:
                for later in range(number, self.number):
                    hashes.pop(later, None)
                    self.checked.breaks.append(Break(Broken.PUT_IN, later, later))
                self.number, self.previous = number, before
                return True
        return False

    def _lost(self, row: Row) -> None:
        """The event that comes next is nowhere as it was: changed, or removed."""
        self.place += 1
        behind = self.rows[self.place] if self.place < len(self.rows) else None
        gone = row.number - self.number
        if behind is not None:
            computed = link(self.previous, row, self.number)
            if link(computed, behind, self.number + 1) == behind.hash:
                self.checked.breaks.append(Break(Broken.HASH, self.number, self.number))
                self.checked.hashes[self.number] = self.previous = computed
                self.number += 1
                return
            ahead = (0, gone, *range(1, self._far))  # how many events are missing before this one
            fits = (n for n in ahead if link(row.hash, behind, self.number + n + 1) == behind.hash)
            gone = next(fits, gone)
        if gone > 0:
            last = self.number + gone - 1
            self.checked.breaks.append(Break(Broken.REMOVED, self.number, last))
        else:
            gone = 0
            self.checked.breaks.append(Break(Broken.CHANGED, self.number, self.number))
        self._take(row, self.number + gone)

    def _renumbered(self) -> None:
        for number, row in enumerate(self.all, 1):
            if row.number != number:
                self.checked.breaks.append(Break(Broken.MOVED, number, row.number))
                return


def _against(heads: Sequence[Head], hashes: dict[int, bytes]) -> list[Break]:
    """What heads that were kept elsewhere say of the chain as it is."""
    end, by_hash = max(hashes, default=0), {hash_: number for number, hash_ in hashes.items()}
    vouched = max((by_hash.get(head.hash, 0) for head in heads), default=0)
    breaks = []
    for head in heads:
        if head.hash in by_hash and head.number in (None, by_hash[head.hash]):
            continue
        if head.number is not None and head.number > end:
            breaks.append(Break(Broken.CUT_OFF, end + 1, head.number))
        else:
            breaks.append(Break(Broken.REWRITTEN, vouched, head.number or end))
    return breaks
