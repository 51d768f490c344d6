"""The small parts that the window is put together from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

from ..levels import shown
from ..words import t
from .icons import icon, pixmap
from .scene import hue, initials
from .theme import colour, still

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Plain text, never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("kind", kind)
    made.setWordWrap(wrap)
    return made


def say(where: QLabel, text: str) -> None:
    """Set a label's text if it differs, and hide an empty one."""
    if where.text() != text:
        where.setText(text)
    where.setVisible(bool(text))


def mark(widget: QWidget, name: str, value: bool | str) -> None:
    """Set a property that the stylesheet looks at, and have it looked at again if it differs."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def drop(widget: QWidget) -> None:
    """Take a widget away, at once for the eye and for the layout that it is in."""
    parent = widget.parentWidget()
    layout = parent.layout() if parent is not None else None
    if layout is not None:
        layout.removeWidget(widget)
    widget.hide()
    widget.deleteLater()


class Button(QPushButton):
    """A button with words, focused by the keyboard alone; Enter presses it like Space."""

    def __init__(self, text: str, press: Callable[[], object], kind: str = "", image: str = ""):
        super().__init__(text.replace("&", "&&"))
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        self._press = press
        self.clicked.connect(self._pressed)
        if image:
            tint = "accent_text" if "primary" in kind else "text"
            self.setIcon(icon(image, tint))
            self.setIconSize(QSize(28, 20))

    def _pressed(self) -> None:
        self._press()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_by_enter(self, event):
            super().keyPressEvent(event)


class Tool(QToolButton):
    """A button of the bar: icon and words side by side, or above each other where it is narrow."""

    def __init__(self, text: str, press: Callable[[], object], image: str, kind: str = "tool"):
        super().__init__()
        self._image = image
        self._badge = ""
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setIconSize(QSize(28, 20))
        self._press = press
        self.clicked.connect(self._pressed)
        self.call(text)
        self.tint()
        self.narrow(False)

    def _pressed(self) -> None:
        self._press()

    def call(self, text: str) -> None:
        """Its words, for the eye and for screen readers."""
        if self.text() != text:
            if self.toolTip() in ("", self.text()):
                self.setToolTip(text)
            self.setText(text)
            self.setAccessibleName(text)

    def show_icon(self, image: str) -> None:
        """Another drawing."""
        self._image = image
        self.tint()

    def tint(self) -> None:
        """Draw the icon in the colour of the words."""
        kinds = {"primary": "accent_text"}
        tint = kinds.get(str(self.property("kind")), "text")
        if self.property("off") is True:
            tint = "off_text"
        elif self.property("pressed") is True:
            tint = "warning_text"
        self.setIcon(icon(self._image, tint))

    def narrow(self, narrow: bool, words: bool = True) -> None:
        """Words below the icon, or beside it; without ``words`` they are left to the tip."""
        if not narrow:
            style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        elif words:
            style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
        else:
            style = Qt.ToolButtonStyle.ToolButtonIconOnly
        self.setToolButtonStyle(style)
        mark(self, "narrow", narrow)

    def badge(self, text: str) -> None:
        """A number at its end; empty for none."""
        if self._badge != text:
            self._badge = text
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        if self._badge and not self.property("narrow"):
            size.setWidth(size.width() + 2 * self._badge_width())
        return size

    def _badge_width(self) -> int:
        return max(22, self.fontMetrics().horizontalAdvance(self._badge) + 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._badge:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self._badge_width(), 20
        top = 4.0 if self.property("narrow") else (self.height() - height) / 2
        # Where words go from right to left, Qt leaves the room after them at the right, too.
        left = self.width() - width - (6 if self.property("narrow") else 10)
        box = QRectF(left, top, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("line"))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._badge)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_by_enter(self, event):
            super().keyPressEvent(event)


def icon_button(name: str, words: str, press: Callable[[], object]) -> Tool:
    """A button that is an icon alone; its words are read out and shown as a tip."""
    made = Tool(words, press, name, "icon")
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    made.setToolTip(words)
    return made


def press_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press a button by the Enter key; whether it was that."""
    if event.key() not in ENTER or event.isAutoRepeat():
        return False
    button.click()
    return True


