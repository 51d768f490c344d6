"""Commands of every kind, with ids that there are and that there are not; and their cases."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from msgspec.structs import replace

from stagedoor.rules import commands as c
from stagedoor.rules.base import Command
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.values import Entry
from stagedoor.rules.permissions import polls as polls_part
from stagedoor.rules.permissions import stage as stage_part
from stagedoor.rules.permissions import talk as talk_part
from stagedoor.rules.permissions.table import OWN
from stagedoor.rules.polls import commands as p
from stagedoor.rules.polls.values import PollState, Showing
from stagedoor.rules.quizzes import commands as q
from stagedoor.rules.quizzes.values import QuizState
from stagedoor.rules.talk import commands as t
from stagedoor.rules.talk.values import Answer, Channel, Standing
from stagedoor.rules.values import Device, Mode, Person, Room, Seat
from tests.rules.scene import FORM, MAKE, OTHER_FORM, QUIZ

Dice = random.Random


class Moment(NamedTuple):
    """What a command depends on besides people and things: seats, and the time.

    The stage is ``full``; who asks wrote ``too_soon`` ago, was ``declined`` just now, or has an
    offer that is ``expired``.
    """

    full: bool = False
    too_soon: bool = False
    declined: bool = False
    expired: bool = False


_POLLS = {
    PollState.DRAFT: polls_part.DRAFT,
    PollState.OPEN: polls_part.OPEN,
    PollState.CLOSED: polls_part.CLOSED,
}
_QUIZZES = {
    QuizState.DRAFT: polls_part.DRAFT,
    QuizState.ASKING: polls_part.ASKING,
    QuizState.BETWEEN: polls_part.BETWEEN,
    QuizState.ENDED: polls_part.ENDED,
}
_QUESTIONS = {
    Answer.OPEN: talk_part.OPEN,
    Answer.ANSWERED: talk_part.ANSWERED,
    Answer.DISMISSED: talk_part.DISMISSED,
}


def _messages(room: Room) -> list[int]:
    talk = room.talk
    return [*talk.room, *talk.waiting, *talk.private, *talk.moderators]


def _number(of: Callable[[Room], list[int]], dice: Dice, room: Room) -> int:
    """One that there is, mostly."""
    there = of(room)
    return dice.choice(there) if there and dice.random() < 0.9 else dice.choice((0, -1, 1, 10**6))


def _say(dice: Dice, whom: str) -> c.AnyCommand:
    return dice.choice(
        [
            t.Say("Hello"),
            t.Say("Hello", announcement=True),
            t.Say("Hello", channel=Channel.MODERATORS),
            t.Say("Hello", channel=Channel.PRIVATE),
            t.Say("Hello", channel=Channel.PRIVATE, to=whom),
        ]
    )


def wish(kind: type[Command], room: Room, whom: str, dice: Dice) -> c.AnyCommand:
    """One command of this kind, about a person or one of the room's things."""
    if kind in _THINGS:
        things, make = _THINGS[kind]
        return make(_number(things, dice, room), dice)
    match kind:
        case t.Say:
            return _say(dice, whom)
        case c.BringOn:
            return c.BringOn(dice.choice(((), (whom,))))
        case c.SetMode:
            return c.SetMode(dice.choice([*Mode]))
        case c.SetDevice:
            return c.SetDevice(dice.choice([*Device]), dice.random() < 0.5)
        case c.TurnOff:
            return c.TurnOff(whom, dice.choice([*Device]))
        case e.SetEntry:
            return e.SetEntry(dice.choice([Entry.LOCKED, Entry.OPEN]))
        case e.RenameRoom:
            return e.RenameRoom(f"Room {dice.random()}")
        case e.Rename:
            return e.Rename(f"Name {dice.randrange(10**6)}", whom)
    return MAKE[kind](whom, "", {})


def _polls(room: Room) -> list[int]:
    return [*room.polls]


def _quizzes(room: Room) -> list[int]:
    return [*room.quizzes]


def _questions(room: Room) -> list[int]:
    return [*room.talk.questions]


