"""What one does in the room beside the stage."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field

from stagedoor.messages import AnyRequest
from stagedoor.rules.polls.commands import CastVote
from stagedoor.rules.reactions.values import Reaction
from stagedoor.rules.talk.commands import AskQuestion, Say

from ..outbox import Unsent
from ..room import Room
from ..talk import own_keys

Drafts = MutableMapping[str, str]
"""What is typed and not sent, by thread."""


@dataclass(frozen=True)
class Part:
    """``write`` a message for a thread; ``retry`` or ``take`` back by its key what was refused.

    ``send`` sends a command, ``answer`` one that is sent over lost connections, too, ``vote`` and
    ``react`` what they say; each tells what became of it: the sentence of a refusal, or nothing.
    """

    act: Callable[[AnyRequest], object] = lambda command: None
    send: Callable[[AnyRequest, Callable[[str], None]], object] = lambda command, done: None
    answer: Callable[[AnyRequest, Callable[[str], None]], object] = lambda command, done: None
    surely: Callable[[AnyRequest], object] = lambda command: None
    write: Callable[[Say | AskQuestion, str], object] = lambda command, thread: None
    retry: Callable[[str], object] = lambda key: None
    take: Callable[[str], Unsent | None] = lambda key: None
    has_older: Callable[[str], bool] = lambda thread: False
    older: Callable[[str], object] = lambda thread: None
    vote: Callable[[CastVote, Callable[[str], None]], object] = lambda vote, done: None
    react: Callable[[Reaction, Callable[[str], None]], object] = lambda reaction, done: None
    drafts: Drafts = field(default_factory=dict)


OWN = "private"
"""The place of one's own private thread among the drafts: one's id may be another next time."""


def place_of(thread: str, you: str) -> str:
    """Where the draft for a thread is kept."""
    return OWN if thread == you else thread


def keep_unsent(room: Room, drafts: Drafts) -> None:
    """Have what did not arrive in one stay among the drafts for the next: it may be sent then."""
    if room.view is None:
        return
    arrived = own_keys(room.view)
    for one in room.outbox.items:
        if one.key not in arrived:
            place = place_of(one.thread, room.view.you)
            before = drafts.get(place, "")
            drafts[place] = f"{before}\n{one.command.text}" if before else one.command.text
