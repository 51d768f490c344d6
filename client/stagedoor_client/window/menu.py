"""The menu of what a moderator may do with one person."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from stagedoor.messages import AnyRequest

from .actions import actions_for
from .icons import icon
from .scene import Scene


def person_menu(
    parent: QWidget, scene: Scene, person: str, act: Callable[[AnyRequest], object]
) -> QMenu | None:
    """The menu of a person; None where there is nothing to do with them."""
    one = scene.people.get(person)
    actions = actions_for(one, scene) if one is not None else []
    if one is None or not actions:
        return None
    menu = QMenu(parent)
    menu.setAccessibleName(one.name)
    menu.addAction(one.name.replace("&", "&&")).setEnabled(False)
    menu.addSeparator()
    for action in actions:
        tint = "danger" if action.danger else "text"
        line = menu.addAction(icon(action.icon, tint), action.label)
        line.triggered.connect(lambda _=False, command=action.command: act(command))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def open_at(menu: QMenu | None, at: QPoint) -> None:
    """Open a menu there, on the screen."""
    if menu is not None:
        menu.popup(at)
