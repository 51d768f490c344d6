"""Everybody writes anything anywhere, and the rules of the talk hold over whole histories."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stagedoor import rules
from stagedoor.rules import commands as c
from stagedoor.rules.base import Repeated
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.talk import commands as t
from stagedoor.rules.talk.events import VotesShown
from stagedoor.rules.talk.values import Answer, Channel, Standing
from stagedoor.rules.values import Role, Room, Settings

from .play import START

ROLES = {"hal": Role.HOST, "ada": Role.MODERATOR, "bob": Role.MODERATOR}
CAST = {**ROLES, **dict.fromkeys(("cal", "dee", "eve"), Role.ATTENDEE)}

_events = msgspec.json.Decoder(AnyEvent)

anyone = st.sampled_from([*CAST])
moderator = st.sampled_from([*ROLES])
keys = st.sampled_from(["", "a", "b", "c", "d"])
decisions = st.sampled_from(
    [
        t.DeleteMessage,
        t.PinMessage,
        t.UnpinMessage,
        t.ApproveMessage,
        t.RejectMessage,
        t.AnswerQuestion,
        t.DismissQuestion,
        t.ReopenQuestion,
        t.VoteForQuestion,
    ]
)
changes = st.builds(
    c.ChangeSettings,
    chat=st.none() | st.booleans(),
    questions=st.none() | st.booleans(),
    premoderated=st.none() | st.booleans(),
    slow_ms=st.none() | st.sampled_from([0, 5_000]),
)


class Talks(RuleBasedStateMachine):
    """One room; ``keys`` and ``wrote_at`` are kept beside it, by what was answered alone."""

    room: Room

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.log: list[bytes] = []
        self.keys: dict[tuple[str, str], int] = {}
        self.wrote_at: dict[str, int] = {}

    @initialize(premoderated=st.booleans(), slow=st.sampled_from([0, 5_000]))
    def begin(self, premoderated: bool, slow: int) -> None:
        wanted = Settings(premoderated=premoderated, slow_ms=slow)
        created = rules.create("r", "Room", now=self.now, settings=wanted)
        self.room = rules.evolve(None, created)
        self.log.append(msgspec.json.encode(created))
        for who, role in CAST.items():
            entered = rules.enter(self.room, who, who.title(), role, self.now)
            assert not isinstance(entered, Refusal)
            self.apply(entered)

    def apply(self, events: list[AnyEvent]) -> None:
        for event in events:
            before, frozen = self.room, msgspec.json.encode(self.room.talk.room)
            self.room = rules.evolve(before, event)
            assert msgspec.json.encode(before.talk.room) == frozen, "the old room is as it was"
            assert self.room.number == before.number + event.logged
            if event.logged:
                self.log.append(msgspec.json.encode(event))

    def command(self, who: str, command: c.AnyCommand) -> list[AnyEvent] | Repeated | Refusal:
        answer = rules.decide(self.room, command, who, self.now)
        assert rules.decide(self.room, command, who, self.now) == answer, "not by chance"
        if isinstance(answer, Refusal):
            assert answer.sentence.endswith(".")
        elif isinstance(answer, list):
            assert all((one.by, one.at) == (who, self.now) for one in answer)
            self.apply(answer)
        return answer

    def writes(self, who: str, command: t.Say | t.AskQuestion, refusals: set[Code]) -> None:
        """What is said is said once; what is refused is refused for one of these reasons."""
        number = self.keys.get((who, command.key)) if command.key else None
        answer = self.command(who, command)
        if number is not None:
            assert answer == Repeated(number), "said before"
        elif refusals:
            assert isinstance(answer, Refusal)
            assert answer.code in refusals
        else:
            assert isinstance(answer, list)
            assert len(answer) == 1
            self.keys[who, command.key] = self.room.number
            if isinstance(command, t.AskQuestion) or command.channel is Channel.ROOM:
                self.wrote_at[who] = self.now

    def kept_from(self, who: str) -> set[Code]:
        """Why somebody cannot write to everybody."""
        found = set()
        if not self.room.people[who].moderates:
            if self.room.talk.speaker(who).blocked is not None:
                found.add(Code.BLOCKED)
            wait = self.wrote_at.get(who, -10_000_000) + self.room.settings.slow_ms - self.now
            if wait > 0:
                found.add(Code.SLOW_MODE)
        return found

    # -- writing

    @rule(who=anyone, key=keys, announcement=st.sampled_from([False, False, True]))
    def somebody_writes_to_the_room(self, who: str, key: str, announcement: bool) -> None:
        found = set() if announcement else self.kept_from(who)
        if announcement and not self.room.people[who].moderates:
            found.add(Code.NOT_ALLOWED)
        if not announcement and not self.room.settings.chat:
            found.add(Code.TURNED_OFF)
        self.writes(who, t.Say("hello", key=key, announcement=announcement), found)

    @rule(who=anyone, key=keys)
    def somebody_writes_to_the_moderators(self, who: str, key: str) -> None:
        found = set() if self.room.people[who].moderates else {Code.NOT_ALLOWED}
        self.writes(who, t.Say("hello", Channel.MODERATORS, key), found)

    @rule(who=anyone, key=keys, to=st.sampled_from(["", "nobody", *CAST]))
    def somebody_writes_privately(self, who: str, key: str, to: str) -> None:
        found: set[Code] = set()
        if not self.room.people[who].moderates:
            if to not in ("", who):
                found.add(Code.NOT_ALLOWED)
        elif to in ("", "nobody"):
            found |= {Code.BAD_VALUE, Code.NO_SUCH_PERSON}
        self.writes(who, t.Say("hello", Channel.PRIVATE, key, to), found)

    @rule(who=anyone, key=keys)
    def somebody_asks(self, who: str, key: str) -> None:
        found = self.kept_from(who)
        if not self.room.settings.questions:
            found.add(Code.TURNED_OFF)
        self.writes(who, t.AskQuestion("why?", key), found)

    # -- all else

    @rule(who=anyone, kind=decisions, back=st.integers(0, 9))
    def somebody_decides_on_something(self, who: str, kind: Any, back: int) -> None:
        talk = self.room.talk
        there = sorted({*talk.room, *talk.waiting, *talk.private, *talk.moderators})
        if "question" in kind.__struct_fields__:
            there = [*talk.questions]
        elif kind in (t.ApproveMessage, t.RejectMessage):
            there = [*talk.waiting, *talk.questions]
        number = there[-1 - back % len(there)] if there else 1
        answer = self.command(who, kind(number))
        by = self.room.people[who]
        if isinstance(answer, list) and not by.moderates and kind is not t.VoteForQuestion:
            assert kind is t.DeleteMessage, "attendees take away their own, and no more"

    @rule(who=moderator, other=moderator, kind=decisions, no=decisions, back=st.integers(0, 9))
    def two_decide_at_once(self, who: str, other: str, kind: Any, no: Any, back: int) -> None:
        """Rule 8, where the second one's decision is about what the first has dealt with."""
        pairs = ({t.ApproveMessage, t.RejectMessage}, {t.AnswerQuestion, t.DismissQuestion})
        talk = self.room.talk
        there = [*talk.waiting, *talk.questions]
        if who == other or not there or not any({kind, no} <= pair for pair in pairs):
            return
        number = there[-1 - back % len(there)]
        first, second = self.command(who, kind(number)), self.command(other, no(number))
        if isinstance(first, list):
            assert isinstance(second, Refusal)
            if self.room.people[other].moderates:
                assert second.code is Code.ALREADY_HANDLED
                assert self.room.people[who].name in second.sentence

    @rule(who=moderator, back=st.integers(0, 9), no=st.sampled_from([False, False, True]))
    def a_moderator_approves(self, who: str, back: int, no: bool) -> None:
        there = [*self.room.talk.waiting]
        if there:
            number = there[-1 - back % len(there)]
            self.command(who, t.RejectMessage(number) if no else t.ApproveMessage(number))

    @rule(who=moderator, back=st.integers(0, 9))
    def a_moderator_pins(self, who: str, back: int) -> None:
        there = [*self.room.talk.room]
        if there:
            self.command(who, t.PinMessage(there[-1 - back % len(there)]))

    @rule(who=moderator, back=st.integers(0, 9))
    def a_moderator_deletes(self, who: str, back: int) -> None:
        there = [*self.room.talk.room]
        if there:
            self.command(who, t.DeleteMessage(there[-1 - back % len(there)]))

    @rule(who=anyone, person=anyone, block=st.booleans())
    def somebody_blocks(self, who: str, person: str, block: bool) -> None:
        self.command(who, t.BlockFromChat(person) if block else t.UnblockFromChat(person))

    @rule(who=anyone, sure=st.integers(0, 4))
    def somebody_clears(self, who: str, sure: int) -> None:
        if sure == 0:
            self.command(who, t.ClearChat())

    @rule(who=anyone, change=changes)
    def somebody_sets(self, who: str, change: c.ChangeSettings) -> None:
        self.command(who, change)

    @rule(person=anyone, up=st.booleans())
    def roles_change(self, person: str, up: bool) -> None:
        self.command("hal", c.AppointModerator(person) if up else c.DemoteModerator(person))

    @rule(ms=st.sampled_from([1, 400, 1_000, 5_000]))
    def time_passes(self, ms: int) -> None:
        self.now += ms
        self.apply(rules.due(self.room, self.now))
        assert rules.due(self.room, self.now) == [], "once is enough"

    # -- what is always so

    @invariant()
    def every_message_is_in_one_place_and_in_order(self) -> None:
        talk = self.room.talk
        parts = (talk.room, talk.moderators, talk.private, talk.waiting, talk.questions)
        numbers = [number for part in parts for number in part]
        assert len(numbers) == len(set(numbers))
        for channel in Channel:
            messages = [*talk.messages(channel).values()]
            places = [one.place for one in messages]
            assert places == sorted(set(places)), "one order"
            assert all(one.channel is channel and one.place >= one.number for one in messages)
            assert all(one.standing is Standing.SHOWN for one in messages)
        for one in talk.waiting.values():
            assert one.standing is not Standing.SHOWN
            assert one.place == 0
        assert set(talk.pinned) <= talk.room.keys()

    @invariant()
    def a_question_that_was_not_approved_has_no_votes_and_no_answer(self) -> None:
        for one in self.room.talk.questions.values():
            assert one.votes <= CAST.keys()
            if one.standing is not Standing.SHOWN:
                assert (one.votes, one.answer) == (frozenset(), Answer.OPEN)

    def teardown(self) -> None:
        if not self.log:
            return
        again: Room | None = None
        for encoded in self.log:
            again = rules.evolve(again, _events.decode(encoded))
        assert again is not None
        shown = VotesShown(at=self.now)
        assert rules.evolve(again, shown) == rules.evolve(self.room, shown)


Talks.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTalks = Talks.TestCase
