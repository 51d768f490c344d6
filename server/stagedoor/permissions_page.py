"""docs/permissions.md, made from the table: ``python -m stagedoor.permissions_page``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from .rules.permissions import TABLE, USUAL, Line, Permission
from .rules.permissions.table import SEATED
from .rules.refusals import Code
from .rules.values import Mode, Role, Seat
from .signalling.permissions import REQUESTS

PAGE = Path("docs/permissions.md")

_HEAD = """# Who may do what

This page is made from the table in `server/stagedoor/rules/permissions` by `make docs`; a test
tries every command by every role in every seat state, stage access and setting, and finds exactly
what is written here. What a client may say beside the commands is in the
[second table](#what-else-a-client-may-say): together they have every request of the schema.

For each command, the first line that fits is the answer; where none fits, it is allowed. Before
all others, for every command:

| refused with | when |
|---|---|
| `room_ended` | the room has ended |
| `no_such_person` | whoever asks has left, or was removed |
| `away` | whoever asks is not connected (seat `held`) |

A person named who is not there is answered with `no_such_person`, a value out of its range with
`bad_value`, a name that cannot be shown with `bad_name`. "On somebody" tells the seat of the person
whom the command is about, another than who asks, and "on a" the role.

| command | answer | when |
|---|---|---|
"""

_TAIL = """
## What else a client may say

From `server/stagedoor/signalling/permissions.py`; a test says each before entering, and by every
role in every seat state. Whoever has a link that leads in may `enter`; an attendee asks for older
private messages of nobody else. Media that are in disorder are refused with `bad_sdp`,
`stale_answer` or `media_down`.

| request | answer | when |
|---|---|---|
"""

_CONNECTED = tuple(seat for seat in Seat if seat is not Seat.HELD)


def page() -> str:
    """The page as text."""
    commands, more = ("\n".join(_rows(part)) + "\n" for part in (TABLE.values(), REQUESTS))
    return _HEAD + commands + _TAIL + more


def _rows(permissions: Iterable[Permission]) -> Iterable[str]:
    for permission in permissions:
        name = f"`{permission.command.__struct_config__.tag}`"
        for line in permission.lines:
            answer = "allowed" if line.code is None else f"`{Code(line.code)}`"
            yield f"| {name} | {answer} | {_when(line)} |"
            name = ""
        rest = "otherwise" if permission.lines else "always"
        yield f"| {name} | allowed | {rest} |"


def _when(line: Line) -> str:
    """The conditions in words, all of which have to be so."""
    asks = tuple(seat for seat in line.seat if seat in _CONNECTED)
    parts = [
        _among("by", line.by, tuple(Role)),
        _among("whose seat is", asks, _CONNECTED),
        _among("stage access", line.mode, tuple(Mode)),
        _among("on a", line.of, tuple(Role)),
        _on(line.at),
        _case(line.case),
        f"`{line.off}` is off" if line.off else "",
    ]
    return "; ".join(part for part in parts if part)


def _among(words: str, values: tuple[StrEnum, ...], everything: tuple[StrEnum, ...]) -> str:
    return "" if set(values) == set(everything) else f"{words} {_either(values)}"


def _on(seats: tuple[Seat, ...]) -> str:
    if set(seats) == set(Seat):
        return ""
    if set(seats) == set(SEATED):
        return "on somebody with a seat"
    return f"on somebody {_either(seats)}"


def _case(cases: tuple[str, ...]) -> str:
    named = ["in the usual case" if one == USUAL else one for one in cases]
    return " or ".join(named)


def _either(values: Iterable[StrEnum]) -> str:
    return " or ".join(f"`{value}`" for value in values)


if __name__ == "__main__":
    PAGE.write_text(page())
