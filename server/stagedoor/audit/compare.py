"""The engine's record beside the log: no packet was forwarded outside a seat. Pure.

Server and engine share the machine's monotonic clock, and the server puts what the engine says into
the rooms' time when it hears of it. A decision has the time at which it was taken; it is
acknowledged once the engine has stopped, which has a time of its own (``Stopped``). From then on
nothing may have been forwarded. The only tolerance is ``ROUNDING``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from stagedoor.log import Forwarded, Stopped
from stagedoor.log.row import Row
from stagedoor.rooms.reports.names import moment

from .finding import Finding
from .replay import Right

ROUNDING = 50  # ms: whole ones, and 2 % of the two seconds until the engine reports
FOREVER = 2**62
_KINDS = {"audio": "sound", "video": "picture", "screen": "screen"}


class Stops:
    """When the engine had stopped what an event took away."""

    def __init__(self, stopped: Sequence[Stopped], rows: Sequence[Row]) -> None:
        self.findings: list[Finding] = []
        self.slowest = 0
        self._at: dict[int, int] = {}
        times = {row.number: row.at for row in rows}
        for one in stopped:
            decided, later = times.get(one.number), times.get(one.number + 1, FOREVER)
            # A room does one step at a time: the next decision is taken after this one's effect.
            if decided is None or not decided <= one.at <= later + ROUNDING or one.after < 0:
                sentence = (
                    f"The record says that the engine stopped at {moment(one.at)} what event "
                    f"{one.number} took away; by the log it cannot have been then."
                )
                self.findings.append(Finding("forwarded", "stopped", one.number, sentence))
                continue
            self.slowest = max(self.slowest, one.at - decided)
            for number in range(max(one.after + 1, one.number - len(rows)), one.number + 1):
                self._at[number] = one.at

    def end(self, right: Right) -> int:
        """Until when there may have been packets."""
        if right.until is None:
            return FOREVER
        return max(right.until, self._at.get(right.taken, right.until))


def outside(
    rights: Sequence[Right], stops: Stops, forwarded: Sequence[Forwarded], names: Mapping[str, str]
) -> list[Finding]:
    """Every interval in which something was forwarded that nobody had a right to."""
    allowed: dict[tuple[str, str], list[Right]] = defaultdict(list)
    for right in rights:
        allowed[right.person, right.kind].append(right)
    findings = []
    for one in forwarded:
        may = [
            (right.since - ROUNDING, stops.end(right) + ROUNDING)
            for right in allowed[one.person, one.kind]
            if one.backstage or not right.backstage
        ]
        for first, last in _without((one.first, one.last), may):
            sentence = _sentence(one, first, last, names)
            findings.append(Finding("forwarded", "outside_a_seat", 0, sentence))
        if one.last < one.first or one.packets < 1:
            sentence = f"The record of {one.person} at {moment(one.first)} makes no sense."
            findings.append(Finding("forwarded", "record", 0, sentence))
    return findings


def covered(right: Right, stops: Stops, forwarded: Sequence[Forwarded]) -> int:
    """How many packets were forwarded by this right."""
    return sum(
        one.packets
        for one in forwarded
        if (one.person, one.kind) == (right.person, right.kind)
        and right.since - ROUNDING <= one.first <= stops.end(right) + ROUNDING
    )


def _without(whole: tuple[int, int], parts: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of an interval, ends included, without the others."""
    left = [whole]
    for begin, end in parts:
        left = [
            piece
            for first, last in left
            for piece in ((first, min(last, begin - 1)), (max(first, end + 1), last))
            if piece[0] <= piece[1]
        ]
    return left


def _sentence(one: Forwarded, first: int, last: int, names: Mapping[str, str]) -> str:
    who = f"{names[one.person]} ({one.person})" if one.person in names else f"“{one.person}”"
    to = "moderators" if one.backstage else "everybody"
    return (
        f"From {moment(first)} to {moment(last)} the {_KINDS.get(one.kind, one.kind)} of {who} was "
        f"forwarded to {to} outside a seat that allows it; worker {one.worker} counted "
        f"{one.packets} packets from {moment(one.first)} to {moment(one.last)}."
    )
