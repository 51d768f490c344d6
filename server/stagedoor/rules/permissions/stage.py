"""Who may do what on the way to the stage and on it."""

from __future__ import annotations

from .. import commands as c
from ..refusals import Code
from ..values import Mode, Role, Seat
from .table import (
    HOST_ONLY,
    NOT_ATTENDEES,
    NOT_SEATED,
    NOT_THE_HOST,
    OWN,
    SEATED,
    USUAL,
    Permission,
    no,
    yes,
)

FULL = "the stage is full"
REMOVED = "removed from the stage before"
EXPIRED = "the offer has expired"
DECLINED = "declined just now, with a wait"
OFF_LINE = "the person is not connected"
UNMUTED = "the microphone is on"
EVERYBODY = "all at once"
LOST_BACKSTAGE = "the connection was lost backstage"

_ATTENDEE = Role.ATTENDEE
_NOT_OPEN = (Mode.REQUEST, Mode.INVITE, Mode.CLOSED)
_NO_REQUEST = (
    NOT_ATTENDEES,
    no(Code.ALREADY_HANDLED, at=Seat.OFFERED),
    no(Code.WRONG_STATE, at=(Seat.VIEWER, *SEATED)),
)


def _without(seat: Seat) -> tuple[Seat, ...]:
    return tuple(one for one in Seat if one not in (seat, Seat.HELD))


PERMISSIONS = (
    Permission(
        c.JoinStage,
        (
            no(Code.WRONG_STATE, seat=(Seat.OFFERED, Seat.BACKSTAGE, Seat.ON_STAGE)),
            no(Code.WRONG_MODE, mode=_NOT_OPEN),
            no(Code.REMOVED, by=_ATTENDEE, case=REMOVED),
            no(Code.STAGE_FULL, case=FULL),
        ),
        (USUAL, REMOVED, FULL),
    ),
    Permission(
        c.AskToJoinStage,
        (
            no(Code.WRONG_STATE, seat=(Seat.BACKSTAGE, Seat.ON_STAGE)),
            yes(seat=(Seat.OFFERED, Seat.REQUESTED)),
            yes(by=_ATTENDEE, mode=Mode.OPEN, case=REMOVED),
            no(Code.WRONG_MODE, mode=(Mode.OPEN, Mode.INVITE, Mode.CLOSED)),
            no(Code.COOL_DOWN, case=DECLINED),
        ),
        (USUAL, REMOVED, DECLINED),
    ),
    Permission(c.CancelRequest, (no(Code.WRONG_STATE, seat=_without(Seat.REQUESTED)),)),
    Permission(
        c.AcceptOffer,
        (
            no(Code.WRONG_STATE, seat=_without(Seat.OFFERED)),
            no(Code.WRONG_STATE, case=EXPIRED),
        ),
        (USUAL, EXPIRED),
    ),
    Permission(c.DeclineOffer, (no(Code.WRONG_STATE, seat=_without(Seat.OFFERED)),)),
    Permission(
        c.LeaveStage,
        (
            no(Code.WRONG_STATE, seat=NOT_SEATED),
            yes(seat=Seat.BACKSTAGE),
            no(Code.NOT_ALLOWED, by=_ATTENDEE, off="may_leave_stage"),
        ),
    ),
    Permission(c.SetDevice, (no(Code.WRONG_STATE, seat=NOT_SEATED),)),
    Permission(c.DismissUnmute),
    Permission(c.RaiseHand, (no(Code.TURNED_OFF, by=_ATTENDEE, off="may_raise_hand"),)),
    Permission(c.LowerHand, (yes(case=OWN), NOT_ATTENDEES), (USUAL, OWN), person=True),
    Permission(c.LowerAllHands, (NOT_ATTENDEES,)),
    Permission(c.SetMode, (NOT_ATTENDEES,)),
    Permission(c.ChangeSettings, (NOT_ATTENDEES,)),
    Permission(
        c.Approve, (*_NO_REQUEST, no(Code.STAGE_FULL, case=FULL)), (USUAL, FULL), person=True
    ),
    Permission(c.Decline, _NO_REQUEST, person=True),
    Permission(
        c.Invite,
        (
            NOT_ATTENDEES,
            no(Code.WRONG_STATE, at=SEATED),
            no(Code.ALREADY_HANDLED, at=Seat.OFFERED),
            no(Code.WRONG_MODE, mode=Mode.CLOSED),
            no(Code.AWAY, at=Seat.VIEWER, case=OFF_LINE),
            no(Code.STAGE_FULL, case=FULL),
        ),
        (USUAL, FULL, OFF_LINE),
        person=True,
    ),
    Permission(
        c.RevokeOffer,
        (NOT_ATTENDEES, no(Code.WRONG_STATE, at=(Seat.VIEWER, Seat.REQUESTED, *SEATED))),
        person=True,
    ),
    Permission(
        c.RemoveFromStage,
        (NOT_ATTENDEES, NOT_THE_HOST, no(Code.WRONG_STATE, at=NOT_SEATED)),
        person=True,
    ),
    Permission(
        c.BringOn,
        (
            NOT_ATTENDEES,
            yes(seat=Seat.BACKSTAGE, case=EVERYBODY),
            no(Code.AWAY, at=Seat.HELD, case=LOST_BACKSTAGE),
            no(Code.WRONG_STATE, at=(*NOT_SEATED, Seat.ON_STAGE, Seat.HELD)),
        ),
        (USUAL, LOST_BACKSTAGE, EVERYBODY),
        person=True,
    ),
    Permission(
        c.SendBackstage,
        (
            NOT_ATTENDEES,
            no(Code.TURNED_OFF, off="backstage"),
            no(Code.WRONG_STATE, of=(Role.HOST, Role.MODERATOR)),
            no(Code.WRONG_STATE, at=(*NOT_SEATED, Seat.BACKSTAGE)),
            no(Code.AWAY, at=Seat.HELD),
        ),
        person=True,
    ),
    Permission(
        c.TurnOff,
        (NOT_ATTENDEES, NOT_THE_HOST, no(Code.WRONG_STATE, at=NOT_SEATED)),
        person=True,
    ),
    Permission(c.TurnAllOff, (NOT_ATTENDEES,)),
    Permission(
        c.AskToUnmute,
        (
            NOT_ATTENDEES,
            no(Code.WRONG_STATE, at=NOT_SEATED),
            no(Code.AWAY, at=Seat.HELD),
            no(Code.WRONG_STATE, case=UNMUTED),
        ),
        (USUAL, UNMUTED),
        person=True,
    ),
    Permission(
        c.AppointModerator,
        (HOST_ONLY, no(Code.WRONG_STATE, of=(Role.HOST, Role.MODERATOR))),
        person=True,
    ),
    Permission(
        c.DemoteModerator,
        (HOST_ONLY, no(Code.WRONG_STATE, of=(Role.HOST, Role.ATTENDEE))),
        person=True,
    ),
    Permission(c.EndRoom, (HOST_ONLY,)),
)
