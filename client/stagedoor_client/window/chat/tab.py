"""The Chat tab: the room's chat, the backchannel and private threads, or one's own with them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from stagedoor.rules.talk.commands import Say
from stagedoor.rules.talk.values import MAX_TEXT, Channel, Message

from ...talk import MODERATORS, ROOM, channel_of, message, private_threads, waiting
from ...words import t
from ..actions import Action
from ..part import Part, place_of
from ..parts import Button, Elided, icon_button, label, mark, say
from ..scene import Scene
from .composer import Composer
from .composing import THREADS, thread_name, writing
from .items import message_items
from .message_list import MessageList
from .pins import Pins
from .reading import Reading, badge
from .threads import Threads
from .writing_parts import Segment, Segments

Menu = Callable[[str, list[Action], QPoint, Callable[[Action], object]], object]
"""Shows a menu of this title at a place on the screen; told which line was chosen, where that is
not a command."""


class Chat(QWidget):
    """``menu`` shows a message's menu, ``asked`` gets what is chosen there that concerns people."""

    def __init__(
        self, part: Part, reading: Reading, menu: Menu, asked: Callable[[Action], object]
    ) -> None:
        super().__init__()
        self._part, self._reading, self._menu, self._asked = part, reading, menu, asked
        self._scene: Scene | None = None
        self._view = ROOM
        self._reply: Message | None = None
        self._announcing = False
        self.looked_at = False
        self.tabs = Segments(t("Whose messages"), self.open)
        self.back = Button(t("All private messages"), lambda: self.open(THREADS), "small", "back")
        self.heading = Elided("", "label")
        self.pins = Pins(part.act, self._go)
        self.threads = Threads(reading, self.open)
        self.list = MessageList(part, self._open_menu, self._write_again, self._read)
        self.replying = _Replying(lambda: self._set_reply(None))
        self.closed = label("", "closed", wrap=True)
        self.announce = icon_button("megaphone", t("Announcement to everybody"), self._announce)
        self.announce.setCheckable(True)
        self.composer = Composer(MAX_TEXT, t("Send"), self._say, part.drafts, self.announce)
        self._put_together()
        self.list.open(ROOM)

    def _put_together(self) -> None:
        top = QWidget()
        head = QVBoxLayout(top)
        head.setContentsMargins(10, 8, 10, 8)
        head.addWidget(self.tabs)
        one = QHBoxLayout()
        one.addWidget(self.back)
        one.addWidget(self.heading, 1)
        head.addLayout(one)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(self.pins)
        column.addWidget(self.threads, 1)
        column.addWidget(self.list, 1)
        for part in (self.replying, self.closed, self.composer):
            column.addWidget(part)

    # -- what is shown

    @property
    def shown(self) -> str:
        """The thread before one's eyes, "threads" for the list of them, or nothing."""
        return self._view if self.looked_at else ""

    def open(self, view: str) -> None:
        """Show a thread, or "threads"."""
        if view != self._view:
            self._set_reply(None)
            self._set_announcing(False)
        self._view = view
        if view != THREADS and self._scene is not None:
            unread = self._reading.unread(self._scene.view, view)
            self.list.open(view, self._reading.seen(view) if unread else None, unread)
        if self._scene is not None:
            self.draw(self._scene, self.looked_at)

    def write_to(self, view: str) -> None:
        """Show a thread, and begin to write."""
        self.open(view)
        self.composer.field.setFocus()

    def look(self, looking: bool) -> None:
        """Whether somebody looks at it may have changed: what is new then is marked as such."""
        if looking and not self.looked_at and self._scene is not None:
            self.looked_at = True
            self.open(self._view)
        elif not looking:
            self.list.leave()
        self.looked_at = looking

    def unread(self, scene: Scene) -> dict[str, int]:
        """What is unread, by the choices at the top."""
        number = self._reading.unread
        found = {ROOM: number(scene.view, ROOM)}
        if not scene.i_moderate:
            return {**found, scene.view.you: number(scene.view, scene.view.you)}
        private = sum(number(scene.view, person) for person, _ in private_threads(scene.view))
        return {**found, MODERATORS: number(scene.view, MODERATORS), THREADS: private}

    def badge(self, scene: Scene) -> tuple[int, str]:
        """The tab's number, and the number in words."""
        waits = len(waiting(scene.view)) if scene.i_moderate else 0
        return badge(sum(self.unread(scene).values()), waits)

    def draw(self, scene: Scene, looking: bool) -> None:
        """Show this scene, where somebody looks."""
        self._scene = scene
        mine = (ROOM, scene.view.you)
        if self._view == scene.view.you if scene.i_moderate else self._view not in mine:
            self._view = ROOM  # one's role has changed, and with it the threads that one has
            self.list.open(ROOM)
        if not looking:
            return
        threads = self._view == THREADS
        personal = self._view not in (ROOM, MODERATORS, THREADS, scene.view.you)
        self.back.setVisible(personal)
        self.heading.setVisible(personal)
        self.heading.say(thread_name(scene, self._view) if personal else "")
        self.pins.draw(scene, self._view == ROOM)
        self.threads.setVisible(threads)
        self.list.setVisible(not threads)
        if threads:
            self.threads.draw(scene)
        else:
            self.list.draw(scene)
        self._draw_tabs(scene)
        self._draw_composer(scene)

    def _draw_tabs(self, scene: Scene) -> None:
        titles = {ROOM: t("Everybody"), MODERATORS: t("Backchannel"), THREADS: t("Private")}
        titles[scene.view.you] = t("Moderators")
        segments = [Segment(key, titles[key], new) for key, new in self.unread(scene).items()]
        there = [one.key for one in segments]
        self.tabs.draw(segments, self._view if self._view in there else THREADS)

    def _draw_composer(self, scene: Scene) -> None:
        field = writing(scene, self._view, self._announcing)
        if field.announces == "only" and not self._announcing:
            self._set_announcing(True)
        self.announce.setVisible(bool(field.announces))
        self.announce.setEnabled(field.announces == "may")
        self.composer.setVisible(self._view != THREADS and not field.closed)
        say(self.closed, field.closed if self._view != THREADS else "")
        self.composer.draw(place_of(self._view, scene.view.you), field)

    # -- what one does

    def _say(self, text: str) -> None:
        channel = channel_of(self._view)
        mine = self._scene is None or self._view == self._scene.view.you
        to = "" if channel is not Channel.PRIVATE or mine else self._view
        reply = self._reply.number if self._reply is not None else 0
        announcing = self._announcing and self._view == ROOM
        command = Say(text, channel, to=to, reply_to=reply, announcement=announcing)
        self._part.write(command, self._view)
        self._set_reply(None)
        self._set_announcing(False)
        self.list.leave()
        self.list.box.to_end()

    def _read(self) -> None:
        if self.looked_at and self._scene is not None and self._view != THREADS:
            self._reading.see(self._scene.view, self._view)

    def _go(self, number: int) -> None:
        self.list.go(number)

    def _write_again(self, text: str) -> None:
        self.composer.write(text)

    def _announce(self) -> None:
        self._set_announcing(not self._announcing)
        if self._scene is not None:
            self._draw_composer(self._scene)

    def _set_announcing(self, on: bool) -> None:
        self._announcing = on
        self.announce.setChecked(on)
        mark(self.announce, "pressed", on)
        self.announce.tint()

    def _set_reply(self, to: Message | None) -> None:
        self._reply = to
        self.replying.draw(to)
        if to is not None:
            self.composer.field.setFocus()

    def _open_menu(self, number: int, at: QPoint) -> None:
        scene = self._scene
        one = message(scene.view, number) if scene is not None else None
        if scene is not None and one is not None:
            items = message_items(scene, one)
            self._menu(one.by_name, items, at, lambda chosen: self._chosen(chosen, one))

    def _chosen(self, action: Action, one: Message) -> None:
        if action.ask == "reply":
            self._set_reply(one)
        elif action.ask == "copy":
            self._asked(Action("", "", ask="copy", value=one.text))
        else:
            self._asked(action)


class _Replying(QFrame):
    """What is replied to, with a button not to."""

    def __init__(self, away: Callable[[], object]) -> None:
        super().__init__()
        self.words = Elided("", "small")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 2, 4, 2)
        row.addWidget(self.words, 1)
        row.addWidget(icon_button("close", t("Do not reply"), away))
        self.hide()

    def draw(self, to: Message | None) -> None:
        """Show this message, or nothing."""
        self.setVisible(to is not None)
        if to is not None:
            self.words.say(
                t("Reply to {name}: {text}", name=to.by_name, text=to.text).replace("\n", " ")
            )
