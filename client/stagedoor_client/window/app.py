"""Starts the window: Qt's loop and asyncio's are one."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from .. import words
from . import memory
from .icons import app_icon
from .loop import Loop
from .main_window import MainWindow
from .theme import dress


def main(arguments: Sequence[str]) -> int:
    """Open the window, until it is closed; the exit code."""
    options = _parser().parse_args(arguments)
    words.use(words.first_of([options.lang, *QLocale.system().uiLanguages()]))
    app = make_application()
    with asyncio.Runner(loop_factory=lambda: Loop(app)) as runner:
        runner.run(_show(options))
    return 0


def make_application() -> QApplication:
    """The application, with the page's look."""
    app = QApplication(sys.argv[:1])
    app.setApplicationName("stagedoor-client")
    app.setApplicationDisplayName("Stagedoor")
    app.setDesktopFileName("stagedoor-client")
    app.setQuitOnLastWindowClosed(False)  # the room is left first
    app.setWindowIcon(app_icon())
    if words.language() in words.RIGHT_TO_LEFT:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    # What Qt itself says, in the menus of fields; it has no such file for some languages.
    texts = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if texts.load(f"qtbase_{words.language()}", folder):
        app.installTranslator(texts)
    dress(app)
    return app


async def _show(options: argparse.Namespace) -> None:
    window = MainWindow(options.settings or memory.default_path())
    loop = asyncio.get_running_loop()
    for stop in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(stop, window.close)
    await window.begin(options.link, options.name)
    window.show()
    await window.finish()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stagedoor-client window", description="Open the client's window."
    )
    parser.add_argument("link", nargs="?", default="", help="a room to enter, http: or stagedoor:")
    parser.add_argument("--name", default="", help="how others see you")
    known = sorted(words.LANGUAGES)
    parser.add_argument("--lang", choices=known, default="", help="instead of the system's")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="instead of the usual file")
    return parser
