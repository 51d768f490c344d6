"""Shows what was sent up: pictures that rise over the stage, or a quiet counter without motion."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass

from PySide6.QtCore import QElapsedTimer, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFont,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QWidget

from stagedoor.rules.reactions.values import Reaction

from ..parts import label, say
from ..theme import still
from .kinds import PICTURES, Counts, in_numbers, rising, sentence

FRAME = 33  # milliseconds
RISE = 2600  # milliseconds that a picture is in the air
SPREAD = 500  # milliseconds over which those of one message start
SILENCE = 4000  # milliseconds after which the quiet counter begins anew
EVERY = 6000  # milliseconds between two things read out
SOON = 1000  # milliseconds until the first are
SIZE = 34  # pixels of a picture
FONTS = ["Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"]


@dataclass(frozen=True)
class Rising:
    """A picture in the air since ``start``; ``left`` and ``drift`` are shares of the width."""

    reaction: Reaction
    start: int
    left: float
    drift: float

    def place(self, now: int, width: int, height: int) -> tuple[float, float, float] | None:
        """Where it is, in pixels, and its opacity; None once it is over."""
        if now >= self.start + RISE:
            return None
        share = max(0.0, (now - self.start) / RISE)
        eased = 1 - (1 - share) ** 2
        opacity = min(1.0, share / 0.12) * min(1.0, (1 - share) / 0.35)
        x = (self.left + self.drift * eased) * width
        return x, height - eased * max(height * 0.55, 200.0), opacity


class Shower(QWidget):
    """Lies over the stage and takes no clicks."""

    def __init__(self) -> None:
        super().__init__()
        self.air: list[Rising] = []
        self._pictures: dict[Reaction, QPixmap] = {}
        self._clock = QElapsedTimer()
        self._clock.start()
        self._counts: Counter[Reaction] = Counter()
        self._unsaid: Counter[Reaction] = Counter()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._frames = QTimer(self, interval=FRAME)
        self._frames.timeout.connect(self._step)
        self._silence = QTimer(self, singleShot=True, interval=SILENCE)
        self._silence.timeout.connect(self._forget)
        self._voice = QTimer(self, singleShot=True)
        self._voice.timeout.connect(self._read_out)
        self.counter = _counter(self)

    def show_counts(self, counts: Counts) -> None:
        """Show these."""
        if still():
            self._counts.update(counts)
            self._draw_counter()
            self._silence.start()
        elif self.isVisible():
            self._rise(counts)
        self._unsaid.update(counts)
        if not self._voice.isActive():
            self._voice.start(SOON)

    def _rise(self, counts: Counts) -> None:
        kinds = rising(counts, len(self.air))
        now, many = self._clock.elapsed(), sum(counts.values()) > 1
        for kind in kinds:
            later = int(random.random() * SPREAD) if many else 0
            left, drift = 0.04 + random.random() * 0.88, random.random() * 0.06 - 0.03
            self.air.append(Rising(kind, now + later, left, drift))
        self.raise_()
        self._frames.start()

    def _step(self) -> None:
        now = self._clock.elapsed()
        self.air = [one for one in self.air if now < one.start + RISE]
        if not self.air:
            self._frames.stop()
        self.update()

    def _draw_counter(self) -> None:
        fonts = ", ".join(f"'{font}'" for font in FONTS)
        said = (
            f'<span style="font-family: {fonts}">{picture}</span>&nbsp;{number}'
            for picture, number in in_numbers(self._counts)
        )
        say(self.counter, "&nbsp;&nbsp; ".join(said))
        self.counter.adjustSize()
        right = self.width() - self.counter.width() - 8
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.counter.move(8 if rtl else right, self.height() - self.counter.height() - 8)
        self.raise_()

    def _forget(self) -> None:
        self._counts.clear()
        self._draw_counter()

    def _read_out(self) -> None:
        said, self._unsaid = self._unsaid, Counter()
        words = sentence(said)
        if words:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))
            self._voice.start(EVERY)

    def _picture(self, reaction: Reaction) -> QPixmap:
        """Drawn once: letters in colours are slow to draw."""
        if reaction not in self._pictures:
            made = QPixmap(2 * SIZE + 8, 2 * SIZE + 8)
            made.fill(Qt.GlobalColor.transparent)
            painter = QPainter(made)
            painter.setFont(emoji_font(self.font(), int(1.6 * SIZE)))
            painter.drawText(made.rect(), Qt.AlignmentFlag.AlignCenter, PICTURES[reaction][0])
            painter.end()
            made.setDevicePixelRatio(2)
            self._pictures[reaction] = made
        return self._pictures[reaction]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        now = self._clock.elapsed()
        for one in self.air:
            place = one.place(now, self.width(), self.height())
            if place is not None:
                x, y, opacity = place
                painter.setOpacity(opacity)
                painter.drawPixmap(QPointF(x, y), self._picture(one.reaction))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_counter()


def emoji_font(like: QFont, size: int) -> QFont:
    """A font with pictures, of so many pixels."""
    font = QFont(like)
    font.setFamilies([*FONTS, *like.families()])
    font.setPixelSize(size)
    return font


def _counter(parent: QWidget) -> QLabel:
    made = label("", "counter")
    made.setParent(parent)
    made.setTextFormat(Qt.TextFormat.RichText)
    made.hide()
    return made
