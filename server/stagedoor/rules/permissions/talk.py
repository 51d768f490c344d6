"""Who may write and react, and decide on what was written."""

from __future__ import annotations

from ..reactions.commands import React
from ..refusals import Code
from ..talk import commands as c
from ..values import Role
from .table import NOT_ATTENDEES, OWN, USUAL, Permission, no, yes

BLOCKED = "blocked from the chat"
BLOCKED_TO_MODERATORS = "a private message to all moderators, blocked from the chat"
TOO_SOON = "wrote just now, in slow mode"
ANNOUNCEMENT = "an announcement"
BACKCHANNEL = "to the moderators' backchannel"
TO_MODERATORS = "a private message to all moderators"
TO_A_PERSON = "a private message to an attendee"
TOO_MANY = "after a lot of reactions in a short time"
SHOWN = "it is shown already"
OPEN = "an open question"
ANSWERED, DISMISSED = "one that another answered", "one that another dismissed"

_ATTENDEE = Role.ATTENDEE
_IF_IT_WAITS = (NOT_ATTENDEES, no(Code.WRONG_STATE, case=SHOWN))
_IF_OPEN = (NOT_ATTENDEES, no(Code.ALREADY_HANDLED, case=(ANSWERED, DISMISSED)))
_QUESTIONS = (OPEN, ANSWERED, DISMISSED)

PERMISSIONS = (
    Permission(
        c.Say,
        (
            no(Code.BLOCKED, by=_ATTENDEE, case=BLOCKED),
            yes(by=_ATTENDEE, case=BLOCKED_TO_MODERATORS),
            no(Code.TURNED_OFF, case=(USUAL, BLOCKED, TOO_SOON), off="chat"),
            no(Code.SLOW_MODE, by=_ATTENDEE, case=TOO_SOON),
            no(Code.NOT_ALLOWED, by=_ATTENDEE, case=(ANNOUNCEMENT, BACKCHANNEL, TO_A_PERSON)),
            no(
                Code.BAD_VALUE,
                by=(Role.HOST, Role.MODERATOR),
                case=(TO_MODERATORS, BLOCKED_TO_MODERATORS),
            ),
        ),
        (
            USUAL,
            BLOCKED,
            TOO_SOON,
            ANNOUNCEMENT,
            BACKCHANNEL,
            TO_MODERATORS,
            BLOCKED_TO_MODERATORS,
            TO_A_PERSON,
        ),
    ),
    Permission(c.DeleteMessage, (yes(case=OWN), NOT_ATTENDEES), (USUAL, OWN)),
    Permission(c.ClearChat, (NOT_ATTENDEES,)),
    Permission(c.PinMessage, (NOT_ATTENDEES,)),
    Permission(c.UnpinMessage, (NOT_ATTENDEES,)),
    Permission(c.ApproveMessage, _IF_IT_WAITS, (USUAL, SHOWN)),
    Permission(c.RejectMessage, _IF_IT_WAITS, (USUAL, SHOWN)),
    Permission(
        c.BlockFromChat,
        (NOT_ATTENDEES, no(Code.NOT_ALLOWED, of=(Role.HOST, Role.MODERATOR))),
        person=True,
    ),
    Permission(c.UnblockFromChat, (NOT_ATTENDEES,), person=True),
    Permission(
        c.AskQuestion,
        (
            no(Code.BLOCKED, by=_ATTENDEE, case=BLOCKED),
            no(Code.TURNED_OFF, off="questions"),
            no(Code.SLOW_MODE, by=_ATTENDEE, case=TOO_SOON),
        ),
        (USUAL, BLOCKED, TOO_SOON),
    ),
    Permission(
        c.VoteForQuestion,
        (no(Code.TURNED_OFF, off="questions"), no(Code.WRONG_STATE, case=DISMISSED)),
        _QUESTIONS,
    ),
    Permission(c.AnswerQuestion, _IF_OPEN, _QUESTIONS),
    Permission(c.DismissQuestion, _IF_OPEN, _QUESTIONS),
    Permission(
        React,
        (no(Code.TURNED_OFF, off="reactions"), no(Code.TOO_MANY, case=TOO_MANY)),
        (USUAL, TOO_MANY),
    ),
    Permission(c.ReopenQuestion, (NOT_ATTENDEES, no(Code.WRONG_STATE, case=OPEN)), _QUESTIONS),
)
