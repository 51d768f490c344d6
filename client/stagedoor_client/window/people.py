"""The participants in three groups, with counts (rule 19), and those backstage if one is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from stagedoor.messages import PersonView

from ..talk import talk_of
from ..words import t
from .actions import actions_for
from .icons import pixmap
from .parts import ENTER, draw_avatar
from .scene import Scene, find, marks_on, note_on
from .theme import colour

Index = QModelIndex | QPersistentModelIndex
ROW, TITLE = 52, 40
MORE = 44  # pixels of the menu's button at the end of a row
ROWS = Qt.ItemDataRole.UserRole


@dataclass(frozen=True)
class Title:
    """A group's heading."""

    words: str
    count: int


@dataclass(frozen=True)
class Row:
    """A person in a group; ``menu``: there is something one may do with them."""

    person: PersonView
    note: str
    marks: tuple[str, ...]
    menu: bool


def rows(scene: Scene, wanted: str) -> list[Title | Row]:
    """The list for a scene: only those whose name has ``wanted`` in it, but everybody counted."""
    found: list[Title | Row] = []
    groups = {
        t("On stage"): scene.on_stage,
        **({t("Backstage"): scene.backstage} if scene.backstage else {}),
        t("Raised hands"): scene.hands,
        t("Viewers"): scene.viewers,
    }
    for words, people in groups.items():
        found.append(Title(words, len(people)))
        for person in find(people, wanted):
            blocked = person.id in (talk_of(scene.view).blocked or ())
            note = note_on(person, person.id == scene.view.you, blocked)
            menu = bool(actions_for(person, scene))
            found.append(Row(person, note, tuple(marks_on(person)), menu))
    return found


