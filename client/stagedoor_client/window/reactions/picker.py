"""The row of reactions above the bar's button, which stays open to send several."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QWidget

from stagedoor.rules.reactions.values import Reaction

from ...words import t, told
from ..parts import Button
from .kinds import PICTURES
from .shower import emoji_font


class Picker(QFrame):
    """Lies over the page, as screen readers are not told of popups.

    ``send`` is told which was pressed, ``turned`` that it was opened or closed. It closes when the
    focus goes elsewhere.
    """

    def __init__(
        self,
        page: QWidget,
        button: QWidget,
        send: Callable[[Reaction], object],
        turned: Callable[[], object],
    ) -> None:
        super().__init__(page)
        self._page, self._button, self._turned = page, button, turned
        self.setObjectName("picker")
        self.setAccessibleName(t("Reactions"))
        self.buttons: dict[Reaction, Button] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(2)
        for reaction, (picture, words) in PICTURES.items():
            made = Button(picture, partial(send, reaction), "reaction")
            made.setAccessibleName(told(words))
            made.setToolTip(told(words))
            made.setFont(emoji_font(made.font(), 26))
            self.buttons[reaction] = made
            row.addWidget(made)
        self.hide()
        app = QGuiApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focused)

    def turn(self) -> None:
        """Open it above its button, or close it."""
        if self.isVisible():
            self.shut()
            return
        self.adjustSize()
        left = (self._button.width() - self.width()) // 2
        place = self._button.mapTo(self._page, QPoint(left, -self.height() - 8))
        most = self._page.width() - self.width() - 8
        self.move(max(8, min(place.x(), most)), place.y())
        self.show()
        self.raise_()
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.PopupFocusReason)
        self._turned()

    def shut(self) -> None:
        """Close it."""
        if not self.isVisible():
            return
        inside = self.isAncestorOf(self.focusWidget() or self)
        self.hide()
        if inside:
            self._button.setFocus(Qt.FocusReason.PopupFocusReason)
        self._turned()

    def _focused(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self._button and not self.isAncestorOf(now):
            self.shut()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self.shut()
        elif step is None:
            super().keyPressEvent(event)
        else:
            self._move(-step if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else step)

    def _move(self, step: int) -> None:
        buttons: list[QWidget] = list(self.buttons.values())
        focused = self.focusWidget()
        now = buttons.index(focused) if focused in buttons else 0
        buttons[(now + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
