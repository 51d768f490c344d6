"""The window on Qt's and asyncio's common loop, without a screen, against a real server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from stagedoor_client.hardware import Hardware
from stagedoor_client.window.app import make_application
from stagedoor_client.window.loop import Loop
from stagedoor_client.window.main_window import MainWindow

PATIENCE = 45.0


def application() -> QApplication:
    """The one application of all tests."""
    app = QApplication.instance()
    return app if isinstance(app, QApplication) else make_application()


def pytest_asyncio_loop_factories(config: Any, item: Any) -> dict[str, Any]:
    """Have the tests of this folder run on Qt's loop."""
    return {"qt": lambda: Loop(application())}


class Hand:
    """A person at the window: clicks, keys, and eyes."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    async def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Wait until something is to be seen, looking again after whatever Qt does."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not (found := condition()):  # noqa: ASYNC110 - what is drawn tells nobody
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"not seen: {what}") from None
        return found

    async def sees(self, widget: Callable[[], QWidget | None], what: str) -> None:
        """Wait until a widget is there to be seen."""
        await self.until(lambda: (found := widget()) is not None and found.isVisible(), what)

    def click(self, button: QAbstractButton) -> None:
        """Press a button that is there."""
        assert button.isVisible(), f"{button.text()} is not to be seen"
        assert button.isEnabled(), f"{button.text()} is dimmed"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    async def presses(self, button: Callable[[], QAbstractButton]) -> None:
        """Press a button as soon as it is there."""
        await self.until(lambda: button().isVisible() and button().isEnabled(), "a button")
        self.click(button())

    def types(self, field: QWidget, text: str) -> None:
        """Fill a field in."""
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, text)

    async def enters(self, link: str, name: str = "Robin") -> None:
        """Go into a room by the first page."""
        page = self.window.enter_page
        self.types(page.link, link)
        self.types(page.name, name)
        self.click(page.button)
        await self.until(lambda: self.window.view is not None, "the room")

    @property
    def view(self) -> Any:
        """What is shown of the stay."""
        assert self.window.view is not None
        return self.window.view

    @property
    def bar(self) -> Any:
        """The bar's buttons."""
        return self.view.page.bar

    async def reads(self, part: str) -> None:
        """Wait for a notice with these words in it."""
        await self.until(
            lambda: any(part in one for one in self.view.page.notices.sentences),
            f"“{part}” among the notices",
        )


Open = Callable[..., Any]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens windows; they are closed, and what they held is released, at the end."""
    windows: list[MainWindow] = []

    async def open_window(hardware: Hardware | None = None, link: str = "", name: str = "") -> Hand:
        window = MainWindow(tmp_path / "client.json", hardware)
        windows.append(window)
        await window.begin(link, name)
        window.show()
        return Hand(window)

    yield open_window
    for window in windows:
        window.close()
        async with asyncio.timeout(PATIENCE):
            await window.finish()
        assert window._staying is None or window._staying.done(), "it has left the room"
        shiboken6.delete(window)  # and not later, in whatever thread collects the garbage
