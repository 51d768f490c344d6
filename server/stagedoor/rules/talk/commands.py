"""What a person may ask of a room's talk."""

from __future__ import annotations

from ..base import Command
from .values import Channel


class Say(Command, frozen=True, tag="say"):
    """Write a message (rule 20).

    ``key``, of the client's own making, is one message's: sent again, it is answered ``ok`` with
    the first one's number and is not said twice. ``to``: whose thread, for moderators in
    ``private``. ``reply_to``: the number of a message in the same place; forgotten if that is gone.
    ``announcement``: by moderators to the room, with the chat turned off, too.
    """

    text: str
    channel: Channel = Channel.ROOM
    key: str = ""
    to: str = ""
    reply_to: int = 0
    announcement: bool = False


class DeleteMessage(Command, frozen=True, tag="delete_message"):
    """Take away one's own message or question; moderators: anybody's."""

    message: int


class ClearChat(Command, frozen=True, tag="clear_chat"):
    """Take away all messages to the room, waiting and pinned ones too; moderators."""


class PinMessage(Command, frozen=True, tag="pin_message"):
    """Keep a message to the room in sight; moderators."""

    message: int


class UnpinMessage(Command, frozen=True, tag="unpin_message"):
    """Keep it in sight no longer; moderators."""

    message: int


class ApproveMessage(Command, frozen=True, tag="approve_message"):
    """Show a message or question that waits (rule 8); moderators."""

    message: int


class RejectMessage(Command, frozen=True, tag="reject_message"):
    """Do not show it (rule 8); moderators. Its author is told."""

    message: int


class BlockFromChat(Command, frozen=True, tag="block_from_chat"):
    """Let an attendee write nothing any more; moderators. The person is told."""

    person: str


class UnblockFromChat(Command, frozen=True, tag="unblock_from_chat"):
    """Let the person write again; moderators."""

    person: str


class AskQuestion(Command, frozen=True, tag="ask_question"):
    """Put a question to the room (rule 20); ``key`` as in ``say``."""

    text: str
    key: str = ""


class VoteForQuestion(Command, frozen=True, tag="vote_for_question"):
    """Be for a question, once, or no longer."""

    question: int
    on: bool = True


class AnswerQuestion(Command, frozen=True, tag="answer_question"):
    """Mark an open question as answered (rule 8); moderators."""

    question: int


class DismissQuestion(Command, frozen=True, tag="dismiss_question"):
    """Put an open question aside, out of attendees' sight (rule 8); moderators."""

    question: int


class ReopenQuestion(Command, frozen=True, tag="reopen_question"):
    """Open an answered or dismissed question again; moderators."""

    question: int


TalkCommand = (
    Say
    | DeleteMessage
    | ClearChat
    | PinMessage
    | UnpinMessage
    | ApproveMessage
    | RejectMessage
    | BlockFromChat
    | UnblockFromChat
    | AskQuestion
    | VoteForQuestion
    | AnswerQuestion
    | DismissQuestion
    | ReopenQuestion
)
