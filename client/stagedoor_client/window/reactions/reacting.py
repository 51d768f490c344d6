"""Reactions in the window: one's own are shown at once, all others' as they come."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from stagedoor.rules.reactions.values import Reaction

from ..part import Part
from ..parts import Tool, mark
from ..scene import Scene
from ..stage import Stage
from .kinds import Ahead, Counts
from .picker import Picker
from .shower import Shower


class Reacting:
    """``tool`` is the bar's button on the ``page``, ``stage`` what the pictures rise over."""

    def __init__(self, part: Part, page: QWidget, tool: Tool, stage: Stage) -> None:
        self._part, self._tool = part, tool
        self._ahead = Ahead()
        self.shower = Shower()
        stage.cover(self.shower)
        self.picker = Picker(page, tool, self._send, self._draw_tool)

    def draw(self, scene: Scene) -> None:
        """Offer it where the room has it, and there is a connection."""
        offered = scene.room.settings.reactions
        self._tool.setVisible(offered)
        self._tool.setEnabled(scene.online)
        if not scene.online:
            self._ahead.forget()
        if self.picker.isVisible() and not (offered and scene.online):
            self.picker.shut()

    def turn(self) -> None:
        """Open or close the row of reactions."""
        if self._tool.isVisible() and self._tool.isEnabled():
            self.picker.turn()

    def take(self, counts: Counts) -> None:
        """The server has counted these, one's own among them."""
        others = self._ahead.others(counts)
        if others:
            self.shower.show_counts(others)

    def _send(self, reaction: Reaction) -> None:
        self._ahead.sent(reaction)
        self.shower.show_counts({reaction: 1})

        def sent(problem: str) -> None:
            if problem:
                self._ahead.refused(reaction)

        self._part.react(reaction, sent)

    def _draw_tool(self) -> None:
        mark(self._tool, "open", self.picker.isVisible())
