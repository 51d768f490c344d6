"""axe-core finds nothing on any page, in any window, menu or state, on desktop and phone."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import expect

from tests.server_process import ServerProcess

from .axe import Inspection, resize, violations
from .conftest import Place
from .test_event import choose as choose_entry
from .test_polls import card, tab, vote, write, write_quiz
from .test_talk import ask, choose, message, open_thread, question, say
from .visitors import PHONE, Visitor, failing_devices

Rooms = Callable[..., Place]


def enter(visitor: Visitor) -> None:
    """From the door."""
    visitor.page.get_by_label("Your name").fill(visitor.name)
    visitor.page.get_by_role("button", name="Enter").click()


def ends_with(visitor: Visitor, title: str) -> None:
    expect(visitor.page.get_by_role("heading", name=title)).to_be_visible()


BREAK = """
() => {
  const bad = document.createElement("div");
  bad.innerHTML = `<img src="/static/logo.svg"><button></button>
    <button aria-label="Other">Words</button><p>Hardly to be read</p>`;
  bad.style.color = "#333";
  document.querySelector("main:not([hidden])").append(bad);
}
"""

#: In a window, axe-core by itself cannot tell contrasts.
BREAK_A_WINDOW = """
() => {
  const bad = document.createElement("dialog");
  bad.setAttribute("aria-label", "Window");
  bad.innerHTML = `<p id="faint">Hardly to be read</p>`;
  bad.style.cssText = "color: #333; background: #222";
  document.body.append(bad);
  bad.showModal();
}
"""


#: Whether nothing lies above it, nor cuts it off.
IN_SIGHT = """
(one) => {
  const { x, y, width, height } = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}
