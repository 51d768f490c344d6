"""Scenes in which people write, ask and vote, for tests without a display."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from stagedoor.messages import PersonView, RoomInfo, View
from stagedoor.messages.talk import QuestionsView, QuestionView, TalkView
from stagedoor.rules.talk.values import Message
from stagedoor.rules.values import Mode, Role, Seat, Settings
from stagedoor_client.view import whole
from stagedoor_client.window.scene import Scene

NOW = 1_790_000_000_000


def person(name: str, **more: Any) -> PersonView:
    fields = {"role": Role.ATTENDEE, "seat": Seat.VIEWER, **more}
    return PersonView(name.lower(), name, **fields)


def said(number: int, by: str, text: str = "", **more: Any) -> Message:
    """A message, shown unless it says otherwise."""
    fields = {"place": number, **more}
    return Message(number, NOW + number * 1000, by.lower(), by, text or str(number), **fields)


def asked(number: int, by: str, text: str = "", **more: Any) -> QuestionView:
    return QuestionView(number, NOW + number * 1000, by.lower(), by, text or "Why?", **more)


def scene(
    *people: PersonView,
    messages: list[Message] | None = None,
    questions: list[QuestionView] | None = None,
    talk: dict[str, Any] | None = None,
    voted: list[int] | None = None,
    now: int = NOW + 600_000,
    view: dict[str, Any] | None = None,
    unsent: tuple[Any, ...] = (),
    online: bool = True,
    **settings: Any,
) -> Scene:
    """The first of the people sees it; Robin, where there are none."""
    people = people or (person("Robin"),)
    room = RoomInfo("demo", "Demo", Mode.REQUEST, Settings(**settings), False)
    made = replace(
        View(99, people[0].id, room, list(people)),
        talk=TalkView(True, messages or [], **(talk or {})),
        questions=QuestionsView(True, questions or [], voted=voted or []),
        **(view or {}),
    )
    return Scene(whole(made), online, now, unsent=unsent)
