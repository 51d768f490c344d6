"""Who is shown what of the talk: updates add up, and nothing private reaches anybody else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stagedoor import rules
from stagedoor.messages import Update, View, encode_message
from stagedoor.messages.talk import OlderMessages, QuestionsView, TalkView
from stagedoor.rooms.talk import NEWEST, PAGE, older
from stagedoor.rooms.views import updates, view
from stagedoor.rules import commands as c
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.talk import commands as t
from stagedoor.rules.talk.values import Channel
from stagedoor.rules.values import Role, Room, Settings

from .test_views import chosen, numbered

ROLES = {"host": Role.HOST, "mod": Role.MODERATOR, "mod2": Role.MODERATOR}
PEOPLE = [*ROLES, "ann", "ben", "cid"]

person = st.sampled_from(PEOPLE)
number = st.integers(-12, -1)  # counted back from the newest of what a command may be about
one_on = (
    t.DeleteMessage,
    t.PinMessage,
    t.UnpinMessage,
    t.ApproveMessage,
    t.RejectMessage,
    t.AnswerQuestion,
    t.DismissQuestion,
    t.ReopenQuestion,
)
says = st.builds(
    t.Say,
    st.just("?"),
    st.sampled_from(Channel),
    key=st.sampled_from(["", "", "a", "b"]),
    to=st.sampled_from(["", *PEOPLE]),
    reply_to=number,
    announcement=st.sampled_from([False, False, False, True]),
)
decisions = st.sampled_from(one_on).flatmap(lambda one: st.builds(one, number))
#: As often as they are named.
kinds = [
    *[says] * 6,
    *[st.builds(t.AskQuestion, st.just("?"), st.sampled_from(["", "a"]))] * 2,
    *[st.builds(t.VoteForQuestion, number, st.sampled_from([True, True, False]))] * 2,
    *[decisions] * 6,
    st.builds(t.BlockFromChat, person),
    st.builds(t.UnblockFromChat, person),
    st.just(t.ClearChat()),
    st.builds(c.ChangeSettings, premoderated=st.booleans()),
]
commands = st.sampled_from(kinds).flatmap(lambda one: one)
roles = st.sampled_from([c.AppointModerator, c.DemoteModerator]).flatmap(
    lambda one: st.builds(one, person)
)
waits = st.sampled_from([0, 0, 100, 600])
moderator = st.sampled_from([*ROLES])
whose = [*[(person, commands)] * 3, *[(moderator, commands)] * 3, (st.just("host"), roles)]
deeds = st.sampled_from(whose).flatmap(lambda one: st.tuples(*one, waits))
steps = st.lists(st.lists(deeds, min_size=1, max_size=4), max_size=25)


class Copy:
    """A viewer's copy of the talk, kept as docs/protocol.md says."""

    def __init__(self, snapshot: View) -> None:
        self.you = snapshot.you
        self.messages: dict[int, Any] = {}
        self.questions: dict[int, Any] = {}
        self.pinned: list[int] = []
        self.blocked_by = ""
        self.blocked: set[str] = set()
        self.voted: set[int] = set()
        self.apply(snapshot)

    def apply(self, news: View | Update) -> None:
        if news.talk is not None:
            self._talk(news.talk)
        if news.questions is not None:
            self._questions(news.questions)

    def _talk(self, talk: TalkView) -> None:
        if talk.whole:
            self.messages, self.blocked = {}, set()
        self.messages.update({one.number: one for one in talk.entries})
        for gone in talk.gone:
            del self.messages[gone]
        self.pinned = self.pinned if talk.pinned is None else talk.pinned
        self.blocked_by = self.blocked_by if talk.blocked_by is None else talk.blocked_by
        self.blocked = self.blocked if talk.blocked is None else set(talk.blocked)

    def _questions(self, talk: QuestionsView) -> None:
        if talk.whole:
            self.questions = {}
        self.questions.update({one.number: one for one in talk.entries})
        for gone in talk.gone:
            del self.questions[gone]
        for key, votes in talk.votes.items():
            self.questions[key] = msgspec.structs.replace(self.questions[key], votes=votes)
        self.voted = self.voted if talk.voted is None else set(talk.voted)

    def seen(self) -> tuple[object, ...]:
        ordered = sorted(self.messages.values(), key=lambda one: (one.place, one.number))
        voted = {one for one in self.voted if one in self.questions}
        rest = (self.questions, self.pinned, self.blocked_by, self.blocked, voted)
        return (ordered, *rest)


