"""Names of people and rooms, as they may be shown to everybody."""

from __future__ import annotations

import unicodedata

from .refusals import Code, Refusal, marked, refusal

MAX_NAME = 60
MAX_ROOM_NAME = 120

# Joiners belong to many scripts and to emoji; every other invisible character can only deceive.
_JOINERS = "\u200c\u200d"


def clean_name(name: str, longest: int = MAX_NAME, whose: str = marked("name")) -> str | Refusal:
    """The name with its white space in order, or why it cannot be taken.

    Refused: empty, longer than ``longest`` characters, or with control, format, surrogate or
    private-use characters (Unicode general category C), by which a name could pose as another.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if any(unicodedata.category(one)[0] == "C" and one not in _JOINERS for one in name):
        return refusal(Code.BAD_NAME, "The {what} has characters that cannot be shown.", what=whose)
    if not name.strip(_JOINERS + " "):
        return refusal(Code.BAD_NAME, "Please give a {what}.", what=whose)
    if len(name) > longest:
        template = "The {what} is longer than {longest} characters."
        return refusal(Code.BAD_NAME, template, what=whose, longest=longest)
    return name