class PeopleModel(QAbstractListModel):
    """The rows, for the view and for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Title | Row] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = 0) -> object:
        row = self.rows[index.row()]
        if role == ROWS:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _words(row)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], Title):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def show(self, wanted: list[Title | Row]) -> None:
        """Have these rows; where they are the same people, whoever is selected stays so."""
        if wanted == self.rows:
            return
        if [_key(row) for row in wanted] == [_key(row) for row in self.rows]:
            self.rows = wanted
            self.dataChanged.emit(self.index(0), self.index(len(wanted) - 1))
            return
        self.beginResetModel()
        self.rows = wanted
        self.endResetModel()

    def place(self, person: str) -> QModelIndex:
        """Where a person is; an invalid index for whoever is not."""
        for number, row in enumerate(self.rows):
            if isinstance(row, Row) and row.person.id == person:
                return self.index(number)
        return QModelIndex()


def _key(row: Title | Row) -> str:
    return row.person.id if isinstance(row, Row) else f"#{row.words}"


def _words(row: Title | Row) -> str:
    if isinstance(row, Title):
        return f"{row.words} {row.count}"
    said = {"mic": t("microphone on"), "mic-off": t("microphone off"), "hand": t("hand raised")}
    said |= {"camera": t("camera on"), "camera-off": t("camera off"), "screen": t("screen shared")}
    parts = [row.person.name, row.note, *(said[mark] for mark in row.marks)]
    return ", ".join(part for part in parts if part)


class People(QListView):
    """The list. ``menu`` is asked for a person's menu at a place on the screen."""

    def __init__(self, menu: Callable[[str, QPoint], None]) -> None:
        super().__init__()
        self._menu = menu
        self.rows = PeopleModel()
        self.setObjectName("rows")
        self.setModel(self.rows)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(t("People"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._context)
        self.setMouseTracking(True)

    def draw(self, scene: Scene, wanted: str) -> None:
        """Show the people of a scene."""
        chosen = self.chosen()
        self.rows.show(rows(scene, wanted))
        if chosen and not self.currentIndex().isValid():
            self.setCurrentIndex(self.rows.place(chosen))

    def chosen(self) -> str:
        """The id of the selected person; empty for none."""
        row = self.currentIndex().data(ROWS) if self.currentIndex().isValid() else None
        return row.person.id if isinstance(row, Row) else ""

    def open_menu(self, person: str) -> None:
        """Ask for a person's menu, at the end of their row."""
        place = self.visualRect(self.rows.place(person))
        self._menu(person, self.viewport().mapToGlobal(place.bottomLeft()))

    def _context(self, at: QPoint) -> None:
        row = self.indexAt(at).data(ROWS)
        if isinstance(row, Row) and row.menu:
            self._menu(row.person.id, self.viewport().mapToGlobal(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROWS)
        if not isinstance(row, Row) or not row.menu:
            return
        if _more(self.visualRect(index), self).contains(event.position().toPoint()):
            self._menu(row.person.id, event.globalPosition().toPoint())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (*ENTER, Qt.Key.Key_Space, Qt.Key.Key_Menu) and self.chosen():
            self.open_menu(self.chosen())
        elif event.text().isprintable() and event.text():
            event.ignore()  # not a search, but a key for the window
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            row = self.indexAt(event.position().toPoint()).data(ROWS)
            name = row.person.name if isinstance(row, Row) else ""
            self.viewport().setToolTip(
                t("Actions for {name}", name=name) if name and row.menu else name
            )
        return super().viewportEvent(event)


def _more(row: QRect, view: QWidget) -> QRect:
    """The menu's button within a row."""
    if view.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        return QRect(row.left(), row.top(), MORE, row.height())
    return QRect(row.right() - MORE, row.top(), MORE, row.height())


class _Delegate(QStyledItemDelegate):
    """Draws the rows."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, TITLE if isinstance(index.data(ROWS), Title) else ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROWS)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        view = self.parent()
        assert isinstance(view, QWidget)
        line = _Line(painter, option.rect, view)  # type: ignore[attr-defined]
        if isinstance(row, Title):
            line.heading(row)
        elif isinstance(row, Row):
            state = option.state  # type: ignore[attr-defined]
            if state & QStyle.StateFlag.State_MouseOver:
                line.ground()
            line.person(row)
            if state & QStyle.StateFlag.State_Selected and view.hasFocus():
                line.ring()
        painter.restore()


class _Line:
    """Draws one row, from its beginning at the reader's side to its end."""

    def __init__(self, painter: QPainter, box: QRect, view: QWidget) -> None:
        self._painter, self._box, self._view = painter, box, view
        self._rtl = view.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def _at(self, left: int, top: int, width: int, height: int) -> QRect:
        """A rectangle by its distance from the row's beginning."""
        x = self._box.right() - left - width if self._rtl else self._box.left() + left
        return QRect(x, self._box.top() + top, width, height)

    def _text(
        self, box: QRect, words: str, tint: str, size: int, weight: QFont.Weight, flags: object
    ) -> int:
        font = QFont(self._view.font())
        font.setPixelSize(size)
        font.setWeight(weight)
        self._painter.setFont(font)
        self._painter.setPen(colour(tint))
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        start = Qt.AlignmentFlag.AlignRight if self._rtl else Qt.AlignmentFlag.AlignLeft
        start |= Qt.AlignmentFlag.AlignAbsolute  # the painter has a direction, too
        self._painter.drawText(box, start | flags, shown)  # type: ignore[operator]
        return QFontMetrics(font).horizontalAdvance(shown)

    def heading(self, title: Title) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        box = self._at(16, 8, self._box.width() - 32, TITLE - 8)
        used = self._text(box, title.words, "quiet", 14, QFont.Weight.Bold, middle)
        rest = self._at(16 + used + 8, 8, 60, TITLE - 8)
        self._text(rest, str(title.count), "quiet", 14, QFont.Weight.Normal, middle)

    def person(self, row: Row) -> None:
        one = row.person
        draw_avatar(self._painter, QRectF(self._at(16, 8, 36, 36)), one.id, one.name)
        end = self._box.width() - (MORE if row.menu else 14)
        for mark in reversed(row.marks):
            end -= 22
            self._painter.drawPixmap(self._at(end, 16, 20, 20), pixmap(mark, "quiet"))
        width = end - 62 - 6
        if row.note:
            low, high = Qt.AlignmentFlag.AlignBottom, Qt.AlignmentFlag.AlignTop
            upper, lower = self._at(62, 4, width, 24), self._at(62, 28, width, 20)
            self._text(upper, one.name, "text", 15, QFont.Weight.Normal, low)
            self._text(lower, row.note, "quiet", 13, QFont.Weight.Normal, high)
        else:
            middle = Qt.AlignmentFlag.AlignVCenter
            self._text(
                self._at(62, 0, width, ROW), one.name, "text", 15, QFont.Weight.Normal, middle
            )
        if row.menu:
            box = _more(self._box, self._view)
            centre = box.center() - QPoint(10, 10)
            self._painter.drawPixmap(QRect(centre, QSize(20, 20)), pixmap("more"))

    def ground(self) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(QColor(255, 255, 255, 10))
        self._painter.drawRoundedRect(self._box.adjusted(6, 1, -6, -1), 7, 7)

    def ring(self) -> None:
        self._painter.setPen(QPen(colour("accent"), 2))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(self._box.adjusted(6, 2, -6, -2), 7, 7)