"""


def test_what_is_broken_is_found(make_place: Rooms) -> None:
    """Otherwise the tests below would say nothing."""
    ann = make_place().visitor("Ann").open()
    expect(ann.page.locator("#door")).to_be_visible()
    assert violations(ann.page) == []
    ann.page.evaluate(BREAK)
    rules = {one.split(":")[0] for one in violations(ann.page)}
    expected = {"image-alt", "button-name", "color-contrast", "label-content-name-mismatch"}
    assert expected <= rules
    ann.page.evaluate(BREAK_A_WINDOW)
    assert any(one.startswith("color-contrast: #faint") for one in violations(ann.page))


def test_on_the_way_in(make_place: Rooms, server: ServerProcess, inspect: Inspection) -> None:
    """The front page, the door, the lobby, and why one cannot enter."""
    soon = int(time.time() * 1000) + 3_600_000
    place = make_place(name="Autumn assembly", open_door=False, opens_at=soon)
    ann = place.visitor("Ann")
    page = ann.page
    page.goto(server.url)
    inspect.look(ann, "front page")
    page.get_by_label("Your link").fill("no link")
    page.get_by_role("button", name="Go to the room").click()
    inspect.look(ann, "front page, no link")
    page.goto(f"{server.url}/nothing/here")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    inspect.look(ann, "not found", ["phone"])
    page.goto(f"{server.url}/r/{place.id}")
    ends_with(ann, "You need an invitation link")
    inspect.look(ann, "no invitation")
    page.goto(f"{server.url}/r/nowhere")
    ends_with(ann, "No such room")
    inspect.look(ann, "no such room", ["phone"])
    page.goto(f"{server.url}/r/{place.id}#token=bad")
    enter(ann)
    ends_with(ann, "This link does not let you in")
    inspect.look(ann, "bad link")
    page.goto(server.url)
    ann.open()
    page.get_by_label("Your name").fill("")
    page.get_by_role("button", name="Enter").click()
    inspect.look(ann, "door, no name")
    enter(ann)
    expect(page.locator("#lobby-clock")).to_be_visible()
    inspect.look(ann, "lobby")
    host = place.host("Helen")
    inspect.look(host, "panel, a lobby with a time", ["desktop"])
    choose_entry(host, "Locked")
    ends_with(ann, "This room is locked")
    inspect.look(ann, "locked")


def test_on_the_way_out(make_place: Rooms, inspect: Inspection) -> None:
    """In another tab, removed, banned; the reports; the end."""
    place = make_place(name="Autumn assembly")
    ann, host = place.attendee("Ann"), place.host("Helen")
    host.act_on("Ann", "Remove from the room…")
    inspect.look(host, "window: remove from the room")
    host.window("Remove Ann").get_by_role("button", name="Remove").click()
    ends_with(ann, "You were removed from the room")
    inspect.look(ann, "removed")
    ann.page.get_by_role("button", name="Enter again").click()
    expect(ann.page.locator("#room")).to_be_visible()
    host.act_on("Ann", "Ban…")
    inspect.look(host, "window: ban")
    host.window("Ban Ann").get_by_label("Reason").fill("selling things")
    host.window("Ban Ann").get_by_role("button", name="Ban", exact=True).click()
    ends_with(ann, "You are banned from this room")
    inspect.look(ann, "banned")
    host.page.get_by_role("tab", name="Moderate").click()
    host.part("Banned").scroll_into_view_if_needed()
    inspect.look(host, "panel, somebody banned")

    host.page.get_by_role("button", name="Run-down and attendance…").click()
    window = host.window("Run-down and attendance")
    expect(window.get_by_text("There is nothing yet.")).to_be_visible()
    inspect.look(host, "window: report, empty", ["phone"])
    for title in ("What happened", "Attendance"):
        window.get_by_role("radio", name=title).check(force=True)
        expect(window.get_by_role("row", name="Ann").first).to_be_visible()
        inspect.look(host, f"window: report, {title}")
    window.get_by_role("button", name="Close").click()
    host.page.get_by_role("button", name="End the room…").click()
    inspect.look(host, "window: end the room")
    host.window("End the room?").get_by_role("button", name="End the room").click()
    ends_with(host, "This room has ended")
    expect(host.page.locator(".notice")).to_have_count(0)
    inspect.look(host, "ended")


def test_on_the_way_up(make_place: Rooms, inspect: Inspection) -> None:
    """Asking, declined, approved, getting ready; with the moderator's panel beside it."""
    place = make_place(mode="closed", name="Autumn assembly")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    inspect.look(ann, "viewer, closed")
    ann.page.get_by_role("button", name="Keyboard").click()
    inspect.look(ann, "window: keyboard")
    ann.page.keyboard.press("Escape")
    inspect.look(mod, "panel, nobody", ["phone"])
    mod.access("Request").check(force=True)
    ann.button("Ask to join stage").click()
    mod.bring(13)
    mod.bring(1, {"type": "ask_to_join_stage"})
    ann.button("Raise hand").click()
    expect(mod.row("Waiting requests", "Ann")).to_be_visible()
    expect(mod.part("Waiting requests").get_by_label("Show them")).to_be_visible()
    expect(mod.row("Raised hands", "Ann")).to_be_visible()
    inspect.look(ann, "waiting")
    inspect.look(mod, "panel, a request and a hand")
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Decline").click()
    expect(ann.notice("Mo declined your request")).to_be_visible()
    inspect.look(ann, "declined")
    ann.button("Ask to join stage").click()
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    expect(ann.window("Your request was approved")).to_be_visible()
    inspect.look(ann, "window: approved")
    inspect.look(mod, "panel, an offer", ["desktop"])
    ann.window("Your request was approved").get_by_role("button", name="Join").click()
    inspect.look(ann, "window: ready, all off")
    ann.switch_on("Camera", "Microphone")
    inspect.look(ann, "window: ready, all on")
    ann.ready_window.get_by_role("button", name="Decline").click()
    ann.show_people().get_by_role("searchbox").fill("nobody")
    inspect.look(ann, "people, nobody found")
    mod.show_people()
    inspect.look(mod, "people, moderator")
    mod.page.get_by_role("button", name="Actions for Ann").click()
    inspect.look(mod, "menu of a person")
    mod.page.get_by_role("menuitem", name="Rename…").click()
    inspect.look(mod, "window: rename")
    mod.page.keyboard.press("Escape")
    mod.show("Moderate")
    for details in mod.page.locator("#side-moderate details").all():
        details.evaluate("(one) => { one.open = true; }")
    mod.page.get_by_text("More settings").scroll_into_view_if_needed()
    inspect.look(mod, "panel, all settings")
    mod.page.get_by_role("button", name="Rename the room…").click()
    inspect.look(mod, "window: rename the room", ["phone"])


def test_on_stage(make_place: Rooms, inspect: Inspection) -> None:
    place = make_place(mode="open", name="Autumn assembly")
    ann, mod = place.attendee("Ann"), place.moderator("Mo", reduced_motion="reduce")
    ann.button("Join stage").click()
    ann.go_up("Camera", "Microphone")
    inspect.look(ann, "on stage")
    ann.page.locator("#room .language").select_option("de")
    inspect.look(ann, "window: change the language", ["phone"])
    ann.page.keyboard.press("Escape")
    ann.button("Devices").click()
    inspect.look(ann, "window: devices")
    ann.window("Camera, microphone").get_by_role("button", name="Done").click()
    ann.button("Share screen").click()
    expect(mod.screen("Ann")).to_be_visible()
    inspect.look(ann, "shares a screen")
    inspect.look(mod, "sees a screen, panel")
    mod.row("On stage", "Ann").get_by_role("button", name="Turn Ann's microphone off").click()
    expect(ann.notice("Mo turned your microphone off")).to_be_visible()
    inspect.look(ann, "muted by a moderator")
    mod.row("On stage", "Ann").get_by_role("button", name="Ask Ann to unmute").click()
    expect(ann.window("Turn your microphone on?")).to_be_visible()
    inspect.look(ann, "window: asked to unmute")
    ann.window("Turn your microphone on?").get_by_role("button", name="Stay muted").click()
    ann.button("React").click()
    ann.page.get_by_role("toolbar").get_by_role("button", name="Heart").click()
    inspect.look(ann, "reactions")
    mod.page.get_by_role("button", name="Close the panel").click()
    ann.page.get_by_role("toolbar").get_by_role("button", name="Heart").click()
    expect(mod.page.locator(".reactions-counter")).to_be_visible()
    inspect.look(mod, "reactions, counted", ["phone"])


