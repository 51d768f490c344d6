"""The icons: the page's line drawings in any colour and size."""

from __future__ import annotations

from functools import cache
from importlib import resources
from xml.etree import ElementTree

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from .theme import COLOURS

SVG = "{http://www.w3.org/2000/svg}"


@cache
def _shapes() -> dict[str, str]:
    """The symbols of icons.svg by name, each as the text of its paths."""
    text = resources.files(__package__).joinpath("icons.svg").read_text("utf-8")
    found = {}
    for symbol in ElementTree.fromstring(text).iter(f"{SVG}symbol"):
        paths = [ElementTree.tostring(path, encoding="unicode") for path in symbol]
        found[symbol.attrib["id"]] = "".join(paths)
    return found


def _renderer(name: str, colour: str, stroke: float) -> QSvgRenderer:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<g fill="none" stroke="{colour}" stroke-width="{stroke}" stroke-linecap="round" '
        f'stroke-linejoin="round">{_shapes()[name]}</g></svg>'
    )
    return QSvgRenderer(QByteArray(svg.encode()))


@cache
def pixmap(name: str, tint: str = "text", size: int = 20, stroke: float = 1.7) -> QPixmap:
    """An icon in a colour of the theme; twice the pixels, for fine screens."""
    made = QPixmap(QSize(size * 2, size * 2))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, COLOURS.get(tint, tint), stroke).render(painter, QRectF(made.rect()))
    painter.end()
    made.setDevicePixelRatio(2)
    return made


@cache
def icon(name: str, tint: str = "text") -> QIcon:
    """An icon for buttons and menus, dimmed where the button is disabled."""
    made = QIcon(pixmap(name, tint))
    made.addPixmap(pixmap(name, "dim"), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    """The program's own icon."""
    data = resources.files(__package__).joinpath("logo.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(data))
    made = QIcon()
    for size in (16, 32, 48, 64, 128, 256):
        picture = QPixmap(QSize(size, size))
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(picture.rect()))
        painter.end()
        made.addPixmap(picture)
    return made
