"""The pages in other languages: all of it translated, nothing cut off, right-to-left as well.

``en-XB`` is made up for this (static/js/language.js): what has no brackets there is not translated.
STAGEDOOR_SCREENSHOTS=FOLDER keeps a picture of each step in the folder.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.server_process import ServerProcess

from .conftest import Place
from .test_screens import SMALL
from .visitors import DESKTOP, PHONE, Visitor

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])

#: Visible texts and labels, of which something is left once what is in brackets is taken away.
#: People's own words are in <bdi> or under dir="auto", or are values within a sentence; their
#: names, and the times of messages, may stand alone.
UNTRANSLATED = """
() => {
  const left = (text) => {
    let now = text.replace(/\\b(Ann|Mo|Eve|Visitor \\d|Stagedoor)\\b/g, ""), before;
    do { before = now; now = now.replace(/⟦[^⟦⟧]*⟧/g, ""); } while (now !== before);
    return /\\p{L}/u.test(now);
  };
  const found = [];
  const own = (node) => node.closest("bdi, [dir=auto], time, .avatar, .language, noscript, script");
  for (const node of document.querySelectorAll("body, body *")) {
    if (!node.checkVisibility({ visibilityProperty: true }) || own(node)) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
      const text = node.getAttribute(name) ?? "";
      if (left(text)) found.push(`${name} of .${node.className}: ${text}`);
    }
    for (const { nodeType, data } of node.childNodes) {
      if (nodeType === Node.TEXT_NODE && left(data)) found.push(`${node.localName}: ${data}`);
    }
  }
  return found;
}
"""

#: Texts that reach out of the window, or out of a box that cuts them. Where one can scroll to
#: them all is well; names that end in dots are told whole by their label or title.
CUT_OFF = """
() => {
  const found = [];
  const style = (node) => getComputedStyle(node);
  for (const node of document.querySelectorAll("body *")) {
    const ways = { visibilityProperty: true, opacityProperty: true };
    const texts = [...node.childNodes].filter(({ data }) => data?.trim());
    if (!texts.length || !node.checkVisibility(ways)) continue;
    if (node.closest(".only-read-out, option, script, svg")) continue;
    const range = document.createRange();
    range.setStartBefore(texts[0]);
    range.setEndAfter(texts[texts.length - 1]);
    const at = range.getBoundingClientRect();
    if (!at.width) continue;
    const frame = node.closest("button, .segment, .chip")?.getBoundingClientRect();
    if (frame && (at.left < frame.left - 1 || at.right > frame.right + 1)) {
      found.push(`wider than its button: ${node.textContent.trim()}`);
    }
    let box = node;
    for (; box; box = box.parentElement) {
      const { overflowX, textOverflow } = style(box);
      if (["auto", "scroll"].includes(overflowX) && box.scrollWidth > box.clientWidth + 1) break;
      if (textOverflow === "ellipsis" && box.matches("bdi, [dir=auto], .keeps-short")) break;
      if (["hidden", "clip", "auto", "scroll"].includes(overflowX)) {
        const edge = box.getBoundingClientRect();
        if (at.left < edge.left - 1.5 || at.right > edge.right + 1.5) {
          const by = `${box.localName}.${box.className}`;
          found.push(`cut by ${by}: ${node.className} ${node.textContent.trim()}`);
          break;
        }
      }
      if (style(box).position === "fixed") {  // what is around it cuts nothing of it
        box = null;
        break;
      }
    }
    const outside = at.left < -1.5 || at.right > innerWidth + 1.5;
    if (!box && outside) found.push(`outside: ${node.textContent.trim()}`);
  }
  if (document.scrollingElement.scrollWidth > innerWidth + 1) found.push("the page is too wide");
  return found;
}
"""

#: Names that do not stand beside their picture, as they run the other way than the page does.
OUT_OF_LINE = """
() => [...document.querySelectorAll(":is(.person, .thread) .person-name")].flatMap((node) => {
  const picture = node.closest(".person, .thread").querySelector(".avatar");
  if (!picture || !node.checkVisibility({ visibilityProperty: true })) return [];
  const range = document.createRange();
  range.selectNodeContents(node);
  const [at, beside] = [range, picture].map((one) => one.getBoundingClientRect());
  const gap = document.dir === "rtl" ? beside.left - at.right : at.left - beside.right;
  return Math.abs(gap) > 16 ? [`${node.textContent} is ${gap} px from its picture`] : [];
})
"""


def drawn_out(sentence: str, **values: str) -> str:
    """The sentence in the language that is made up, with its values kept apart (UAX 9)."""
    long = re.sub(r"\{\w+\}|[aeiou]", _longer, sentence, flags=re.IGNORECASE)
    for name, value in values.items():
        long = long.replace(f"{{{name}}}", f"\u2068{value}\u2069")
    return f"⟦{long}⟧"


def _longer(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) > 1 else 2 * found[0]


def in_language(link: str, tag: str) -> str:
    """The link, with the language that it asks for."""
    address, _, fragment = link.partition("#")
    return f"{address}?lang={tag}" + (f"#{fragment}" if fragment else "")


class Walk:
    """Somebody who goes through the pages in a language, and looks at each."""

    def __init__(self, visitor: Visitor, tag: str, pictures: str) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.pictures = pictures
        self.tag = tag
        visitor.link = in_language(visitor.link, tag)
        self.problems: list[str] = []

    def say(self, sentence: str, **values: str) -> str:
        """The sentence as it stands on this page."""
        return drawn_out(sentence, **values)

    def enter(self) -> None:
        """Open the link, give the name, go in."""
        self.page.goto(self.visitor.link)
        self.page.locator("#door-name").fill(self.visitor.name)
        self.look("door")
        self.page.locator("#door-form button").click()
        expect(self.page.locator("#room")).to_be_visible()

    def show(self, tab: str) -> Locator:
        """A page of the side, which is opened."""
        if not self.page.locator("#side").is_visible():
            self.page.locator("#bar [data-tab]:visible").first.click()
        self.page.locator(f"#side .tab[data-tab={tab}]").click()
        side = self.page.locator(f"#side-{tab}")
        expect(side).to_be_visible()
        return side

    def button(self, within: Locator, sentence: str) -> Locator:
        """A button by what it says."""
        return within.get_by_role("button", name=self.say(sentence), exact=True)

    @property
    def window(self) -> Locator:
        """The window that is open."""
        return self.page.locator("dialog[open]")

    def close(self) -> None:
        """Leave the window."""
        self.page.keyboard.press("Escape")
        expect(self.window).to_have_count(0)

    def look(self, where: str) -> None:
        """Take note of all that is not right here."""
        folder = os.environ.get("STAGEDOOR_SCREENSHOTS")
        if folder:
            self.page.screenshot(path=Path(folder) / f"{self.pictures}-{where}.png")
        if self.tag == "en-XB":
            found = self.page.evaluate(UNTRANSLATED)
            self.problems += [f"{where}: not translated: {one}" for one in found]
        for check in (CUT_OFF, OUT_OF_LINE):
            self.problems += [f"{where}: {one}" for one in self.page.evaluate(check)]


class German(Walk):
    """The same walk by the catalogue."""

    def say(self, sentence: str, **values: str) -> str:
        translate = "async (said) => (await import('/static/js/words.js')).t(...said)"
        words: Any = self.page.evaluate(translate, [sentence, values])
        return str(words)


@pytest.fixture
def walkers(
    make_place: Any, request: pytest.FixtureRequest, size: dict[str, int], tag: str
) -> tuple[Place, Walk, Walk]:
    """A room with Ann and a host, Mo, who both have the language."""
    place = make_place(mode="request")
    kind = Walk if tag == "en-XB" else German
    name = f"{tag}-{request.node.callspec.id}"
    ann, mo = (
        kind(place.visitor(name_, role, viewport=size), tag, f"{name}-{role}")
        for name_, role in (("Ann", "attendee"), ("Mo", "host"))
    )
    return place, ann, mo


@SIZES
@pytest.mark.parametrize("tag", ["en-XB", "de"])
def test_everything_is_translated_and_fits(walkers: tuple[Place, Walk, Walk], tag: str) -> None:
    place, ann, mo = walkers
    page = ann.page
    page.goto(in_language(place.server.url, tag))
    expect(page.locator("html")).to_have_attribute("lang", tag)
    page.locator("#link").fill("nowhere at all")
    page.locator("#link-form button").click()
    ann.look("landing")

    mo.enter()
    ann.enter()
    ann.look("stage")
    moderate(mo)
    wait_in_the_lobby(place, mo, tag)
    go_up(ann, mo)
    talk(ann, mo)
    poll(ann, mo)
    decide(ann, mo)
    assert not ann.problems + mo.problems, "\n".join(ann.problems + mo.problems)


def moderate(mo: Walk) -> None:
    """All of the panel, and its windows."""
    panel = mo.show("moderate")
    for part in panel.locator("details").all():
        part.evaluate("(one) => { one.open = true; }")
    mo.look("panel")
    panel.evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
    mo.look("panel-end")
    for sentence, name in (
        ("Run-down and attendance…", "reports"),
        ("Rename the room…", "rename"),
        ("Clear the chat…", "clear"),
        ("End the room…", "end"),
    ):
        mo.button(panel, sentence).click()
        expect(mo.window).to_be_visible()
        if name == "reports":
            expect(mo.window.locator("table")).to_have_count(0)
            mo.window.locator("input[value=rundown]").check(force=True)
            expect(mo.window.locator("tbody tr").first).to_be_visible()
        mo.look(name)
        mo.close()


def wait_in_the_lobby(place: Place, mo: Walk, tag: str) -> None:
    """Somebody new waits; what the moderator sees of it."""
    panel = mo.show("moderate")
    panel.locator("input[value=lobby]").check(force=True)
    eve = place.visitor("Eve", viewport=mo.page.viewport_size)
    new = type(mo)(eve, tag, f"{mo.pictures}-new")
    new.page.goto(new.visitor.link)
    new.page.locator("#door-name").fill("Eve")
    new.page.locator("#door-form button").click()
    expect(new.page.locator("#lobby")).to_be_visible()
    new.look("lobby")
    mo.problems += new.problems
    mo.look("panel-lobby")
    panel.locator("input[name=entry][value=open]").check(force=True)
    expect(new.page.locator("#room")).to_be_visible()
    eve.context.close()


def go_up(ann: Walk, mo: Walk) -> None:
    """Ask, be approved, get ready, join."""
    if mo.page.locator("#side").is_visible():
        mo.show("moderate")
    ann.page.locator("#bar button:visible", has_text=ann.say("Raise hand")).click()
    ann.page.locator("#bar button:visible", has_text=ann.say("Ask to join stage")).click()
    ann.visitor.bring(1, {"type": "raise_hand"})
    panel = mo.show("moderate")
    expect(panel.locator(".fair-order").last).to_be_visible()
    panel.evaluate("(one) => one.scrollTo(0, 0)")
    mo.look("request")
    if mo.page.viewport_size == PHONE:
        mo.page.set_viewport_size(SMALL)  # type: ignore[arg-type]
        mo.look("request-small")
        mo.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    mo.button(panel, "Approve").click()
    expect(ann.window).to_be_visible()
    ann.look("offer")
    ann.button(ann.window, "Join").click()
    expect(ann.window.locator("video")).to_have_count(1)
    ann.look("ready")
    ann.button(ann.window, "Join stage").click()
    expect(ann.page.locator(".tile")).to_have_count(1)
    ann.look("on-stage")
    ann.page.locator("#bar button:visible", has_text=ann.say("Devices")).click()
    ann.look("devices")
    ann.close()
    mo.look("panel-on-stage")


def talk(ann: Walk, mo: Walk) -> None:
    """Chat, its menus, and people's."""
    chat = ann.show("chat")
    chat.locator("textarea").fill("Hello from Ann")
    chat.locator(".composer-send").click()
    expect(chat.locator(".message")).to_have_count(1)
    ann.look("chat")
    theirs = mo.show("chat")
    expect(theirs.locator(".message")).to_have_count(1)
    theirs.locator(".message-menu").click()
    mo.look("chat-menu")
    mo.page.keyboard.press("Escape")
    theirs.locator(".chat-tab").nth(2).click()
    mo.look("private")
    people = mo.show("people")
    menu = people.locator(".person", has_text="Ann").locator(".row-menu")
    windows = (("Ban…", "ban"), ("Rename…", "rename"), ("Remove from the room…", "out"))
    for sentence, name in windows:
        menu.click()
        if name == "ban":
            mo.look("person-menu")
        mo.page.get_by_role("menuitem", name=mo.say(sentence), exact=True).click()
        mo.look(name)
        mo.close()