def test_when_things_go_wrong(
    make_place: Rooms, server: ServerProcess, inspect: Inspection
) -> None:
    """Devices that are denied, a stage that is full, a server that is gone."""
    place = make_place(mode="open", settings={"capacity": 1})
    mod = place.moderator("Mo")
    mod.bring(1, on_stage=True)
    ann = place.attendee("Ann", script=failing_devices("NotAllowedError"))
    ann.button("Join stage").click()
    for device in ("camera", "microphone"):
        row = ann.ready_window.locator(f'[data-device="{device}"]')
        row.get_by_role("switch").click()
        expect(row.get_by_role("alert")).to_be_visible()
    ann.ready_window.get_by_role("button", name="Join stage").click()
    expect(ann.ready_window.get_by_text("The stage is full")).to_be_visible()
    inspect.look(ann, "window: devices denied, stage full")
    resize(ann.page, {"width": 320, "height": 568})
    assert ann.ready_window.get_by_role("button", name="Join stage").evaluate(IN_SIGHT)
    server.limit_files(4096)
    mod.show("Chat")
    say(mod, "Hello?")
    expect(mod.page.locator("#unsaved")).to_be_visible()
    expect(ann.page.locator("#unsaved")).to_be_hidden()
    inspect.look(mod, "nothing can be saved")
    server.limit_files(None)
    expect(mod.page.locator("#unsaved")).to_be_hidden()
    server.kill()
    expect(mod.page.locator("#reconnecting")).to_be_visible()
    inspect.look(mod, "reconnecting")
    resize(mod.page, PHONE)
    assert mod.page.locator("#reconnecting").evaluate(IN_SIGHT), "the panel covers it"
    server.start()


def test_chat_and_questions(make_place: Rooms, inspect: Inspection) -> None:
    place = make_place(mode="open")
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    ann.show("Chat")
    inspect.look(ann, "chat, empty", ["phone"])
    say(ann, "Good morning! https://example.org/programme")
    mod.show("Chat")
    message(mod, "Good morning").locator(".message-menu").click()
    inspect.look(mod, "menu of a message")
    mod.page.get_by_role("menuitem", name="Reply", exact=True).click()
    inspect.look(mod, "chat, replying", ["phone"])
    say(mod, "Coffee at ten")
    choose(mod, message(mod, "Coffee"), "Pin")
    mod.page.get_by_role("button", name="Announcement to everybody").click()
    say(mod, "We begin in five minutes")
    expect(message(ann, "We begin")).to_be_visible()
    for one in (ann, mod):
        inspect.look(one, "chat, a pin and an announcement")
    open_thread(ann, "Moderators")
    say(ann, "I hear nothing")
    expect(mod.notice("Ann has written to you privately")).to_be_visible()
    inspect.look(ann, "chat, private thread")
    open_thread(mod, "Private")
    inspect.look(mod, "chat, threads")
    mod.page.locator(".thread").click()
    inspect.look(mod, "chat, a thread", ["phone"])
    part = mod.show("Moderate").locator('[data-part="Chat, questions, reactions"]')
    part.locator("summary").click()
    part.get_by_label("Moderators approve first").check()
    open_thread(ann, "Everybody")
    say(ann, "May I say something?")
    ask(ann, "When is lunch?")
    mod.show("Chat")
    open_thread(mod, "Everybody")
    expect(message(mod, "May I say")).to_be_visible()
    inspect.look(mod, "chat, to be approved")
    mod.show("Q&A")
    inspect.look(mod, "questions, to be approved")
    question(mod, "When is lunch?").get_by_role("button", name="Approve").click()
    question(mod, "When is lunch?").locator(".vote").click()
    expect(question(ann, "When is lunch?").locator(".vote-count")).to_have_text("1")
    look_at_questions(ann, mod, inspect)
    mod.show("Chat")
    choose(mod, message(mod, "May I say"), "Block from writing")
    inspect.look(mod, "window: block", ["desktop"])
    mod.window("Block Ann").get_by_role("button", name="Block").click()
    ann.show("Chat")
    expect(ann.page.locator("#side-chat .chat-closed")).to_be_visible()
    inspect.look(ann, "chat, blocked")


