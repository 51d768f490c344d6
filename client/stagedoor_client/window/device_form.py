"""Camera, microphone and speaker: switches, choices, preview and level."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ..words import t, told
from .choices import DEFAULT_SPEAKER, SIZES, Choices
from .icons import pixmap
from .parts import Button, Combo, Meter, Switch, label, say
from .theme import RADIUS, colour
from .tile import draw_cover, round_off

CAMERA, MICROPHONE = "camera", "microphone"


class Preview(QWidget):
    """The own camera's picture, as in a mirror."""

    def __init__(self, resized: Callable[[QSize], None]) -> None:
        super().__init__()
        self._resized = resized
        self.picture: QImage | None = None
        self.words = t("Your camera is off")
        self.setAccessibleName(t("Your camera's picture"))
        self.setMinimumSize(320, 180)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, 225)

    def show_picture(self, picture: QImage | None) -> None:
        """Show this, or that it is off."""
        self.picture = picture
        self.update()

    def say(self, words: str) -> None:
        """What is written where there is no picture."""
        if words != self.words:
            self.words = words
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(self.width() * 9 // 16)
        self._resized(self.size() * self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(self.rect())
        painter.fillRect(self.rect(), colour("stage"))
        if self.picture is not None:
            draw_cover(painter, self.picture, self.size(), self.devicePixelRatioF(), mirrored=True)
        else:
            middle = box.center()
            image = pixmap("camera-off", "quiet", 36)
            painter.drawPixmap(int(middle.x()) - 18, int(middle.y()) - 36, image)
            painter.setPen(colour("quiet"))
            lower = QRectF(0, middle.y() + 6, box.width(), 30)
            painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, self.words)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        round_off(painter, box, RADIUS)


class Row(QWidget):
    """One kind of device: its name, the choice, a switch or a button, and what is wrong."""

    def __init__(self, title: str, end: QWidget, *more: QWidget) -> None:
        super().__init__()
        self.choice = Combo(title)
        self.trouble = label("", "trouble", wrap=True)
        self.trouble.hide()
        name = label(title, "label")
        name.setBuddy(self.choice)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.addWidget(name, 0, 0, 1, 2)
        grid.addWidget(self.choice, 1, 0)
        grid.addWidget(end, 1, 1)
        for number, widget in enumerate((*more, self.trouble)):
            grid.addWidget(widget, 2 + number, 0, 1, 2)
        grid.setColumnStretch(0, 1)

    def fill(self, names: list[str], chosen: str, looked: bool) -> None:
        """Offer these names, with one of them chosen; ``looked``: it is known what there is."""
        box = self.choice
        if [box.itemText(number) for number in range(box.count())] != names:
            box.clear()
            box.addItems(names)
        box.setPlaceholderText("" if names else t("None") if looked else t("Looking…"))
        box.setCurrentIndex(names.index(chosen) if chosen in names else -1)
        box.setEnabled(bool(names))


class DeviceForm(QWidget):
    """Used by the ready window and, on stage, by the device window; ``turn`` is what a switch does
    there. ``test`` plays a sound, ``resize`` asks for another size of the camera's pictures, and
    ``sized`` is told in how many real pixels the preview is seen."""

    def __init__(
        self,
        choices: Choices,
        turn: Callable[[str, bool], object],
        test: Callable[[], object],
        resize: Callable[[tuple[int, int]], object],
        sized: Callable[[QSize], None],
    ) -> None:
        super().__init__()
        self._choices, self._resize = choices, resize
        self._said = {CAMERA: "", MICROPHONE: "", "speaker": ""}
        self.preview = Preview(sized)
        self.meter = Meter(t("Microphone level"))
        self.echo = label("", "trouble", wrap=True)
        self.echo.hide()
        self.switches = {
            CAMERA: Switch(t("Camera"), lambda on: turn(CAMERA, on)),
            MICROPHONE: Switch(t("Microphone"), lambda on: turn(MICROPHONE, on)),
        }
        self.resolution = Combo(t("Resolution"))
        self.resolution.addItems([f"{width} × {height}" for width, height in SIZES])
        self.resolution.activated.connect(lambda number: self._resize(SIZES[number]))
        self.test = Button(t("Test speaker"), test, image="speaker")
        line_of_sizes = QWidget()
        line = QHBoxLayout(line_of_sizes)
        line.setContentsMargins(0, 0, 0, 0)
        resolution = label(t("Resolution"), "small")
        resolution.setBuddy(self.resolution)
        line.addWidget(resolution)
        line.addWidget(self.resolution, 1)
        self.rows = {
            CAMERA: Row(t("Camera"), self.switches[CAMERA], line_of_sizes),
            MICROPHONE: Row(t("Microphone"), self.switches[MICROPHONE], self.meter),
            "speaker": Row(t("Speaker"), self.test, self.echo),
        }
        for kind, row in self.rows.items():
            row.choice.textActivated.connect(lambda name, kind=kind: self._chose(kind, name))
        self._put_together()

    def _put_together(self) -> None:
        left = QVBoxLayout()
        left.addWidget(self.preview)
        left.addStretch()
        right = QVBoxLayout()
        right.setSpacing(14)
        for row in self.rows.values():
            right.addWidget(row)
        right.addStretch()
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(18)
        columns.addLayout(left, 11)
        columns.addLayout(right, 10)

    def _chose(self, kind: str, name: str) -> None:
        self.complain(kind, "")
        self._choices.choose(kind, "" if name == told(DEFAULT_SPEAKER) else name)

    def begin(self, size: tuple[int, int]) -> None:
        """Nothing is wrong yet; the camera's pictures have this size."""
        for kind in self._said:
            self._said[kind] = ""
        self.warn_of_echo("")
        self.meter.rest()
        self.preview.show_picture(None)
        wanted = min(SIZES, key=lambda one: abs(one[0] * one[1] - size[0] * size[1]))
        self.resolution.setCurrentIndex(SIZES.index(wanted))

    def draw(self, on: dict[str, bool], opened: dict[str, bool]) -> None:
        """Show what is switched on, and what of it is open by now."""
        looked = self._choices.looked
        for kind, row in self.rows.items():
            current = self._choices.current(kind)
            names = [one.name for one in self._choices.there(kind)]
            if kind == "speaker":
                names.insert(0, told(DEFAULT_SPEAKER))
                row.fill(names, current.name if current else told(DEFAULT_SPEAKER), looked)
                say(row.trouble, self._said[kind] or self._choices.trouble(kind))
                continue
            row.fill(names, current.name if current else "", looked)
            switch = self.switches[kind]
            switch.set_on(on[kind])
            switch.setEnabled(current is not None or on[kind])
            if opened[kind]:
                self._said[kind] = ""
            say(row.trouble, self._said[kind] or self._choices.trouble(kind))
        starting = on[CAMERA] and not opened[CAMERA]
        self.preview.say(t("Your camera is starting…") if starting else t("Your camera is off"))
        if not opened[CAMERA]:
            self.preview.show_picture(None)
        if not (on[MICROPHONE] and opened[MICROPHONE]):
            self.meter.rest()

    def complain(self, kind: str, sentence: str) -> None:
        """Say why a device is not on."""
        if kind in self._said:
            self._said[kind] = sentence
            say(self.rows[kind].trouble, sentence or self._choices.trouble(kind))

    def say_speaker(self, sentence: str) -> None:
        """Say why nothing can be played; nothing if empty."""
        self._said["speaker"] = sentence
        say(self.rows["speaker"].trouble, sentence or self._choices.trouble("speaker"))

    def warn_of_echo(self, sentence: str) -> None:
        """Say that speaker and microphone hear each other; nothing if empty."""
        say(self.echo, sentence)
