"""The messages of one thread at a time, with what is not sent yet at its end."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from stagedoor.messages.talk import TalkView

from ...talk import thread
from ...words import t
from ..part import Part
from ..parts import Button, drop, label
from ..scene import Scene
from .row_widgets import MessageWidget, RowDeeds, UnsentWidget, made
from .rows import DividerRow, MessageRow, Row, UnsentRow, rows

NEAR = 60  # pixels from the end that still count as being there
DAY = 86_400_000  # milliseconds
ARRIVED = 250  # milliseconds in which rows come to their places
SHOWN = 100  # rows drawn at first, and so many more each time they are asked for


class Scrolled(QScrollArea):
    """A column of rows, each known by a key, kept by ``show_rows``. The end stays in sight."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.widgets: dict[str, QWidget] = {}
        self.at_end = True
        self.follows = True
        self._from_end: int | None = None
        self._place: QWidget | None = None
        self._arrived = QTimer(self, singleShot=True, interval=ARRIVED)
        self._arrived.timeout.connect(self._arrive)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(name)
        inner = _Inner()
        inner.setObjectName("rows")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, 4, 0, 10)
        self.column.setSpacing(0)
        self.setWidget(inner)
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._grown)
        bar.valueChanged.connect(self._moved)

    def keep_place(self) -> None:
        """What is before one's eyes stays there when more comes above it."""
        bar = self.verticalScrollBar()
        self._from_end = bar.maximum() - bar.value()
        self.at_end, self._place = False, None

    def to_end(self) -> None:
        """Show the end, from now on."""
        self.at_end, self._place = True, None
        self._grown()

    def show_place(self, widget: QWidget) -> None:
        """Have a row in sight, once all the rows have come to their places."""
        self.at_end, self._place = False, widget
        self._grown()
        self._arrived.start()

    def forget_place(self) -> None:
        """The row may go."""
        self._place = None

    def _arrive(self) -> None:
        self._grown()
        self._place = None
        self._moved()

    def _grown(self) -> None:
        bar = self.verticalScrollBar()
        if self._place is not None:
            self.ensureWidgetVisible(self._place, 0, self.viewport().height() // 3)
        elif self._from_end is not None:
            bar.setValue(bar.maximum() - self._from_end)
            self._from_end = None
        elif self.at_end and self.follows:
            bar.setValue(bar.maximum())

    def _moved(self) -> None:
        bar = self.verticalScrollBar()
        self.at_end = self._place is None and bar.maximum() - bar.value() < NEAR


class _Inner(QWidget):
    """As wide as there is room, and as high as that needs: nothing in it makes it wider."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


class MessageList(QWidget):
    """``menu`` is asked for a message's menu, ``edit`` gets the text of what was not sent, ``read``
    is told that all of the thread is before one's eyes."""

    def __init__(
        self,
        part: Part,
        menu: Callable[[int, QPoint], object],
        edit: Callable[[str], object],
        read: Callable[[], object],
    ) -> None:
        super().__init__()
        self._part, self._edit, self._read = part, edit, read
        self._deeds = RowDeeds(menu, self.go, part.act, part.retry, self._edit_again, part.take)
        self._scene: Scene | None = None
        self._drawn: list[Row] = []
        self._shown = SHOWN
        self._divider: int | None = None
        self._jump = False
        self._talk: TalkView | None = None
        self._shape: object = None
        self._thread = ""
        self.box = Scrolled(t("Messages"))
        self.older = Button(t("Show older messages"), self._older, "small")
        self.none = label(t("Nothing has been written here yet."), "quiet", wrap=True)
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.none.setContentsMargins(16, 20, 16, 20)
        self.newest = Button(t("Newest messages"), self.box.to_end, "small", "down-arrow")
        self.newest.setParent(self)
        centre = Qt.AlignmentFlag.AlignHCenter
        self.box.column.addWidget(self.older, alignment=centre)
        self.box.column.addWidget(self.none)
        self.box.column.addStretch()
        self.box.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.box.verticalScrollBar().rangeChanged.connect(self._scrolled)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.box)

    def open(self, name: str, divider: int | None = None, new: int = 0) -> None:
        """Show another thread; so many ``new`` messages come after ``divider``."""
        self._thread, self._divider, self._shown = name, divider, SHOWN + new
        self._clear()
        self._jump = divider is not None
        self.box.to_end()

    def leave(self) -> None:
        """Nothing is marked as new any more."""
        self._divider = None

    def _clear(self) -> None:
        self.box.forget_place()
        for widget in self.box.widgets.values():
            drop(widget)
        self.box.widgets.clear()
        self._drawn = []
        self._shape = None

    def draw(self, scene: Scene) -> None:
        """Show the thread as it is in this scene."""
        self._scene = scene
        unsent = tuple((one.key, one.sentence) for one in scene.unsent)
        said = (self._thread, self._divider, self._shown, scene.i_moderate, scene.now // DAY)
        shape = (unsent, scene.online, *said)
        if scene.view.talk is not self._talk or shape != self._shape:
            self._talk, self._shape = scene.view.talk, shape
            shown = rows(scene, self._thread, self._divider, self._shown)
            self.older.setVisible(self._more(scene))
            self.none.setVisible(not shown)
            if shown != self._drawn:
                self._drawn = shown
                self._show(shown)
                self._to_divider()
        self._scrolled()

    def _to_divider(self) -> None:
        """Just opened, begin with what is new."""
        divider = self.box.widgets.get(DividerRow.key)
        if divider is not None and self._jump:
            self.box.show_place(divider)
        self._jump = False

    def _more(self, scene: Scene) -> bool:
        """Whether there are older messages than those that are drawn."""
        known = len(thread(scene.view, self._thread))
        return known > self._shown or self._part.has_older(self._thread)

    def _show(self, shown: list[Row]) -> None:
        widgets, column = self.box.widgets, self.box.column
        keys = {row.key for row in shown}
        for key in [key for key in widgets if key not in keys]:
            self.box.forget_place()
            drop(widgets.pop(key))
        for place, row in enumerate(shown, start=2):
            widget = widgets.get(row.key)
            first = row.first if isinstance(row, MessageRow) else True
            if isinstance(widget, MessageWidget) and widget.property("first") != first:
                self.box.forget_place()
                drop(widget)  # its head has come or gone, and with it the margins
                widget = None
            if widget is None:
                widget = widgets[row.key] = made(row, self._deeds)
                widget.setProperty("first", first)
            if column.indexOf(widget) != place:
                column.insertWidget(place, widget)
            _update(widget, row)

    def go(self, number: int) -> None:
        """Move to a message, if it is there."""
        if self._scene is not None and str(number) not in self.box.widgets:
            self._shown = max(self._shown, len(thread(self._scene.view, self._thread)))
            self.draw(self._scene)
        widget = self.box.widgets.get(str(number))
        if widget is not None:
            self.box.show_place(widget)

    def _older(self) -> None:
        scene = self._scene
        if scene is None:
            return
        self.box.keep_place()
        if len(thread(scene.view, self._thread)) <= self._shown:
            self._part.older(self._thread)
        self._shown += SHOWN
        self.draw(scene)

    def _edit_again(self, key: str) -> None:
        taken = self._part.take(key)
        if taken is not None:
            self._edit(taken.command.text)

    def _scrolled(self) -> None:
        self.newest.setVisible(not self.box.at_end and bool(self._drawn))
        if self.box.at_end and self.isVisible():
            self._read()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.newest.adjustSize()
        place = QPoint((self.width() - self.newest.width()) // 2, self.height())
        self.newest.move(place - QPoint(0, self.newest.height() + 8))
        self.newest.raise_()


def _update(widget: QWidget, row: Row) -> None:
    match widget, row:
        case MessageWidget(), MessageRow():
            widget.update_row(row)
        case UnsentWidget(), UnsentRow():
            widget.update_row(row)
