"""People in browsers: each has a context of their own, and does what one does on the page."""

from __future__ import annotations

import os
import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

CHROMIUM = "/usr/bin/chromium"
#: The same without the parts that draw its own windows, which take a third of its time; for tests.
SHELL = "/usr/bin/chromium-headless-shell"
BROWSER = os.environ.get("STAGEDOOR_BROWSER") or (SHELL if os.access(SHELL, os.X_OK) else CHROMIUM)
ARGUMENTS = [
    "--no-sandbox",
    # Of the second camera Chromium sends nothing to others, of the third it does.
    "--use-fake-device-for-media-stream=device-count=3",
    "--use-fake-ui-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
#: What makes a visitor one with a phone.
A_PHONE: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
PATIENCE = 30_000  # milliseconds; generous, as nothing here is about speed
expect.set_options(timeout=PATIENCE)

#: Kept by the page under test for the tests alone: every track that it was ever given.
WATCH_DEVICES = """
window.captured = [];
for (const way of ["getUserMedia", "getDisplayMedia"]) {
  const get = navigator.mediaDevices[way].bind(navigator.mediaDevices);
  navigator.mediaDevices[way] = async (wish) => {
    const stream = await get(wish);
    window.captured.push(...stream.getTracks());
    return stream;
  };
}
"""


def failing_devices(error: str) -> str:
    """A script after which every device fails with this DOMException."""
    return f"""
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("as the test wants it", "{error}"));
    """


class Visitor:
    """A person at a page of the room."""

    def __init__(self, browser: Browser, name: str, link: str, **options: Any) -> None:
        script = options.pop("script", WATCH_DEVICES)
        self.name = name
        self.link = link
        self.context: BrowserContext = browser.new_context(
            viewport=options.pop("viewport", DESKTOP), **options
        )
        self.context.set_default_timeout(PATIENCE)
        self.context.add_init_script(script)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda line: self._note(line.type, line.text))

    def _note(self, kind: str, text: str) -> None:
        # A server that was killed, and answers of 404, are not the page's mistakes.
        if kind == "error" and "ERR_" not in text and "WebSocket" not in text and "404" not in text:
            self.errors.append(text)

    def open(self) -> Visitor:
        """Open the link, and stay at the door."""
        self.page.goto(self.link)
        return self

    def enter(self) -> Visitor:
        """Open the link, give the name, go in."""
        self.open()
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_role("button", name="Enter").click()
        expect(self.page.locator("#room")).to_be_visible()
        return self

    # -- what is on the page

    def button(self, name: str) -> Locator:
        """A button of the bar."""
        return self.page.locator("#bar").get_by_role("button", name=name, exact=True)

    def window(self, title: str) -> Locator:
        """An open window."""
        return self.page.get_by_role("dialog", name=title)

    @property
    def ready_window(self) -> Locator:
        """The window before going up."""
        return self.window("Get ready to join the stage")

    def notice(self, text: str | re.Pattern[str]) -> Locator:
        """A notice with this text in it."""
        return self.page.locator(".notice", has_text=text)

    def tile(self, name: str) -> Locator:
        """Somebody's tile on the stage."""
        return self.page.locator(".tile:not(.tile-screen)", has_text=name)

    def screen(self, name: str) -> Locator:
        """The tile of the screen that somebody shares."""
        return self.page.locator(".tile-screen", has_text=f"{name}'s screen")

    def part(self, title: str) -> Locator:
        """A part of the moderator's panel."""
        return self.page.locator(f'[data-part="{title}"]')

    def access(self, mode: str) -> Locator:
        """One of the choices of the stage access."""
        group = self.page.get_by_role("radiogroup", name="Stage access")
        return group.get_by_role("radio", name=mode)

    def row(self, title: str, name: str) -> Locator:
        """Somebody's row in a part of the moderator's panel."""
        return self.part(title).locator(".person", has_text=name)

    # -- what one does

    def show(self, title: str) -> Locator:
        """A tab's page, opened if it is not, by the bar's button or by way of People."""
        page = self.page
        tab = page.get_by_role("tab", name=title)
        if not page.locator("#side").is_visible():
            opener = page.locator("#bar").get_by_role("button", name=title)
            (opener if opener.count() else page.locator('#bar [data-tab="people"]')).click()
        if tab.get_attribute("aria-selected") != "true":
            tab.click()
        return page.locator(f"#{tab.get_attribute('aria-controls')}")

    def show_people(self) -> Locator:
        """The list of participants, opened if it is not."""
        return self.show("People")

    def act_on(self, name: str, action: str) -> None:
        """Use the menu beside somebody in the list of participants."""
        self.show_people().get_by_role("button", name=f"Actions for {name}", exact=True).click()
        self.page.get_by_role("menuitem", name=action, exact=True).click()

    def switch_on(self, *devices: str) -> None:
        """Switch "Camera" or "Microphone" on in the ready window."""
        for device in devices:
            switch = self.ready_window.get_by_role("switch", name=device)
            switch.click()
            expect(switch).to_have_attribute("aria-checked", "true")

    def go_up(self, *devices: str) -> None:
        """In the ready window: switch these on and join."""
        expect(self.ready_window).to_be_visible()
        self.switch_on(*devices)
        self.ready_window.get_by_role("button", name="Join stage").click()
        expect(self.ready_window).to_be_hidden()
        expect(self.tile(self.name)).to_be_visible()

    def accept(self, title: str, *devices: str) -> None:
        """Join from the pop-up of this title."""
        self.window(title).get_by_role("button", name="Join").click()
        self.go_up(*devices)

    def bring(self, number: int, *commands: dict[str, Any], on_stage: bool = False) -> None:
        """So many more people, "Visitor 1" and so on, in sockets of this page.

        Each gives the commands, one after the other.
        """
        all_of_them = [*([{"type": "join_stage"}] if on_stage else []), *commands]
        self.page.evaluate(BRING, [number, all_of_them])

    # -- what really happens

    def uses(self, *kinds: str) -> None:
        """Wait until just these devices of the machine are open: "audio", "video", or none."""
        self.page.wait_for_function(LIVE, arg=sorted(kinds), timeout=PATIENCE)

    def never_used_devices(self) -> bool:
        """Whether the page has not opened any device so far."""
        return bool(self.page.evaluate("() => captured.length === 0"))

    def sees(self, name: str) -> None:
        """Wait until somebody's pictures are decoded here and change."""
        self._changes(self.tile(name).locator("video"))

    def sees_screen(self, name: str) -> None:
        """Wait until the pictures of somebody's screen are decoded here and change."""
        self._changes(self.screen(name).locator("video"))

    def _changes(self, video: Locator) -> None:
        expect(video).to_be_visible(timeout=PATIENCE)
        video.evaluate("(one) => { one.seenBefore = undefined; }")
        self.page.wait_for_function(CHANGES, arg=video.element_handle(), timeout=PATIENCE)

    def hears(self, name: str) -> None:
        """Wait until there is sound of somebody here."""
        person = self.tile(name).get_attribute("data-person")
        self.page.wait_for_function(SOUNDS, arg=person, timeout=PATIENCE, polling=200)

    def receives_anew(self, name: str) -> None:
        """Wait until somebody's picture comes by another track than now."""
        video = self.tile(name).locator("video")
        old = video.evaluate("(one) => one.srcObject.id")
        self.page.wait_for_function(
            "([one, old]) => one.srcObject && one.srcObject.id !== old",
            arg=[video.element_handle(), old],
            timeout=PATIENCE,
        )

    def is_silent(self, name: str) -> None:
        """Wait until a whole second of somebody's sound here was silence."""
        person = self.tile(name).get_attribute("data-person")
        sounding = f"(person) => ({SOUNDS})(person)"
        self.page.wait_for_function(
            """async ([person, source]) => {
              const sounds = eval(source);
              const until = performance.now() + 1000;
              while (performance.now() < until) {
                if (sounds(person)) return false;
                await new Promise((done) => setTimeout(done, 20));
              }
              return true;
            }""",
            arg=[person, sounding],
            timeout=PATIENCE,
        )


