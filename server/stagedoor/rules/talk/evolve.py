"""How an event changes the talk. ``room`` is the room with the event's number already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec.structs import replace

from ..base import Decision, Event
from ..refusals import marked
from ..values import Room
from . import events as ev
from .values import (
    KEPT,
    KEYS,
    MAX_DECIDED,
    MAX_QUESTIONS,
    MAX_WAITING,
    VOTES_EVERY,
    Answer,
    Channel,
    Message,
    Question,
    Sent,
    Speaker,
    Standing,
    Talk,
)

T = TypeVar("T")

_WORDS = {
    Answer.OPEN: marked("opened again"),
    Answer.ANSWERED: marked("answered"),
    Answer.DISMISSED: marked("dismissed"),
}


def evolve(room: Room, event: ev.TalkEvent) -> Talk:
    """The room's talk after the event."""
    return _CHANGES[type(event)](room, room.talk, event)


def _said(room: Room, talk: Talk, event: ev.Said) -> Talk:
    by = room.people[event.by]
    message = Message(
        number=room.number,
        at=event.at,
        by=by.id,
        by_name=by.name,
        text=event.text,
        channel=event.channel,
        thread=event.thread,
        place=0 if event.waiting else room.number,
        by_moderator=by.moderates,
        announcement=event.announcement,
        reply_to=event.reply_to,
        standing=Standing.WAITING if event.waiting else Standing.SHOWN,
        key=event.key,
    )
    slowed = event.channel is Channel.ROOM
    talk = _wrote(talk, event, room.number, event.key, slowed=slowed)
    if event.waiting:
        return replace(talk, waiting=_with_waiting(talk, message))
    return _shown(talk, message)


def _shown(talk: Talk, message: Message) -> Talk:
    """With the message at the end of its channel, whose oldest is forgotten if it is full."""
    messages = {**talk.messages(message.channel), message.number: message}
    if len(messages) > KEPT:
        oldest = next((key for key in messages if key not in talk.pinned), None)
        messages = _without(messages, oldest)
    match message.channel:
        case Channel.ROOM:
            return replace(talk, room=messages)
        case Channel.MODERATORS:
            return replace(talk, moderators=messages)
        case Channel.PRIVATE:
            return replace(talk, private=messages)


def _with_waiting(talk: Talk, message: Message) -> dict[int, Message]:
    """Rejected ones are kept for their authors while there is place."""
    waiting = {**talk.waiting, message.number: message}
    if len(waiting) > MAX_WAITING:
        rejected = (key for key, one in waiting.items() if one.standing is Standing.REJECTED)
        waiting = _without(waiting, next(rejected, None))
    return waiting


def _wrote(talk: Talk, event: Event, number: int, key: str, *, slowed: bool) -> Talk:
    """Remember the key, and the time for slow mode."""
    speaker = talk.speaker(event.by)
    if key:
        speaker = replace(speaker, sent=(*speaker.sent, Sent(key, number))[-KEYS:])
    if slowed:
        speaker = replace(speaker, wrote_at=event.at)
    return _speaking(talk, event.by, speaker)


def _speaking(talk: Talk, person: str, speaker: Speaker) -> Talk:
    return replace(talk, speakers={**talk.speakers, person: speaker})


def _without(some: dict[int, T], *keys: int | None) -> dict[int, T]:
    return {key: one for key, one in some.items() if key not in keys}


def _decided(room: Room, talk: Talk, number: int, event: Event, what: str) -> Talk:
    """Remember who decided (rule 8), the newest decisions only."""
    by = room.people[event.by]
    decided = _without(talk.decided, number)
    if len(decided) >= MAX_DECIDED:
        decided = _without(decided, next(iter(decided)))
    decided[number] = Decision(by=by.id, by_name=by.name, what=what)
    return replace(talk, decided=decided)


def _approved(room: Room, talk: Talk, event: ev.MessageApproved) -> Talk:
    talk = _decided(room, talk, event.message, event, marked("approved"))
    message = talk.waiting.get(event.message)
    if message is None:
        return _with_question(talk, replace(_question(talk, event), standing=Standing.SHOWN))
    talk = replace(talk, waiting=_without(talk.waiting, event.message))
    return _shown(talk, replace(message, standing=Standing.SHOWN, place=room.number))


def _rejected(room: Room, talk: Talk, event: ev.MessageRejected) -> Talk:
    talk = _decided(room, talk, event.message, event, marked("rejected"))
    message = talk.waiting.get(event.message)
    if message is None:
        return _with_question(talk, replace(_question(talk, event), standing=Standing.REJECTED))
    message = replace(message, standing=Standing.REJECTED)
    return replace(talk, waiting={**talk.waiting, message.number: message})