class World:
    """A room where every text is another, and all that each viewer was sent of it."""

    def __init__(self, **more: Any) -> None:
        self.now = 1_000_000
        created = rules.create("room", "Room", now=self.now, settings=Settings(**more))
        self.room: Room = rules.evolve(None, created)
        for who in PEOPLE:
            entered = rules.enter(
                self.room, who, who.title(), ROLES.get(who, Role.ATTENDEE), self.now
            )
            assert not isinstance(entered, Refusal)
            self._take(entered)
        self.copies = {who: Copy(view(self.room, who)) for who in PEOPLE}
        self.sent: dict[str, str] = {}
        self.texts = 0

    def step(self, *together: tuple[str, c.AnyCommand, int]) -> list[AnyEvent]:
        """Do the deeds, and update everybody once."""
        before, events = self.room, []
        for who, command, wait in together:
            self.now += wait
            events += self._take(rules.due(self.room, self.now))
            decided = rules.decide(self.room, self._fitted(command), who, self.now)
            events += self._take(decided if isinstance(decided, list) else [])
        told = numbered(before.number, [one for one in events if one.logged], self.room)
        changed = updates(before, self.room, told, events)
        self.sent = {}
        for who, copy in self.copies.items():
            update = chosen(changed, self.room, who)
            if update is not None:
                copy.apply(update)
                self.sent[who] = encode_message(update)
        return events

    def _fitted(self, command: c.AnyCommand) -> c.AnyCommand:
        """With a text of its own, and about something that is there."""
        fields: dict[str, Any] = {}
        if isinstance(command, t.Say | t.AskQuestion):
            self.texts += 1
            fields["text"] = f"«{self.texts}»"
        for name in ("message", "question", "reply_to"):
            if hasattr(command, name):
                there = self._there(command)
                back = getattr(command, name)
                fields[name] = there[back % len(there)] if there else self.room.number
        return msgspec.structs.replace(command, **fields) if fields else command

    def _there(self, command: c.AnyCommand) -> list[int]:
        talk = self.room.talk
        waiting = [
            *talk.waiting,
            *(k for k, one in talk.questions.items() if one.standing != "shown"),
        ]
        match command:
            case t.ApproveMessage() | t.RejectMessage():
                return waiting
            case t.PinMessage():
                return [*talk.room]
            case t.UnpinMessage():
                return [*talk.pinned]
            case t.Say() | t.DeleteMessage():
                return sorted({*talk.room, *talk.private, *talk.moderators, *waiting})
            case _:
                return [*talk.questions]

    def _take(self, events: list[AnyEvent]) -> list[AnyEvent]:
        for event in events:
            self.room = rules.evolve(self.room, event)
        return events


@given(st.booleans(), steps)
@settings(max_examples=300, deadline=None)
def test_updates_add_up_to_a_fresh_snapshot_for_every_viewer(
    premoderated: bool, plan: list[list[tuple[str, c.AnyCommand, int]]]
) -> None:
    world = World(premoderated=premoderated)
    for together in plan:
        world.step(*together)
        for who, copy in world.copies.items():
            assert copy.seen() == Copy(view(world.room, who)).seen(), who


class Secrets:
    """Who may read which text, by the events alone, as the protocol's text has it."""

    def __init__(self) -> None:
        self.roles = {who: who in ROLES for who in PEOPLE}
        self.texts: dict[int, tuple[str, str]] = {}  # the text, and its one person
        self.open: set[int] = set()  # shown to everybody
        self.hidden: set[int] = set()  # from moderators, too

    def read(self, number: int, event: dict[str, Any]) -> None:
        match event["type"]:
            case "said":
                channel = event.get("channel", "room")
                owner = {"room": event["by"], "private": event.get("thread"), "moderators": ""}
                self.texts[number] = (event["text"], owner[channel])
                if channel == "room" and not event.get("waiting"):
                    self.open.add(number)
            case "question_asked":
                self.texts[number] = (event["text"], event["by"])
                if not event.get("waiting"):
                    self.open.add(number)
            case "message_approved":
                self.open.add(event["message"])
            case "message_rejected":
                self.hidden.add(event["message"])
            case "question_answer_set" if event["answer"] == "dismissed":
                self.open.discard(event["question"])
            case "question_answer_set":
                self.open.add(event["question"])
            case "message_deleted":
                del self.texts[event["message"]]
            case "chat_cleared":
                # What is not to the room stays; to know that is another test's.
                pass
            case "role_set":
                self.roles[event["person"]] = event["role"] != "attendee"

    def may_read(self, number: int, who: str) -> bool:
        _, owner = self.texts[number]
        if number in self.open or owner == who:
            return True
        return self.roles[who] and number not in self.hidden


@given(st.booleans(), steps)
@settings(max_examples=300, deadline=None)
def test_what_is_private_or_waits_reaches_nobody_else(
    premoderated: bool, plan: list[list[tuple[str, c.AnyCommand, int]]]
) -> None:
    world, secrets = World(premoderated=premoderated), Secrets()
    for together in plan:
        at = world.room.number
        for event in world.step(*together):
            at += event.logged
            secrets.read(at, msgspec.json.decode(msgspec.json.encode(event)))
        for who in PEOPLE:
            shown = world.sent.get(who, "") + msgspec.json.encode(view(world.room, who)).decode()
            for key, (text, _) in secrets.texts.items():
                assert text not in shown or secrets.may_read(key, who), (text, who)


# -- by example


def say(world: World, who: str, **fields: Any) -> int:
    assert world.step((who, t.Say("?", **fields), 0))
    return world.room.number


