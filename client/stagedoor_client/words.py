"""The client's sentences in the language of who uses it.

They are written in English where they are used, whole, never put together from parts; ``locales``
has a catalogue for each other language. A module's constants are ``marked``, and ``told`` where
they are shown: which language it is to be is known later than they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib import resources

from stagedoor.rules.refusals import marked

from .errors import PlainError

__all__ = ["language", "marked", "numeral", "t", "tn", "told", "use", "why"]

Value = str | int | float
Entry = str | dict[str, str]
"""A sentence, or one for each plural form of its language (Unicode CLDR)."""

LANGUAGES = {"en": (",", "."), "de": (".", ","), "en-XB": (",", ".")}
"""Those that there are, each with what groups thousands and what comes before decimals. All have
the plural "one" for 1 alone. "en-XB" is for tests: English in brackets and drawn out, from right
to left."""
PSEUDO = "en-XB"
RIGHT_TO_LEFT = frozenset({PSEUDO})
_TURNED = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class _Speaking:
    """The language of the program; English has no catalogue."""

    tag = "en"
    catalogue: Mapping[str, Entry] = {}


def use(tag: str) -> None:
    """Speak this one of ``LANGUAGES`` from now on: told before the first sentence is shown."""
    _Speaking.catalogue = _read(tag) if tag not in ("en", PSEUDO) else {}
    _Speaking.tag = tag


def language() -> str:
    """The tag of what is spoken (BCP 47)."""
    return _Speaking.tag


def first_of(wanted: Iterable[str]) -> str:
    """The first of these tags that there is, such as "de" for "de-AT"; else English."""
    found = (tag if tag in LANGUAGES else re.split("[-_]", tag)[0] for tag in wanted)
    return next((tag for tag in found if tag in LANGUAGES), "en")


def t(sentence: str, /, **values: Value) -> str:
    """A sentence with its values filled in: ``t("{name} is on stage", name=name)``."""
    return told(sentence, values)


def told(sentence: str, values: Mapping[str, Value] = {}) -> str:
    """A sentence that is marked elsewhere, also by the server; of its values ``what`` is itself one
    to be translated (docs/protocol.md)."""
    found = _Speaking.catalogue.get(sentence)
    what = values.get("what")
    if isinstance(what, str):
        values = {**values, "what": told(what)}
    return _fill(found if isinstance(found, str) else sentence, values)


def tn(count: int, one: str, other: str, /, **values: Value) -> str:
    """A sentence about so many: ``tn(number, "{count} person", "{count} people")``. The catalogue
    has it under the second form."""
    form = "one" if count == 1 else "other"
    found = _Speaking.catalogue.get(other)
    english = one if count == 1 else other
    chosen = found.get(form, found["other"]) if isinstance(found, dict) else english
    return _fill(chosen, {"count": count, **values})


def why(error: BaseException) -> str:
    """What an error says to people."""
    return told(error.template, error.values) if isinstance(error, PlainError) else str(error)


def numeral(value: float, decimals: int = 0) -> str:
    """A number as the language writes it."""
    group, point = LANGUAGES[_Speaking.tag]
    return f"{value:,.{decimals}f}".translate({ord(","): group, ord("."): point})


def _fill(sentence: str, values: Mapping[str, Value]) -> str:
    if _Speaking.tag == PSEUDO:
        sentence = _drawn_out(sentence)

    def written(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if value is None:
            return found[0]
        return _isolated(value) if isinstance(value, str) else numeral(value)

    return re.sub(r"\{(\w+)\}", written, sentence)


def _isolated(text: str) -> str:
    """A text that may run the other way than the sentence, kept from mixing with it (UAX 9)."""
    turned = _TURNED.search(text) or _Speaking.tag in RIGHT_TO_LEFT
    return f"\u2068{text}\u2069" if turned else text


def _drawn_out(sentence: str) -> str:
    long = re.sub(
        r"\{\w+\}|[aeiouAEIOU]", lambda one: one[0] * (len(one[0]) == 1) + one[0], sentence
    )
    return f"⟦{long}⟧"


def _read(tag: str) -> Mapping[str, Entry]:
    path = resources.files("stagedoor_client") / "locales" / f"{tag}.json"
    found: dict[str, Entry] = json.loads(path.read_text("utf-8"))
    return found
