"""Reactions: sent from the bar, seen by all over the stage, counted where motion is unwanted."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from .conftest import Place
from .test_talk import SIZES
from .visitors import A_PHONE, Visitor

Rooms = Callable[..., Place]

#: Keeps, for the test alone, what has risen so far and how many were in the air at once.
WATCH_THE_AIR = """() => {
  window.risen = [];
  window.most = 0;
  const air = document.querySelector(".reactions-air");
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) risen.push(node.textContent);
    }
    most = Math.max(most, air.childElementCount);
  }).observe(air, { childList: true });
}"""


def watch(*visitors: Visitor) -> None:
    for one in visitors:
        one.page.evaluate(WATCH_THE_AIR)


def has_risen(visitor: Visitor, *pictures: str) -> None:
    visitor.page.wait_for_function(
        "wanted => wanted.every((one) => risen.includes(one))", arg=list(pictures)
    )


def row(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("toolbar", name="Reactions")


def react(visitor: Visitor, label: str, times: int = 1) -> None:
    if not row(visitor).is_visible():
        visitor.button("React").click()
    for _ in range(times):
        row(visitor).get_by_role("button", name=label).click()


@SIZES
def test_everybody_sees_what_is_sent_up(make_place: Rooms, options: dict[str, object]) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    mod = place.moderator("Mo", **options)
    watch(ann, ben, mod)
    react(ann, "Applause", 2)
    react(mod, "Heart")
    for one in (ann, ben, mod):
        has_risen(one, "👏", "❤️")
    assert ann.page.evaluate("risen.filter((one) => one === '👏').length") == 2, "once, not again"
    expect(ben.page.get_by_role("status").filter(has_text="Applause: ")).to_have_text(
        re.compile(r"^Reactions\. .*Applause: [12].*\.$")
    )
    expect(ben.page.locator(".reaction-rising")).to_have_count(0)
    turned = {"width": 844, "height": 390}
    ann.page.set_viewport_size(turned)  # type: ignore[arg-type]
    expect(row(ann)).to_be_in_viewport(ratio=1)


def test_by_keyboard_alone(make_place: Rooms) -> None:
    place = make_place()
    ann = place.attendee("Ann")
    watch(ann)
    keyboard = ann.page.keyboard
    ann.button("React").focus()
    keyboard.press("r")
    expect(row(ann).get_by_role("button", name="Applause")).to_be_focused()
    expect(ann.button("React")).to_have_attribute("aria-expanded", "true")
    for key in ("ArrowRight", "ArrowRight", "Enter", "End", "Enter", "ArrowRight", "Enter"):
        keyboard.press(key)
    has_risen(ann, "😂", "👍", "👏")
    keyboard.press("Escape")
    expect(row(ann)).to_be_hidden()
    expect(ann.button("React")).to_be_focused()


@SIZES
def test_too_many_are_refused_in_a_sentence_and_the_air_is_never_full(
    make_place: Rooms, options: dict[str, object]
) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    watch(ann, ben)
    ann.button("React").click()
    buttons = row(ann).get_by_role("button")
    buttons.first.evaluate("node => { for (let i = 0; i < 40; i++) node.click(); }")
    expect(ann.notice("That was a lot of reactions; please wait a moment.")).to_be_visible()
    has_risen(ben, "👏")
    assert ann.page.evaluate("most") <= 24
    assert ben.page.evaluate("risen.length") <= 10


def test_less_motion_means_a_quiet_counter(make_place: Rooms) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann"), place.attendee("Ben", reduced_motion="reduce")
    cat = place.attendee("Cat", reduced_motion="reduce", **A_PHONE)
    watch(ben, cat)
    cat.show("Chat")  # and the stage is still in sight
    react(ann, "Celebration", 3)
    for one in (ben, cat):
        expect(one.page.locator(".reactions-counter")).to_have_text("🎉 3")
        expect(one.page.locator(".reactions-counter")).to_be_in_viewport(ratio=1)
    for one in (ben, cat):
        assert one.page.evaluate("risen.length") == 0
        expect(one.page.locator(".reactions-counter")).to_be_hidden()


def test_a_moderator_turns_them_off(make_place: Rooms) -> None:
    place = make_place()
    ann, mod = place.attendee("Ann"), place.moderator("Mo", **A_PHONE)
    ben = place.attendee("Ben", **A_PHONE)
    for one in (ann, ben):
        one.button("React").click()
    mod.show("Moderate").get_by_text("Chat, questions, reactions").click()
    switch = mod.page.get_by_role("checkbox", name="Reactions")
    switch.uncheck()
    for one in (ann, ben):
        expect(one.button("React")).to_be_hidden()
        expect(row(one)).to_be_hidden()
    switch.check()
    for one in (ann, ben):
        expect(one.button("React")).to_be_visible()
