"""Short sentences above the bar. Never more than three: the oldest gives way."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from stagedoor.messages import AnyRequest

from ..words import t
from .happenings import Go, News, Notice
from .icons import pixmap
from .parts import Button, icon_button, label

MOST = 3
SHORT = 6000  # milliseconds, and some for each letter
LETTER = 30
IMAGES = {"plain": ("info", "accent"), "good": ("check", "good"), "warning": ("alert", "warning")}


class Notices(QWidget):
    """A column of notices. A new one replaces the last of the same key."""

    def __init__(
        self,
        parent: QWidget,
        act: Callable[[AnyRequest], object],
        go: Callable[[Go], object] = lambda go: None,
    ) -> None:
        super().__init__(parent)
        self._act, self._go = act, go
        self.shown: dict[str, _Shown] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()

    def tell(self, news: News) -> None:
        """Take away what is out of date, and show what is new."""
        for key in news.outdated:
            self.take(key)
        for notice in news.notices:
            self.say(notice)

    def say(self, notice: Notice) -> None:
        """Show a notice, and have it read out."""
        self.take(notice.key)
        while len(self.shown) >= MOST:
            self.take(next(iter(self.shown)))
        shown = _Shown(notice, lambda: self.take(notice.key), lambda: self._undo(notice))
        self.shown[notice.key] = shown
        self._column.addWidget(shown)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, notice.sentence))
        self._fit()

    def _undo(self, notice: Notice) -> None:
        self.take(notice.key)
        if notice.undo is not None:
            self._act(notice.undo)
        elif notice.go is not None:
            self._go(notice.go)

    def take(self, key: str) -> None:
        """Take a notice away."""
        shown = self.shown.pop(key, None)
        if shown is not None:
            self._column.removeWidget(shown)
            shown.hide()
            shown.deleteLater()
            self._fit()

    def clear(self) -> None:
        """Take all of them away."""
        for key in list(self.shown):
            self.take(key)

    @property
    def sentences(self) -> list[str]:
        """What can be read now, the oldest first."""
        return [shown.notice.sentence for shown in self.shown.values()]

    def stand(self, left: int, bottom: int, width: int) -> None:
        """Where they stand: on this lower edge, in pixels of the parent."""
        self._place = (left, bottom, width)
        self._fit()

    _place = (0, 0, 400)

    def _fit(self) -> None:
        left, bottom, width = self._place
        self.setVisible(bool(self.shown))
        self.setFixedWidth(width)
        height = sum(shown.heightForWidth(width) + 8 for shown in self.shown.values())
        self.setGeometry(left, bottom - height, width, height)
        self.raise_()


class _Shown(QFrame):
    """One notice on the screen; it goes by itself, though not while the pointer is on it."""

    def __init__(
        self, notice: Notice, close: Callable[[], object], undo: Callable[[], object]
    ) -> None:
        super().__init__()
        self.notice = notice
        kind = "notice" if notice.tone == "plain" else f"notice-{notice.tone}"
        self.setProperty("kind", kind)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        image, tint = IMAGES[notice.tone]
        drawing = QLabel()
        drawing.setPixmap(pixmap(image, tint, 22))
        words = label(notice.sentence, wrap=True)
        words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 6, 8)
        row.setSpacing(10)
        row.addWidget(drawing, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(words, 1)
        if notice.undo is not None:
            row.addWidget(Button(t("Undo"), undo, "small"))
        elif notice.go is not None:
            row.addWidget(Button(notice.go.words, undo, "small"))
        row.addWidget(icon_button("close", t("Close this notice"), close))
        self._timer = QTimer(self, singleShot=True, interval=SHORT + LETTER * len(notice.sentence))
        self._timer.timeout.connect(close)
        self._later()

    def _later(self) -> None:
        if not self.notice.stay:
            self._timer.start()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Enter:
            self._timer.stop()
        elif event.type() is QEvent.Type.Leave:
            self._later()
        return super().event(event)
