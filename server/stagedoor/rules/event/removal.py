"""Out of the room, for now or for good, and in again (rules 13 and 17)."""

from __future__ import annotations

from ..events import AnyEvent
from ..guards import already_handled, host, moderator, not_the_host, refuse, target
from ..refusals import Code, marked
from ..values import Person, Role, Room
from . import commands as cmd
from . import events as ev

MAX_REASON = 200


def _in_reach(by: Person, person: Person, what: str) -> None:
    """Moderators act on attendees, the host on everybody, nobody on themselves."""
    moderator(by)
    if person.id == by.id:
        refuse(Code.WRONG_STATE, "You cannot {what} yourself.", what=what)
    not_the_host(by, person, what)
    if person.role is Role.MODERATOR and by.role is not Role.HOST:
        template = "{name} is a moderator, whom only the host can {what}."
        refuse(Code.NOT_ALLOWED, template, name=person.name, what=what)


def remove(room: Room, command: cmd.RemoveFromRoom, by: Person, now: int) -> list[AnyEvent]:
    """Put out; the door is as open to them as to anybody new."""
    moderator(by)
    person = target(room, command.person)
    _in_reach(by, person, marked("remove"))
    return [ev.RemovedFromRoom(at=now, by=by.id, rule=17, person=person.id)]


def ban(room: Room, command: cmd.Ban, by: Person, now: int) -> list[AnyEvent]:
    """Put out for good; whoever has left before can be banned, too."""
    moderator(by)
    person = room.people.get(command.person)
    if person is None:
        refuse(Code.NO_SUCH_PERSON, "There is nobody of that id in this room.")
    _in_reach(by, person, marked("ban"))
    reason = " ".join(command.reason.split())
    if len(reason) > MAX_REASON or not reason.isprintable():
        template = "The reason is longer than {longest} characters, or unreadable."
        refuse(Code.BAD_VALUE, template, longest=MAX_REASON)
    earlier = room.entrance.bans.get(person.id)
    if earlier is not None:
        if earlier.by != by.id:
            already_handled(earlier.by_name, marked("banned"))
        return []
    link = person.link if command.link else ""
    if link:
        _link_in_reach(by, person)
    banned = ev.Banned(at=now, by=by.id, rule=17, person=person.id, reason=reason, link=link)
    return [banned]


def _link_in_reach(by: Person, person: Person) -> None:
    """A link that moderators come by is the host's affair, and nobody's own is banned."""
    if person.entered_as is not Role.ATTENDEE and by.role is not Role.HOST:
        template = "{name} came by a moderator's link, which stays good."
        refuse(Code.NOT_ALLOWED, template, name=person.name)
    if person.link == by.link:
        template = "{name} came by the same link as you, which stays good."
        refuse(Code.WRONG_STATE, template, name=person.name)


def unban(room: Room, command: cmd.Unban, by: Person, now: int) -> list[AnyEvent]:
    """Let in again; a moderator's ban is the host's to lift."""
    moderator(by)
    person = room.people.get(command.person)
    if person is None:
        refuse(Code.NO_SUCH_PERSON, "There is nobody of that id in this room.")
    if person.role is not Role.ATTENDEE:
        host(by)
    if person.id not in room.entrance.bans:
        return []
    return [ev.Unbanned(at=now, by=by.id, rule=17, person=person.id)]
