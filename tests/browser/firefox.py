"""A person in Firefox, by the remote control that browsers have of themselves (WebDriver BiDi).

Playwright has no Firefox of Debian's; of what it does, this is as much as the tests of Firefox use.
"""

from __future__ import annotations

import itertools
import json
import re
import socket
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from .visitors import CHANGES

FIREFOX = "/usr/bin/firefox-esr"
PATIENCE = 45.0
PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.autoplay.default": 0,
    "remote.prefs.recommended": True,
}
#: The button that is seen in a part of the page, with this written on it.
BUTTON = """(where, label) => [...document.querySelectorAll(`${where} button`)]
  .find((one) => one.checkVisibility() && one.textContent.trim() === label)"""
FOUND = """(selector) => [...document.querySelectorAll(selector)]
  .find((one) => one.checkVisibility())"""
MOVES = f"""(name) => {{
  const tiles = [...document.querySelectorAll(".tile")];
  const video = tiles.find((one) => one.textContent.includes(name))?.querySelector("video");
  return !!video && ({CHANGES})(video);
}}"""


def own_address() -> str | None:
    """This machine's address; Firefox takes no loopback for media. None where there is no other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith("127.") else address


class Firefox:
    """A browser without a window, and what is asked of it."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="stagedoor-firefox-")
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        (Path(self._profile.name) / "user.js").write_text("\n".join(lines))
        command = [FIREFOX, "--headless", "--remote-debugging-port", "0"]
        self._process = subprocess.Popen(
            [*command, "--profile", self._profile.name],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._numbers = itertools.count(1)
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(f"{self._listens()}/session", max_size=None)
        )
        self.ask("session.new", capabilities={})

    def _listens(self) -> str:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if found := re.search(r"BiDi listening on (ws://\S+)", line):
                return found[1]
        raise AssertionError("Firefox has ended")

    def ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have a command done; its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message: dict[str, Any] = json.loads(self._socket.recv(PATIENCE))
            if message.get("id") == number:
                assert message["type"] == "success", message
                found: dict[str, Any] = message["result"]
                return found

    def close(self) -> None:
        """End it."""
        self._open.close()
        self._process.terminate()
        self._process.communicate()
        self._profile.cleanup()


class Fox:
    """Somebody at the room's page in Firefox, with devices that are not real."""

    def __init__(self, browser: Firefox, name: str, link: str) -> None:
        self.name = name
        self._browser = browser
        self._tab = browser.ask("browsingContext.create", type="tab")["context"]
        browser.ask("browsingContext.navigate", context=self._tab, url=link, wait="complete")

    def enter(self) -> Fox:
        """Give the name, and go in."""
        self.press(FOUND, "#door input")
        keys = [{"type": kind, "value": key} for key in self.name for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keys", "actions": keys})
        self.press(BUTTON, "#door", "Enter")
        self.wait(FOUND, "#room")
        return self

    def press(self, script: str, *arguments: str) -> None:
        """Click at an element, once there is one."""
        element = self.wait(script, *arguments)
        origin = {"type": "element", "element": {"sharedId": element["sharedId"]}}
        actions = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": origin},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": "mouse", "actions": actions})

    def switch_on(self, *devices: str) -> None:
        """Switch "Camera" or "Microphone" on in the ready window."""
        for device in devices:
            switch = f'dialog[open] [role="switch"][aria-label="{device}"]'
            self.press(FOUND, switch)
            self.wait(FOUND, f'{switch}[aria-checked="true"]')

    def sees(self, name: str) -> None:
        """Wait until somebody's pictures are decoded here and change."""
        self.wait(MOVES, name)

    def run(self, script: str, *arguments: Any) -> dict[str, Any]:
        """What a function in the page gives, as BiDi writes values."""
        answer = self._browser.ask(
            "script.callFunction",
            functionDeclaration=script,
            arguments=[{"type": "string", "value": one} for one in arguments],
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer
        found: dict[str, Any] = answer["result"]
        return found

    def wait(self, script: str, *arguments: Any) -> dict[str, Any]:
        """Ask again until there is an element, or the value is true: a page tells of nothing."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = self.run(script, *arguments)
            if found["type"] == "node" or found.get("value") is True:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{self.name} waited in vain: {script} {arguments}")

    def _act(self, source: dict[str, Any]) -> None:
        self._browser.ask("input.performActions", context=self._tab, actions=[source])
