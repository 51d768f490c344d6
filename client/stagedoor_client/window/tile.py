"""One person's place on the stage, or one shared screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from stagedoor.messages import PersonView
from stagedoor.rules.values import Seat

from ..words import t
from .icons import pixmap
from .parts import draw_avatar
from .theme import RADIUS, colour

SMALL = 110  # pixels of height under which the name is written smaller
RING = 3


class Tile(QWidget):
    """Draws a picture that fills it, or a face of initials; name, mark and ring over it.

    ``resized`` is told its size in real pixels, which is what pictures are best made for. A shared
    screen is shown whole rather than filling the tile.
    """

    def __init__(
        self,
        person: PersonView,
        *,
        own: bool,
        screen: bool = False,
        resized: Callable[[QSize], None] = lambda size: None,
        menu: Callable[[str], None] = lambda person: None,
    ) -> None:
        super().__init__()
        self.person, self.own, self.of_screen = person, own, screen
        self.speaking = False
        self.picture: QImage | None = None
        self._resized, self._menu = resized, menu

    @property
    def pixels(self) -> QSize:
        """Its size in real pixels."""
        return self.size() * self.devicePixelRatioF()

    def follow(self, person: PersonView, speaking: bool) -> None:
        """Show the person as they are now."""
        self.person = person
        self.speaking = speaking and person.microphone and not self.of_screen
        if not self._has_picture:
            self.picture = None
        self.setAccessibleName(self._words())
        self.update()

    def set_picture(self, picture: QImage | None) -> None:
        """Show this picture, as long as the person's camera is on; None for none."""
        self.picture = picture if self._has_picture else None
        self.update()

    @property
    def _held(self) -> bool:
        return self.person.seat is Seat.HELD

    @property
    def _has_picture(self) -> bool:
        on = self.of_screen or self.person.camera
        return on and not self._held

    @property
    def name(self) -> str:
        """What is written on it."""
        if self.of_screen:
            words = t("Your screen") if self.own else t("{name}'s screen", name=self.person.name)
        else:
            words = t("{name} (you)", name=self.person.name) if self.own else self.person.name
        return t("{name} · backstage", name=words) if self.person.backstage else words

    @property
    def muted(self) -> bool:
        """Whether it bears the mark of a microphone that is off."""
        return not self.of_screen and not self.person.microphone and not self._held

    def _words(self) -> str:
        if self.of_screen:
            return self.name
        microphone = t("microphone on") if self.person.microphone else t("microphone off")
        parts = [
            self.person.name,
            t("you") if self.own else "",
            t("backstage") if self.person.backstage else "",
            t("reconnecting") if self._held else microphone,
            t("camera on") if self.person.camera else t("camera off"),
        ]
        return ", ".join(part for part in parts if part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._resized(self.pixels)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._menu(self.person.id)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.picture is not None and not self.picture.isNull():
            self._draw_picture(painter, self.picture)
        else:
            painter.fillRect(self.rect(), colour("stage" if self.of_screen else "panel"))
            if self.of_screen:
                painter.setPen(colour("quiet"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, t("The picture is on its way…"))
            else:
                self._draw_face(painter, box)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._held:
            painter.fillRect(self.rect(), colour("stage", 166))
            painter.setPen(colour("text"))
            painter.setFont(self.font())
            lower = box.adjusted(0, box.height() * 0.6, 0, 0)
            painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, t("Reconnecting…"))
        self._draw_foot(painter)
        round_off(painter, box, RADIUS)
        if self.speaking or self.person.backstage:
            dashes = Qt.PenStyle.DashLine if self.person.backstage else Qt.PenStyle.SolidLine
            tint = "good" if self.speaking else "warning"
            painter.setPen(QPen(colour(tint), RING, dashes))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            half = RING / 2
            painter.drawRoundedRect(box.adjusted(half, half, -half, -half), RADIUS, RADIUS)

    def _draw_face(self, painter: QPainter, box: QRectF) -> None:
        least = min(box.width(), box.height())
        size = max(36.0, min(140.0, least * 0.42))
        middle = box.center() - QPointF(size / 2, size / 2)
        draw_avatar(
            painter, QRectF(middle.x(), middle.y(), size, size), self.person.id, self.person.name
        )

    def _draw_picture(self, painter: QPainter, picture: QImage) -> None:
        painter.fillRect(self.rect(), colour("stage"))
        ratio = self.devicePixelRatioF()
        if self.of_screen:
            draw_cover(painter, picture, self.size(), ratio, whole=True)
        else:
            draw_cover(painter, picture, self.size(), ratio, mirrored=self.own)

    def _draw_foot(self, painter: QPainter) -> None:
        """The name, at the beginning of the tile's lower edge."""
        small = self.height() < SMALL
        font = self.font()
        font.setPixelSize(12 if small else 14)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        image = "screen" if self.of_screen else "mic-off" if self.muted else ""
        mark = (metrics.height() + 4) if image else 0
        most = self.width() - 12 - 18 - mark
        name = metrics.elidedText(self.name, Qt.TextElideMode.ElideRight, most)
        width = metrics.horizontalAdvance(name) + 18 + mark
        height = metrics.height() + (4 if small else 8)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - 6 - width if rtl else 6
        box = QRectF(left, self.height() - height - 6, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("stage", 199))
        painter.drawRoundedRect(box, 7, 7)
        if mark:
            size = metrics.height()
            x = box.right() - 9 - size if rtl else box.left() + 9
            at = QRectF(x, box.center().y() - size / 2, size, size)
            drawing = pixmap(image, "danger" if self.muted else "text")
            painter.drawPixmap(at, drawing, QRectF(drawing.rect()))
        painter.setPen(colour("text"))
        text = box.adjusted(9, 0, -9 - mark, 0) if rtl else box.adjusted(9 + mark, 0, -9, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, name)


def draw_cover(
    painter: QPainter,
    picture: QImage,
    size: QSize,
    ratio: float,
    *,
    mirrored: bool = False,
    whole: bool = False,
) -> None:
    """Draw a picture so that it fills ``size``, or, ``whole``, so that all of it is seen.

    ``ratio`` is that of real pixels to Qt's. A picture of the right size is copied as it is.
    """
    mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    if whole:
        mode = Qt.AspectRatioMode.KeepAspectRatio
    scaled = picture.size().scaled(size, mode)
    left = (size.width() - scaled.width()) // 2
    top = (size.height() - scaled.height()) // 2
    target = QRect(left, top, scaled.width(), scaled.height())
    if picture.size() != scaled * ratio:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.save()
    if mirrored:
        painter.translate(size.width(), 0)
        painter.scale(-1, 1)
    painter.drawImage(target, picture)
    painter.restore()


def round_off(painter: QPainter, box: QRectF, radius: float) -> None:
    """Paint the ground over the corners: far cheaper than clipping the picture."""
    corners, inner = QPainterPath(), QPainterPath()
    corners.addRect(box)
    inner.addRoundedRect(box, radius, radius)
    painter.fillPath(corners - inner, colour("ground"))
