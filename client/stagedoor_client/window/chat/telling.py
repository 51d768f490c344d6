"""What must not be missed of the talk, as notices: in the page's words. Pure."""

from __future__ import annotations

from stagedoor.messages import View
from stagedoor.rules.talk.values import Channel, Message

from ...talk import ROOM, last_place, talk_of, thread_of
from ...words import t, tn
from ..happenings import Go, Notice
from ..scene import Scene
from .composing import THREADS

LONGEST = 240  # characters of an announcement in a notice; all of it is in the chat


def told(before: View, scene: Scene, shown: str) -> list[Notice]:
    """Announcements, private messages, being blocked; ``shown`` is the thread before one's eyes."""
    if before.talk is scene.view.talk:
        return []
    found = _block(before, scene)
    last = last_place(before)
    for one in talk_of(scene.view).entries:
        if one.place > last and one.by != scene.view.you and thread_of(one) != shown:
            found += _message(one, shown)
    return found


def read_out(before: View, scene: Scene, shown: str) -> str:
    """What is new in the thread before one's eyes, for screen readers."""
    if before.talk is scene.view.talk:
        return ""
    last = last_place(before)
    new = [
        one
        for one in talk_of(scene.view).entries
        if one.place > last and one.by != scene.view.you and thread_of(one) == shown
    ]
    if len(new) == 1:
        return t("{name}: {text}", name=new[0].by_name, text=new[0].text)
    return tn(len(new), "{count} new message", "{count} new messages") if new else ""


def _message(one: Message, shown: str) -> list[Notice]:
    if one.announcement:
        text = one.text if len(one.text) <= LONGEST else f"{one.text[:LONGEST].rstrip()}…"
        sentence = t("{name} announces: {text}", name=one.by_name, text=text)
        return [Notice(sentence, "announcement", stay=True, go=Go(t("Read"), "chat", ROOM))]
    if one.channel is Channel.PRIVATE and shown != THREADS:
        name = thread_of(one)
        sentence = t("{name} has written to you privately.", name=one.by_name)
        return [Notice(sentence, f"private-{name}", go=Go(t("Read"), "chat", name))]
    return []


def _block(before: View, scene: Scene) -> list[Notice]:
    was, now = talk_of(before).blocked_by or "", talk_of(scene.view).blocked_by or ""
    if now and now != was:
        sentence = t("{name} has blocked you from writing to everybody.", name=now)
        return [Notice(sentence, "block", "warning", stay=True)]
    if was and not now and not scene.i_moderate:
        return [Notice(t("You can write again."), "block", "good")]
    return []
