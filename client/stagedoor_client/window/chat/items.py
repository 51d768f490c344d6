"""What one may do with a message, a question, or its author. Pure; the server decides."""

from __future__ import annotations

from stagedoor.messages import PersonView
from stagedoor.messages.talk import QuestionView
from stagedoor.rules.talk import commands as talk
from stagedoor.rules.talk.values import Channel, Message, Standing

from ...talk import talk_of
from ...words import t
from ..actions import Action
from ..scene import Scene, moderates
from .links import pieces


def may_reply(scene: Scene, message: Message) -> bool:
    """Whether one may write a reply where the message is."""
    if message.standing is not Standing.SHOWN:
        return False
    blocked = bool(talk_of(scene.view).blocked_by)
    return message.channel is not Channel.ROOM or (scene.room.settings.chat and not blocked)


def message_items(scene: Scene, message: Message) -> list[Action]:
    """The menu of a message."""
    number = message.number
    mine = message.by == scene.view.you
    found = []
    if may_reply(scene, message):
        found.append(Action(t("Reply"), "reply", ask="reply"))
    found.append(Action(t("Copy the text"), "copy", ask="copy"))
    for part in pieces(message.text):
        if part.href:
            found.append(
                Action(t("Open {address}", address=part.text), "out", ask="open", value=part.href)
            )
    if scene.i_moderate and message.channel is Channel.ROOM and message.standing == "shown":
        found.append(_pin(scene, number))
    author = scene.people.get(message.by)
    if author is not None and message.channel is not Channel.PRIVATE:
        found += person_items(scene, author)
    if mine or scene.i_moderate:
        found.append(Action(t("Delete"), "trash", talk.DeleteMessage(number), danger=True))
    return sorted(found, key=lambda one: one.danger)


def _pin(scene: Scene, number: int) -> Action:
    if number in (talk_of(scene.view).pinned or ()):
        return Action(t("Unpin"), "pin", talk.UnpinMessage(number))
    return Action(t("Pin"), "pin", talk.PinMessage(number))


def question_items(scene: Scene, question: QuestionView) -> list[Action]:
    """The menu of a question."""
    author = scene.people.get(question.by)
    found = person_items(scene, author) if author is not None else []
    if question.by == scene.view.you or scene.i_moderate:
        found.append(Action(t("Delete"), "trash", talk.DeleteMessage(question.number), danger=True))
    return found


def person_items(scene: Scene, person: PersonView) -> list[Action]:
    """What the talk has for a moderator to do with a person."""
    if not scene.i_moderate or moderates(person):
        return []
    blocked = person.id in (talk_of(scene.view).blocked or ())
    return [
        Action(t("Write privately"), "chat", ask="write", value=person.id),
        Action(t("Let write again"), "chat", talk.UnblockFromChat(person.id))
        if blocked
        else Action(t("Block from writing"), "block", danger=True, ask="block", value=person.id),
    ]
