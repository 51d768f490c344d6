"""Questions and answers (rules 8 and 20), and when new counts of votes are shown."""

from __future__ import annotations

from ..base import Repeated
from ..events import AnyEvent
from ..guards import moderator, refuse
from ..refusals import Code, marked
from ..values import Person, Room
from . import commands as cmd
from . import events as ev
from .guards import decided_by_another, not_blocked, not_too_soon, said_before, waits
from .text import clean
from .values import MAX_QUESTION, Answer, Question, Standing


def ask(room: Room, command: cmd.AskQuestion, by: Person, now: int) -> list[AnyEvent] | Repeated:
    """Ask; the same key again is nothing new."""
    before = said_before(room, by, command.key)
    if before is not None:
        return before
    text = clean(command.text, MAX_QUESTION, marked("question"))
    not_blocked(room, by)
    _on(room)
    not_too_soon(room, by, now)
    waiting = waits(room, by)
    return [
        ev.QuestionAsked(at=now, by=by.id, rule=20, text=text, key=command.key, waiting=waiting)
    ]


def vote(room: Room, command: cmd.VoteForQuestion, by: Person, now: int) -> list[AnyEvent]:
    """Be for a question that everybody sees, once, or no longer."""
    _on(room)
    question = room.talk.questions.get(command.question)
    if question is None or not is_public(question):
        refuse(Code.WRONG_STATE, "This question is not open any more.")
    if (by.id in question.votes) == command.on:
        return []
    voted = ev.QuestionVoted(at=now, by=by.id, rule=20, question=command.question, on=command.on)
    return [voted]


def answer(room: Room, command: cmd.AnswerQuestion, by: Person, now: int) -> list[AnyEvent]:
    """Mark as answered; the first moderator decides (rule 8)."""
    _decidable(room, command.question, by, Answer.OPEN)
    return [_set(command.question, Answer.ANSWERED, by, now)]


def dismiss(room: Room, command: cmd.DismissQuestion, by: Person, now: int) -> list[AnyEvent]:
    """Put aside; the first moderator decides (rule 8)."""
    _decidable(room, command.question, by, Answer.OPEN)
    return [_set(command.question, Answer.DISMISSED, by, now)]


def reopen(room: Room, command: cmd.ReopenQuestion, by: Person, now: int) -> list[AnyEvent]:
    """Open again what was answered or dismissed."""
    _decidable(room, command.question, by, Answer.ANSWERED, Answer.DISMISSED)
    return [_set(command.question, Answer.OPEN, by, now)]


def is_public(question: Question) -> bool:
    """Whether everybody sees it."""
    return question.standing is Standing.SHOWN and question.answer is not Answer.DISMISSED


def _set(question: int, answered: Answer, by: Person, now: int) -> ev.QuestionAnswerSet:
    return ev.QuestionAnswerSet(at=now, by=by.id, rule=8, question=question, answer=answered)


def _decidable(room: Room, number: int, by: Person, *answers: Answer) -> None:
    moderator(by)
    question = room.talk.questions.get(number)
    if question is not None and question.standing is not Standing.SHOWN:
        refuse(Code.WRONG_STATE, "This question has not been approved.")
    if question is None or question.answer not in answers:
        decided_by_another(room, number, by)
        refuse(Code.WRONG_STATE, "This question has been dealt with already.")


def _on(room: Room) -> None:
    if not room.settings.questions:
        refuse(Code.TURNED_OFF, "Questions are turned off just now.")


# -- the clock: with hundreds of votes at once everybody is told twice a second, not for each


def deadline(room: Room) -> int | None:
    """When the counts are to be shown, in milliseconds of the server's clock."""
    return room.talk.votes_due


def due(room: Room, now: int) -> list[AnyEvent]:
    """Show the counts."""
    when = room.talk.votes_due
    return [ev.VotesShown(at=now, rule=20)] if when is not None and when <= now else []
