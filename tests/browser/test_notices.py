"""What is read out and shown as notices: what matters at once, the rest calmly and together."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import Place
from .listening import heard, hears, listen
from .test_polls import tab, write
from .test_talk import field, open_thread, say
from .visitors import PATIENCE, Visitor

Rooms = Callable[..., Place]

#: Of so many things each was told, by itself or in the number of a sentence about several.
ALL_TOLD = """
([one, many, wanted]) => {
  const number = (sentence) => {
    const found = new RegExp(many).exec(sentence);
    return found ? Number(found[1]) : new RegExp(one).test(sentence) ? 1 : 0;
  };
  return heard.status.reduce((sum, sentence) => sum + number(sentence), 0) === wanted;
}
"""


def hears_of_all(visitor: Visitor, number: int, one: str, many: str) -> list[str]:
    """Wait until so many things have been told; the sentences that it took."""
    visitor.page.wait_for_function(ALL_TOLD, arg=[one, many, number], timeout=PATIENCE)
    return [said for said in heard(visitor) if re.search(f"{one}|{many}", said)]


def test_what_others_decide_about_oneself_is_heard_at_once(make_place: Rooms) -> None:
    """Declined, approved, muted, asked, removed; and what is not true any more goes away."""
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    listen(ann, mod)
    ann.button("Ask to join stage").click()
    hears(ann, "Your request is waiting for a moderator")
    hears(mod, "Ann asks to join the stage.")
    waiting = mod.row("Waiting requests", "Ann")
    waiting.get_by_role("button", name="Decline").click()
    hears(ann, "Mo declined your request.", "alert")
    ann.button("Ask to join stage").click()
    waiting.get_by_role("button", name="Approve").click()
    hears(ann, "Mo approved your request to join the stage.", "alert")
    expect(ann.notice("declined")).to_have_count(0)
    ann.accept("Your request was approved", "Microphone")
    hears(ann, "You are on stage. You can be heard.")
    hears(mod, "Ann is on stage.")
    on_stage = mod.row("On stage", "Ann")
    on_stage.get_by_role("button", name="Turn Ann's microphone off").click()
    hears(ann, "Mo turned your microphone off.", "alert")
    expect(ann.notice("You are on stage")).to_have_count(0)
    on_stage.get_by_role("button", name="Ask Ann to unmute").click()
    hears(ann, "Mo asks you to unmute.", "alert")
    ann.window("Turn your microphone on?").get_by_role("button", name="Unmute").click()
    hears(ann, "Your microphone is on.")
    expect(ann.notice("turned your microphone off")).to_have_count(0)
    on_stage.get_by_role("button", name="Remove").click()
    hears(ann, "Mo removed you from the stage.", "alert")
    hears(mod, "Ann is not on stage any more.")
    assert heard(mod, "alert") == []


def test_many_who_come_up_are_one_sentence(make_place: Rooms) -> None:
    place = make_place(mode="open")
    ann = place.attendee("Ann")
    listen(ann)
    ann.bring(8, on_stage=True)
    said = hears_of_all(ann, 8, r"^Visitor \d is on stage", r"^(\d+) people came onto the stage")
    assert len(said) <= 3, said
    expect(ann.page.locator(".notice")).to_have_count(0)


def test_many_who_write_at_once_are_one_sentence(make_place: Rooms) -> None:
    place = make_place(mode="open")
    ann, mod, may = place.attendee("Ann"), place.moderator("Mo"), place.moderator("May")
    ann.show("Chat")
    listen(ann, mod, may)
    mod.page.get_by_role("button", name="Close the panel").click()
    private = {"type": "say", "text": "help", "channel": "private"}
    ann.bring(6, {"type": "say", "text": "hello"}, {"type": "say", "text": "you"}, private)
    said = hears_of_all(ann, 12, r"^Visitor \d: ", r"^(\d+) new messages")
    assert len(said) <= 4, said
    notice = mod.notice("6 people have written to you privately.")
    expect(mod.page.locator(".notice")).to_have_count(1)
    notice.get_by_role("button", name="Read").click()
    expect(mod.page.locator(".thread")).to_have_count(6)
    expect(notice).to_have_count(0)
    # What one moderator answers is no news to the others.
    mod.page.locator(".thread").first.click()
    say(mod, "I come")
    open_thread(mod, "Everybody")
    mod.page.get_by_role("button", name="Announcement to everybody").click()
    say(mod, "We begin")
    hears(may, "Mo announces: We begin")
    assert not any("Mo has written" in one for one in heard(may)), heard(may)


def test_many_requests_are_one_notice_that_takes_nothing_away(make_place: Rooms) -> None:
    """Neither the focus, nor what was typed; hands are read out; handled, it is gone."""
    place = make_place(mode="request")
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    mod.show("Chat")
    listen(mod, ann)
    field(mod).focus()
    mod.page.keyboard.type("I am ")
    mod.bring(20, {"type": "ask_to_join_stage"}, {"type": "raise_hand"})
    mod.page.keyboard.type("writing")
    expect(mod.notice("20 people ask to join the stage.")).to_be_visible()
    hears_of_all(mod, 20, r"^Visitor \d+ raised a hand", r"^(\d+) hands were raised")
    assert len(heard(mod)) <= 10, heard(mod)
    assert heard(ann) == []
    assert mod.page.evaluate("most") == 1
    expect(field(mod)).to_have_value("I am writing")
    expect(field(mod)).to_be_focused()
    row = mod.show("Moderate").locator('[data-part="Waiting requests"] .person').first
    row.get_by_role("button", name="Approve").click()
    expect(mod.notice("ask to join the stage")).to_have_count(0)


def test_notices_are_few_and_are_closed_by_keyboard(make_place: Rooms) -> None:
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    listen(ann)
    for number in range(5):
        write(mod, "Single choice", f"Question {number}?", "Yes", "No")
    expect(ann.notice("Question 4?")).to_be_visible()
    expect(ann.page.locator(".notice")).to_have_count(3)
    assert ann.page.evaluate("most") == 3
    ann.notice("Question 3?").get_by_role("button", name="Answer").focus()
    ann.page.keyboard.press("Escape")
    expect(ann.notice("Question 3?")).to_have_count(0)
    expect(ann.page.locator(".notice")).to_have_count(2)


def test_in_a_window_notices_are_in_reach(make_place: Rooms) -> None:
    """All outside of an open window is inert: what is said is said inside of it."""
    place = make_place(mode="request")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    tab(mod).get_by_role("button", name="New poll").click()
    listen(mod)
    ann.button("Ask to join stage").click()
    window = mod.window("New poll")
    notice = window.locator(".notice", has_text="Ann asks to join the stage.")
    notice.get_by_role("button", name="Close this notice").click()
    expect(notice).to_have_count(0)
    hears(mod, "Ann asks to join the stage.")
    expect(window.locator(".only-read-out[role]")).to_have_count(2)
    mod.page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    expect(mod.page.locator("body > .only-read-out[role]")).to_have_count(2)
