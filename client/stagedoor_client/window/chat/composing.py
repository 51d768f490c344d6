"""What stands around the field to write in: the page's words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ...talk import MODERATORS, ROOM, slowed, talk_of, thread
from ...words import t, tn
from ..scene import Scene

COUNT_FROM = 0.8  # of the longest text
THREADS = "threads"


@dataclass(frozen=True)
class Writing:
    """``label`` says to whom; ``hint`` stands above the field, ``closed`` in its place. ``wait``:
    seconds until one may send again. ``announces``: "" where one may not, "may", or "only"."""

    label: str = ""
    hint: str = ""
    closed: str = ""
    wait: int = 0
    announces: str = ""


def thread_name(scene: Scene, name: str) -> str:
    """Whose private thread it is, as far as anybody knows."""
    if name in scene.people:
        return scene.people[name].name
    said = next((one for one in thread(scene.view, name) if one.by == name), None)
    return said.by_name if said is not None else t("Somebody who has left")


def writing(scene: Scene, name: str, announcing: bool) -> Writing:
    """The field for a thread."""
    settings, moderating = scene.room.settings, scene.i_moderate
    if name == MODERATORS:
        return Writing(t("Write among moderators"))
    if name == scene.view.you:
        return Writing(t("Write to the moderators"), t("Only you and the moderators read this."))
    if name != ROOM:
        return Writing(t("Write to {name}", name=thread_name(scene, name)))
    blocked = talk_of(scene.view).blocked_by
    if blocked:
        return Writing(
            closed=t(
                "{name} has blocked you from writing to everybody. "
                "You can write to the moderators.",
                name=blocked,
            )
        )
    if not settings.chat and not moderating:
        return Writing(closed=t("The chat is turned off just now."))
    if not settings.chat:
        hint = t("The chat is off: only announcements go out.")
        return Writing(t("Announce to everybody"), hint, announces="only")
    if moderating:
        label = t("Announce to everybody") if announcing else t("Write to everybody")
        return Writing(label, announces="may")
    wait = slowed(scene.view, scene.now)
    return Writing(t("Write to everybody"), _hint(scene, wait, "messages"), wait=wait)


def asking(scene: Scene) -> Writing:
    """The field for questions."""
    blocked = talk_of(scene.view).blocked_by
    if blocked:
        return Writing(closed=t("{name} has blocked you from writing to everybody.", name=blocked))
    wait = 0 if scene.i_moderate else slowed(scene.view, scene.now)
    hint = "" if scene.i_moderate else _hint(scene, wait, "questions")
    return Writing(t("Ask a question"), hint, wait=wait)


def _hint(scene: Scene, wait: int, what: str) -> str:
    settings = scene.room.settings
    if wait:
        return t("Slow mode: you can send again in {wait} s", wait=wait)
    if settings.premoderated:
        return (
            t("Moderators approve messages first.")
            if what == "messages"
            else t("Moderators approve questions first.")
        )
    if settings.slow_ms and what == "messages":
        return t("Slow mode: one message every {seconds} s", seconds=-(-settings.slow_ms // 1000))
    return ""


def count_note(length: int, longest: int) -> str:
    """How many characters are left, once there are few, or too many; empty before."""
    if length > longest:
        return tn(length - longest, "{count} character too many", "{count} characters too many")
    return (
        tn(longest - length, "{count} character left", "{count} characters left")
        if length > COUNT_FROM * longest
        else ""
    )
