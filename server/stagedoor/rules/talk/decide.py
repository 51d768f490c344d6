"""What the rules answer to a command about the talk."""

from __future__ import annotations

from typing import assert_never

from ..base import Repeated
from ..events import AnyEvent
from ..values import Person, Room
from . import chat, questions
from . import commands as cmd


def decide(  # noqa: PLR0912 - one line a command
    room: Room, command: cmd.TalkCommand, by: Person, now: int
) -> list[AnyEvent] | Repeated:
    """See ``rules.decide``."""
    match command:
        case cmd.Say():
            return chat.say(room, command, by, now)
        case cmd.DeleteMessage():
            return chat.delete(room, command, by, now)
        case cmd.ClearChat():
            return chat.clear(room, by, now)
        case cmd.PinMessage():
            return chat.pin(room, command, by, now)
        case cmd.UnpinMessage():
            return chat.unpin(room, command, by, now)
        case cmd.ApproveMessage():
            return chat.approve(room, command, by, now)
        case cmd.RejectMessage():
            return chat.reject(room, command, by, now)
        case cmd.BlockFromChat():
            return chat.block(room, command, by, now)
        case cmd.UnblockFromChat():
            return chat.unblock(room, command, by, now)
        case cmd.AskQuestion():
            return questions.ask(room, command, by, now)
        case cmd.VoteForQuestion():
            return questions.vote(room, command, by, now)
        case cmd.AnswerQuestion():
            return questions.answer(room, command, by, now)
        case cmd.DismissQuestion():
            return questions.dismiss(room, command, by, now)
        case cmd.ReopenQuestion():
            return questions.reopen(room, command, by, now)
        case _:
            assert_never(command)
