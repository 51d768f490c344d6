"""What the table of permissions is made of: lines that say when a command is refused, and how.

The table says what ``decide`` answers, and is never asked by it: a test tries every command in
every state and finds what is written here, and docs/permissions.md is made from it.
"""

from __future__ import annotations

from msgspec import Struct

from ..base import Command
from ..refusals import Code
from ..values import Mode, Role, Seat

USUAL = "otherwise"
OWN = "one's own"

NOT_SEATED = (Seat.VIEWER, Seat.REQUESTED, Seat.OFFERED)
SEATED = (Seat.BACKSTAGE, Seat.ON_STAGE, Seat.HELD)


class Line(Struct, frozen=True, kw_only=True):
    """A refusal (``code``), or None for leave, and when it applies: all that is given must fit.

    ``by``, ``seat``: whose command it is; ``of``, ``at``: role and seat of the person it is about;
    ``case``: one of the permission's cases; ``off``: a setting of the room that is turned off.
    """

    code: Code | None
    by: tuple[Role, ...] = tuple(Role)
    seat: tuple[Seat, ...] = tuple(Seat)
    mode: tuple[Mode, ...] = tuple(Mode)
    of: tuple[Role, ...] = tuple(Role)
    at: tuple[Seat, ...] = tuple(Seat)
    case: tuple[str, ...] = ()
    off: str = ""


class Situation(Struct, frozen=True, kw_only=True):
    """Who asks in which state, on whom, in which case, with which settings turned off."""

    by: Role
    seat: Seat
    mode: Mode
    of: Role
    at: Seat
    case: str
    off: frozenset[str] = frozenset()

    def fits(self, line: Line) -> bool:
        """Whether the line speaks of this."""
        return (
            self.by in line.by
            and self.seat in line.seat
            and self.mode in line.mode
            and self.of in line.of
            and self.at in line.at
            and (not line.case or self.case in line.case)
            and (not line.off or line.off in self.off)
        )


class Permission(Struct, frozen=True):
    """One command: the first line that fits is the answer; where none does, it is allowed.

    ``cases`` are what else it may depend on; ``person``: whether it is about another person.
    """

    command: type[Command]
    lines: tuple[Line, ...] = ()
    cases: tuple[str, ...] = (USUAL,)
    person: bool = False

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings it depends on."""
        return tuple(dict.fromkeys(line.off for line in self.lines if line.off))

    def answer(self, situation: Situation) -> Code | None:
        """The code of the refusal, or None if it is allowed."""
        for line in (AWAY, *self.lines):
            if situation.fits(line):
                return line.code
        return None


def no(code: Code, **conditions: object) -> Line:
    """Refused with ``code``. A single value stands for a tuple of one."""
    return _line(code, conditions)


def yes(**conditions: object) -> Line:
    """Allowed, whatever later lines say."""
    return _line(None, conditions)


def _line(code: Code | None, conditions: dict[str, object]) -> Line:
    fields = {
        key: value if isinstance(value, tuple) or key == "off" else (value,)
        for key, value in conditions.items()
    }
    return Line(code=code, **fields)  # type: ignore[arg-type]


AWAY = no(Code.AWAY, seat=Seat.HELD)
"""Goes before every command's own lines: who is not connected cannot ask for anything."""

NOT_ATTENDEES = no(Code.NOT_ALLOWED, by=Role.ATTENDEE)
HOST_ONLY = no(Code.NOT_ALLOWED, by=(Role.MODERATOR, Role.ATTENDEE))
NOT_THE_HOST = no(Code.NOT_ALLOWED, by=Role.MODERATOR, of=Role.HOST)
ATTENDEES_ONLY = no(Code.NOT_ALLOWED, by=Role.MODERATOR, of=(Role.HOST, Role.MODERATOR))
