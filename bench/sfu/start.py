"""How soon there is a picture, in Chromium: after an offer was confirmed, and after subscribing.

Each round has a room of its own, where somebody without devices sits already, so that whoever comes
up gets a place that the viewers do not know yet. Times are those of the pages, whose clock is one.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitors import ARGUMENTS, CHROMIUM, Visitor
from tests.server_process import ServerProcess

SCRIPT = (Path(__file__).parent / "marks.js").read_text()
STEPS = {
    "the grant is in force": ("offerer", "on_stage"),
    "the server's answer to the publishing offer": ("offerer", "published"),
    "the publisher is connected": ("offerer", "connected"),
    "the viewer is offered the track": ("viewer", "offered"),
    "the viewer has answered": ("viewer", "subscribe_answer"),
    "the first picture has come": ("viewer", "received"),
    "it is decoded and shown": ("viewer", "shown"),
}


class Round:
    """One room: its viewer, and somebody who is invited."""

    def __init__(self, browser: Browser, server: ServerProcess) -> None:
        made = server.create_room(mode="invite")
        self.browser, self.links = browser, made["links"]
        self.viewer = self._visitor("Vic")
        self.offerer = self._visitor("Ann")
        self.viewer.page.evaluate("(link) => moderate(link)", self.links["moderator"])

    def _visitor(self, name: str) -> Visitor:
        return Visitor(self.browser, name, self.links["attendee"], script=SCRIPT).enter()

    def go_up(self) -> dict[str, float]:
        """Ann is invited, chooses a camera and confirms; milliseconds from then to each step."""
        page = self.viewer.page
        page.evaluate("() => seatModerator()")
        page.evaluate("(name) => invite(name)", "Ann")
        ann = self.offerer
        ann.accept("You are invited to the stage", "Camera")
        page.wait_for_function("() => marks.some(([name]) => name === 'shown')")
        marks = {
            "offerer": ann.page.evaluate("() => marks"),
            "viewer": page.evaluate("() => marks"),
        }
        start = next(at for name, at in marks["offerer"] if name == "accept_offer")
        found = {}
        for step, (who, mark) in STEPS.items():
            later = [at for name, at in marks[who] if name == mark]
            # What was done while the offer was open has cost nothing since.
            found[step] = (later[-1] if mark != "shown" else later[0]) - start
        return found

    def watch(self) -> float:
        """Somebody else comes; milliseconds from subscribing to the first picture."""
        third = self._visitor("Wes")
        third.page.wait_for_function("() => marks.some(([name]) => name === 'shown')")
        marks: list[Any] = third.page.evaluate("() => marks")
        third.context.close()
        at = dict(reversed(marks))
        return float(at["shown"] - at["watch"])

    def close(self) -> None:
        """Everybody leaves."""
        self.viewer.context.close()
        self.offerer.context.close()


def measure(rounds: int) -> None:
    """Print the medians."""
    confirmed: list[dict[str, float]] = []
    watched: list[float] = []
    with sync_playwright() as playwright, ServerProcess() as server:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for number in range(rounds + 1):
            one = Round(browser, server)
            up, seen = one.go_up(), one.watch()
            if number:  # a browser's first picture takes longer than all others
                confirmed.append(up)
                watched.append(seen)
            one.close()
        browser.close()
    for step in STEPS:
        times = [one[step] for one in confirmed]
        print(f"start  offer confirmed -> {step}: {_words(times)}", flush=True)
    print(f"start  subscribed -> first picture: {_words(watched)}", flush=True)


def _words(times: list[float]) -> str:
    each = " ".join(f"{one:.0f}" for one in times)
    return f"{statistics.median(times):.0f} ms (rounds {each})"
