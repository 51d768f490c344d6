""" "Get ready to join the stage", and on stage the window of the devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ..words import marked, t, told
from .device_form import CAMERA, MICROPHONE, DeviceForm
from .keys import KeyButton
from .memory import Kept
from .modal import Modal
from .parts import Button, Switch, label, say
from .scene import Scene, time_left

JOINING = {
    (False, False): marked("You will join with your microphone off and your camera off."),
    (False, True): marked("You will join with your microphone off and your camera on."),
    (True, False): marked("You will join with your microphone on and your camera off."),
    (True, True): marked("You will join with your microphone on and your camera on."),
}
"""By whether the microphone is on, and the camera."""


@dataclass(frozen=True)
class Lit:
    """What is switched on, and what of it is open."""

    camera: bool = False
    microphone: bool = False
    camera_open: bool = False
    microphone_open: bool = False

    def draw(self, form: DeviceForm) -> None:
        """Show it."""
        form.draw(
            {CAMERA: self.camera, MICROPHONE: self.microphone},
            {CAMERA: self.camera_open, MICROPHONE: self.microphone_open},
        )


class ReadyWindow(Modal):
    """The devices are chosen and looked at here, and nothing leaves the machine (rules 2 and 15).

    ``join`` confirms; ``cancelled`` is told when it is closed in any other way.
    """

    def __init__(
        self,
        parent: QWidget,
        form: DeviceForm,
        join: Callable[[], object],
        cancelled: Callable[[], object],
    ) -> None:
        super().__init__(parent, t("Get ready to join the stage"), cancelled)
        self.form = form
        self.trouble = label("", "trouble", wrap=True)
        self.summary = label("", wrap=True)
        self.clock = label("", "countdown")
        self.no = Button(t("Cancel"), self.reject)
        self.yes = Button(t("Join stage"), join, "primary", "up")
        self.column.addWidget(label(t("Nobody sees or hears you before you join."), "quiet"))
        self.column.addWidget(form)
        self.column.addWidget(self.trouble)
        self.trouble.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.summary)
        words.addWidget(self.clock)
        foot = QHBoxLayout()
        foot.setSpacing(14)
        foot.addLayout(words, 1)
        foot.addWidget(self.no, alignment=Qt.AlignmentFlag.AlignBottom)
        foot.addWidget(self.yes, alignment=Qt.AlignmentFlag.AlignBottom)
        self.column.addLayout(foot)
        self.setMinimumWidth(840)

    def draw(self, scene: Scene, lit: Lit, joining: bool) -> None:
        """Show what is on, and how long the offer stands."""
        offer = scene.me.offer if scene.me is not None else None
        left = (
            t("The offer stands for {time}.", time=time_left(offer.expires_at, scene.now))
            if offer
            else ""
        )
        say(self.clock, left)
        self.no.setText(t("Decline") if offer else t("Cancel"))
        say(self.summary, told(JOINING[lit.microphone, lit.camera]))
        self.yes.setEnabled(scene.online and not joining)
        lit.draw(self.form)


class DeviceWindow(Modal):
    """On stage: change the devices without leaving it, and how one is muted and talks.

    ``settings`` gets what was changed of what is remembered.
    """

    def __init__(
        self,
        parent: QWidget,
        form: DeviceForm,
        settings: Callable[[str, str], object],
        closed: Callable[[], object],
    ) -> None:
        super().__init__(parent, t("Camera, microphone and speaker"), closed)
        self.form = form
        self.silence = Switch(t("Keep the microphone open while you are muted"), self._keep_open)
        self._settings = settings
        self.key = KeyButton(lambda key: settings("talk_key", key))
        self.done_button = Button(t("Done"), self.reject, "primary")
        self.column.addWidget(form)
        self._add(
            t("Keep the microphone open while you are muted"),
            t(
                "Unmuting is quicker then, and nothing but silence is sent. Your system shows the "
                "microphone as in use; otherwise it is released."
            ),
            self.silence,
        )
        self._add(t("Hold a key to talk while you are muted"), "", self.key)
        self.add_buttons(self.done_button)
        self.setMinimumWidth(840)

    def begin(self, kept: Kept) -> None:
        """Show what is remembered."""
        self.silence.set_on(kept.mute == "silence")
        self.key.show_key(kept.talk_key)

    def _add(self, words: str, more: str, end: QWidget) -> None:
        """A line: what it is about, and the part to set it with."""
        text = QVBoxLayout()
        text.setSpacing(2)
        name = label(words, "label", wrap=True)
        name.setBuddy(end)
        text.addWidget(name)
        if more:
            text.addWidget(label(more, "quiet", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addLayout(text, 1)
        row.addWidget(end)
        self.column.addLayout(row)

    def _keep_open(self, on: bool) -> None:
        self.silence.set_on(on)
        self._settings("mute", "silence" if on else "release")
