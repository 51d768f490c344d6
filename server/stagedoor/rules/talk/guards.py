"""What several decisions on the talk check first."""

from __future__ import annotations

from ..base import Repeated
from ..guards import already_handled, refuse
from ..refusals import Code
from ..values import Person, Room
from .values import MAX_KEY, MAX_WAITING, Standing


def said_before(room: Room, by: Person, key: str) -> Repeated | None:
    """Whether this person's message of that key was taken already."""
    if len(key) > MAX_KEY:
        refuse(Code.BAD_VALUE, "A key has at most {most} characters.", most=MAX_KEY)
    if key:
        for one in room.talk.speaker(by.id).sent:
            if one.key == key:
                return Repeated(one.number)
    return None


def not_blocked(room: Room, by: Person) -> None:
    """Whoever is blocked writes to the moderators alone; moderators never are blocked."""
    blocked = room.talk.speaker(by.id).blocked
    if blocked is not None and not by.moderates:
        template = "{name} has blocked you from writing to everybody."
        refuse(Code.BLOCKED, template, name=blocked.by_name)


def not_too_soon(room: Room, by: Person, now: int) -> None:
    """Slow mode, for all but moderators."""
    wrote_at = room.talk.speaker(by.id).wrote_at
    if by.moderates or wrote_at is None:
        return
    left = wrote_at + room.settings.slow_ms - now
    if left > 0:
        template = "Slow mode: please wait {seconds} s, then send again."
        refuse(Code.SLOW_MODE, template, seconds=(left + 999) // 1000)


def waits(room: Room, by: Person) -> bool:
    """Whether moderators approve first what this person writes; refuses if too much waits."""
    if by.moderates or not room.settings.premoderated:
        return False
    talk = room.talk
    messages = sum(one.standing is Standing.WAITING for one in talk.waiting.values())
    questions = sum(one.standing is Standing.WAITING for one in talk.questions.values())
    if messages + questions >= MAX_WAITING:
        refuse(Code.TOO_MANY, "Too much is waiting for the moderators; please try again later.")
    return True


def decided_by_another(room: Room, number: int, by: Person) -> None:
    """Refuse if another moderator was first (rule 8)."""
    decision = room.talk.decided.get(number)
    if decision is not None and decision.by != by.id:
        already_handled(decision.by_name, decision.what)
