"""Registers the program with a Linux desktop, for one person: its menu entry, icon and links."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

NAME = "stagedoor-client"
SCHEME = "x-scheme-handler/stagedoor"


def source() -> Path:
    """Where the entry and the icon are: in the package, or in the project beside it."""
    packaged = Path(str(resources.files("stagedoor_client"))) / "linux"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "packaging" / "linux"


def program() -> str:
    """The command that starts this program, as an entry's Exec has it."""
    beside = Path(sys.executable).with_name(NAME)
    found = str(beside) if beside.exists() else shutil.which(NAME)
    words = [found] if found else [sys.executable, "-m", "stagedoor_client"]
    # Desktop Entry Specification 1.5, "The Exec key": a quoted argument escapes these.
    escaped = ("".join(f"\\{one}" if one in '"`$\\' else one for one in word) for word in words)
    return " ".join(f'"{word}"'.replace("%", "%%") for word in escaped)


def install(data: Path | None = None) -> list[Path]:
    """Write entry and icon into the person's own folders, and take stagedoor: links from now on.

    ``data`` is instead of $XDG_DATA_HOME. What was written. Raises OSError.
    """
    home = data or Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    entry = home / "applications" / f"{NAME}.desktop"
    icon = home / "icons" / "hicolor" / "scalable" / "apps" / f"{NAME}.svg"
    text = (source() / entry.name).read_text("utf-8")
    for path in (entry, icon):
        path.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(text.replace(f"Exec={NAME} ", f"Exec={program()} "), "utf-8")
    shutil.copyfile(source() / icon.name, icon)
    _run("update-desktop-database", str(entry.parent))
    if data is None:
        _run("xdg-mime", "default", entry.name, SCHEME)
    return [entry, icon]


def _run(command: str, *arguments: str) -> None:
    """Tell the desktop, if it has the command for it; otherwise it notices by and by."""
    found = shutil.which(command)
    if found is not None:
        subprocess.run([found, *arguments], check=False, capture_output=True)
