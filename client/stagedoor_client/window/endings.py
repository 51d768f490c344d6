"""How a stay in a room ends, or does not begin, in plain sentences. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.rules.refusals import Code

from ..errors import ConnectionLostError, LinkError, RefusedError


@dataclass(frozen=True)
class Ending:
    """A last word; ``again``: what the button to enter anew says, empty where that is no use."""

    title: str
    sentence: str
    again: str = ""


ENDED = Ending("This room has ended", "Thank you for being here.")


def ending(error: BaseException | None) -> Ending:
    """The last word after a stay; None for a room that ended well."""
    if error is None:
        return ENDED
    if isinstance(error, RefusedError):
        if error.code is Code.ROOM_ENDED:
            return ENDED
        if error.code is Code.ALREADY_ENTERED:
            return Ending(
                "Open in another window",
                "You opened this room in another window. Only one at a time is used.",
                "Use here",
            )
        if error.code is Code.REMOVED:
            return Ending("You were removed from the room", str(error), "Enter again")
        if error.code is Code.BANNED:
            return Ending("You are banned from this room", str(error))
        if error.code is Code.LOCKED:
            return Ending("This room is locked", str(error), "Enter again")
        if error.code in (Code.BAD_TOKEN, Code.EXPIRED_TOKEN, Code.NO_SUCH_ROOM):
            return Ending("This link does not let you in any more", trouble(error))
    return Ending("You are not in the room any more", trouble(error), "Enter again")


def trouble(error: BaseException) -> str:
    """Why one could not enter."""
    if isinstance(error, RefusedError):
        if error.code in (Code.BAD_TOKEN, Code.EXPIRED_TOKEN):
            return f"{error} Ask whoever invited you for a new one."
        if error.code is Code.NO_SUCH_ROOM:
            return "There is no room at this address. Look at the link again."
        if error.code is Code.ROOM_ENDED:
            return "This room has ended."
        return str(error)
    if isinstance(error, (LinkError, ConnectionLostError)):
        return str(error)
    return f"Something went wrong: {error or type(error).__name__}"