def look_at_questions(ann: Visitor, mod: Visitor, inspect: Inspection) -> None:
    """Open, answered and dismissed ones."""
    for text, decision in (("Who pays?", "Answered"), ("Why?", "Dismiss")):
        ask(mod, text)
        question(mod, text).get_by_role("button", name=decision).click()
    expect(question(mod, "Why?").get_by_role("button", name="Open again")).to_be_visible()
    inspect.look(ann, "questions")
    question(mod, "When is lunch?").locator(".message-menu").click()
    inspect.look(mod, "questions and a menu", ["phone"])
    mod.page.keyboard.press("Escape")


def test_polls(make_place: Rooms, inspect: Inspection) -> None:
    """Each kind open and voted; drafts, results, windows."""
    place = make_place(mode="request")
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    tab(mod).get_by_role("button", name="New poll").click()
    mod.window("New poll").get_by_label("Kind").select_option(label="Several answers")
    mod.window("New poll").get_by_role("button", name="Open now").click()
    expect(mod.window("New poll").locator(".trouble")).to_be_visible()
    inspect.look(mod, "window: poll, refused")
    mod.window("New poll").get_by_role("button", name="Cancel").click()
    write(mod, "Single choice", "Lunch?", "Soup", "Pasta", draft=True)
    write(mod, "Single choice", "Tea?", "Black", "Green")
    write(mod, "Several answers", "Days?", "Mon", "Tue")
    write(mod, "Rating", "How was it?", most=5)
    write(mod, "Open text", "What else?", named=True)
    write(mod, "Word cloud", "In a word?", most=2)
    expect(ann.notice("A poll is open").first).to_be_visible()
    inspect.look(ann, "polls are told", ["phone"])
    card(ann, "Tea?").get_by_role("button", name="Vote").click()
    expect(card(ann, "Tea?").get_by_role("alert")).to_be_visible()
    inspect.look(ann, "polls, open, one without a choice")
    vote(ann, "Tea?", "Black")
    vote(ann, "Days?", "Mon", "Tue")
    card(ann, "How was it?").get_by_label("4", exact=True).check(force=True)
    card(ann, "What else?").get_by_label("Your answer").fill("Nothing")
    card(ann, "In a word?").get_by_label("Word 1").fill("warm")
    for one in ("How was it?", "What else?", "In a word?"):
        card(ann, one).get_by_role("button", name="Vote").click()
        expect(card(mod, one).locator(".results-head")).to_contain_text("1 vote")
    card(ann, "Days?").get_by_role("button", name="Change my vote").click()
    card(ann, "In a word?").get_by_text("The words as a list").click()
    card(mod, "Tea?").get_by_role("button", name="Close the poll").click()
    expect(card(ann, "Tea?")).to_have_attribute("data-state", "closed")
    inspect.look(ann, "polls, voted, one closed")
    inspect.look(mod, "polls, a draft and results")
    card(mod, "Tea?").get_by_role("button", name="Delete…").click()
    inspect.look(mod, "window: delete a poll", ["phone"])


def test_a_quiz(make_place: Rooms, inspect: Inspection) -> None:
    place = make_place(mode="request")
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    tab(mod)
    inspect.look(mod, "no polls", ["phone"])
    write_quiz(mod)
    led, quiz = card(mod, "Geography"), card(ann, "Geography")
    led.get_by_role("button", name="Edit").click()
    inspect.look(mod, "window: quiz")
    mod.window("Edit the quiz").get_by_role("button", name="Cancel").click()
    led.get_by_role("button", name="Start the quiz").click()
    expect(quiz.get_by_role("button", name="Oslo")).to_be_visible()
    inspect.look(ann, "quiz, a question")
    quiz.get_by_role("button", name="Oslo").click()
    expect(quiz.locator(".voted")).to_be_visible()
    inspect.look(mod, "quiz, led")
    led.get_by_role("button", name="End the question").click()
    expect(quiz.locator(".leader")).to_be_visible()
    inspect.look(ann, "quiz, the answer")
    led.get_by_role("button", name="Next question").click()
    expect(quiz.get_by_label("Rhine")).to_be_visible()
    inspect.look(ann, "quiz, several answers", ["desktop"])
    led.get_by_role("button", name="End the quiz").click()
    quiz.get_by_text("Look back").click()
    inspect.look(ann, "quiz, over")
    inspect.look(mod, "quiz, over, moderator", ["phone"])
