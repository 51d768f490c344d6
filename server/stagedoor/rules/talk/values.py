"""What the talk of a room is made of. Immutable, and bounded: the rest is in the log alone."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct, field

from ..base import Decision

MAX_TEXT = 2_000  # characters of a message
MAX_QUESTION = 500
MAX_KEY = 40
KEYS = 20  # the keys remembered of a person
KEPT = 1_000  # messages of a channel
MAX_WAITING = 200
MAX_PINNED = 5
MAX_QUESTIONS = 500
MAX_DECIDED = 300  # decisions remembered for rule 8
VOTES_EVERY = 500  # milliseconds between two showings of new counts


class Channel(StrEnum):
    """Where a message is: for everybody, among moderators, or between one person and them."""

    ROOM = "room"
    MODERATORS = "moderators"
    PRIVATE = "private"


class Standing(StrEnum):
    """Whether a message or a question is shown, where moderators approve first."""

    WAITING = "waiting"
    SHOWN = "shown"
    REJECTED = "rejected"


class Answer(StrEnum):
    """What has become of a question."""

    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class Message(Struct, frozen=True, omit_defaults=True):
    """One message; ``number`` is that of the event that made it.

    ``place`` orders messages: the number of the event by which it came to be shown, 0 before.
    ``thread`` is the person whose private thread it is in. ``by_name`` and ``by_moderator`` are as
    when it was said. ``key`` is the author's own mark, by which a resent one is known.
    """

    number: int
    at: int
    by: str
    by_name: str
    text: str
    channel: Channel = Channel.ROOM
    thread: str = ""
    place: int = 0
    by_moderator: bool = False
    announcement: bool = False
    reply_to: int = 0
    standing: Standing = Standing.SHOWN
    key: str = ""


class Question(Struct, frozen=True):
    """One question. ``votes`` are the people for it; ``shown_votes`` what everybody was told."""

    number: int
    at: int
    by: str
    by_name: str
    text: str
    answer: Answer = Answer.OPEN
    standing: Standing = Standing.SHOWN
    votes: frozenset[str] = frozenset()
    shown_votes: int = 0
    key: str = ""


class Sent(Struct, frozen=True, gc=False):
    """A message by its author's mark, and the number of the event that made it."""

    key: str
    number: int


class Speaker(Struct, frozen=True, gc=False):
    """What is remembered of somebody who wrote, or was blocked.

    ``sent``: the last messages. ``wrote_at``: for slow mode, None
    before the first. ``blocked``: by whom, or None.
    """

    sent: tuple[Sent, ...] = ()
    wrote_at: int | None = None
    blocked: Decision | None = None


class Talk(Struct, frozen=True):
    """All of a room's talk; messages in the order of their ``place``.

    ``waiting`` has the room's messages that wait, and those that were rejected. ``decided`` is what
    moderators decided last on a message or question (rule 8). ``votes_due``: when new counts of
    votes are shown.
    """

    room: dict[int, Message] = field(default_factory=dict)
    moderators: dict[int, Message] = field(default_factory=dict)
    private: dict[int, Message] = field(default_factory=dict)
    waiting: dict[int, Message] = field(default_factory=dict)
    pinned: tuple[int, ...] = ()
    questions: dict[int, Question] = field(default_factory=dict)
    speakers: dict[str, Speaker] = field(default_factory=dict)
    decided: dict[int, Decision] = field(default_factory=dict)
    votes_due: int | None = None

    def speaker(self, person: str) -> Speaker:
        """What is remembered of the person, be it nothing."""
        return self.speakers.get(person) or Speaker()

    def messages(self, channel: Channel) -> dict[int, Message]:
        """The messages shown in a channel, those of all threads together."""
        return {
            Channel.ROOM: self.room,
            Channel.MODERATORS: self.moderators,
            Channel.PRIVATE: self.private,
        }[channel]

    def message(self, number: int) -> Message | None:
        """The message of that number, wherever it is."""
        for some in (self.room, self.waiting, self.private, self.moderators):
            if number in some:
                return some[number]
        return None
