"""The window before entering a server whose certificate nobody vouches for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ..errors import UntrustedError
from ..words import t, why
from .modal import Modal
from .parts import Button, label


class Trust(Modal):
    """Shows the fingerprint to be compared; ``enter`` is called once a person vouches for it."""

    def __init__(self, parent: QWidget, error: UntrustedError, enter: Callable[[], None]) -> None:
        super().__init__(parent, t("Is this the right server?"), self.deleteLater)
        self._enter = enter
        self.sentence = label(why(error), wrap=True)
        self.no = Button(t("Cancel"), self._close)
        self.yes = Button(t("I have compared it: enter"), self._trust, "danger")
        self.setMinimumWidth(520)
        self.column.addWidget(self.sentence)
        self.add_buttons(self.no, self.yes)

    def begin(self) -> None:
        """Open it."""
        self.show_up()

    def _trust(self) -> None:
        self._close()
        self._enter()

    def _close(self) -> None:
        self.leave()
        self.deleteLater()
