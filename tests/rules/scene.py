"""A room in which something of every kind is there, to be put into any situation at once.

``me`` is whoever gives the command, ``you`` the person it is about; Hal is the host, Bob the other
moderator, who made the offers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.base import Decision
from stagedoor.rules.event import commands as e
from stagedoor.rules.event.values import Entry, LoweredHand
from stagedoor.rules.guards import seats_taken
from stagedoor.rules.permissions import Situation
from stagedoor.rules.permissions import polls as polls_part
from stagedoor.rules.permissions import stage as stage_part
from stagedoor.rules.permissions import talk as talk_part
from stagedoor.rules.permissions.table import OWN
from stagedoor.rules.polls import commands as p
from stagedoor.rules.polls.values import Kind, PollForm, Showing
from stagedoor.rules.quizzes import commands as q
from stagedoor.rules.quizzes.values import QuizForm, QuizQuestion
from stagedoor.rules.reactions.commands import React
from stagedoor.rules.reactions.values import MOST, Reaction, Sender
from stagedoor.rules.refusals import Refusal
from stagedoor.rules.talk import commands as t
from stagedoor.rules.talk.values import Channel, Speaker
from stagedoor.rules.values import (
    Device,
    Mode,
    Offer,
    OfferReason,
    Person,
    Role,
    Room,
    Seat,
    Settings,
)

NOW = 10_000_000
CONNECTED = (Seat.BACKSTAGE, Seat.ON_STAGE)
FORM = PollForm(Kind.SINGLE, "Tea?", ("Yes", "No"), anonymous=False)
OTHER_FORM = replace(FORM, question="Coffee?")
QUIZ = QuizForm("Quiz", tuple(QuizQuestion(f"{one}?", ("Yes", "No"), (0,)) for one in "abc"))


class Scene:
    """The room with everything in it; ``ids`` are the numbers of things by their case."""

    def __init__(self) -> None:
        self.ids: dict[tuple[str, str], int] = {}
        created = rules.create("r", "Room", now=NOW)
        self.room: Room = rules.evolve(None, created)
        for who, role in (("hal", Role.HOST), ("bob", Role.MODERATOR)):
            self._enter(who, role)
        for who in ("me", "you"):
            self._enter(who, Role.ATTENDEE)
        self._talk()
        self._polls()
        self._quizzes()

    def _enter(self, who: str, role: Role) -> None:
        events = rules.enter(self.room, who, who.title(), role, NOW)
        assert isinstance(events, list)
        for event in events:
            self.room = rules.evolve(self.room, event)

    def _do(self, who: str, command: c.AnyCommand) -> int:
        events = rules.decide(self.room, command, who, NOW)
        assert isinstance(events, list), (command, events)
        for event in events:
            self.room = rules.evolve(self.room, event)
        return self.room.number

    def _talk(self) -> None:
        self.ids["message", OWN] = self._do("me", t.Say("mine"))
        self.ids["message", talk_part.SHOWN] = self._do("bob", t.Say("bob's"))
        self._do("hal", c.ChangeSettings(premoderated=True))
        self.ids["message", talk_part.USUAL] = self._do("you", t.Say("waits"))
        self._do("hal", c.ChangeSettings(premoderated=False))
        for case, decide in (
            (talk_part.OPEN, None),
            (talk_part.ANSWERED, t.AnswerQuestion),
            (talk_part.DISMISSED, t.DismissQuestion),
        ):
            self.ids["question", case] = number = self._do("bob", t.AskQuestion(case))
            if decide is not None:
                self._do("hal", decide(number))

    def _polls(self) -> None:
        for case in (polls_part.DRAFT, polls_part.OPEN, polls_part.CLOSED):
            self.ids["poll", case] = number = self._do("hal", p.CreatePoll(FORM))
            if case != polls_part.DRAFT:
                self._do("hal", p.OpenPoll(number))
            if case == polls_part.CLOSED:
                self._do("hal", p.ClosePoll(number))

    def _quizzes(self) -> None:
        for case in (polls_part.DRAFT, polls_part.ASKING, polls_part.BETWEEN, polls_part.ENDED):
            self.ids["quiz", case] = number = self._do("hal", q.CreateQuiz(QUIZ))
            if case != polls_part.DRAFT:
                self._do("hal", q.OpenQuizQuestion(number, 0))
            if case == polls_part.BETWEEN:
                self._do("hal", q.CloseQuizQuestion(number, 0))
            if case == polls_part.ENDED:
                self._do("hal", q.EndQuiz(number))

    def put(self, situation: Situation, turned_on: dict[str, bool]) -> Room:
        """The room in this situation; ``turned_on``: its settings that are on or off."""
        me = person("me", situation.by, situation.seat)
        you = person("you", situation.of, situation.at)
        settings = replace(Settings(), **turned_on)
        room = replace(self.room, mode=situation.mode, settings=settings)
        room = replace(room, people=room.people.with_({"me": me, "you": you}))
        change = CASES.get(situation.case)
        return change(room) if change else room


def person(who: str, role: Role, seat: Seat) -> Person:
    """Somebody in this state, with a hand that went down by itself."""
    return Person(
        id=who,
        name=who.title(),
        role=role,
        seat=seat,
        away_until=NOW + 1_000 if seat is Seat.HELD else None,
        requested_at=3 if seat is Seat.REQUESTED else None,
        offer=Offer("bob", OfferReason.INVITED, NOW + 1_000) if seat is Seat.OFFERED else None,
        lowered_hand=LoweredHand(number=2, since=NOW, until=NOW + 1_000),
    )


def _with(room: Room, who: str, **fields: Any) -> Room:
    return replace(room, people=room.people.with_({who: replace(room.people[who], **fields)}))


def _speaker(room: Room, speaker: Speaker) -> Room:
    return replace(room, talk=replace(room.talk, speakers={"me": speaker}))


def _expired(room: Room) -> Room:
    offer = room.people["me"].offer
    return _with(room, "me", offer=replace(offer, expires_at=NOW) if offer else None)


def _off_line(room: Room) -> Room:
    seated = room.people["you"].seat in CONNECTED
    return room if seated else _with(room, "you", away_until=NOW + 1_000)


def _blocked(room: Room) -> Room:
    return _speaker(room, Speaker(blocked=Decision("hal", "Hal", "x")))


def _slow(room: Room) -> Room:
    slow = replace(room, settings=replace(room.settings, slow_ms=60_000))
    return _speaker(slow, Speaker(wrote_at=NOW))


def _reacted_a_lot(room: Room) -> Room:
    lately = {"me": Sender(since=NOW, count=MOST)}
    return replace(room, reactions=replace(room.reactions, lately=lately))


def _full(room: Room) -> Room:
    return replace(room, settings=replace(room.settings, capacity=seats_taken(room)))


#: What a case changes in the room; the others are cases of the command alone.
CASES: dict[str, Callable[[Room], Room]] = {
    stage_part.FULL: _full,
    stage_part.REMOVED: lambda room: _with(room, "me", barred=True),
    stage_part.EXPIRED: _expired,
    stage_part.DECLINED: lambda room: _with(room, "me", may_ask_at=NOW + 1_000),
    stage_part.OFF_LINE: _off_line,
    stage_part.UNMUTED: lambda room: _with(
        room, "you", microphone=room.people["you"].seat in CONNECTED
    ),
    stage_part.LOST_BACKSTAGE: lambda room: _with(
        room, "you", held_backstage=room.people["you"].seat is Seat.HELD
    ),
    talk_part.BLOCKED: _blocked,
    talk_part.BLOCKED_TO_MODERATORS: _blocked,
    talk_part.TOO_SOON: _slow,
    talk_part.TOO_MANY: _reacted_a_lot,
}

Make = Callable[[str, str, dict[tuple[str, str], int]], c.AnyCommand]


def _simple(command: c.AnyCommand) -> Make:
    return lambda who, case, ids: command


def _on(kind: Callable[[str], c.AnyCommand]) -> Make:
    return lambda who, case, ids: kind(who)


def _of(thing: str, kind: Callable[[int], c.AnyCommand]) -> Make:
    return lambda who, case, ids: kind(ids[thing, case])


def _say(who: str, case: str, ids: dict[tuple[str, str], int]) -> c.AnyCommand:
    return {
        talk_part.ANNOUNCEMENT: t.Say("Hello", announcement=True),
        talk_part.BACKCHANNEL: t.Say("Hello", channel=Channel.MODERATORS),
        talk_part.TO_MODERATORS: t.Say("Hello", channel=Channel.PRIVATE),
        talk_part.BLOCKED_TO_MODERATORS: t.Say("Hello", channel=Channel.PRIVATE),
        talk_part.TO_A_PERSON: t.Say("Hello", channel=Channel.PRIVATE, to="you"),
    }.get(case, t.Say("Hello"))


#: One of each command; ``who`` is the person it is about, ``ids`` the things. One line a command.
MAKE: dict[type[c.Command], Make] = {
    **{kind: _simple(kind()) for kind in (c.JoinStage, c.AskToJoinStage, c.CancelRequest)},
    **{kind: _simple(kind()) for kind in (c.AcceptOffer, c.DeclineOffer, c.LeaveStage)},
    **{kind: _simple(kind()) for kind in (c.DismissUnmute, c.RaiseHand, c.LowerAllHands)},
    **{kind: _on(kind) for kind in (c.LowerHand, c.Approve, c.Decline, c.Invite, c.RevokeOffer)},
    **{kind: _on(kind) for kind in (c.RemoveFromStage, c.AskToUnmute, c.AppointModerator)},
    c.BringOn: lambda who, case, ids: c.BringOn(() if case == stage_part.EVERYBODY else (who,)),
    c.SendBackstage: _on(c.SendBackstage),
    c.DemoteModerator: _on(c.DemoteModerator),
    c.SetDevice: _simple(c.SetDevice(Device.CAMERA, on=True)),
    c.SetMode: _simple(c.SetMode(Mode.OPEN)),
    c.ChangeSettings: _simple(c.ChangeSettings(offer_ms=9_000)),
    c.TurnOff: _on(lambda who: c.TurnOff(who, Device.CAMERA)),
    c.TurnAllOff: _simple(c.TurnAllOff(Device.CAMERA)),
    c.EndRoom: _simple(c.EndRoom()),
    e.SetEntry: _simple(e.SetEntry(Entry.LOCKED)),
    e.RenameRoom: _simple(e.RenameRoom("Assembly")),
    e.Rename: _on(lambda who: e.Rename("Another", who)),
    **{kind: _on(kind) for kind in (e.RemoveFromRoom, e.Ban, e.Unban, e.RestoreHand)},
    t.Say: _say,
    t.DeleteMessage: _of("message", t.DeleteMessage),
    t.ClearChat: _simple(t.ClearChat()),
    t.PinMessage: lambda who, case, ids: t.PinMessage(ids["message", talk_part.SHOWN]),
    t.UnpinMessage: lambda who, case, ids: t.UnpinMessage(ids["message", talk_part.SHOWN]),
    t.ApproveMessage: _of("message", t.ApproveMessage),
    t.RejectMessage: _of("message", t.RejectMessage),
    t.BlockFromChat: _on(t.BlockFromChat),
    t.UnblockFromChat: _on(t.UnblockFromChat),
    t.AskQuestion: _simple(t.AskQuestion("Why?")),
    t.VoteForQuestion: _of("question", t.VoteForQuestion),
    t.AnswerQuestion: _of("question", t.AnswerQuestion),
    t.DismissQuestion: _of("question", t.DismissQuestion),
    React: _simple(React(next(iter(Reaction)))),
    t.ReopenQuestion: _of("question", t.ReopenQuestion),
    p.CreatePoll: _simple(p.CreatePoll(FORM)),
    p.EditPoll: _of("poll", lambda poll: p.EditPoll(poll, OTHER_FORM)),
    p.OpenPoll: _of("poll", p.OpenPoll),
    p.ClosePoll: _of("poll", p.ClosePoll),
    p.SetShowing: _of("poll", lambda poll: p.SetShowing(poll, Showing.LIVE)),
    p.DeletePoll: _of("poll", p.DeletePoll),
    p.CastVote: _of("poll", lambda poll: p.CastVote(poll, (0,))),
    q.CreateQuiz: _simple(q.CreateQuiz(QUIZ)),
    q.EditQuiz: _of("quiz", lambda quiz: q.EditQuiz(quiz, replace(QUIZ, title="Another"))),
    q.OpenQuizQuestion: lambda who, case, ids: q.OpenQuizQuestion(
        ids["quiz", case], 0 if case == polls_part.DRAFT else 1
    ),
    q.CloseQuizQuestion: _of("quiz", lambda quiz: q.CloseQuizQuestion(quiz, 0)),
    q.EndQuiz: _of("quiz", q.EndQuiz),
    q.DeleteQuiz: _of("quiz", q.DeleteQuiz),
    q.AnswerQuiz: _of("quiz", lambda quiz: q.AnswerQuiz(quiz, 0, (0,))),
}


def refusal(room: Room, command: c.AnyCommand) -> Refusal | None:
    """What ``me`` is answered, if it is a refusal."""
    answer = rules.decide(room, command, "me", NOW)
    return answer if isinstance(answer, Refusal) else None
