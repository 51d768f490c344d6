"""The secrets by which people come back: which of them are good. Only hashes are known here. Pure.

Everybody who returns is given a new secret. As that answer may be lost on its way, the secret that
was shown stays good until one of those that followed it is shown; then it, and all others, are not.
"""

from __future__ import annotations

import hmac

from msgspec import Struct

from .refusals import Code, Refusal

FRESH = 4  # secrets that were given and not shown yet
LIFE = 7 * 24 * 3_600_000  # milliseconds from the last return

ENDED = Refusal(Code.BAD_SESSION, "Your earlier session has ended; please enter again.")


class Exchange(Struct, frozen=True):
    """The hash of the secret that was ``shown``, ``""`` by the newcomers, and of the one given."""

    shown: str
    given: str


class Sessions(Struct, frozen=True, gc=False):
    """One person's: the hash that was ``shown`` last, and those given since, the oldest first.

    ``at``: when the last one was given, in milliseconds.
    """

    shown: str = ""
    fresh: tuple[str, ...] = ()
    at: int = 0

    def refusal(self, shown: str, now: int, *, here: bool = False) -> Refusal | None:
        """Why the secret of that hash does not lead back; None if it does.

        ``here``: its owner is in the room, or within their grace, and then it is not too old.
        How long it takes says nothing of the hashes.
        """
        known = [
            hmac.compare_digest(one.encode(), shown.encode()) for one in (self.shown, *self.fresh)
        ]
        return None if shown and any(known) and (here or now < self.at + LIFE) else ENDED

    def exchanged(self, exchange: Exchange, at: int) -> Sessions:
        """After somebody has shown one and was given another."""
        earlier = self.fresh if exchange.shown == self.shown else ()
        return Sessions(exchange.shown, (*earlier, exchange.given)[-FRESH:], at)
