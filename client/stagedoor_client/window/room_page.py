"""The room: stage, people, bar and notices, put together."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from ..quality import NAMES, Quality
from ..words import marked, t, told
from .bar import Bar, Deeds
from .happenings import MODE_NAMES, MODE_SENTENCES, Go
from .menu import open_at, person_menu
from .notices import Notices
from .parts import Elided, Spinner, label, mark, say
from .reactions.reacting import Reacting
from .scene import Scene
from .side import Side
from .stage import Stage, Visible
from .talk_pages import TalkPages

RESTARTING = marked("The server restarts. You will be back in a moment.")
UNSAVED = marked(
    "The server cannot save anything just now, so nothing can be written or decided. Sound and "
    "pictures go on. Please tell whoever runs the server."
)
QUALITY = {"good": "small", "fair": "small", "poor": "poor", "lost": "poor"}
SIDE_FROM = 1000  # pixels of width from which the people are shown at first


class RoomPage(QWidget):
    """Draws scenes; what the person does goes to ``deeds``."""

    def __init__(self, deeds: Deeds, visible: Visible) -> None:
        super().__init__()
        self._deeds = deeds
        self._scene: Scene | None = None
        self._side_wished: bool | None = None
        self.name = Elided("", "room")
        self.mode = label("", "chip")
        self.quality = label("", "small")
        self.banner = QWidget()
        self.stage = Stage(visible, lambda person: self._menu(person, QCursor.pos()))
        self.talk = TalkPages(self, deeds)
        self.side = Side(
            self._menu, deeds.act, lambda: self.show_side(""), self.talk.tabs, self._turned
        )
        self.bar = Bar(deeds)
        self.reacting = Reacting(deeds.part, self, self.bar.react, self.stage)
        self.notices = Notices(self, deeds.act, self._go)
        self._put_together()

    def _put_together(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 16, 8)
        top.setSpacing(12)
        self.name.setSizePolicy(self.mode.sizePolicy())
        top.addWidget(self.name)
        top.addWidget(self.mode)
        top.addStretch(1)
        top.addWidget(self.quality)
        self.banner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.banner.setObjectName("banner")
        row = QHBoxLayout(self.banner)
        row.addStretch()
        row.addWidget(Spinner(18))
        self.banner_words = label(t("Reconnecting…"), "label")
        row.addWidget(self.banner_words)
        row.addStretch()
        self.banner.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addLayout(top, 0, 0, 1, 2)
        grid.addWidget(self.banner, 1, 0, 1, 2)
        middle = QHBoxLayout()
        middle.setContentsMargins(12, 0, 12, 0)
        middle.setSpacing(12)
        middle.addWidget(self.stage, 1)
        middle.addWidget(self.side)
        grid.addLayout(middle, 2, 0, 1, 2)
        grid.addWidget(self.bar, 3, 0, 1, 2)
        grid.setRowStretch(2, 1)

    def draw(self, scene: Scene) -> None:
        """Show this scene."""
        self._scene = scene
        self.name.say(scene.room.name)
        say(self.mode, told(MODE_NAMES[scene.room.mode]))
        self.mode.setToolTip(told(MODE_SENTENCES[scene.room.mode]))
        words = banner(scene)
        say(self.banner_words, words or self.banner_words.text())
        self.banner.setVisible(bool(words))
        self.stage.draw(scene)
        self.side.draw(scene)
        self.bar.draw(scene)
        self.reacting.draw(scene)
        self.talk.draw(scene, self.side, self.bar, self.notices)

    def draw_quality(self, quality: Quality | None) -> None:
        """Say how good the network is; the tip has the figures."""
        say(self.quality, told(NAMES[quality.word]) if quality is not None else "")
        if quality is not None:
            mark(self.quality, "kind", QUALITY[quality.word])
            self.quality.setToolTip(quality.sentence)

    def show_side(self, tab: str) -> None:
        """Open the panel at this tab, or close it."""
        self._side_wished = bool(tab)
        if tab:
            self.side.show_tab(tab)
        self._draw_side()
        if not tab:
            self.stage.setFocus()

    def turn_side(self, tab: str) -> None:
        """Open the panel at this tab; close it if that is shown."""
        self.show_side("" if self.side.open == tab else tab)
        if self.side.open:
            self.side.begin()

    def _go(self, go: Go) -> None:
        self.show_side(go.tab)
        self.talk.go(go)

    def _turned(self) -> None:
        """Another tab is shown."""
        self.bar.side_shown(self.side.open)
        if self._scene is not None:
            self.talk.draw(self._scene, self.side, self.bar, self.notices)

    def _draw_side(self) -> None:
        wished = self._side_wished
        shown = self.width() >= SIDE_FROM if wished is None else wished
        if shown == self.side.isHidden():
            self.side.setVisible(shown)
            self._turned()
        self.bar.side_shown(self.side.open)
        self._place_notices()

    def _menu(self, person: str, at: QPoint) -> None:
        if self._scene is not None:
            asked = self.talk.asked
            open_at(person_menu(self, self._scene, person, self._deeds.act, asked), at)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_side()

    def _place_notices(self) -> None:
        width = min(420, self.width() - 32)
        left = 16
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            left = self.width() - 16 - width
        bottom = self.height() - self.bar.sizeHint().height() - 8
        self.notices.stand(left, bottom, width)


def banner(scene: Scene) -> str:
    """What the banner says; nothing if all is well."""
    if not scene.online:
        return told(RESTARTING) if scene.restarting else t("Reconnecting…")
    return "" if scene.saving else told(UNSAVED)