BRING = """
([number, commands]) => Promise.all([...Array(number).keys()].map((index) => new Promise((done) => {
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  const socket = new WebSocket(`/api/rooms/${location.pathname.split("/")[2]}/socket`);
  const enter = { type: "enter", id: 1, name: `Visitor ${index + 1}`, token };
  socket.onopen = () => socket.send(JSON.stringify(enter));
  socket.onmessage = ({ data }) => {
    const { id = 0 } = JSON.parse(data);
    if (id > commands.length) done();
    else if (id) socket.send(JSON.stringify({ id: id + 1, ...commands[id - 1] }));
  };
})))
"""

LIVE = """
(kinds) => {
  const live = captured.filter((one) => one.readyState === "live").map((one) => one.kind).sort();
  return live.join() === kinds.join();
}
"""

CHANGES = """
(video) => {
  if (!video.videoWidth) return false;
  const canvas = new OffscreenCanvas(64, 36);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(video, 0, 0, 64, 36);
  const now = context.getImageData(0, 0, 64, 36).data;
  const before = video.seenBefore;
  video.seenBefore = before ?? now;
  if (!before) return false;
  let different = 0;
  for (let i = 0; i < now.length; i += 4) if (Math.abs(now[i] - before[i]) > 40) different += 1;
  return different > 8;
}
"""

SOUNDS = """
(person) => {
  const voice = document.querySelector(`audio[data-voice="${person}"]`);
  if (!voice?.srcObject || voice.paused) return false;
  const track = voice.srcObject.getAudioTracks()[0];
  if (voice.listening?.track !== track) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    voice.listening = { track, analyser, context };
  }
  const { analyser } = voice.listening;
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return samples.some((one) => Math.abs(one) > 0.02);
}
"""
