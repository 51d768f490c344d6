"""What all commands and all events have in common, whichever part of the room they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

ERASED = "—"  # stands for a name or a text that has been erased; the same in every language


class Command(Struct, frozen=True, tag_field="type", forbid_unknown_fields=False):
    """A wish; the rules answer it with events or a refusal."""


class Event(Struct, frozen=True, tag_field="type", kw_only=True, omit_defaults=True):
    """Something that has happened at ``at``, in milliseconds of the server's clock.

    ``by`` is the person who decided, or ``""`` for the clock; ``rule`` the rule's number.
    What is not ``logged`` is applied and shown, but not kept: it has no number, and is forgotten
    when the server ends.
    ``personal``: the fields that hold what people are called, write or answer, each with what
    stands for it once it has been erased. The log keeps them apart, so that they can be.
    """

    logged: ClassVar[bool] = True
    personal: ClassVar[Mapping[str, Any]] = {}

    at: int
    by: str = ""
    rule: int = 0


class Decision(Struct, frozen=True):
    """The last decision taken on a person in a matter, for "already handled by NAME" (rule 8)."""

    by: str
    by_name: str
    what: str


class Repeated(Struct, frozen=True):
    """The rules' answer to a command that was done before, by the event of this number."""

    number: int
