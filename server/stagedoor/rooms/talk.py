"""Who is shown what of the talk: messages, private threads, questions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from stagedoor.messages.talk import OlderMessages, QuestionsView, QuestionView, TalkView
from stagedoor.rules.events import AnyEvent
from stagedoor.rules.refusals import Code, Refusal
from stagedoor.rules.talk import events as ev
from stagedoor.rules.talk.questions import is_public
from stagedoor.rules.talk.values import Channel, Message, Question, Standing, Talk
from stagedoor.rules.values import Person, Room

from .share import Fields, Share

NEWEST = 200  # messages of a channel on entering
PAGE = 100  # older messages at a time

_Item = Message | Question
_Sees = Callable[[_Item], bool]


def _everybody_sees(item: _Item) -> bool:
    if isinstance(item, Question):
        return is_public(item)
    return item.standing is Standing.SHOWN and item.channel is Channel.ROOM


def _moderators_see(item: _Item) -> bool:
    """All of them see all but what was rejected."""
    return item.standing is not Standing.REJECTED


def _concerned(item: _Item) -> str:
    """The one person who sees it beside those who all do."""
    return item.by if isinstance(item, Question) else item.thread or item.by


def sees(viewer: Person) -> _Sees:
    """Whether this person sees a message or question."""
    many = _moderators_see if viewer.moderates else _everybody_sees

    def one_sees(item: _Item) -> bool:
        if many(item):
            return True
        if isinstance(item, Message) and item.channel is Channel.MODERATORS:
            return False
        return _concerned(item) == viewer.id

    return one_sees


def question_view(question: Question) -> QuestionView:
    """A question as people see it: never who is for it."""
    return QuestionView(
        number=question.number,
        at=question.at,
        by=question.by,
        by_name=question.by_name,
        text=question.text,
        votes=question.shown_votes,
        answer=question.answer,
        standing=question.standing,
        key=question.key,
    )


def _voted(talk: Talk, person: str) -> list[int]:
    return [number for number, one in talk.questions.items() if person in one.votes]


def _blocked(talk: Talk) -> list[str]:
    return [person for person, one in talk.speakers.items() if one.blocked is not None]


def _blocked_by(talk: Talk, person: Person) -> str:
    blocked = talk.speaker(person.id).blocked
    return "" if blocked is None or person.moderates else blocked.by_name


def _find(talk: Talk, number: int) -> _Item | None:
    return talk.message(number) or talk.questions.get(number)


# -- whole


class TalkPart:
    """The Part of ``rooms.parts``."""

    def snapshot(self, room: Room, viewer: Person) -> Fields:
        """See Part.snapshot: the newest messages of each channel, and what is pinned."""
        talk = room.talk
        visible = sees(viewer)
        entries: list[Message] = []
        older: list[Channel] = []
        for channel in Channel:
            there = [one for one in talk.messages(channel).values() if visible(one)]
            newest = there[-NEWEST:]
            if len(newest) < len(there):
                older.append(channel)
            if channel is Channel.ROOM:
                entries += [one for one in there[:-NEWEST] if one.number in talk.pinned]
            entries += newest
        entries += [one for one in talk.waiting.values() if visible(one)]
        questions = [question_view(one) for one in talk.questions.values() if visible(one)]
        return {
            "talk": TalkView(
                whole=True,
                entries=entries,
                pinned=list(talk.pinned),
                older=older,
                blocked_by=_blocked_by(talk, viewer),
                blocked=_blocked(talk) if viewer.moderates else None,
            ),
            "questions": QuestionsView(
                whole=True, entries=questions, voted=_voted(talk, viewer.id)
            ),
        }

    def changes(self, before: Room, after: Room, events: Sequence[AnyEvent]) -> Share:
        """See Part.changes."""
        if after.talk is before.talk:
            return Share()
        step = _step(before, after, events)
        people = (after.people.get(person) for person in step.concerned())
        return Share(
            attendees=step.fields(_everybody_sees),
            moderators=step.fields(_moderators_see, moderates=True),
            persons={
                one.id: step.fields(sees(one), moderates=one.moderates, person=one)
                for one in people
                if one is not None
            },
        )


def older(room: Room, person: str, wish: OlderMessages) -> tuple[list[Message], bool] | Refusal:
    """A page of messages before ``wish.before``, and whether there are more; kept ones only."""
    viewer = room.people[person]
    if wish.channel is Channel.MODERATORS and not viewer.moderates:
        return Refusal(Code.NOT_ALLOWED, "Only a moderator can do that.")
    thread = ""
    if wish.channel is Channel.PRIVATE:
        thread = wish.thread if viewer.moderates else viewer.id
    found = [
        one
        for one in room.talk.messages(wish.channel).values()
        if one.place < wish.before and (not thread or one.thread == thread)
    ]
    return found[-PAGE:], len(found) > PAGE


# -- what changed


class _Step(Struct, frozen=True):
    """One step's changes: ``items`` by number as they were and as they are; who else must know."""

    before: Talk
    after: Talk
    items: dict[int, tuple[_Item | None, _Item | None]]
    voters: set[str]
    blocked: set[str]

    def concerned(self) -> set[str]:
        """The people who see more of this than all others in their role."""
        found = self.voters | self.blocked
        for pair in (*self.items.values(), *((one,) for one in self._counted())):
            found |= {_concerned(one) for one in pair if one and not _everybody_sees(one)}
        return found

    def fields(
        self, visible: _Sees, *, moderates: bool = False, person: Person | None = None
    ) -> Fields:
        """What to show of the step to somebody, or to a whole role."""
        shown, gone = self._differing(visible)
        talk = TalkView(
            entries=[one for one in shown if isinstance(one, Message)],
            gone=[one.number for one in gone if isinstance(one, Message)],
            pinned=list(self.after.pinned) if self.after.pinned != self.before.pinned else None,
            blocked_by=_blocked_by(self.after, person)
            if person is not None and person.id in self.blocked
            else None,
            blocked=_blocked(self.after) if moderates and self.blocked else None,
        )
        questions = QuestionsView(
            entries=[question_view(one) for one in shown if isinstance(one, Question)],
            gone=[one.number for one in gone if isinstance(one, Question)],
            votes=self._counts(visible),
            voted=_voted(self.after, person.id)
            if person is not None and person.id in self.voters
            else None,
        )
        fields: dict[str, Any] = {}
        if talk != _NO_TALK:
            fields["talk"] = talk
        if questions != _NO_QUESTIONS:
            fields["questions"] = questions
        return fields

    def _differing(self, visible: _Sees) -> tuple[list[_Item], list[_Item]]:
        """What is to be shown, and what is to be taken away."""
        shown: list[_Item] = []
        gone: list[_Item] = []
        for old, new in self.items.values():
            if new is not None and visible(new):
                shown.append(new)
            elif old is not None and visible(old):
                gone.append(old)
        return shown, gone

    def _counts(self, visible: _Sees) -> dict[int, int]:
        return {one.number: one.shown_votes for one in self._counted() if visible(one)}

    def _counted(self) -> Iterable[Question]:
        """The questions whose votes are told anew, a dismissed one's to its asker too."""
        old, new = self.before.questions, self.after.questions
        if old is new:
            return ()
        return [
            one
            for number, one in new.items()
            if number in old and old[number].shown_votes != one.shown_votes
        ]


_NO_TALK = TalkView()
_NO_QUESTIONS = QuestionsView()


def _step(before: Room, after: Room, events: Sequence[AnyEvent]) -> _Step:
    touched: dict[int, None] = {}
    voters: set[str] = set()
    blocked: set[str] = set()
    number = before.number
    for event in events:
        number += event.logged
        match event:
            case ev.Said() | ev.QuestionAsked():
                touched[number] = None
            case ev.MessageApproved() | ev.MessageRejected() | ev.MessageDeleted():
                touched[event.message] = None
            case ev.QuestionAnswerSet():
                touched[event.question] = None
            case ev.ChatCleared():
                touched.update(dict.fromkeys(_to_the_room(before.talk)))
            case ev.QuestionVoted():
                voters.add(event.by)
            case ev.BlockedFromChat() | ev.UnblockedFromChat():
                blocked.add(event.person)
    items = {one: (_find(before.talk, one), _find(after.talk, one)) for one in touched}
    return _Step(before.talk, after.talk, items, voters, blocked)


def _to_the_room(talk: Talk) -> Iterable[int]:
    yield from talk.room
    yield from talk.waiting
