"""The stage: everybody who has a seat, as tiles that fit, page by page where they do not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QEasingCurve, QPropertyAnimation, QRect, QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ..view import UP
from ..words import t
from .happenings import HOW_TO_GET_UP
from .icons import pixmap
from .layout import arrange
from .parts import icon_button, label, say
from .scene import Scene
from .theme import still
from .tile import Tile

CAMERA, SCREEN = "camera", "screen"
PAGER = 44
QUICK = 150  # milliseconds

Source = tuple[str, str]
"""A person's id, and "camera" or "screen"."""
Visible = Callable[[dict[Source, QSize]], None]


class Stage(QWidget):
    """Owns the tiles. ``visible`` is told what is to be seen, and in how many real pixels, each
    time that changes; what is not in it need not be decoded."""

    def __init__(
        self,
        visible: Visible = lambda shown: None,
        menu: Callable[[str], None] = lambda person: None,
    ) -> None:
        super().__init__()
        self._visible, self._menu = visible, menu
        self._told: dict[Source, QSize] | None = None
        self._page = 0
        self._cover: QWidget | None = None
        self.tiles: dict[Source, Tile] = {}
        self.setAccessibleName(t("Stage"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(200, 150)
        self.empty, self._how = _empty()
        self.empty.setParent(self)
        self.pager = QWidget(self)
        self.page_words = label("", "small")
        self.back = icon_button("back", t("People before"), lambda: self.turn_page(-1))
        self.forth = icon_button("forth", t("More people"), lambda: self.turn_page(1))
        row = QHBoxLayout(self.pager)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch()
        for part in (self.back, self.page_words, self.forth):
            row.addWidget(part)
        row.addStretch()
        self.pager.hide()

    def draw(self, scene: Scene) -> None:
        """Show who is on stage now."""
        wanted: dict[Source, str] = {}
        people = [*scene.on_stage, *scene.backstage]
        for person in people:
            wanted[person.id, CAMERA] = person.id
        for person in people:
            if person.screen and person.seat in UP:
                wanted[person.id, SCREEN] = person.id
        for source in [source for source in self.tiles if source not in wanted]:
            gone = self.tiles.pop(source)
            gone.hide()
            gone.deleteLater()
        tiles = {}
        for source, one in wanted.items():
            tile = self.tiles.get(source) or self._add(source, scene)
            tile.follow(scene.people[one], one in scene.speaking)
            tiles[source] = tile
        self.tiles = tiles
        say(self._how, HOW_TO_GET_UP[scene.room.mode])
        self.empty.setVisible(not tiles)
        self._place(moving=True)

    def _add(self, source: Source, scene: Scene) -> Tile:
        person, kind = source
        tile = Tile(
            scene.people[person],
            own=person == scene.view.you,
            screen=kind == SCREEN,
            resized=lambda _: self._tell(),
            menu=self._menu,
        )
        tile.setParent(self)
        tile.lower()
        return tile

    def set_picture(self, person: str, kind: str, picture: QImage | None) -> None:
        """A picture of a person's camera or screen; of whoever has no tile it is dropped."""
        tile = self.tiles.get((person, kind))
        if tile is not None:
            tile.set_picture(picture)

    def turn_page(self, by: int) -> None:
        """Show the people before or after."""
        self._page = max(0, self._page + by)
        self._place()

    def _place(self, *, moving: bool = False) -> None:
        # One's own screen is before one's eyes already: it is a tile like the others.
        large = [source for source, tile in self.tiles.items() if tile.of_screen and not tile.own]
        people = [_key(source) for source in self.tiles if source not in large]
        screens = [_key(source) for source in large]
        whole = (self.width(), self.height())
        plan = arrange(people, screens, whole, self._page)
        if plan.pages > 1:
            plan = arrange(people, screens, (whole[0], whole[1] - PAGER), self._page)
        self._page = plan.page
        for source, tile in self.tiles.items():
            place = plan.places.get(_key(source))
            if place is None:
                tile.hide()
                continue
            at = QRect(place.x, place.y, place.width, place.height)
            _move(tile, at, moving and tile.isVisible())
            tile.show()
        self.empty.setGeometry(self.rect())
        self._draw_pager(plan.page, plan.pages)
        self._tell()

    def _draw_pager(self, page: int, pages: int) -> None:
        self.pager.setVisible(pages > 1)
        self.pager.setGeometry(0, self.height() - PAGER, self.width(), PAGER)
        say(self.page_words, t("Page {page} of {pages}", page=page + 1, pages=pages))
        self.back.setEnabled(page > 0)
        self.forth.setEnabled(page < pages - 1)

    def _tell(self) -> None:
        shown = {source: tile.pixels for source, tile in self.tiles.items() if not tile.isHidden()}
        if shown != self._told:
            self._told = shown
            self._visible(shown)

    def cover(self, widget: QWidget) -> None:
        """Have something lie over all of the stage, from now on."""
        self._cover = widget
        widget.setParent(self)
        widget.setGeometry(self.rect())
        widget.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        if self._cover is not None:
            self._cover.setGeometry(self.rect())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        step = pages.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.turn_page(step)


def _key(source: Source) -> str:
    return "/".join(source)


def _move(tile: Tile, at: QRect, moving: bool) -> None:
    """Put a tile there, gliding where things may move."""
    running = tile.findChild(QPropertyAnimation)
    if running is not None:
        if running.endValue() == at:
            return
        running.stop()
        running.deleteLater()
        running.setParent(None)
    if tile.geometry() == at:
        return
    if not moving or still():
        tile.setGeometry(at)
        return
    glide = QPropertyAnimation(tile, QByteArray(b"geometry"), tile)
    glide.setDuration(QUICK)
    glide.setEasingCurve(QEasingCurve.Type.OutCubic)
    glide.setEndValue(at)
    glide.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)


def _empty() -> tuple[QFrame, QLabel]:
    """What is shown while nobody is on stage, and the label that says how to get up."""
    frame = QFrame()
    frame.setObjectName("empty")
    drawing = QLabel()
    drawing.setPixmap(pixmap("stage", "#66748a", 56, 1.2))
    how = label("", "quiet", wrap=True)
    how.setAlignment(Qt.AlignmentFlag.AlignCenter)
    how.setMaximumWidth(420)
    how.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(frame)
    column.setContentsMargins(24, 24, 24, 24)
    column.setSpacing(10)
    column.addStretch()
    column.addWidget(drawing, alignment=Qt.AlignmentFlag.AlignHCenter)
    title = label(t("Nobody is on stage yet"), "h2")
    column.addWidget(title, alignment=Qt.AlignmentFlag.AlignHCenter)
    row = QHBoxLayout()
    row.addStretch()
    row.addWidget(how, 10)
    row.addStretch()
    column.addLayout(row)
    column.addStretch()
    return frame, how
