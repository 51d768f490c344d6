"""Work that is saved where most events leave a part of the room as it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

_Value = TypeVar("_Value")
_Result = TypeVar("_Result")

KEPT = 8  # values, so that a few rooms do not push each other out


def remembered(function: Callable[[_Value], _Result]) -> Callable[[_Value], _Result]:
    """A pure function of one immutable value that knows its results for the last few, by identity.

    It keeps these values, so that none of their identities can be another's. As nothing else is
    remembered, the answers are the same as without it.
    """
    known: dict[int, tuple[_Value, _Result]] = {}

    @wraps(function)
    def asked(value: _Value) -> _Result:
        found = known.get(id(value))
        if found is not None:
            return found[1]
        result = function(value)
        if len(known) >= KEPT:
            del known[next(iter(known))]
        known[id(value)] = (value, result)
        return result

    return asked
