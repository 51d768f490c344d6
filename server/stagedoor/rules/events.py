"""What has happened in a room. The log keeps these; ``evolve`` applies them (rule 21).

``by`` is the person who decided, or ``""`` for the clock; ``rule`` the rule's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .base import ERASED, Event
from .event.events import EventEvent
from .event.values import Entry
from .polls.events import PollEvent
from .quizzes.events import QuizEvent
from .reactions.events import ReactionEvent
from .sessions import Exchange
from .talk.events import TalkEvent
from .values import Device, Mode, OfferReason, Role, Settings


class RoomCreated(Event, frozen=True, tag="room_created", kw_only=True):
    """The room's first event."""

    room: str
    name: str
    mode: Mode
    settings: Settings
    open_door: bool = True
    entry: Entry = Entry.OPEN
    opens_at: int | None = None


class Entered(Event, frozen=True, tag="entered", kw_only=True):
    """A new session entered the room as a viewer; ``link``: the id of the link that led here.

    ``once``: that link is good for nobody else. ``session``: hashes of what leads back.
    """

    personal: ClassVar[Mapping[str, Any]] = {"name": ERASED}

    person: str
    name: str
    role: Role
    link: str = ""
    once: bool = False
    session: Exchange | None = None


class Returned(Event, frozen=True, tag="returned", kw_only=True):
    """A session came back, its seat kept if the grace still ran (rule 12).

    ``session``: the hashes of the secret that was shown, and of the one given.
    """

    personal: ClassVar[Mapping[str, Any]] = {"name": ERASED}

    person: str
    name: str
    session: Exchange | None = None


class Disconnected(Event, frozen=True, tag="disconnected", kw_only=True):
    """A person's connection was lost; a seat is held until ``away_until`` (rule 12)."""

    person: str
    away_until: int


class Left(Event, frozen=True, tag="left", kw_only=True):
    """A person's grace is over: seat, request, offer and hand are gone (rules 7 and 12)."""

    person: str


class RequestMade(Event, frozen=True, tag="request_made", kw_only=True):
    """A viewer asked for a seat (rule 1)."""

    person: str


class RequestCancelled(Event, frozen=True, tag="request_cancelled", kw_only=True):
    """A person took the request back (rule 3)."""

    person: str


class RequestDeclined(Event, frozen=True, tag="request_declined", kw_only=True):
    """A moderator declined a request; the person may ask again at ``may_ask_at`` (rule 3)."""

    person: str
    may_ask_at: int


class RequestClosed(Event, frozen=True, tag="request_closed", kw_only=True):
    """A mode change closed a waiting request (rule 10)."""

    person: str


class OfferMade(Event, frozen=True, tag="offer_made", kw_only=True):
    """A seat was offered and reserved (rules 2 and 7)."""

    person: str
    reason: OfferReason
    expires_at: int


class OfferDeclined(Event, frozen=True, tag="offer_declined", kw_only=True):
    """The person declined the offer (rule 3)."""

    person: str


class OfferRevoked(Event, frozen=True, tag="offer_revoked", kw_only=True):
    """A moderator, or the change to ``closed``, took the offer back (rules 3 and 10)."""

    person: str


class OfferExpired(Event, frozen=True, tag="offer_expired", kw_only=True):
    """The offer's time ran out (rule 7)."""

    person: str


class WentOnStage(Event, frozen=True, tag="went_on_stage", kw_only=True):
    """A person took a seat with the devices as chosen, and shares no screen yet (rule 15)."""

    person: str
    microphone: bool
    camera: bool


class WentBackstage(Event, frozen=True, tag="went_backstage", kw_only=True):
    """A person took a seat backstage, seen and heard by moderators alone (rules 14 and 15)."""

    person: str
    microphone: bool
    camera: bool


class BroughtOn(Event, frozen=True, tag="brought_on", kw_only=True):
    """People came from backstage on the stage together, with their devices as they were (15)."""

    people: tuple[str, ...]


class SentBackstage(Event, frozen=True, tag="sent_backstage", kw_only=True):
    """A moderator sent a person from the stage backstage (rule 13)."""

    person: str


class LeftBackstage(Event, frozen=True, tag="left_backstage", kw_only=True):
    """A person who waited backstage stepped back (rule 3)."""

    person: str


class LeftStage(Event, frozen=True, tag="left_stage", kw_only=True):
    """A person stepped down (rule 4)."""

    person: str


class RemovedFromStage(Event, frozen=True, tag="removed_from_stage", kw_only=True):
    """A moderator removed a person (rule 13)."""

    person: str


class Bumped(Event, frozen=True, tag="bumped", kw_only=True):
    """The longest silent person made room for another (rule 11)."""

    person: str


class DeviceSet(Event, frozen=True, tag="device_set", kw_only=True):
    """A microphone, camera or screen was turned on or off; by a moderator if not by the person."""

    person: str
    device: Device
    on: bool


class UnmuteAsked(Event, frozen=True, tag="unmute_asked", kw_only=True):
    """A moderator asked a person to unmute (rule 16)."""

    person: str


class UnmuteDismissed(Event, frozen=True, tag="unmute_dismissed", kw_only=True):
    """The person stays muted (rule 16)."""

    person: str


class HandRaised(Event, frozen=True, tag="hand_raised", kw_only=True):
    """A hand went up."""

    person: str


class HandLowered(Event, frozen=True, tag="hand_lowered", kw_only=True):
    """A hand went down."""

    person: str


class ModeSet(Event, frozen=True, tag="mode_set", kw_only=True):
    """The stage access changed (rule 10)."""

    mode: Mode


class SettingsChanged(Event, frozen=True, tag="settings_changed", kw_only=True):
    """The room's settings changed."""

    settings: Settings


class RoleSet(Event, frozen=True, tag="role_set", kw_only=True):
    """The host appointed or demoted a moderator (rule 17)."""

    person: str
    role: Role


class RoomEnded(Event, frozen=True, tag="room_ended", kw_only=True):
    """The host ended the room (rule 17)."""


StageEvent = (
    RoomCreated
    | Entered
    | Returned
    | Disconnected
    | Left
    | RequestMade
    | RequestCancelled
    | RequestDeclined
    | RequestClosed
    | OfferMade
    | OfferDeclined
    | OfferRevoked
    | OfferExpired
    | WentOnStage
    | WentBackstage
    | BroughtOn
    | SentBackstage
    | LeftBackstage
    | LeftStage
    | RemovedFromStage
    | Bumped
    | DeviceSet
    | UnmuteAsked
    | UnmuteDismissed
    | HandRaised
    | HandLowered
    | ModeSet
    | SettingsChanged
    | RoleSet
    | RoomEnded
)

AnyEvent = StageEvent | TalkEvent | EventEvent | PollEvent | QuizEvent | ReactionEvent
