"""What has happened in a room's talk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..base import ERASED, Event
from .values import Answer, Channel


class Said(Event, frozen=True, tag="said", kw_only=True):
    """``by`` wrote a message; ``waiting``: moderators approve first."""

    personal: ClassVar[Mapping[str, Any]] = {"text": ERASED}

    text: str
    channel: Channel = Channel.ROOM
    thread: str = ""
    key: str = ""
    reply_to: int = 0
    announcement: bool = False
    waiting: bool = False


class MessageApproved(Event, frozen=True, tag="message_approved", kw_only=True):
    """A waiting message, or question, is shown from now on."""

    message: int


class MessageRejected(Event, frozen=True, tag="message_rejected", kw_only=True):
    """A waiting message, or question, is not going to be shown."""

    message: int


class MessageDeleted(Event, frozen=True, tag="message_deleted", kw_only=True):
    """A message, or question, was taken away by its author or a moderator."""

    message: int


class MessagePinned(Event, frozen=True, tag="message_pinned", kw_only=True):
    """A message is kept in sight."""

    message: int


class MessageUnpinned(Event, frozen=True, tag="message_unpinned", kw_only=True):
    """A message is kept in sight no longer."""

    message: int


class ChatCleared(Event, frozen=True, tag="chat_cleared", kw_only=True):
    """All messages to the room were taken away."""


class BlockedFromChat(Event, frozen=True, tag="blocked_from_chat", kw_only=True):
    """A person may not write any more."""

    person: str


class UnblockedFromChat(Event, frozen=True, tag="unblocked_from_chat", kw_only=True):
    """A person may write again."""

    person: str


class QuestionAsked(Event, frozen=True, tag="question_asked", kw_only=True):
    """``by`` asked a question; ``waiting``: moderators approve first."""

    personal: ClassVar[Mapping[str, Any]] = {"text": ERASED}

    text: str
    key: str = ""
    waiting: bool = False


class QuestionVoted(Event, frozen=True, tag="question_voted", kw_only=True):
    """``by`` is for a question, or no longer."""

    question: int
    on: bool


class QuestionAnswerSet(Event, frozen=True, tag="question_answer_set", kw_only=True):
    """A question was answered, dismissed, or opened again."""

    question: int
    answer: Answer


class VotesShown(Event, frozen=True, tag="votes_shown", kw_only=True):
    """The counts of votes were brought up to date for everybody; follows from the votes."""

    logged: ClassVar[bool] = False


TalkEvent = (
    Said
    | MessageApproved
    | MessageRejected
    | MessageDeleted
    | MessagePinned
    | MessageUnpinned
    | ChatCleared
    | BlockedFromChat
    | UnblockedFromChat
    | QuestionAsked
    | QuestionVoted
    | QuestionAnswerSet
    | VotesShown
)
