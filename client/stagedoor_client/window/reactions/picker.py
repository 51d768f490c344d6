"""The row of reactions above the bar's button, which stays open to send several."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from stagedoor.rules.reactions.values import Reaction

from ..parts import Button
from .kinds import PICTURES
from .shower import emoji_font


class Picker(QFrame):
    """``send`` is told which was pressed, ``turned`` that it was opened or closed."""

    def __init__(
        self,
        button: QWidget,
        send: Callable[[Reaction], object],
        turned: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(button, Qt.WindowType.Popup)
        self._button, self._turned = button, turned
        self.setObjectName("picker")
        self.setAccessibleName("Reactions")
        self.buttons: dict[Reaction, Button] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(2)
        for reaction, (picture, words) in PICTURES.items():
            made = Button(picture, partial(send, reaction), "reaction")
            made.setAccessibleName(words)
            made.setToolTip(words)
            made.setFont(emoji_font(made.font(), 26))
            self.buttons[reaction] = made
            row.addWidget(made)

    def turn(self) -> None:
        """Open it above its button, or close it."""
        if self.isVisible():
            self.hide()
            return
        self.adjustSize()
        left = (self._button.width() - self.width()) // 2
        self.move(self._button.mapToGlobal(QPoint(left, -self.height() - 8)))
        self.show()
        next(iter(self.buttons.values())).setFocus(Qt.FocusReason.PopupFocusReason)
        self._turned()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            step = -step
        buttons: list[QWidget] = list(self.buttons.values())
        focused = self.focusWidget()
        now = buttons.index(focused) if focused in buttons else 0
        buttons[(now + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._turned()