def poll(ann: Walk, mo: Walk) -> None:
    """The editors, a poll, its results."""
    polls = mo.show("polls")
    mo.button(polls, "New quiz").click()
    mo.look("quiz-editor")
    mo.close()
    mo.button(polls, "New poll").click()
    mo.window.locator("select").first.select_option("rating")
    mo.look("poll-editor-rating")
    mo.window.locator("select").first.select_option("single")
    mo.window.locator("input[type=text]").first.fill("Tea?")
    for index, text in enumerate(("Yes", "No")):
        mo.window.locator(".option-fields input[type=text]").nth(index).fill(text)
    mo.look("poll-editor")
    mo.button(mo.window, "Open now").click()
    expect(polls.locator(".poll")).to_have_count(1)
    mine = ann.show("polls")
    ann.look("ballot")
    mine.locator(".choice input").first.check()
    ann.button(mine, "Vote").click()
    expect(mine.locator(".voted")).to_be_visible()
    ann.look("voted")
    mo.look("poll")


def decide(ann: Walk, mo: Walk) -> None:
    """Refusals and last words."""
    mo.page.evaluate("() => document.querySelector('#side .icon-button')?.click()")
    panel = mo.show("moderate")
    capacity = panel.locator("#capacity")
    capacity.fill("99")
    capacity.press("Tab")
    expect(mo.page.locator(".notice")).not_to_have_count(0)
    mo.look("refused")
    mo.button(panel, "End the room…").click()
    mo.window.locator(".button-danger").click()
    for one in (ann, mo):
        expect(one.page.locator("#end")).to_be_visible()
        one.look("end")


def test_the_language_is_the_browsers_or_the_chosen_one(
    chromium: Browser, server: ServerProcess
) -> None:
    context = chromium.new_context(locale="de-AT")
    page = context.new_page()
    html = page.locator("html")
    page.goto(server.url)
    expect(html).to_have_attribute("lang", "de")
    expect(page.locator("#link-form button")).to_have_text("Zum Raum")
    page.locator(".language").select_option("en")
    expect(html).to_have_attribute("lang", "en")
    expect(page.locator("#link-form button")).to_have_text("Go to the room")
    page.goto(f"{server.url}/?lang=de")
    expect(html).to_have_attribute("lang", "de")
    page.locator("#link").fill("demo")
    page.locator("#link-form button").click()
    page.wait_for_url("**/r/demo?lang=de")
    context.close()
