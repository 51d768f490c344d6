"""Results as bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..chat.writing_parts import Words
from ..parts import drop, label
from ..theme import colour
from .results import Bar


class Track(QWidget):
    """A bar that is filled to a share from 0 to 1."""

    def __init__(self, height: int = 8) -> None:
        super().__init__()
        self._share = 0.0
        self._tint = "accent"
        self.setFixedHeight(height)

    def fill(self, share: float, tint: str = "accent") -> None:
        """Fill it that far, in this colour of the theme."""
        if (share, tint) != (self._share, self._tint):
            self._share, self._tint = share, tint
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("raised_more"))
        radius = self.height() / 2
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        width = self.width() * self._share
        if width >= 1:
            rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            painter.setBrush(colour(self._tint))
            box = QRectF(self.width() - width if rtl else 0, 0, width, self.height())
            painter.drawRoundedRect(box, radius, radius)


class BarRow(QWidget):
    """One bar with what it stands for."""

    def __init__(self) -> None:
        super().__init__()
        self.words = Words()
        self.value = label("", "small")
        self.track = Track()
        head = QHBoxLayout()
        head.addWidget(self.words, 1)
        head.addWidget(self.value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.track)

    def draw(self, bar: Bar) -> None:
        """Show this."""
        self.words.say(bar.label)
        self.words.setAccessibleName(f"{bar.label}: {bar.value}")
        self.value.setText(bar.value)
        tint = {None: "accent", True: "good", False: "line_field"}[bar.right]
        self.track.fill(bar.share / 100, tint)


class Bars(QWidget):
    """A row for each."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[BarRow] = []
        self._drawn: list[Bar] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def draw(self, bars: list[Bar]) -> None:
        """Show these."""
        if bars == self._drawn:
            return
        self._drawn = bars
        while len(self.rows) > len(bars):
            drop(self.rows.pop())
        while len(self.rows) < len(bars):
            self.rows.append(BarRow())
            self._column.addWidget(self.rows[-1])
        for row, bar in zip(self.rows, bars, strict=True):
            row.draw(bar)
