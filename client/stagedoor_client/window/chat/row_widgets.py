"""The rows of the list of messages on the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from stagedoor.messages import AnyRequest
from stagedoor.rules.talk.commands import ApproveMessage, RejectMessage

from ...words import t
from ..icons import pixmap
from ..parts import Button, Elided, drop, icon_button, label, mark, say
from .rows import DividerRow, MessageRow, Row, UnsentRow
from .writing_parts import Words

LINE = 300  # pixels for buttons side by side


@dataclass(frozen=True)
class RowDeeds:
    """What the buttons of rows do: ``menu`` of a message at a place on the screen, ``go`` to
    another message, and with what was not sent."""

    menu: Callable[[int, QPoint], object]
    go: Callable[[int], object]
    act: Callable[[AnyRequest], object]
    retry: Callable[[str], object]
    edit: Callable[[str], object]
    discard: Callable[[str], object]


def buttons_row(*buttons: Button) -> QWidget:
    """Buttons side by side at the beginning of a line, and of a second where one is too short."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 4, 0, 4)
    column.setSpacing(6)
    row, room = QHBoxLayout(), 0
    for button in buttons:
        button.ensurePolished()
        width = button.sizeHint().width()
        if width > room:
            row, room = QHBoxLayout(), LINE
            row.setSpacing(6)
            row.addStretch()
            column.addLayout(row)
        row.insertWidget(row.count() - 1, button)
        room -= width + 6
    return made


class Decision(QWidget):
    """Approve or reject a message or question that waits."""

    def __init__(self, number: int, name: str, act: Callable[[AnyRequest], object]) -> None:
        super().__init__()
        self.reject = Button(t("Reject"), lambda: act(RejectMessage(number)), "small")
        self.approve = Button(t("Approve"), lambda: act(ApproveMessage(number)), "small-primary")
        self.reject.setAccessibleName(t("Reject what {name} wrote", name=name))
        self.approve.setAccessibleName(t("Approve what {name} wrote", name=name))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(buttons_row(self.reject, self.approve))


class Quote(Button):
    """A line of what is replied to; pressed, it leads there."""

    def __init__(self, go: Callable[[], object]) -> None:
        super().__init__("", go, "quote")
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Quote this."""
        self._whole = text.replace("\n", " ")
        self.setAccessibleName(t("In reply to {text}", text=self._whole))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - 24
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))


class MessageWidget(QFrame):
    """One message."""

    def __init__(self, row: MessageRow, deeds: RowDeeds) -> None:
        super().__init__()
        self._deeds = deeds
        self._row: MessageRow | None = None
        self._decision: Decision | None = None
        self.setProperty("kind", "message")
        self.setProperty("announcement", row.announcement)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.head = QWidget()
        self.name = Elided(row.name, "own-name" if row.own else "label")
        self.time = label(row.time, "small")
        self.quote = Quote(lambda: deeds.go(row.reply_to))
        self.words = Words(row.text)
        self.words.setAccessibleName(t("{name}: {text}", name=row.name, text=row.text))
        self.note = label("", "note", wrap=True)
        self.more = icon_button(
            "more", t("Actions for the message of {name}", name=row.name), self._menu
        )
        self._put_together(row)
        self.update_row(row)

    def _put_together(self, row: MessageRow) -> None:
        head = QHBoxLayout(self.head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        if row.announcement:
            drawing = QLabel()
            drawing.setPixmap(pixmap("megaphone", "accent", 18))
            head.addWidget(drawing)
        self.name.setSizePolicy(self.time.sizePolicy())
        head.addWidget(self.name)
        if row.moderator:
            head.addWidget(label(t("moderator"), "role"))
        head.addWidget(self.time)
        head.addStretch(1)
        text = QVBoxLayout()
        text.setSpacing(1)
        for part in (self.head, self.quote, self.words, self.note):
            text.addWidget(part)
        self._text = text
        whole = QHBoxLayout(self)
        whole.setSpacing(2)
        whole.setContentsMargins(14, 6 if row.first else 0, 4, 0)
        if row.announcement:
            whole.setContentsMargins(10, 6, 2, 6)
        whole.addLayout(text, 1)
        whole.addWidget(self.more, alignment=Qt.AlignmentFlag.AlignTop)

    def update_row(self, row: MessageRow) -> None:
        """Show what may have changed of it."""
        if row == self._row:
            return
        self._row = row
        self.head.setVisible(row.first)
        self.quote.setVisible(row.quote is not None)
        self.quote.say(row.quote or "")
        self.words.setEnabled(not row.note)
        say(self.note, row.note)
        if row.decide and self._decision is None:
            self._decision = Decision(row.number, row.name, self._deeds.act)
            self._text.addWidget(self._decision)
        elif not row.decide and self._decision is not None:
            drop(self._decision)
            self._decision = None

    def _menu(self) -> None:
        if self._row is not None:
            at = self.more.mapToGlobal(self.more.rect().bottomLeft())
            self._deeds.menu(self._row.number, at)


class DividerWidget(QWidget):
    """What comes after it is new."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 2)
        for part in (QFrame(), label(t("New messages"), "divider"), QFrame()):
            if not isinstance(part, QLabel):
                part.setFixedHeight(1)
                part.setObjectName("dividerLine")
            row.addWidget(part, 0 if isinstance(part, QLabel) else 1)


class UnsentWidget(QFrame):
    """What has not arrived yet, or was refused."""

    def __init__(self, row: UnsentRow, deeds: RowDeeds) -> None:
        super().__init__()
        self.words = Words(row.text)
        self.words.setEnabled(False)
        self.note = label("", "small", wrap=True)
        self.again = Button(t("Send again"), lambda: deeds.retry(row.key), "small-primary")
        self.edit = Button(t("Edit"), lambda: deeds.edit(row.key), "small")
        self.discard = Button(t("Discard"), lambda: deeds.discard(row.key), "small")
        self.buttons = buttons_row(self.again, self.edit, self.discard)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 6, 14, 0)
        column.setSpacing(1)
        for part in (self.words, self.note, self.buttons):
            column.addWidget(part)
        self.update_row(row)

    def update_row(self, row: UnsentRow) -> None:
        """Show what has become of it."""
        say(self.note, row.note)
        mark(self.note, "kind", "trouble" if row.failed else "small")
        self.buttons.setVisible(row.failed)


def made(row: Row, deeds: RowDeeds) -> QWidget:
    """A row's widget."""
    match row:
        case MessageRow():
            return MessageWidget(row, deeds)
        case UnsentRow():
            return UnsentWidget(row, deeds)
        case DividerRow():
            return DividerWidget()
