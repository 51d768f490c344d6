"""Who may ask polls and quizzes, and answer them."""

from __future__ import annotations

from ..polls import commands as p
from ..quizzes import commands as q
from ..refusals import Code
from ..values import Role
from .table import NOT_ATTENDEES, Permission, no

DRAFT, OPEN, CLOSED = "a draft", "an open poll", "a closed one"
ASKING, BETWEEN, ENDED = "a question is open", "between two questions", "an ended quiz"

_POLL = (DRAFT, OPEN, CLOSED)
_QUIZ = (DRAFT, ASKING, BETWEEN, ENDED)
_NOT_OF_ATTENDEES = no(Code.NO_SUCH_POLL, by=Role.ATTENDEE, case=DRAFT)


PERMISSIONS = (
    Permission(p.CreatePoll, (NOT_ATTENDEES,)),
    Permission(p.EditPoll, (NOT_ATTENDEES, no(Code.WRONG_STATE, case=(OPEN, CLOSED))), _POLL),
    Permission(p.OpenPoll, (NOT_ATTENDEES, no(Code.WRONG_STATE, case=(OPEN, CLOSED))), _POLL),
    Permission(p.ClosePoll, (NOT_ATTENDEES, no(Code.WRONG_STATE, case=(DRAFT, CLOSED))), _POLL),
    Permission(p.SetShowing, (NOT_ATTENDEES,), _POLL),
    Permission(p.DeletePoll, (NOT_ATTENDEES,), _POLL),
    Permission(p.CastVote, (_NOT_OF_ATTENDEES, no(Code.CLOSED_POLL, case=(DRAFT, CLOSED))), _POLL),
    Permission(q.CreateQuiz, (NOT_ATTENDEES,)),
    Permission(
        q.EditQuiz, (NOT_ATTENDEES, no(Code.WRONG_STATE, case=(ASKING, BETWEEN, ENDED))), _QUIZ
    ),
    Permission(q.OpenQuizQuestion, (NOT_ATTENDEES, no(Code.WRONG_STATE, case=ENDED)), _QUIZ),
    Permission(
        q.CloseQuizQuestion,
        (NOT_ATTENDEES, no(Code.WRONG_STATE, case=(DRAFT, BETWEEN, ENDED))),
        _QUIZ,
    ),
    Permission(q.EndQuiz, (NOT_ATTENDEES, no(Code.WRONG_STATE, case=(DRAFT, ENDED))), _QUIZ),
    Permission(q.DeleteQuiz, (NOT_ATTENDEES,), _QUIZ),
    Permission(
        q.AnswerQuiz,
        (_NOT_OF_ATTENDEES, no(Code.CLOSED_POLL, case=(DRAFT, BETWEEN, ENDED))),
        _QUIZ,
    ),
)
