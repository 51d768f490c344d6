"""What happened in a room, one line a decision. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from stagedoor.rooms.tables import Ours, Row, said
from stagedoor.rules.events import AnyEvent, DeviceSet, HandLowered, RoomCreated

from .names import Names, Titles, written

#: What is told, by the event's tag; whatever is not here is not. One line a kind.
WORDS = {
    "room_created": "the room was made",
    "mode_set": "changed the stage access",
    "settings_changed": "changed the settings",
    "entry_set": "changed the entry to the room",
    "room_renamed": "renamed the room",
    "role_set": "changed the role",
    "renamed": "changed the name",
    "request_made": "asked to join the stage",
    "request_cancelled": "took the request back",
    "request_declined": "declined the request",
    "request_closed": "closed the request",
    "offer_made": "offered a seat",
    "offer_declined": "declined the offer",
    "offer_revoked": "took the offer back",
    "offer_expired": "the offer expired",
    "went_on_stage": "went on stage",
    "went_backstage": "went backstage",
    "brought_on": "brought on",
    "sent_backstage": "sent backstage",
    "left_backstage": "left backstage",
    "left_stage": "left the stage",
    "removed_from_stage": "removed from the stage",
    "bumped": "gave way to another on a full stage",
    "device_set": "turned off",
    "unmute_asked": "asked to unmute",
    "hand_lowered": "lowered the hand",
    "removed_from_room": "removed from the room",
    "banned": "banned",
    "unbanned": "lifted the ban",
    "links_revoked": "revoked links",
    "blocked_from_chat": "blocked from the chat",
    "unblocked_from_chat": "unblocked from the chat",
    "chat_cleared": "cleared the chat",
    "poll_opened": "opened a poll",
    "poll_closed": "closed a poll",
    "quiz_question_opened": "opened a question of a quiz",
    "quiz_ended": "ended a quiz",
    "room_ended": "ended the room",
}
_DETAILS = ("mode", "entry", "role", "device", "name", "reason")


class Happened(Struct, frozen=True):
    """A decision: ``words`` say what, ``by_name`` who took it, empty for the clock.

    ``person_name`` is whom it concerns, ``detail`` what was chosen, ``rule`` its number or 0.
    """

    number: int
    at: int
    what: str
    words: str
    person_name: str
    by_name: str
    detail: str
    rule: int


def rundown(events: Sequence[AnyEvent]) -> list[Happened]:
    """What is worth telling; what people do with their own devices and hands is not."""
    names, titles = Names(), Titles()
    found: list[Happened] = []
    for number, event in enumerate(events, 1):
        before = names[getattr(event, "person", "")]
        names.read(event)
        title = titles.read(number, event)
        what = str(event.__struct_config__.tag)
        person = getattr(event, "person", "")
        others = ", ".join(names[one] for one in getattr(event, "people", ()))
        own = isinstance(event, DeviceSet | HandLowered) and event.by == event.person
        if what not in WORDS or own:
            continue
        found.append(
            Happened(
                number=number,
                at=event.at,
                what=what,
                words=WORDS[what],
                person_name=before or names[person] or others,
                by_name=names[event.by],
                detail=title or _detail(event),
                rule=event.rule,
            )
        )
    return found


def _detail(event: AnyEvent) -> str:
    if isinstance(event, RoomCreated):
        return event.name
    values = (getattr(event, name, None) for name in _DETAILS)
    return ", ".join(str(value) for value in values if value)


def rundown_table(happened: Sequence[Happened]) -> list[Row]:
    """The run-down as a table, its head first."""
    head = said("Number", "Time", "Who decided", "What", "On whom", "Detail", "Rule")
    rows: list[Row] = [
        [
            one.number,
            written(one.at),
            one.by_name,
            Ours(one.words),
            one.person_name,
            one.detail,
            one.rule or "",
        ]
        for one in happened
    ]
    return [head, *rows]