Things = Callable[[Room], list[int]]
_THINGS: dict[type[Command], tuple[Things, Callable[[int, Dice], c.AnyCommand]]] = {
    **{
        kind: (_messages, lambda n, dice, kind=kind: kind(n))
        for kind in (t.DeleteMessage, t.PinMessage, t.UnpinMessage)
    },
    **{
        kind: (_messages, lambda n, dice, kind=kind: kind(n))
        for kind in (t.ApproveMessage, t.RejectMessage)
    },
    **{
        kind: (_questions, lambda n, dice, kind=kind: kind(n))
        for kind in (t.VoteForQuestion, t.AnswerQuestion, t.DismissQuestion, t.ReopenQuestion)
    },
    **{
        kind: (_polls, lambda n, dice, kind=kind: kind(n))
        for kind in (p.OpenPoll, p.ClosePoll, p.DeletePoll)
    },
    p.CreatePoll: (_polls, lambda n, dice: p.CreatePoll(FORM)),
    p.EditPoll: (_polls, lambda n, dice: p.EditPoll(n, OTHER_FORM)),
    p.SetShowing: (_polls, lambda n, dice: p.SetShowing(n, dice.choice([*Showing]))),
    p.CastVote: (_polls, lambda n, dice: p.CastVote(n, (dice.randrange(3),))),
    **{kind: (_quizzes, lambda n, dice, kind=kind: kind(n)) for kind in (q.EndQuiz, q.DeleteQuiz)},
    q.EditQuiz: (_quizzes, lambda n, dice: q.EditQuiz(n, replace(QUIZ, title="Another"))),
    q.OpenQuizQuestion: (_quizzes, lambda n, dice: q.OpenQuizQuestion(n, dice.randrange(3))),
    q.CloseQuizQuestion: (_quizzes, lambda n, dice: q.CloseQuizQuestion(n, dice.randrange(3))),
    q.AnswerQuiz: (_quizzes, lambda n, dice: q.AnswerQuiz(n, dice.randrange(3), (0,))),
}


def case_of(room: Room, command: Command, me: Person, you: Person, at: Moment) -> str:
    """Which of its permission's cases this is; empty for the usual one."""
    match command:
        case c.JoinStage() if me.barred and not me.moderates:
            return stage_part.REMOVED
        case c.AskToJoinStage() if me.barred or at.declined:
            open_again = me.barred and (room.mode is Mode.OPEN or not at.declined)
            return stage_part.REMOVED if open_again else stage_part.DECLINED
        case c.AcceptOffer() if at.expired:
            return stage_part.EXPIRED
        case c.Invite() if you.away_until is not None and you.seat is Seat.VIEWER:
            return stage_part.OFF_LINE
        case c.JoinStage() | c.Approve() | c.Invite() if at.full:
            return stage_part.FULL
        case c.BringOn(people=()):
            return stage_part.EVERYBODY
        case c.AskToUnmute() if you.microphone:
            return stage_part.UNMUTED
        case c.LowerHand() | e.Rename() | e.RestoreHand() | e.RemoveFromRoom() | e.Ban():
            return OWN if you.id in (me.id, "") else ""
        case t.Say():
            return _speech(room, command, me, at)
        case t.AskQuestion() if room.talk.speaker(me.id).blocked:
            return talk_part.BLOCKED
        case t.AskQuestion() if at.too_soon:
            return talk_part.TOO_SOON
    return _thing(room, command, me)


def _thing(room: Room, command: Command, me: Person) -> str:
    number = getattr(command, "message", 0)
    message = room.talk.message(number)
    if isinstance(command, t.DeleteMessage):
        question = room.talk.questions.get(number)
        by = message.by if message else question.by if question else ""
        return OWN if by == me.id else ""
    if isinstance(command, t.ApproveMessage | t.RejectMessage):
        return talk_part.SHOWN if message and message.standing is Standing.SHOWN else ""
    question = room.talk.questions.get(getattr(command, "question", 0))
    if question is not None:
        return _QUESTIONS[question.answer]
    poll = room.polls.get(getattr(command, "poll", 0))
    if poll is not None:
        return _POLLS[poll.state]
    quiz = room.quizzes.get(getattr(command, "quiz", 0))
    return _QUIZZES[quiz.state] if quiz is not None else ""


def _speech(room: Room, said: t.Say, me: Person, at: Moment) -> str:
    blocked = room.talk.speaker(me.id).blocked is not None
    if said.channel is Channel.PRIVATE:
        if said.to and (me.moderates or said.to != me.id):  # to oneself is one's own thread
            return talk_part.TO_A_PERSON
        return talk_part.BLOCKED_TO_MODERATORS if blocked else talk_part.TO_MODERATORS
    if blocked:
        return talk_part.BLOCKED
    if said.channel is Channel.MODERATORS:
        return talk_part.BACKCHANNEL
    if said.announcement:
        return talk_part.ANNOUNCEMENT
    return talk_part.TOO_SOON if at.too_soon else ""


def brought_on(room: Room) -> Seat:
    """Where those are whom “bring on everybody” is about."""
    some = any(one.seat is Seat.BACKSTAGE for one in room.people.values())
    return Seat.BACKSTAGE if some else Seat.VIEWER
