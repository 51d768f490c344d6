"""Windows over the room."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from .parts import Button, label, say


class Modal(QDialog):
    """However it is closed other than by ``leave`` (Esc, the window's own button), ``dismissed``
    is told."""

    def __init__(self, parent: QWidget, title: str, dismissed: Callable[[], object]) -> None:
        super().__init__(parent)
        self._asked = False
        self._dismissed = dismissed
        self.title = label("", "h2", wrap=True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(22, 22, 22, 22)
        self.column.setSpacing(14)
        self.column.addWidget(self.title)
        self.setModal(True)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.entitle(title)
        self.finished.connect(self._finished)

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._grow()
        return done

    def _grow(self) -> None:
        """Make room for a sentence that has come to be there."""
        layout = self.layout()
        if layout is None:
            return
        needed = layout.totalHeightForWidth(self.width())
        if needed > self.height():
            self.resize(self.width(), needed)

    def entitle(self, title: str) -> None:
        """Another title."""
        say(self.title, title)
        self.setWindowTitle(title)

    def show_up(self) -> None:
        """Open it."""
        if not self.isVisible():
            self._asked = False
            self.open()

    def leave(self) -> None:
        """Close it without anybody being told."""
        if self.isVisible():
            self._asked = True
            self.close()

    def _finished(self, _: int) -> None:
        if not self._asked:
            self._dismissed()

    def add_buttons(self, *buttons: Button) -> None:
        """A last row of buttons."""
        row = QHBoxLayout()
        row.addStretch()
        for button in buttons:
            row.addWidget(button)
        self.column.addLayout(row)
