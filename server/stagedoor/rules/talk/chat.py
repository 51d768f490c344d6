"""Messages: saying, deleting, pinning, approving, and who may write (rules 8 and 20)."""

from __future__ import annotations

from ..base import Repeated
from ..events import AnyEvent
from ..guards import already_handled, moderator, refuse, target
from ..refusals import Code, marked
from ..values import Person, Room
from ..words import ROLES
from . import commands as cmd
from . import events as ev
from .guards import decided_by_another, not_blocked, not_too_soon, said_before, waits
from .text import clean
from .values import MAX_PINNED, MAX_TEXT, Channel, Message, Question, Standing

_GONE = marked("This message is not there any more.")


def say(room: Room, command: cmd.Say, by: Person, now: int) -> list[AnyEvent] | Repeated:
    """Write a message; the same key again is nothing new, whatever has changed meanwhile."""
    before = said_before(room, by, command.key)
    if before is not None:
        return before
    text = clean(command.text, MAX_TEXT, marked("message"))
    waiting = False
    thread = ""
    if command.announcement:
        _may_announce(command, by)
    elif command.channel is Channel.ROOM:
        not_blocked(room, by)
        if not room.settings.chat:
            refuse(Code.TURNED_OFF, "The chat is turned off just now.")
        not_too_soon(room, by, now)
        waiting = waits(room, by)
    elif command.channel is Channel.MODERATORS:
        moderator(by)
    else:
        thread = _thread(room, command, by)
    said = ev.Said(
        at=now,
        by=by.id,
        rule=20,
        text=text,
        channel=command.channel,
        thread=thread,
        key=command.key,
        reply_to=_replied(room, command, thread),
        announcement=command.announcement,
        waiting=waiting,
    )
    return [said]


def _may_announce(command: cmd.Say, by: Person) -> None:
    moderator(by)
    if command.channel is not Channel.ROOM:
        refuse(Code.BAD_VALUE, "An announcement is for the whole room.")


def _thread(room: Room, command: cmd.Say, by: Person) -> str:
    """Whose private thread is meant: one's own, or for moderators that of the one named."""
    if not by.moderates:
        if command.to not in ("", by.id):
            refuse(Code.NOT_ALLOWED, "Private messages go to the moderators only.")
        return by.id
    if not command.to:
        refuse(Code.BAD_VALUE, "Please say to whom.")
    return target(room, command.to).id


def _replied(room: Room, command: cmd.Say, thread: str) -> int:
    """The message replied to, if it is still there, and in the same place."""
    found = room.talk.messages(command.channel).get(command.reply_to)
    return found.number if found is not None and found.thread == thread else 0


def delete(room: Room, command: cmd.DeleteMessage, by: Person, now: int) -> list[AnyEvent]:
    """Take away one's own, or as a moderator anybody's; of two moderators the first (rule 8)."""
    found = find(room, command.message)
    if found is None or found.by != by.id:
        if not by.moderates:
            refuse(Code.NOT_ALLOWED, "You can delete your own messages only.")
        if found is None:
            decided_by_another(room, command.message, by)
            refuse(Code.WRONG_STATE, _GONE)
    return [ev.MessageDeleted(at=now, by=by.id, rule=20, message=command.message)]


def find(room: Room, number: int) -> Message | Question | None:
    """A message or question."""
    return room.talk.message(number) or room.talk.questions.get(number)


def clear(room: Room, by: Person, now: int) -> list[AnyEvent]:
    """Take away all that was said to the room."""
    moderator(by)
    if not room.talk.room and not room.talk.waiting:
        return []
    return [ev.ChatCleared(at=now, by=by.id, rule=20)]


def pin(room: Room, command: cmd.PinMessage, by: Person, now: int) -> list[AnyEvent]:
    """Keep a message in sight; some few at most."""
    moderator(by)
    talk = room.talk
    if command.message in talk.pinned:
        return []
    if command.message not in talk.room:
        decided_by_another(room, command.message, by)
        refuse(Code.WRONG_STATE, _GONE)
    if len(talk.pinned) >= MAX_PINNED:
        refuse(
            Code.WRONG_STATE,
            "{most} messages are pinned already: unpin one first.",
            most=MAX_PINNED,
        )
    return [ev.MessagePinned(at=now, by=by.id, rule=20, message=command.message)]


def unpin(room: Room, command: cmd.UnpinMessage, by: Person, now: int) -> list[AnyEvent]:
    """Keep it in sight no longer."""
    moderator(by)
    if command.message not in room.talk.pinned:
        return []
    return [ev.MessageUnpinned(at=now, by=by.id, rule=20, message=command.message)]


def approve(room: Room, command: cmd.ApproveMessage, by: Person, now: int) -> list[AnyEvent]:
    """Show what waits; the first moderator decides (rule 8)."""
    _waiting(room, command.message, by)
    return [ev.MessageApproved(at=now, by=by.id, rule=8, message=command.message)]


def reject(room: Room, command: cmd.RejectMessage, by: Person, now: int) -> list[AnyEvent]:
    """Do not show what waits; the first moderator decides (rule 8)."""
    _waiting(room, command.message, by)
    return [ev.MessageRejected(at=now, by=by.id, rule=8, message=command.message)]


def _waiting(room: Room, number: int, by: Person) -> None:
    moderator(by)
    found = find(room, number)
    if found is None or found.standing is not Standing.WAITING:
        decided_by_another(room, number, by)
        refuse(Code.WRONG_STATE, "This is not waiting any more.")


def block(room: Room, command: cmd.BlockFromChat, by: Person, now: int) -> list[AnyEvent]:
    """Let an attendee write to the moderators alone (rules 8 and 17)."""
    moderator(by)
    person = _known(room, command.person)
    if person.moderates:
        template = "{name} is a {what}, whom nobody can block."
        refuse(Code.NOT_ALLOWED, template, name=person.name, what=ROLES[person.role])
    blocked = room.talk.speaker(person.id).blocked
    if blocked is not None:
        if blocked.by != by.id:
            already_handled(blocked.by_name, blocked.what)
        return []
    return [ev.BlockedFromChat(at=now, by=by.id, rule=20, person=person.id)]


def unblock(room: Room, command: cmd.UnblockFromChat, by: Person, now: int) -> list[AnyEvent]:
    """Let the person write to everybody again."""
    moderator(by)
    person = _known(room, command.person)
    if room.talk.speaker(person.id).blocked is None:
        return []
    return [ev.UnblockedFromChat(at=now, by=by.id, rule=20, person=person.id)]


def _known(room: Room, person_id: str) -> Person:
    """Somebody who is here or was: a block holds for those who come back."""
    person = room.people.get(person_id)
    if person is None:
        refuse(Code.NO_SUCH_PERSON, "There is nobody of that id in this room.")
    return person
