"""What may be the id of a room."""

from __future__ import annotations

import re

from stagedoor.rules.refusals import Code, Refusal

ROOM_ID = re.compile(r"[a-z0-9-]{1,40}")


def check_room_id(room: str) -> Refusal | None:
    """Why this cannot be a room's id, or None."""
    if ROOM_ID.fullmatch(room):
        return None
    return Refusal(
        Code.BAD_VALUE, "A room's id is made of 1 to 40 small letters, digits and hyphens."
    )
