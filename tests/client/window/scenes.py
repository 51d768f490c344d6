"""What screenshots are taken of, and how."""

from __future__ import annotations

import os
import time
from pathlib import Path

import shiboken6

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from stagedoor.messages import PersonView, RoomInfo, View
from stagedoor.rules.values import Mode, Role, Seat, Settings
from stagedoor_client.window.bar import Deeds
from stagedoor_client.window.scene import Scene

NOW = 1_000_000
NAMES = [
    "Ann Lee", "Ben Okafor", "Chloë Martin", "Dmitri", "Eun-ji Park", "Farid", "Grace Hopper",
    "Hans-Joachim von und zu Hohenstein-Waldburg", "Ines", "Jürgen Groß", "Kofi", "Łukasz", "Mei",
    "Noor", "Oksana",
]  # fmt: skip


def person(number: int, seat: Seat = Seat.VIEWER, **more: object) -> PersonView:
    """One of the people above."""
    fields = {"role": Role.ATTENDEE, **more}
    return PersonView(id=f"p{number}", name=NAMES[number], seat=seat, **fields)  # type: ignore[arg-type]


def scene(
    *people: PersonView, you: int = 0, mode: Mode = Mode.REQUEST, online: bool = True,
    speaking: tuple[str, ...] = (),
) -> Scene:  # fmt: skip
    """A scene as one of these people sees it."""
    room = RoomInfo("demo", "Autumn assembly", mode, Settings(), False)
    return Scene(View(1, f"p{you}", room, list(people)), online, NOW, speaking)


def picture(number: int, size: QSize) -> QImage:
    """Something to look at."""
    made = QImage(size, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    gradient = QLinearGradient(0, 0, size.width(), size.height())
    gradient.setColorAt(0, QColor.fromHsv(number * 53 % 360, 120, 150))
    gradient.setColorAt(1, QColor.fromHsv((number * 53 + 60) % 360, 160, 70))
    painter.fillRect(made.rect(), gradient)
    painter.setPen(QColor("white"))
    painter.drawText(QPoint(20, 40), f"picture {number}")
    painter.end()
    return made


class Shots:
    """Saves what widgets look like."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.app, self.folder = app, folder
        self._taken: list[QWidget] = []
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, name: str, widget: QWidget, size: tuple[int, int] | None = None) -> None:
        """Show it, and save it."""
        if size is not None:
            widget.resize(*size)
        self._taken.append(widget)
        widget.show()
        self.settle()
        widget.grab().save(str(self.folder / f"{name}.png"))

    def close(self) -> None:
        """Delete what was taken, and not when garbage is collected, in the middle of something."""
        for widget in self._taken:
            if shiboken6.isValid(widget):
                shiboken6.delete(widget)

    def settle(self, seconds: float = 0.25) -> None:
        """Let what glides arrive."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.app.processEvents()


def deeds() -> Deeds:
    """Buttons that do nothing."""
    nothing = lambda *_: None  # noqa: E731
    return Deeds(nothing, nothing, nothing, nothing, nothing, nothing)


def crowd() -> list[PersonView]:
    """A room with everything in it."""
    return [
        person(1, Seat.ON_STAGE, microphone=True, camera=True, role=Role.MODERATOR),
        person(2, Seat.ON_STAGE, camera=True),
        person(3, Seat.HELD, away=True),
        person(7, Seat.ON_STAGE, microphone=True),
        person(4, hand=7),
        person(5, hand=3),
        *(person(number) for number in (6, 8, 9, 10, 11, 12, 13, 14)),
    ]