def test_what_everybody_reads_is_the_same_for_all_attendees() -> None:
    world = World()
    say(world, "ann")
    assert world.sent["ann"] == world.sent["ben"]
    assert set(world.sent) == set(PEOPLE)


def test_the_backchannel_and_a_thread_are_sent_to_those_who_read_them_alone() -> None:
    world = World()
    say(world, "mod", channel=Channel.MODERATORS)
    assert set(world.sent) == set(ROLES)
    say(world, "ann", channel=Channel.PRIVATE)
    assert set(world.sent) == {*ROLES, "ann"}
    say(world, "mod", channel=Channel.PRIVATE, to="ann")
    assert set(world.sent) == {*ROLES, "ann"}


def test_a_waiting_message_is_seen_by_its_author_and_moderators() -> None:
    world = World(premoderated=True)
    number = say(world, "ann")
    assert set(world.sent) == {*ROLES, "ann"}
    world.step(("mod", t.RejectMessage(-1), 0))
    assert world.copies["ann"].messages[number].standing == "rejected"
    assert number not in world.copies["mod"].messages


def test_votes_are_counted_for_all_and_named_for_none() -> None:
    world = World()
    world.step(("ann", t.AskQuestion("?"), 0))
    number = world.room.number
    world.step(("ben", t.VoteForQuestion(-1), 0))
    assert set(world.sent) == {"ben"}, "one's own at once"
    world.step(("cid", c.RaiseHand(), 600))
    for who, copy in world.copies.items():
        assert copy.questions[number].votes == 1
        assert copy.voted == ({number} if who == "ben" else set())
    assert '"ben"' not in world.sent["ann"]


def test_a_dismissed_question_s_last_votes_are_told_to_its_asker() -> None:
    world = World()
    world.step(("ann", t.AskQuestion("?"), 0))
    number = world.room.number
    world.step(("ben", t.VoteForQuestion(-1), 0), ("host", t.DismissQuestion(-1), 0))
    world.step(("cid", c.RaiseHand(), 600))
    assert world.copies["ann"].questions[number].votes == 1
    assert number not in world.copies["cid"].questions


def test_a_block_is_told_to_its_person_and_the_moderators() -> None:
    world = World()
    world.step(("mod", t.BlockFromChat("ann"), 0))
    assert set(world.sent) == {*ROLES, "ann"}
    assert world.copies["ann"].blocked_by == "Mod"
    assert world.copies["mod2"].blocked == {"ann"}
    assert world.copies["ann"].blocked == set()
    world.step(("mod2", t.UnblockFromChat("ann"), 0))
    assert world.copies["ann"].blocked_by == ""
    assert world.copies["host"].blocked == set()


def test_a_new_moderator_is_shown_the_threads_and_a_former_one_is_not() -> None:
    world = World()
    number = say(world, "ann", channel=Channel.PRIVATE)
    world.step(("host", c.AppointModerator("ben"), 0))
    assert number in world.copies["ben"].messages
    world.step(("host", c.DemoteModerator("ben"), 0))
    assert number not in world.copies["ben"].messages


def test_on_entering_the_newest_and_the_pinned_are_shown_and_the_rest_page_by_page() -> None:
    world = World()
    first = say(world, "ann")
    world.step(("mod", t.PinMessage(-1), 0))
    said = [first] + [say(world, "ben") for _ in range(NEWEST + PAGE + 9)]
    fresh = Copy(view(world.room, "cid"))
    assert list(fresh.messages) == [first, *said[-NEWEST:]]
    snapshot = view(world.room, "cid").talk
    assert snapshot is not None
    assert snapshot.older == [Channel.ROOM]
    page = older(world.room, "cid", OlderMessages(before=said[-NEWEST]))
    assert not isinstance(page, Refusal)
    assert ([one.number for one in page[0]], page[1]) == (said[10 : 10 + PAGE], True)
    last = older(world.room, "cid", OlderMessages(before=page[0][0].place))
    assert not isinstance(last, Refusal)
    assert ([one.number for one in last[0]], last[1]) == (said[:10], False)


@pytest.mark.parametrize("who", PEOPLE)
def test_older_messages_are_those_that_one_may_read(who: str) -> None:
    world = World()
    own = say(world, "ann", channel=Channel.PRIVATE)
    other = say(world, "ben", channel=Channel.PRIVATE)
    say(world, "mod", channel=Channel.MODERATORS)
    backchannel = older(world.room, who, OlderMessages(99, Channel.MODERATORS))
    private = older(world.room, who, OlderMessages(99, Channel.PRIVATE, "ben"))
    assert not isinstance(private, Refusal)
    if who in ROLES:
        assert not isinstance(backchannel, Refusal)
        assert [one.number for one in private[0]] == [other]
    else:
        assert isinstance(backchannel, Refusal)
        assert backchannel.code is Code.NOT_ALLOWED
        mine = {"ann": [own], "ben": [other], "cid": []}
        assert [one.number for one in private[0]] == mine[who]
