"""Who may say what beside the rules' commands: the second part of the table of permissions.

As the first part, it is asked by nobody: a test says each in every state, and finds what is here.
"""

from __future__ import annotations

from stagedoor import messages as m
from stagedoor.messages.talk import OlderMessages
from stagedoor.rules.permissions import USUAL, Permission
from stagedoor.rules.permissions.table import no
from stagedoor.rules.refusals import Code
from stagedoor.rules.values import Role, Seat

BEFORE = "before entering"
INSIDE = "inside already"
AMONG_MODERATORS = "of the moderators' backchannel"

_FIRST_ENTER = no(Code.NOT_ENTERED, case=BEFORE)
_CASES = (USUAL, BEFORE)

REQUESTS = (
    Permission(m.Enter, (no(Code.ALREADY_ENTERED, case=INSIDE),), (INSIDE, BEFORE)),
    Permission(m.Ping, cases=_CASES),
    Permission(m.Candidate, cases=_CASES),
    Permission(m.Watch, (_FIRST_ENTER,), _CASES),
    Permission(m.SubscribeAnswer, (_FIRST_ENTER,), _CASES),
    Permission(m.ViewTiles, (_FIRST_ENTER,), _CASES),
    Permission(
        m.Publish,
        (_FIRST_ENTER, no(Code.NO_SEAT, seat=(Seat.VIEWER, Seat.REQUESTED))),
        _CASES,
    ),
    Permission(
        OlderMessages,
        (_FIRST_ENTER, no(Code.NOT_ALLOWED, by=Role.ATTENDEE, case=AMONG_MODERATORS)),
        (*_CASES, AMONG_MODERATORS),
    ),
)
