"""Work that is saved where most events leave a part of the room as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Mapping = TypeVar("_Mapping", bound=Mapping[Any, Any])
_Result = TypeVar("_Result")

KEPT = 8  # values, so that a few rooms do not push each other out


class Lasting(dict[_Key, _Value]):
    """A dict that nobody changes once it is made, with what was ``worked_out`` of it so far.

    That lasts as long as the dict does: none is kept for it, and none is mistaken for it.
    """

    __slots__ = ("results",)

    def __init__(self, values: Mapping[_Key, _Value] | None = None) -> None:
        super().__init__(values or {})
        self.results: dict[Callable[..., Any], Any] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is copied and pickled: what was worked out can be worked out again."""
        return Lasting, (dict(self),)

    def with_(self, values: Mapping[_Key, _Value]) -> Lasting[_Key, _Value]:
        """Another one, where these values are in it, too."""
        made = Lasting(self)
        made.update(values)
        return made


def worked_out(function: Callable[[_Mapping], _Result]) -> Callable[[_Mapping], _Result]:
    """A pure function of a mapping that is worked out once of each Lasting, else every time."""

    @wraps(function)
    def asked(value: _Mapping) -> _Result:
        if not isinstance(value, Lasting):
            return function(value)
        if function not in value.results:
            value.results[function] = function(value)
        found: _Result = value.results[function]
        return found

    return asked


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
