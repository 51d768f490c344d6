"""How a stay in a room ends, or does not begin, in plain sentences. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from stagedoor.rules.refusals import Code

from ..errors import ConnectionLostError, LinkError, RefusedError
from ..words import t, why

NO_WAY_IN = (Code.BAD_TOKEN, Code.EXPIRED_TOKEN, Code.USED_LINK, Code.REVOKED_LINK)


@dataclass(frozen=True)
class Ending:
    """A last word; ``again``: what the button to enter anew says, empty where that is no use."""

    title: str
    sentence: str
    again: str = ""


def ending(error: BaseException | None) -> Ending:
    """The last word after a stay; None for a room that ended well."""
    if error is None:
        return _ended()
    if isinstance(error, RefusedError):
        if error.code is Code.ROOM_ENDED:
            return _ended()
        if error.code is Code.ALREADY_ENTERED:
            return Ending(
                t("Open in another window"),
                t(
                    "You opened this room in another window. Only one at a time is used. If that "
                    "was not you, somebody has a copy of your session: take it back here, and tell "
                    "the moderators."
                ),
                t("Use here"),
            )
        if error.code is Code.REMOVED:
            return Ending(t("You were removed from the room"), why(error), t("Enter again"))
        if error.code is Code.BANNED:
            return Ending(t("You are banned from this room"), why(error))
        if error.code is Code.LOCKED:
            return Ending(t("This room is locked"), why(error), t("Enter again"))
        if error.code in (*NO_WAY_IN, Code.NO_SUCH_ROOM):
            return Ending(t("This link does not let you in any more"), trouble(error))
    return Ending(t("You are not in the room any more"), trouble(error), t("Enter again"))


def _ended() -> Ending:
    return Ending(t("This room has ended"), t("Thank you for being here."))


def trouble(error: BaseException) -> str:
    """Why one could not enter."""
    if isinstance(error, RefusedError):
        if error.code in NO_WAY_IN:
            return t("{reason} Ask whoever invited you for a new one.", reason=why(error))
        if error.code is Code.NO_SUCH_ROOM:
            return t("There is no room at this address. Look at the link again.")
        if error.code is Code.ROOM_ENDED:
            return t("This room has ended.")
        return why(error)
    if isinstance(error, (LinkError, ConnectionLostError)):
        return why(error)
    return t("Something went wrong: {error}", error=why(error) or type(error).__name__)
