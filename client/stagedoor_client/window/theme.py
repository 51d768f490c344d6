"""The look: the page's colours, and the stylesheet made of them."""

from __future__ import annotations

import os
from importlib import resources
from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

COLOURS = {
    "ground": "#12151b",
    "stage": "#0b0d11",
    "panel": "#191e26",
    "raised": "#232a35",
    "raised_more": "#2e3746",
    "line": "#333d4c",
    "line_field": "#566276",
    "text": "#eef1f6",
    "quiet": "#aab4c3",
    "dim": "#6b7686",
    "accent": "#7cb7ff",
    "accent_more": "#9ccaff",
    "accent_text": "#0a1a2e",
    "good": "#62d49b",
    "warning": "#ffd479",
    "warning_ground": "#4a3a12",
    "warning_line": "#8a6d22",
    "warning_text": "#ffe6ad",
    "danger": "#ff9d94",
    "danger_ground": "#b3362d",
    "danger_more": "#c5463c",
    "off_ground": "#3c2023",
    "off_line": "#7c3a3c",
    "off_text": "#ffc9c4",
}
RADIUS = 10


def colour(name: str, alpha: int = 255) -> QColor:
    """A colour of the theme."""
    found = QColor(COLOURS[name])
    found.setAlpha(alpha)
    return found


def dress(app: QApplication) -> None:
    """Give the application the page's look, whatever the system's is."""
    app.setStyle("Fusion")
    palette = QPalette(colour("ground"))
    roles = {
        QPalette.ColorRole.Window: "ground",
        QPalette.ColorRole.Base: "stage",
        QPalette.ColorRole.AlternateBase: "panel",
        QPalette.ColorRole.Button: "raised",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "accent_text",
        QPalette.ColorRole.ToolTipBase: "raised",
        QPalette.ColorRole.PlaceholderText: "quiet",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.ToolTipText: "text",
    }
    for role, name in roles.items():
        palette.setColor(role, colour(name))
    app.setPalette(palette)
    font = app.font()
    font.setPixelSize(15)
    app.setFont(font)
    sheet = resources.files(__package__).joinpath("style.qss").read_text("utf-8")
    app.setStyleSheet(Template(sheet).substitute(COLOURS))


def still() -> bool:
    """Whether things should not move: the system's wish, as far as Qt passes it on, or ours."""
    app = QApplication.instance()
    wished = os.environ.get("STAGEDOOR_REDUCED_MOTION", "") not in ("", "0")
    if wished or not isinstance(app, QApplication):
        return wished
    # The style has no animation where the desktop's settings turn them off.
    return app.style().styleHint(app.style().StyleHint.SH_Widget_Animation_Duration) == 0
