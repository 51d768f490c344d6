"""The talk as people are shown it, in a view whole, in updates what changed."""

from __future__ import annotations

from msgspec import Struct

from ..rules.base import Command
from ..rules.talk.values import Answer, Channel, Message, Standing


class OlderMessages(Command, frozen=True, tag="older_messages"):
    """Asks for messages with a ``place`` before this one. Answered by ``older``.

    ``thread``: whose private thread, for moderators in ``private``.
    """

    before: int
    channel: Channel = Channel.ROOM
    thread: str = ""


class TalkView(Struct, frozen=True, omit_defaults=True):
    """Messages to add or replace, and the numbers of those to take away.

    ``whole``: this replaces all that was known. The rest is None where it has not changed:
    ``pinned`` are numbers; ``older`` names the channels that have older messages than these;
    ``blocked_by`` is the name of the moderator who blocked this person, or empty; ``blocked``, for
    moderators, the ids of all who are blocked.
    """

    whole: bool = False
    entries: list[Message] = []
    gone: list[int] = []
    pinned: list[int] | None = None
    older: list[Channel] | None = None
    blocked_by: str | None = None
    blocked: list[str] | None = None


class QuestionView(Struct, frozen=True, omit_defaults=True):
    """One question; ``votes`` is brought up to date twice a second at most."""

    number: int
    at: int
    by: str
    by_name: str
    text: str
    votes: int = 0
    answer: Answer = Answer.OPEN
    standing: Standing = Standing.SHOWN
    key: str = ""


class QuestionsView(Struct, frozen=True, omit_defaults=True):
    """Questions to add or replace, and the numbers of those to take away.

    ``whole``: this replaces all that was known. ``votes``: new counts by question. ``voted``: all
    questions that this person is for; None if that has not changed.
    """

    whole: bool = False
    entries: list[QuestionView] = []
    gone: list[int] = []
    votes: dict[int, int] = {}
    voted: list[int] | None = None
