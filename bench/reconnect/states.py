"""What somebody does when the network goes, and what they are afterwards as the rules say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stagedoor.rules.values import Seat


class State(StrEnum):
    """What somebody does at the moment of the cut. On stage and backstage both devices are on."""

    VIEWER = "viewer with a raised hand"
    REQUESTED = "requested, with a raised hand"
    OFFERED = "offered"
    READY = "offered, camera on in the ready window"
    EXPIRING = "offered for a short time"
    APPROVED = "requested, approved meanwhile"
    BACKSTAGE = "backstage"
    ON_STAGE = "on stage"
    REMOVED = "on stage, removed meanwhile"
    MODERATOR = "moderator on stage"


HANDS = (State.VIEWER, State.REQUESTED)
UP = (State.ON_STAGE, State.REMOVED, State.MODERATOR)
INVITED = (State.OFFERED, State.READY)


@dataclass(frozen=True)
class After:
    """Somebody after their return, as a moderator is shown them, and on their own machine.

    ``sending``: shown as on; ``open``: microphones and cameras open on their machine.
    ``own``: the seat and the hand that they are shown themselves. ``requests``: those that they are
    shown as a moderator.
    """

    seat: Seat
    hand: bool = False
    own: tuple[Seat, bool] = (Seat.VIEWER, False)
    moderates: bool = False
    barred: bool = False
    sending: int = 0
    open: int = 0
    requests: int = 0

    def __str__(self) -> str:
        words = [str(self.seat).replace("_", " "), *(["hand raised"] if self.hand else [])]
        words += ["removed"] if self.barred else []
        words += [f"{self.sending} devices shown as on"] if self.sending else []
        words += [f"{self.open} open devices"] if self.open else []
        if self.own != (self.seat, self.hand):
            words.append(f"is shown {self.own[0]}{' with hand' if self.own[1] else ''}")
        return ", ".join(
            [*words, *([f"requests shown: {self.requests}"] if self.moderates else [])]
        )


def as_the_rules_say(
    state: State, after: After, *, grace_over: bool, offer_over: bool, requests: int
) -> bool:
    """Whether it is: rules 3, 6, 7 and 12.

    ``grace_over``: they were gone for longer than a seat is held; ``offer_over``: for longer than
    the short offer stood. ``requests``: those that there are.
    """
    seat = Seat.VIEWER if grace_over else _seat(state, offer_over)
    hand = state in HANDS and not grace_over
    preparing = state is State.READY and seat is Seat.OFFERED  # the window may wait (rule 2)
    moderates = state is State.MODERATOR
    return after == After(
        seat,
        hand,
        own=(seat, hand),
        moderates=moderates,
        barred=state is State.REMOVED,
        open=after.open if preparing else 0,
        requests=requests if moderates else 0,
    )


def _seat(state: State, offer_over: bool) -> Seat:
    """The seat of somebody who is back within the grace."""
    match state:
        case State.VIEWER | State.REMOVED:
            return Seat.VIEWER
        case State.REQUESTED:
            return Seat.REQUESTED
        case State.OFFERED | State.READY | State.APPROVED:
            return Seat.OFFERED
        case State.EXPIRING:
            return Seat.VIEWER if offer_over else Seat.OFFERED
        case State.BACKSTAGE:
            return Seat.BACKSTAGE
        case State.ON_STAGE | State.MODERATOR:
            return Seat.ON_STAGE
