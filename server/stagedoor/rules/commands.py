"""What a person may ask of a room. Tagged structs: the tag is the command's name on the wire."""

from __future__ import annotations

from .base import Command
from .event.commands import EventCommand
from .polls.commands import PollCommand
from .quizzes.commands import QuizCommand
from .reactions.commands import ReactionCommand
from .talk.commands import TalkCommand
from .values import Device, Mode


class JoinStage(Command, frozen=True, tag="join_stage"):
    """Go up directly (rule 1), with the devices chosen in the ready window (rule 15)."""

    microphone: bool = False
    camera: bool = False


class AskToJoinStage(Command, frozen=True, tag="ask_to_join_stage"):
    """Ask for a seat (rule 1)."""


class CancelRequest(Command, frozen=True, tag="cancel_request"):
    """Take one's request back (rule 3)."""


class AcceptOffer(Command, frozen=True, tag="accept_offer"):
    """Confirm an offer in the ready window (rule 2)."""

    microphone: bool = False
    camera: bool = False


class DeclineOffer(Command, frozen=True, tag="decline_offer"):
    """Decline an offer (rule 3)."""


class LeaveStage(Command, frozen=True, tag="leave_stage"):
    """Step down: moderators, or everyone where the room allows it (4), or is backstage (3)."""


class SetDevice(Command, frozen=True, tag="set_device"):
    """Turn one's own microphone or camera, or the sharing of one's screen, on or off (rule 4)."""

    device: Device
    on: bool


class DismissUnmute(Command, frozen=True, tag="dismiss_unmute"):
    """Answer "ask to unmute" with no (rule 16)."""


class RaiseHand(Command, frozen=True, tag="raise_hand"):
    """Raise one's hand (rule 20)."""


class LowerHand(Command, frozen=True, tag="lower_hand"):
    """Lower one's own hand, or as a moderator somebody's."""

    person: str | None = None


class LowerAllHands(Command, frozen=True, tag="lower_all_hands"):
    """Lower every hand."""


class SetMode(Command, frozen=True, tag="set_mode"):
    """Change the stage access (rule 10)."""

    mode: Mode


class ChangeSettings(Command, frozen=True, tag="change_settings"):
    """Change the room's settings; None leaves one as it is. Times in milliseconds."""

    capacity: int | None = None
    offer_ms: int | None = None
    hold_ms: int | None = None
    cooldown_ms: int | None = None
    may_leave_stage: bool | None = None
    bump_longest_silent: bool | None = None
    chat: bool | None = None
    slow_ms: int | None = None
    premoderated: bool | None = None
    questions: bool | None = None
    reactions: bool | None = None
    may_raise_hand: bool | None = None
    may_rename: bool | None = None
    lower_hand_once_spoken: bool | None = None
    backstage: bool | None = None


class Approve(Command, frozen=True, tag="approve"):
    """Answer a request with an offer (rule 2); ``request`` is the ``requested_at`` meant."""

    person: str
    request: int | None = None


class Decline(Command, frozen=True, tag="decline"):
    """Decline a request (rule 3); ``request`` is the ``requested_at`` meant."""

    person: str
    request: int | None = None


class Invite(Command, frozen=True, tag="invite"):
    """Offer a seat unasked; to oneself too (rules 2 and 9)."""

    person: str


class RevokeOffer(Command, frozen=True, tag="revoke_offer"):
    """Take an open offer back (rule 3)."""

    person: str


class RemoveFromStage(Command, frozen=True, tag="remove_from_stage"):
    """Remove a person from the stage, or from backstage (rule 13)."""

    person: str


class BringOn(Command, frozen=True, tag="bring_on"):
    """Bring people from backstage on together; nobody named: all who wait there."""

    people: tuple[str, ...] = ()


class SendBackstage(Command, frozen=True, tag="send_backstage"):
    """Send a person from the stage to wait backstage."""

    person: str


class TurnOff(Command, frozen=True, tag="turn_off"):
    """Turn somebody's microphone, camera or shared screen off (rule 16)."""

    person: str
    device: Device


class TurnAllOff(Command, frozen=True, tag="turn_all_off"):
    """Turn all others' off, those whom one may not touch aside (rules 16 and 17)."""

    device: Device


class AskToUnmute(Command, frozen=True, tag="ask_to_unmute"):
    """Ask somebody on stage to turn the microphone on (rule 16)."""

    person: str


class AppointModerator(Command, frozen=True, tag="appoint_moderator"):
    """Make an attendee a moderator; the host's alone (rule 17)."""

    person: str


class DemoteModerator(Command, frozen=True, tag="demote_moderator"):
    """Make a moderator an attendee; the host's alone (rule 17)."""

    person: str


class EndRoom(Command, frozen=True, tag="end_room"):
    """End the room for everyone; the host's alone (rule 17)."""


StageCommand = (
    JoinStage
    | AskToJoinStage
    | CancelRequest
    | AcceptOffer
    | DeclineOffer
    | LeaveStage
    | SetDevice
    | DismissUnmute
    | RaiseHand
    | LowerHand
    | LowerAllHands
    | SetMode
    | ChangeSettings
    | Approve
    | Decline
    | Invite
    | RevokeOffer
    | RemoveFromStage
    | BringOn
    | SendBackstage
    | TurnOff
    | TurnAllOff
    | AskToUnmute
    | AppointModerator
    | DemoteModerator
    | EndRoom
)

AnyCommand = StageCommand | TalkCommand | EventCommand | PollCommand | QuizCommand | ReactionCommand
