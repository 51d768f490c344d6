"""The bar at the bottom: what one can do now, in the page's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from stagedoor.messages import AnyRequest
from stagedoor.rules import commands as cmd
from stagedoor.rules.values import Device

from ..words import t, told
from .barstate import MUTED, bar_state
from .keys import spoken
from .part import Part
from .parts import Tool, label, mark, say
from .scene import Scene
from .theme import colour

NARROW = 1180  # pixels of width below which words go under the icons
NARROW_ON_STAGE = 1340  # the same, with the buttons for devices
SPACE, EDGE, STATUS = 8, 12, 56  # pixels: between buttons, beside all, the least for the status


@dataclass(frozen=True)
class Deeds:
    """What the bar's buttons do."""

    act: Callable[[AnyRequest], object]
    turn: Callable[[Device], object]
    share: Callable[[], object]
    join: Callable[[], object]
    open_devices: Callable[[], object]
    show_people: Callable[[], object]
    show_chat: Callable[[], object] = lambda: None
    react: Callable[[], object] = lambda: None
    part: Part = field(default_factory=Part)


class DeviceTool(Tool):
    """A button that turns a device on and off, and shows how loud it is."""

    level = 0.0

    def hear(self, level: float) -> None:
        """A level from 0 to 1."""
        if abs(level - self.level) > 0.02 or (level == 0.0) != (self.level == 0.0):
            self.level = level
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.level <= 0 or self.property("off") is True:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("good"))
        room = self.width() - 20
        painter.drawRoundedRect(QRectF(10, self.height() - 6, room * self.level, 3), 1.5, 1.5)