def _question(talk: Talk, event: ev.MessageApproved | ev.MessageRejected) -> Question:
    return talk.questions[event.message]


def _deleted(room: Room, talk: Talk, event: ev.MessageDeleted) -> Talk:
    number = event.message
    talk = _decided(room, talk, number, event, marked("deleted"))
    return replace(
        talk,
        room=_gone(talk.room, number),
        moderators=_gone(talk.moderators, number),
        private=_gone(talk.private, number),
        waiting=_gone(talk.waiting, number),
        questions=_gone(talk.questions, number),
        pinned=tuple(one for one in talk.pinned if one != number),
    )


def _gone(some: dict[int, T], number: int) -> dict[int, T]:
    return _without(some, number) if number in some else some


def _pinned(room: Room, talk: Talk, event: ev.MessagePinned) -> Talk:
    return replace(talk, pinned=(*talk.pinned, event.message))


def _unpinned(room: Room, talk: Talk, event: ev.MessageUnpinned) -> Talk:
    return replace(talk, pinned=tuple(one for one in talk.pinned if one != event.message))


def _cleared(room: Room, talk: Talk, event: ev.ChatCleared) -> Talk:
    return replace(talk, room={}, waiting={}, pinned=())


def _blocked(room: Room, talk: Talk, event: ev.BlockedFromChat) -> Talk:
    by = room.people[event.by]
    decision = Decision(by=by.id, by_name=by.name, what=marked("blocked"))
    return _speaking(talk, event.person, replace(talk.speaker(event.person), blocked=decision))


def _unblocked(room: Room, talk: Talk, event: ev.UnblockedFromChat) -> Talk:
    return _speaking(talk, event.person, replace(talk.speaker(event.person), blocked=None))


def _asked(room: Room, talk: Talk, event: ev.QuestionAsked) -> Talk:
    by = room.people[event.by]
    question = Question(
        number=room.number,
        at=event.at,
        by=by.id,
        by_name=by.name,
        text=event.text,
        standing=Standing.WAITING if event.waiting else Standing.SHOWN,
        key=event.key,
    )
    talk = _wrote(talk, event, room.number, event.key, slowed=True)
    talk = _with_question(talk, question)
    if len(talk.questions) <= MAX_QUESTIONS:
        return talk
    done = (
        number
        for number, one in talk.questions.items()
        if one.answer is not Answer.OPEN or one.standing is Standing.REJECTED
    )
    forgotten = next(done, next(iter(talk.questions)))
    return replace(talk, questions=_without(talk.questions, forgotten))


def _with_question(talk: Talk, question: Question) -> Talk:
    return replace(talk, questions={**talk.questions, question.number: question})


def _voted(room: Room, talk: Talk, event: ev.QuestionVoted) -> Talk:
    question = talk.questions[event.question]
    votes = question.votes | {event.by} if event.on else question.votes - {event.by}
    due = event.at + VOTES_EVERY if talk.votes_due is None else talk.votes_due
    return _with_question(replace(talk, votes_due=due), replace(question, votes=votes))


def _answer_set(room: Room, talk: Talk, event: ev.QuestionAnswerSet) -> Talk:
    talk = _decided(room, talk, event.question, event, _WORDS[event.answer])
    return _with_question(talk, replace(talk.questions[event.question], answer=event.answer))


def _votes_shown(room: Room, talk: Talk, event: ev.VotesShown) -> Talk:
    questions = {
        number: one
        if one.shown_votes == len(one.votes)
        else replace(one, shown_votes=len(one.votes))
        for number, one in talk.questions.items()
    }
    return replace(talk, questions=questions, votes_due=None)


_CHANGES: dict[type[Event], Callable[[Room, Talk, Any], Talk]] = {
    ev.Said: _said,
    ev.MessageApproved: _approved,
    ev.MessageRejected: _rejected,
    ev.MessageDeleted: _deleted,
    ev.MessagePinned: _pinned,
    ev.MessageUnpinned: _unpinned,
    ev.ChatCleared: _cleared,
    ev.BlockedFromChat: _blocked,
    ev.UnblockedFromChat: _unblocked,
    ev.QuestionAsked: _asked,
    ev.QuestionVoted: _voted,
    ev.QuestionAnswerSet: _answer_set,
    ev.VotesShown: _votes_shown,
}