class Switch(QAbstractButton):
    """On or off, with the word beside the knob. ``turned`` is told what is wished; what it shows
    is set by ``set_on``, once it is so."""

    def __init__(self, name: str, turned: Callable[[bool], object]) -> None:
        super().__init__()
        self._on = False
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._turned = turned
        self.clicked.connect(self._pressed)

    def _pressed(self) -> None:
        self.setChecked(self._on)  # not before it is so
        self._turned(not self._on)

    def set_on(self, on: bool) -> None:
        """Show it on or off."""
        if self._on != on:
            self._on = on
            self.setChecked(on)
            self.update()

    @property
    def on(self) -> bool:
        """What it shows."""
        return self._on

    def sizeHint(self) -> QSize:
        return QSize(96, 40)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not press_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        on, middle = self._on, self.height() / 2
        painter.setOpacity(1.0 if self.isEnabled() else 0.5)
        painter.setPen(QPen(colour("good") if on else QColor("#8f9aab"), 2))
        painter.setBrush(colour("good" if on else "stage"))
        painter.drawRoundedRect(QRectF(6, middle - 12, 42, 24), 12, 12)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#06281a" if on else "#b9c3d1"))
        painter.drawEllipse(QRectF(29 if on else 11, middle - 7, 14, 14))
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(1, 1, self.width() - 2, self.height() - 2), 8, 8)
        painter.resetTransform()
        painter.setPen(colour("text"))
        font = self.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        box = QRectF(6 if rtl else 56, 0, self.width() - 62, self.height())
        start = Qt.AlignmentFlag.AlignRight if rtl else Qt.AlignmentFlag.AlignLeft
        start |= Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(box, start | Qt.AlignmentFlag.AlignVCenter, t("On") if on else t("Off"))


class Avatar(QWidget):
    """A person's initials on a colour of their own."""

    def __init__(self, person: str, name: str, size: int = 36) -> None:
        super().__init__()
        self._person, self._name = person, name
        self.setFixedSize(size, size)

    def call(self, name: str) -> None:
        """Another name."""
        if name != self._name:
            self._name = name
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_avatar(painter, QRectF(self.rect()), self._person, self._name)


def draw_avatar(painter: QPainter, box: QRectF, person: str, name: str) -> None:
    """Draw a person's initials in a circle that fills ``box``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromHslF(hue(person) / 360, 0.38, 0.32))
    painter.drawEllipse(box)
    font = painter.font()
    font.setPixelSize(max(11, int(box.height() * 0.38)))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, initials(name))


class Meter(QWidget):
    """How loud something is: from -60 dB full scale, nothing, to 0, all of the bar."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.level = 0.0
        self.setAccessibleName(name)
        self.setFixedHeight(8)

    def hear(self, decibels: float) -> None:
        """A new level; a louder one shows at once, a softer one sinks."""
        self._set(max(shown(decibels), self.level * 0.9))

    def rest(self) -> None:
        """Nothing is heard."""
        self._set(0.0)

    def _set(self, level: float) -> None:
        if abs(level - self.level) > 0.002 or (level == 0.0) != (self.level == 0.0):
            self.level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("raised_more"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        if self.level > 0:
            width = self.width() * self.level
            rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            painter.setBrush(colour("good"))
            box = QRectF(self.width() - width if rtl else 0, 0, width, self.height())
            painter.drawRoundedRect(box, 4, 4)


class Spinner(QWidget):
    """Something is going on. Turns slowly where things should not move."""

    def __init__(self, size: int = 36) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self._turn = 0
        self._clock = QTimer(self, interval=200 if still() else 40)
        self._clock.timeout.connect(self._step)

    def _step(self) -> None:
        self._turn = (self._turn + 15) % 360
        self.update()

    def showEvent(self, event: object) -> None:
        self._clock.start()

    def hideEvent(self, event: object) -> None:
        self._clock.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(colour("line"), 3))
        painter.drawEllipse(box)
        painter.setPen(QPen(colour("accent"), 3))
        painter.drawArc(box, -self._turn * 16, 90 * 16)


class Elided(QLabel):
    """One line of text that ends in an ellipsis where it is too long; the tip has all of it."""

    def __init__(self, text: str = "", kind: str = "") -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)
        self.say(text)

    def say(self, text: str) -> None:
        """Show this text."""
        if text != self._whole:
            self._whole = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self._fit()

    @property
    def whole(self) -> str:
        """The text, all of it."""
        return self._whole

    def sizeHint(self) -> QSize:
        # Room for all of it, and not only for what is shown now; letters are not whole pixels wide.
        self.ensurePolished()
        width = self.fontMetrics().horizontalAdvance(self._whole) + 1
        return QSize(width, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip("" if shown == self._whole else self._whole)


class Combo(QComboBox):
    """A choice; a name that is too long for it ends in an ellipsis."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setItemDelegate(QStyledItemDelegate(self))  # the other one knows no style sheets

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - 48
        metrics = self.fontMetrics()
        option.currentText = metrics.elidedText(  # type: ignore[attr-defined]
            self.currentText() or self.placeholderText(), Qt.TextElideMode.ElideRight, room
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = 10 if rtl else self.width() - 28
        arrow = pixmap("open", "text" if self.isEnabled() else "dim", 18)
        painter.drawPixmap(left, (self.height() - 18) // 2, arrow)
