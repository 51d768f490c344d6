"""The values a room is made of. Immutable; times are integer milliseconds of the server's clock."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from .base import Decision
from .event.values import Entrance, LoweredHand
from .memo import Lasting
from .polls.values import Poll
from .quizzes.values import Quiz
from .reactions.values import Reactions
from .sessions import Sessions
from .talk.values import Talk


class Role(StrEnum):
    """What a person may decide. Host and moderators are both "moderators" in the rules' words."""

    HOST = "host"
    MODERATOR = "moderator"
    ATTENDEE = "attendee"


class Mode(StrEnum):
    """Stage access (rule 1)."""

    OPEN = "open"
    REQUEST = "request"
    INVITE = "invite"
    CLOSED = "closed"


class Seat(StrEnum):
    """A person's seat state; HELD is on stage or backstage, but disconnected (rule 12)."""

    VIEWER = "viewer"
    REQUESTED = "requested"
    OFFERED = "offered"
    BACKSTAGE = "backstage"
    ON_STAGE = "on_stage"
    HELD = "held"


class Device(StrEnum):
    """What a person sends from the stage."""

    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen"


class OfferReason(StrEnum):
    """Where an offer came from (rules 2 and 10)."""

    APPROVED = "approved"
    INVITED = "invited"
    OPENED = "opened"


class Offer(Struct, frozen=True):
    """An open offer of a seat: who made it, why, and until when it stands (rule 7)."""

    by: str
    reason: OfferReason
    expires_at: int


class Matter(StrEnum):
    """What a decision is about. One matter's decision never hides who took another's (rule 8)."""

    SEAT = "seat"
    MICROPHONE = "microphone"
    CAMERA = "camera"
    SCREEN = "screen"
    HAND = "hand"
    ROLE = "role"


class Settings(Struct, frozen=True):
    """What a moderator may set for a room; times in milliseconds.

    ``slow_ms``: between two messages of one person. ``premoderated``: moderators approve first.
    ``backstage``: attendees on their way up wait backstage until they are brought on.
    """

    capacity: int = 12
    offer_ms: int = 60_000
    hold_ms: int = 30_000
    cooldown_ms: int = 0
    may_leave_stage: bool = False
    bump_longest_silent: bool = False
    chat: bool = True
    slow_ms: int = 0
    premoderated: bool = False
    questions: bool = True
    reactions: bool = True
    may_raise_hand: bool = True
    may_rename: bool = True
    lower_hand_once_spoken: bool = False
    backstage: bool = False


NO_DECISIONS: Mapping[Matter, Decision] = {}


class Person(Struct, frozen=True, gc=False):
    """Somebody who has entered the room. Whoever has gone is kept, so this is to be small.

    ``away_until`` is None while connected, else the end of the grace (rules 7 and 12).
    ``present`` turns False when that grace is over. ``requested_at`` and ``hand_at`` are the
    numbers of the events that made them, and so order the queue and the hands (rule 5).
    ``barred``: removed from the stage, so open access no longer suffices (rule 13).
    ``decisions``: what others decided last, until the person acts in that matter (rule 8).
    ``requested_since`` and ``hand_since`` are the times of the request and the hand that are there.
    ``name_given``: the name is of a moderator's choice, and not to be changed by coming back.
    ``link``: the id of the link that led here, and ``entered_as`` the role that it gave.
    ``held_backstage``: the seat that is held is backstage.
    ``sessions``: by which secrets they come back.
    """

    id: str
    name: str
    role: Role
    seat: Seat = Seat.VIEWER
    present: bool = True
    away_until: int | None = None
    requested_at: int | None = None
    offer: Offer | None = None
    hand_at: int | None = None
    microphone: bool = False
    camera: bool = False
    screen: bool = False
    silent_since: int = 0
    barred: bool = False
    may_ask_at: int = 0
    unmute_asked_by: str | None = None
    decisions: Mapping[Matter, Decision] = field(default_factory=lambda: NO_DECISIONS)
    requested_since: int = 0
    hand_since: int = 0
    lowered_hand: LoweredHand | None = None
    spoke_ms: int = 0
    name_given: bool = False
    entered_as: Role = Role.ATTENDEE
    link: str = ""
    held_backstage: bool = False
    sessions: Sessions = Sessions()

    @property
    def moderates(self) -> bool:
        """Whether this person is a host or a moderator."""
        return self.role is not Role.ATTENDEE

    @property
    def has_seat(self) -> bool:
        """Whether this person is on stage or backstage, connected or held."""
        return self.seat in (Seat.ON_STAGE, Seat.BACKSTAGE, Seat.HELD)

    @property
    def is_backstage(self) -> bool:
        """Whether this person waits backstage, connected or held."""
        return self.seat is Seat.BACKSTAGE or self.held_backstage

    @property
    def needs_a_word(self) -> bool:
        """Whether open access does not suffice: removed, and no moderator (rule 13)."""
        return self.barred and not self.moderates

    def with_all_off(self) -> Person:
        """Nothing is sent."""
        return replace(self, microphone=False, camera=False, screen=False)

    def unseated(self, seat: Seat = Seat.VIEWER) -> Person:
        """No request, no offer, nothing on; a hand is apart from the seat."""
        return replace(
            self.with_all_off(),
            seat=seat,
            requested_at=None,
            offer=None,
            unmute_asked_by=None,
            held_backstage=False,
        )

    def gone(self) -> Person:
        """Not in the room any more; whoever comes back begins as a viewer."""
        return replace(
            self.unseated(), present=False, away_until=None, hand_at=None, lowered_hand=None
        )


class Room(Struct, frozen=True):
    """One room's whole state; ``number`` is that of the last event applied.

    ``open_door``: attendees may enter by the plain link, without a token.
    """

    id: str
    name: str
    open_door: bool = True
    mode: Mode = Mode.REQUEST
    settings: Settings = field(default_factory=Settings)
    entrance: Entrance = field(default_factory=Entrance)
    people: Lasting[str, Person] = field(default_factory=Lasting)
    number: int = 0
    ended: bool = False
    talk: Talk = field(default_factory=Talk)
    polls: dict[int, Poll] = field(default_factory=dict)
    quizzes: dict[int, Quiz] = field(default_factory=dict)
    reactions: Reactions = field(default_factory=Reactions)
