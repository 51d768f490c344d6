"""What the list of messages shows, row by row. Pure."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from stagedoor.rules.talk.values import Message, Standing

from ...outbox import Unsent
from ...talk import message, own_keys, thread
from ...words import marked, t, told
from ..scene import Scene

TOGETHER = 5 * 60_000
"""Messages of one person within so many milliseconds have one head."""
GONE = marked("A message that is not here any more")


@dataclass(frozen=True)
class MessageRow:
    """A message. ``first``: not after another of the same person; ``quote``: of what it replies
    to, None where it is no reply; ``decide``: it waits for one's approval."""

    number: int
    name: str
    time: str
    text: str
    first: bool
    own: bool
    moderator: bool = False
    announcement: bool = False
    quote: str | None = None
    reply_to: int = 0
    note: str = ""
    decide: bool = False

    @property
    def key(self) -> str:
        """By which it is known again."""
        return str(self.number)


@dataclass(frozen=True)
class DividerRow:
    """What comes after it is new."""

    key: ClassVar[str] = "divider"


@dataclass(frozen=True)
class UnsentRow:
    """What has not arrived yet, or was refused."""

    key: str
    text: str
    note: str
    failed: bool


Row = MessageRow | DividerRow | UnsentRow


def rows(scene: Scene, name: str, divider: int | None, most: int) -> list[Row]:
    """The rows of a thread's last messages, ``most`` of them, and of what is not sent yet.

    A divider is before the first message with a place beyond ``divider``; None: nowhere.
    """
    every = thread(scene.view, name)
    shown = every[-most:]
    before = every[-most - 1] if len(every) > most else None
    found: list[Row] = []
    divided = divider is None or (before is not None and before.place > divider)
    for one in shown:
        if not divided and one.place > (divider or 0) and one.by != scene.view.you:
            divided, before = True, None
            found.append(DividerRow())
        found.append(_row(scene, one, before))
        before = one
    return [*found, *unsent_rows(scene, name)]


def _row(scene: Scene, one: Message, before: Message | None) -> MessageRow:
    own = one.by == scene.view.you
    alone = before is None or before.by != one.by or one.at - before.at > TOGETHER
    follows = before is not None and not alone and not before.announcement
    quote = None
    if one.reply_to:
        replied = message(scene.view, one.reply_to)
        quote = (
            t("{name}: {text}", name=replied.by_name, text=replied.text)
            if replied is not None
            else told(GONE)
        )
    return MessageRow(
        number=one.number,
        name=one.by_name,
        time=time_of(one.at, scene.now),
        text=one.text,
        first=not follows or one.announcement or one.reply_to != 0,
        own=own,
        moderator=one.by_moderator,
        announcement=one.announcement,
        quote=quote,
        reply_to=one.reply_to,
        note=standing_words(one.standing, own),
        decide=one.standing is Standing.WAITING and scene.i_moderate,
    )


def unsent_rows(scene: Scene, name: str) -> list[UnsentRow]:
    """What waits to be sent in a thread, but for what others are shown already."""
    mine = [one for one in scene.unsent if one.thread == name]
    arrived = own_keys(scene.view) if mine else frozenset()
    return [
        UnsentRow(one.key, one.command.text, _unsent_note(one, scene.online), bool(one.sentence))
        for one in mine
        if one.key not in arrived
    ]


def _unsent_note(one: Unsent, online: bool) -> str:
    if one.sentence:
        return t("Not sent. {reason}", reason=one.sentence)
    return (
        t("Sending…") if online else t("Sending… It goes out as soon as you are connected again.")
    )


def standing_words(standing: Standing, own: bool) -> str:
    """What is said under a message or question that not everybody sees; empty for others."""
    if standing is Standing.SHOWN:
        return ""
    if standing is Standing.REJECTED:
        return t("The moderators have not approved this. Only you see it.")
    if own:
        return t("Waiting for a moderator's approval. Others do not see it yet.")
    return t("Waiting for approval")


def time_of(at: int, now: int) -> str:
    """A time of day; with the day, if that is another than today's. Both in milliseconds."""
    then, today = time.localtime(at / 1000), time.localtime(now / 1000)
    same = then[:3] == today[:3]
    return time.strftime("%H:%M" if same else "%d %b, %H:%M", then)
