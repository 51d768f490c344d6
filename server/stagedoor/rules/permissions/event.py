"""Who may do what to run the event."""

from __future__ import annotations

from ..event import commands as c
from ..refusals import Code
from ..values import Role
from .table import ATTENDEES_ONLY, NOT_ATTENDEES, OWN, USUAL, Permission, no, yes

_PUT_OUT = (NOT_ATTENDEES, no(Code.WRONG_STATE, case=OWN), ATTENDEES_ONLY)

PERMISSIONS = (
    Permission(c.SetEntry, (NOT_ATTENDEES,)),
    Permission(c.RenameRoom, (NOT_ATTENDEES,)),
    Permission(
        c.Rename,
        (
            no(Code.TURNED_OFF, by=Role.ATTENDEE, case=OWN, off="may_rename"),
            yes(case=OWN),
            NOT_ATTENDEES,
            ATTENDEES_ONLY,
        ),
        (USUAL, OWN),
        person=True,
    ),
    Permission(c.RemoveFromRoom, _PUT_OUT, (USUAL, OWN), person=True),
    Permission(c.Ban, _PUT_OUT, (USUAL, OWN), person=True),
    Permission(c.Unban, (NOT_ATTENDEES, ATTENDEES_ONLY), person=True),
    Permission(
        c.RestoreHand,
        (
            no(Code.TURNED_OFF, by=Role.ATTENDEE, case=OWN, off="may_raise_hand"),
            yes(case=OWN),
            NOT_ATTENDEES,
        ),
        (USUAL, OWN),
        person=True,
    ),
)
