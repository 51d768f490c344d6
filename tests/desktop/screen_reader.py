"""Reads windows as a screen reader does: by AT-SPI. Run by the system's Python, which has that.

For each line on stdin it prints one line of JSON: what can be seen just now of the program with the
process id of its argument, a list of {role, name, value, states, box: [x, y, width, height],
window}, the last the number of the window that it is in.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

STATES = {
    "enabled": Atspi.StateType.ENABLED,
    "focused": Atspi.StateType.FOCUSED,
    "checked": Atspi.StateType.CHECKED,
    "active": Atspi.StateType.ACTIVE,
    "modal": Atspi.StateType.MODAL,
}


def read(pid: int) -> list[dict[str, Any]]:
    """What is on the screen of this process."""
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    found: list[dict[str, Any]] = []
    for number in range(desktop.get_child_count()):
        one = desktop.get_child_at_index(number)
        if one is not None and one.get_process_id() == pid:
            one.clear_cache()
            for window, child in enumerate(children(one)):
                walk(child, window, found)
    return found


def children(one: Any) -> Iterator[Any]:
    """What is in it."""
    for number in range(one.get_child_count()):
        child = one.get_child_at_index(number)
        if child is not None:
            yield child


def walk(one: Any, window: int, found: list[dict[str, Any]]) -> None:
    """Add what is showing of this, and of what is in it."""
    states = one.get_state_set()
    if not states.contains(Atspi.StateType.SHOWING):
        return
    box = one.get_extents(Atspi.CoordType.SCREEN)
    found.append(
        {
            "role": one.get_role_name(),
            "name": name(one),
            "value": value(one),
            "states": [key for key, state in STATES.items() if states.contains(state)],
            "box": [box.x, box.y, box.width, box.height],
            "window": window,
        }
    )
    for child in children(one):
        walk(child, window, found)


def name(one: Any) -> str:
    """What it is called: by a label beside it, if its own name is only what was chosen."""
    if one.get_role_name() == "combo box":
        for relation in one.get_relation_set():
            if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY:
                return str(relation.get_target(0).get_name())
    return str(one.get_name())


def value(one: Any) -> str:
    """What is written in a field, or chosen from a list; empty for all else."""
    if one.get_role_name() == "combo box":
        return str(one.get_name())
    if "Text" not in one.get_interfaces():
        return ""
    return str(Atspi.Text.get_text(one, 0, -1))


def main() -> None:
    """Answer until stdin ends."""
    pid = int(sys.argv[1])
    for _ in sys.stdin:
        try:
            found = read(pid)
        except GLib.Error:  # something went while it was looked at: whoever asked asks again
            found = []
        print(json.dumps(found), flush=True)


main()
