"""Small screens, many people, and no mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import Place
from .visitors import DESKTOP, PHONE, Visitor

Rooms = Callable[..., Place]
LYING = {"width": 844, "height": 390}
TABLET = {"width": 1024, "height": 700}
SMALL = {"width": 320, "height": 568}

#: What is wrong with where things are, if anything.
OUTSIDE = """
() => {
  const wrong = [];
  if (document.documentElement.scrollWidth > innerWidth) wrong.push("the page scrolls sideways");
  const places = "#bar button, #side button, .tile, dialog[open] button, .notice";
  for (const one of document.querySelectorAll(places)) {
    if (!one.checkVisibility()) continue;
    const box = one.getBoundingClientRect();
    const scrolls = one.closest(".side-page, dialog");
    const row = one.closest(".tabs");  // scrolls sideways, where it has to
    const name = one.textContent.trim() || one.getAttribute("aria-label");
    const wide = box.left < -0.5 || box.right > innerWidth + 0.5;
    if (wide && !row) wrong.push(`${name} is cut at the side`);
    const high = box.top < -0.5 || box.bottom > innerHeight + 0.5;
    if (!scrolls && high) wrong.push(`${name} is cut`);
    if (one.scrollWidth > one.clientWidth + 1 && one.matches("button")) {
      wrong.push(`${name} does not fit its button`);
    }
    if (one.closest("#bar") && box.height < 44) wrong.push(`${name} is hard to hit`);
  }
  return wrong;
}
"""

OVERLAPS = """
() => {
  const boxes = [...document.querySelectorAll(".tile")].map((one) => one.getBoundingClientRect());
  const stage = document.querySelector("#stage").getBoundingClientRect();
  const inside = (a) => a.left >= stage.left - 1 && a.right <= stage.right + 1
    && a.top >= stage.top - 1 && a.bottom <= stage.bottom + 1;
  const apart = (a, b) => a.right <= b.left + 1 || b.right <= a.left + 1
    || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
  const bad = boxes.filter((a, i) => !inside(a) || boxes.some((b, j) => i < j && !apart(a, b)));
  return bad.length;
}
"""

ALL_GRIDS = """
async () => {
  const { placeTiles } = await import("/static/js/layout.js");
  const wrong = [];
  for (const [w, h] of [[1280, 640], [390, 600], [844, 250], [1920, 950], [320, 380], [600, 600]]) {
    for (let count = 1; count <= 16; count++) {
      const tiles = placeTiles(count, w, h, 8);
      const inside = tiles.every((one) => one.x >= 0 && one.y >= 0 && one.x + one.width <= w
        && one.y + one.height <= h);
      const apart = tiles.every((a, i) => tiles.every((b, j) => i === j
        || a.x + a.width <= b.x || b.x + b.width <= a.x
        || a.y + a.height <= b.y || b.y + b.height <= a.y));
      const shape = tiles.every((one) => one.width / one.height > 0.95
        && one.width / one.height < 1.85);
      const used = tiles.reduce((sum, one) => sum + one.width * one.height, 0) / (w * h);
      if (tiles.length !== count || !inside || !apart || !shape || used < 0.4) {
        wrong.push({ w, h, count, inside, apart, shape, used });
      }
    }
  }
  return wrong;
}
"""


def assert_fits(visitor: Visitor) -> None:
    """Nothing is cut off, too small, or makes the page scroll sideways."""
    visitor.page.wait_for_timeout(300)  # a transition runs for half of that
    assert visitor.page.evaluate(OUTSIDE) == []


def test_any_number_of_tiles_fits_any_screen(make_place: Rooms) -> None:
    """1 to 16 by the rule that places them, and 16 on the page itself."""
    place = make_place(mode="open", settings={"capacity": 16})
    ann = place.attendee("Ann")
    assert ann.page.evaluate(ALL_GRIDS) == []
    ann.bring(16, on_stage=True)
    expect(ann.page.locator(".tile")).to_have_count(16)
    for size in (DESKTOP, TABLET, PHONE, LYING, SMALL):
        ann.page.set_viewport_size(size)  # type: ignore[arg-type]
        ann.page.wait_for_timeout(400)  # the tiles move to their places
        assert ann.page.evaluate(OVERLAPS) == 0, size
        assert_fits(ann)


@pytest.mark.parametrize(
    "size", [PHONE, LYING, SMALL, TABLET], ids=["phone", "lying", "small", "tablet"]
)
def test_everything_is_reached_on_a_phone(make_place: Rooms, size: dict[str, int]) -> None:
    """The attendee's way up and the moderator's panel, by touch alone."""
    place = make_place(mode="request")
    options = {"viewport": size, "has_touch": True, "is_mobile": size is not TABLET}
    ann, mod = place.attendee("Ann", **options), place.moderator("Mo", **options)
    assert_fits(ann)
    ann.button("Raise hand").tap()
    ann.button("Ask to join stage").tap()
    assert_fits(ann)
    if size is not TABLET:  # there it is open from the start
        mod.page.locator("#bar").get_by_role("button", name="Moderate").tap()
    assert_fits(mod)
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").tap()
    assert_fits(ann)
    ann.window("Your request was approved").get_by_role("button", name="Join").tap()
    ann.switch_on("Camera", "Microphone")
    assert_fits(ann)
    ann.go_up()
    assert_fits(ann)
    mod.page.get_by_text("More settings").tap()
    mod.page.get_by_label("Participants may leave the stage").tap()
    expect(ann.button("Leave stage")).to_be_visible()
    assert_fits(ann)
    mod.page.get_by_role("tab", name="People").tap()
    mod.page.get_by_role("button", name="Actions for Ann").tap()
    mod.page.get_by_role("menuitem", name="Turn microphone off").tap()
    expect(ann.page.locator(".bar-status")).to_have_text("You are muted")
    assert_fits(mod)
    mod.page.get_by_role("button", name="Close the panel").tap()
    expect(mod.tile("Ann")).to_be_visible()
    assert_fits(mod)
    mod.button("Join stage").tap()
    mod.go_up("Microphone")
    assert_fits(mod)


FOCUSED = """
() => {
  const one = document.activeElement;
  return one?.getAttribute("aria-label") ?? one?.textContent?.trim() ?? "";
}
"""


def press(page: Page, name: str, key: str = "Enter") -> None:
    """Go with Tab until this has the focus, and press it."""
    for _ in range(60):
        if page.evaluate(FOCUSED) == name:
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"“{name}” is not reached with Tab")


def test_keyboard_alone_is_enough(make_place: Rooms) -> None:
    """Enter, ask, approve, choose devices, join, mute, unmute, be removed."""
    place = make_place(mode="request")
    ann, mod = place.visitor("Ann").open(), place.visitor("Mo", "moderator").open()
    for one in (ann, mod):
        expect(one.page.get_by_label("Your name")).to_be_focused()
        one.page.keyboard.type(one.name)
        one.page.keyboard.press("Enter")
        expect(one.page.locator("#room")).to_be_visible()
    press(ann.page, "Ask to join stage")
    expect(mod.row("Waiting requests", "Ann")).to_be_visible()
    press(mod.page, "Approve")
    expect(ann.window("Your request was approved")).to_be_visible()
    press(ann.page, "Join")
    expect(ann.ready_window).to_be_visible()
    press(ann.page, "Microphone", "Space")
    expect(ann.ready_window.get_by_role("switch", name="Microphone")).to_be_checked()
    press(ann.page, "Join stage")
    expect(mod.tile("Ann")).to_have_attribute("data-microphone", "true")
    ann.page.keyboard.press("m")
    expect(mod.tile("Ann")).to_have_attribute("data-microphone", "false")
    ann.page.keyboard.press("m")
    expect(mod.tile("Ann")).to_have_attribute("data-microphone", "true")
    press(mod.page, "Remove Ann from the stage")
    expect(ann.tile("Ann")).to_have_count(0)


def test_front_page_leads_to_the_room(make_place: Rooms) -> None:
    """A link that was pasted, token and all; anything else is answered in words."""
    place = make_place(mode="open", open_door=False)
    ann = place.visitor("Ann")
    ann.page.goto(place.server.url)
    field = ann.page.get_by_label("Your link to a room")
    field.fill("https://example.org/r/demo")
    ann.page.keyboard.press("Enter")
    expect(ann.page.get_by_role("alert")).to_contain_text("not a link to a room")
    field.fill(place.links["attendee"])
    ann.page.keyboard.press("Enter")
    ann.page.get_by_label("Your name").fill("Ann")
    ann.page.keyboard.press("Enter")
    expect(ann.page.locator("#room")).to_be_visible()


def test_links_that_do_not_let_in(make_place: Rooms) -> None:
    """No such room, no token where one is needed, a token that is none."""
    place = make_place(mode="open", open_door=False)
    ann = place.visitor("Ann")
    ann.page.goto(f"{place.server.url}/r/nowhere")
    expect(ann.page.get_by_role("heading", name="No such room")).to_be_visible()
    ann.page.goto(f"{place.server.url}/r/{place.id}")
    expect(ann.page.get_by_role("heading", name="You need an invitation link")).to_be_visible()
    ann.page.goto(f"{place.server.url}/r/{place.id}#token=nonsense")
    ann.page.get_by_label("Your name").fill("Ann")
    ann.page.keyboard.press("Enter")
    expect(ann.page.get_by_role("heading", name="does not let you in")).to_be_visible()