class Bar(QWidget):
    """Status at one side, buttons in the middle, the way to the people at the other side."""

    def __init__(self, deeds: Deeds) -> None:
        super().__init__()
        self._deeds = deeds
        act = deeds.act
        self.setAccessibleName(t("What you can do"))
        self.status = label("", "waiting", wrap=True)
        self.join = Tool(t("Join stage"), deeds.join, "up", "primary")
        self.ask = Tool(t("Ask to join stage"), lambda: act(cmd.AskToJoinStage()), "up", "primary")
        self.cancel = Tool(t("Cancel request"), lambda: act(cmd.CancelRequest()), "close", "plain")
        self.microphone = DeviceTool(t("Unmute"), lambda: deeds.turn(Device.MICROPHONE), "mic-off")
        self.camera = DeviceTool(t("Start camera"), lambda: deeds.turn(Device.CAMERA), "camera-off")
        self.share = Tool(t("Share screen"), deeds.share, "screen")
        self.devices = Tool(t("Devices"), deeds.open_devices, "settings")
        self.leave = Tool(t("Leave stage"), lambda: act(cmd.LeaveStage()), "down")
        self.hand = Tool(t("Raise hand"), self._hand, "hand")
        self.react = Tool(t("React"), deeds.react, "smile")
        self.react.setToolTip(t("React (R)"))
        self.people = Tool(t("People"), deeds.show_people, "people")
        self.chat = Tool(t("Chat"), deeds.show_chat, "chat")
        self._hand_up = False
        self._narrow_below = NARROW
        self._talk_key = ""
        self._tools = [
            self.join, self.ask, self.cancel, self.microphone, self.camera, self.share,
            self.devices, self.leave, self.hand, self.react,
        ]  # fmt: skip
        grid = QGridLayout(self)
        grid.setContentsMargins(EDGE, 10, EDGE, 10)
        grid.setHorizontalSpacing(SPACE)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE)
        for tool in self._tools:
            middle.addWidget(tool)
            tool.hide()
        grid.addWidget(self.status, 0, 0)
        grid.addLayout(middle, 0, 1)
        side = QHBoxLayout()
        side.setSpacing(SPACE)
        side.addStretch()
        side.addWidget(self.people)
        side.addWidget(self.chat)
        grid.addLayout(side, 0, 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(2, 1)

    def _hand(self) -> None:
        self._deeds.act(cmd.LowerHand() if self._hand_up else cmd.RaiseHand())

    def draw(self, scene: Scene) -> None:
        """Offer what there is to do in this scene."""
        me = scene.me
        if me is None:
            return
        state = bar_state(scene)
        self._hand_up = state.hand_up
        self.ask.call(state.ask_words)
        self.hand.call(state.hand_words)
        self.leave.call(state.leave_words)
        mark(self.hand, "pressed", state.hand_up)
        self.hand.tint()
        self._draw_device(self.microphone, "microphone", me.microphone, scene.online)
        self._draw_device(self.camera, "camera", me.camera, scene.online)
        sharing = me.screen
        self.share.call(t("Stop sharing") if sharing else t("Share screen"))
        self.share.setToolTip(
            t("Stop sharing your screen (S)") if sharing else t("Share your screen (S)")
        )
        self.share.show_icon("screen-off" if sharing else "screen")
        mark(self.share, "pressed", sharing)
        self.share.tint()
        visible = {
            self.join: state.join,
            self.ask: state.ask,
            self.cancel: state.cancel,
            self.microphone: state.devices,
            self.camera: state.devices,
            self.share: state.devices,
            self.devices: state.devices,
            self.leave: state.leave,
            self.hand: state.hand,
        }
        self._narrow_below = NARROW_ON_STAGE if state.devices else NARROW
        for tool, there in visible.items():
            tool.setVisible(there)
            tool.setEnabled(tool is self.devices or scene.online)
        self.ask.setEnabled(scene.online and not state.seconds)
        self._draw_status(state.status)
        self._fit()
        self.people.badge(str(len(scene.people)))
        self.people.setAccessibleName(t("People, {number} in the room", number=len(scene.people)))

    def hint(self, talk_key: str) -> None:
        """Which key to hold to talk; empty for none."""
        self._talk_key = talk_key

    def side_shown(self, tab: str) -> None:
        """Which tab is open in the panel that its last buttons open; empty for none."""
        mark(self.people, "open", tab == "people")
        mark(self.chat, "open", tab == "chat")

    def chat_news(self, number: int, sentence: str) -> None:
        """What is new in the chat, in words, too."""
        self.chat.badge(str(number) if number else "")
        self.chat.setAccessibleName(t("Chat, {news}", news=sentence) if number else t("Chat"))

    def _draw_status(self, status: str) -> None:
        mark(self.status, "kind", "muted" if status == told(MUTED) else "waiting")
        say(self.status, f"● {status}" if status else "")
        self.status.setAccessibleName(status)

    def _draw_device(self, tool: DeviceTool, device: str, on: bool, online: bool) -> None:
        image = "mic" if device == "microphone" else "camera"
        if device == "microphone":
            words = t("Mute") if on else t("Unmute")
        else:
            words = t("Stop camera") if on else t("Start camera")
        tool.call(words)
        tool.setToolTip(self._tip(device, on))
        mark(tool, "off", not on)
        tool.show_icon(image if on else f"{image}-off")
        if not (on and online):
            tool.hear(0.0)

    def _tip(self, device: str, on: bool) -> str:
        """What a press on the device's button does, and its key."""
        if device == "camera":
            return t("Turn your camera off (V)") if on else t("Turn your camera on (V)")
        if on:
            return t("Turn your microphone off (M)")
        if not self._talk_key:
            return t("Turn your microphone on (M)")
        return t("Turn your microphone on (M), or hold {key} to talk", key=spoken(self._talk_key))

    def minimumSizeHint(self) -> QSize:
        # Where it is narrow the words go under the icons, so that less will do than now.
        return QSize(200, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < self._narrow_below
        tools = [*self._tools, self.people, self.chat]
        slim = [tool for tool in tools if tool.property("kind") == "tool"]
        for tool in slim:
            tool.narrow(narrow)
        there = [tool for tool in tools if not tool.isHidden()]
        needed = sum(tool.sizeHint().width() + SPACE for tool in there)
        needed += 0 if self.status.isHidden() else STATUS + SPACE
        if narrow and needed > self.width() - 2 * EDGE:
            for tool in slim:
                tool.narrow(True, words=False)
