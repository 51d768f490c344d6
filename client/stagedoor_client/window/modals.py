"""Windows before a decision on a person: sure?, another name, banned."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QLineEdit, QWidget

from stagedoor.messages import MAX_NAME, AnyRequest, PersonView
from stagedoor.rules.event import commands as event
from stagedoor.rules.talk.commands import BlockFromChat

from ..words import t, tn
from .modal import Modal
from .parts import Button, label, say
from .scene import Scene

Send = Callable[[AnyRequest, Callable[[str], None]], object]
"""Sends a command; the callback is told the sentence of a refusal, or nothing."""
MAX_REASON = 200


class Decision(Modal):
    """A window that is gone once its command is done; a refusal is said in it."""

    def __init__(self, parent: QWidget, title: str, yes: str, send: Send, danger: bool) -> None:
        super().__init__(parent, title, self.deleteLater)
        self._send = send
        self.trouble = label("", "trouble", wrap=True)
        self.no = Button(t("Cancel"), self._leave)
        self.yes = Button(yes, self._decide, "danger" if danger else "primary")
        self.setMinimumWidth(420)

    def begin(self) -> None:
        """Open it, with all that is in it."""
        say(self.trouble, "")
        self.column.addWidget(self.trouble)
        self.trouble.hide()
        self.add_buttons(self.no, self.yes)
        self.show_up()

    def command(self) -> AnyRequest:
        """What is to be done."""
        raise NotImplementedError

    def _decide(self) -> None:
        self._send(self.command(), self._done)

    def _done(self, trouble: str) -> None:
        say(self.trouble, trouble)
        if not trouble:
            self._leave()

    def _leave(self) -> None:
        self.leave()
        self.deleteLater()


class Sure(Decision):
    """Is one sure?"""

    def __init__(
        self, parent: QWidget, title: str, sentence: str, yes: str, command: AnyRequest, send: Send
    ) -> None:
        super().__init__(parent, title, yes, send, danger=True)
        self._command = command
        self.column.addWidget(label(sentence, wrap=True))
        self.begin()

    def command(self) -> AnyRequest:
        """See Decision."""
        return self._command


class Rename(Decision):
    """Another name, for oneself or somebody else."""

    def __init__(self, parent: QWidget, person: PersonView, own: bool, send: Send) -> None:
        title = t("Change your name") if own else t("Rename {name}", name=person.name)
        super().__init__(parent, title, t("Rename"), send, danger=False)
        self._person = None if own else person.id
        self.field = QLineEdit(person.name)
        self.field.setMaxLength(MAX_NAME)
        self.field.setAccessibleName(t("Name, as others see it"))
        self.field.returnPressed.connect(self._decide)
        self.column.addWidget(label(t("Name, as others see it"), "label"))
        self.column.addWidget(self.field)
        self.field.selectAll()
        self.begin()
        self.field.setFocus()

    def command(self) -> AnyRequest:
        """See Decision."""
        return event.Rename(self.field.text(), self._person)


class Ban(Decision):
    """Out for good, and if wished the link they came by, too."""

    def __init__(self, parent: QWidget, person: PersonView, scene: Scene, send: Send) -> None:
        super().__init__(parent, t("Ban {name}", name=person.name), t("Ban"), send, danger=True)
        self._person = person.id
        words = t(
            "They are put out at once and cannot come back. They read who banned them, and the "
            "reason."
        )
        self.reason = QLineEdit()
        self.reason.setMaxLength(MAX_REASON)
        self.reason.setAccessibleName(t("Reason (may be left empty)"))
        self.link = QCheckBox(t("Ban the link they came by, too"))
        others = others_by_link(person, scene)
        self.link.setChecked(bool(person.link) and not others)
        self.link.setVisible(bool(person.link))
        self.column.addWidget(label(words, wrap=True))
        self.column.addWidget(label(t("Reason (may be left empty)"), "label"))
        self.column.addWidget(self.reason)
        if person.link:
            self.column.addWidget(self.link)
        self.column.addWidget(label(about_link(person, others), "quiet", wrap=True))
        self.begin()
        self.reason.setFocus()

    def command(self) -> AnyRequest:
        """See Decision."""
        return event.Ban(self._person, self.reason.text(), self.link.isChecked())


def others_by_link(person: PersonView, scene: Scene) -> int:
    """How many others in the room came by the same link."""
    others = (one for one in scene.people.values() if one.id != person.id)
    return sum(bool(person.link) and one.link == person.link for one in others)


def about_link(person: PersonView, others: int) -> str:
    """What banning the link would mean."""
    if not person.link:
        return t(
            "They came without an invitation link. As the door is open, they can come back as "
            "somebody new; lock the room to prevent that."
        )
    if others:
        return tn(
            others,
            "{count} other person in the room came by the same link. "
            "They would stay, but nobody new could use it.",
            "{count} other people in the room came by the same link. "
            "They would stay, but nobody new could use it.",
        )
    return t("Nobody else in the room came by this link.")


def decide(parent: QWidget, scene: Scene, ask: str, person: str, send: Send) -> Decision | None:
    """The window of that name about a person, open; None where there is none such."""
    one = scene.people.get(person)
    if one is None:
        return None
    if ask == "rename":
        return Rename(parent, one, person == scene.view.you, send)
    if ask == "ban":
        return Ban(parent, one, scene, send)
    if ask == "remove":
        sentence = t(
            "They are put out at once, and may enter again unless the room is locked. To keep "
            "them out, ban them."
        )
        title = t("Remove {name} from the room?", name=one.name)
        return Sure(parent, title, sentence, t("Remove"), event.RemoveFromRoom(person), send)
    if ask == "block":
        sentence = t(
            "{name} can read on, but write to the moderators alone, "
            "until a moderator allows more again. {name} is told.",
            name=one.name,
        )
        title = t("Block {name} from writing?", name=one.name)
        return Sure(parent, title, sentence, t("Block"), BlockFromChat(person), send)
    return None
