"""The menu of what a moderator may do with one person."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from stagedoor.messages import AnyRequest

from .actions import Action, actions_for
from .chat.items import person_items
from .icons import icon
from .scene import Scene


def person_menu(
    parent: QWidget,
    scene: Scene,
    person: str,
    act: Callable[[AnyRequest], object],
    asked: Callable[[Action], object] = lambda action: None,
) -> QMenu | None:
    """The menu of a person; None where there is nothing to do with them."""
    one = scene.people.get(person)
    if one is None:
        return None
    actions = sorted([*actions_for(one, scene), *person_items(scene, one)], key=_danger)
    return menu_of(parent, one.name, actions, act, asked)


def _danger(action: Action) -> bool:
    return action.danger


def menu_of(
    parent: QWidget,
    title: str,
    actions: list[Action],
    act: Callable[[AnyRequest], object],
    asked: Callable[[Action], object],
) -> QMenu | None:
    """A menu of these; None where there are none. ``asked`` gets those that are no command."""
    if not actions:
        return None
    menu = QMenu(parent)
    menu.setAccessibleName(title)
    menu.addAction(title.replace("&", "&&")).setEnabled(False)
    menu.addSeparator()
    for action in actions:
        tint = "danger" if action.danger else "text"
        line = menu.addAction(icon(action.icon, tint), action.label.replace("&", "&&"))
        line.triggered.connect(partial(_chosen, action, act, asked))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def _chosen(
    action: Action,
    act: Callable[[AnyRequest], object],
    asked: Callable[[Action], object],
    _: bool = False,
) -> None:
    if action.command is not None:
        act(action.command)
    else:
        asked(action)


def open_at(menu: QMenu | None, at: QPoint) -> None:
    """Open a menu there, on the screen."""
    if menu is not None:
        menu.popup(at)
