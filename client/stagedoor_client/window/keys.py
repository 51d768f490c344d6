"""Keys: R to react; on stage M, V and S, and one to hold to talk."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence

from ..words import t
from .parts import Button

NOT_FOR_TALKING = (
    Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter,
    Qt.Key.Key_M, Qt.Key.Key_V, Qt.Key.Key_S, Qt.Key.Key_R,
)  # fmt: skip
MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def key_name(key: int) -> str:
    """A key's name, as ``Kept`` has it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def spoken(name: str) -> str:
    """A key's name in the language of the window."""
    return QKeySequence(name).toString(QKeySequence.SequenceFormat.NativeText)


class StageKeys:
    """Gets the keys that nothing in the window took: whoever types is not disturbed.

    ``turn`` is told "microphone", "camera" or "screen", ``talk`` whether the key to talk is down,
    ``react`` that one wants to react.
    """

    def __init__(
        self,
        on_stage: Callable[[], bool],
        muted: Callable[[], bool],
        turn: Callable[[str], object],
        talk: Callable[[bool], object],
        react: Callable[[], object] = lambda: None,
    ) -> None:
        self._on_stage, self._muted, self._turn, self._talk = on_stage, muted, turn, talk
        self._react = react
        self.talk_key = ""
        self.talking = False

    def press(self, event: QKeyEvent) -> bool:
        """A key went down; whether it meant something."""
        if event.modifiers() & MODIFIERS:
            return False
        if event.key() == Qt.Key.Key_R and self.talk_key != "R":
            if not event.isAutoRepeat():
                self._react()
            return True
        if not self._on_stage():
            return False
        if self.talk_key and key_name(event.key()) == self.talk_key:
            if not event.isAutoRepeat() and self._muted():
                self.talking = True
                self._talk(True)
            return True
        devices = {
            Qt.Key.Key_M: "microphone",
            Qt.Key.Key_V: "camera",
            Qt.Key.Key_S: "screen",
        }
        device = devices.get(Qt.Key(event.key()))
        if device is None or event.isAutoRepeat():
            return False
        self._turn(device)
        return True

    def release(self, event: QKeyEvent) -> bool:
        """A key came up; whether it meant something."""
        if event.isAutoRepeat() or key_name(event.key()) != self.talk_key:
            return False
        self.let_go()
        return True

    def let_go(self) -> None:
        """Nothing is held any more: the key came up, or the window is left while it is down."""
        if self.talking:
            self.talking = False
            self._talk(False)


class KeyButton(Button):
    """Shows a key; pressed, the next key takes its place. Escape: no key at all."""

    _asking = False  # Qt asks before __init__ has come so far

    def __init__(self, chosen: Callable[[str], object]) -> None:
        super().__init__("", self._ask)
        self._chosen = chosen
        self._key = ""
        self.setMinimumWidth(170)

    def show_key(self, key: str) -> None:
        """Show this key; empty for none."""
        self._key = key
        self._asking = False
        shown = spoken(key)
        self.setText(shown or t("No key"))
        name = t("Key to hold to talk: {key}", key=shown) if key else t("Key to hold to talk: none")
        self.setAccessibleName(name)

    def _ask(self) -> None:
        self._asking = True
        self.setText(t("Press a key, or Esc for none"))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        if self._asking and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # Esc is for us, and not for the window
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._asking:
            super().keyPressEvent(event)
            return
        if event.key() == Qt.Key.Key_Escape:
            self._choose("")
        elif event.key() not in NOT_FOR_TALKING:
            self._choose(key_name(event.key()))

    def _choose(self, key: str) -> None:
        self.show_key(key)
        self._chosen(key)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self._asking:
            self.show_key(self._key)
