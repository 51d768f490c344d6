"""Names of people and rooms, as they may be shown to everybody."""

from __future__ import annotations

import re
import unicodedata

from stagedoor.messages import MAX_NAME
from stagedoor.rules.refusals import Code, Refusal

MAX_ROOM_NAME = 120
ROOM_ID = re.compile(r"[a-z0-9-]{1,40}")

# Joiners belong to many scripts and to emoji; every other invisible character can only deceive.
_JOINERS = "\u200c\u200d"


def clean_name(name: str, longest: int = MAX_NAME, whose: str = "name") -> str | Refusal:
    """The name with its white space in order, or why it cannot be taken.

    Refused: empty, longer than ``longest`` characters, or with control, format, surrogate or
    private-use characters (Unicode general category C), by which a name could pose as another.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if any(unicodedata.category(one)[0] == "C" and one not in _JOINERS for one in name):
        return Refusal(Code.BAD_NAME, f"The {whose} has characters that cannot be shown.")
    if not name.strip(_JOINERS + " "):
        return Refusal(Code.BAD_NAME, f"Please give a {whose}.")
    if len(name) > longest:
        return Refusal(Code.BAD_NAME, f"The {whose} is longer than {longest} characters.")
    return name


def check_room_id(room: str) -> Refusal | None:
    """Why this cannot be a room's id, or None."""
    if ROOM_ID.fullmatch(room):
        return None
    return Refusal(
        Code.BAD_VALUE, "A room's id is made of 1 to 40 small letters, digits and hyphens."
    )
