"""The whole way up and back, for an attendee and a moderator, by the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from .conftest import Place
from .test_axe import enter
from .test_polls import card, write
from .test_talk import ask, question
from .visitors import PHONE, Visitor

Rooms = Callable[..., Place]

#: What has the focus, as somebody who sees the page knows it: "" if nothing has it, or it is not
#: to be seen. What has it by itself (a title) needs no ring.
FOCUS = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body || !one.checkVisibility()) return "";
  const name = (one.getAttribute("aria-label") || one.textContent).trim().replaceAll(/\\s+/g, " ");
  const ring = one.matches(".segment input") ? one.nextElementSibling : one;
  const { outlineStyle, outlineWidth } = getComputedStyle(ring);
  const seen = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return one.tabIndex < 0 || seen ? `${one.localName} ${name}` : "";
}
"""
#: That, and whether it is this one. After the last stop the page has it, as the browser is next.
STOP = f"""
(one) => [document.activeElement === document.body || ({FOCUS})(), one === document.activeElement]
"""
WHERE = "() => document.activeElement.outerHTML.slice(0, 200)"
MOST_STEPS = 60


class Hands:
    """Somebody without a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.page = visitor.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until there; each stop on the way is to be seen."""
        expect(target).to_be_visible()
        there = target.element_handle()
        for _ in range(MOST_STEPS):
            at, there_now = there.evaluate(STOP)
            assert at, f"the focus cannot be seen: {self.page.evaluate(WHERE)}"
            if there_now:
                return
            self.press(key)
        raise AssertionError(f"{target} is not reached; the focus is at {self.has()!r}")

    def use(self, target: Locator) -> None:
        self.go_to(target)
        self.press("Enter")

    def has(self) -> str:
        """What has the focus."""
        found: str = self.page.evaluate(FOCUS)
        return found

    def keeps_focus(self) -> None:
        """Wait until the focus is somewhere; nothing takes it to nowhere again."""
        self.page.wait_for_function(f"() => ({FOCUS})() !== ''")


def test_the_way_up_and_back(make_place: Rooms) -> None:
    """Asks, is approved, gets ready, goes up, mutes, writes, votes, reacts; is removed, waves."""
    place = make_place(mode="request")
    mod = place.moderator("Mo")
    ann = place.visitor("Ann").open()
    hands = Hands(ann)
    expect(ann.page.get_by_label("Your name")).to_be_focused()
    ann.page.keyboard.type("Ann")
    hands.press("Enter")
    expect(ann.page.locator("#room-name")).to_be_focused()

    hands.use(ann.button("Ask to join stage"))
    expect(ann.button("Cancel request")).to_be_focused()
    mod.row("Waiting requests", "Ann").get_by_role("button", name="Approve").click()
    window = ann.window("Your request was approved")
    # And no button, which a space that is being typed would press.
    expect(window.get_by_role("heading")).to_be_focused()
    hands.use(window.get_by_role("button", name="Join"))
    expect(ann.ready_window.get_by_role("button", name="Join stage")).to_be_focused()
    hands.go_to(ann.ready_window.get_by_role("switch", name="Microphone"), "Shift+Tab")
    hands.press("Space")
    expect(ann.ready_window.get_by_role("switch", name="Microphone")).to_be_checked()
    hands.use(ann.ready_window.get_by_role("button", name="Join stage"))
    expect(ann.button("Mute")).to_be_visible()
    hands.keeps_focus()
    hands.use(ann.button("Mute"))
    expect(ann.button("Unmute")).to_be_focused()
    hands.use(ann.button("Devices"))
    expect(ann.window("Camera, microphone")).to_be_visible()
    hands.press("Escape")
    expect(ann.button("Devices")).to_be_focused()
    hands.use(ann.button("React"))
    hands.press("ArrowRight", "Enter", "Escape")
    expect(ann.button("React")).to_be_focused()

    hands.use(ann.page.locator('#bar [data-tab="chat"]'))
    hands.go_to(ann.page.get_by_role("textbox", name="Write to everybody"))
    ann.page.keyboard.type("Good morning")
    hands.use(ann.page.get_by_role("button", name="Send"))
    expect(ann.page.locator("#side-chat .message-text")).to_have_text("Good morning")
    expect(ann.page.get_by_role("textbox", name="Write to everybody")).to_be_focused()
    hands.press("Escape")
    expect(ann.page.locator('#bar [data-tab="chat"]')).to_be_focused()

    mod.row("On stage", "Ann").get_by_role("button", name="Remove").click()
    expect(ann.button("Unmute")).to_be_hidden()
    hands.keeps_focus()
    hands.use(ann.button("Raise hand"))
    hands.use(ann.button("Lower hand"))
    expect(ann.button("Raise hand")).to_be_focused()


def test_straight_to_the_bar_and_single_letters(make_place: Rooms) -> None:
    """The first stop leads past all the rest; letters that act by themselves can be turned off."""
    ann = make_place(mode="open").attendee("Ann")
    hands, row = Hands(ann), ann.page.get_by_role("toolbar", name="Reactions")
    expect(ann.page.locator("#room-name")).to_be_focused()
    hands.press("Shift+Tab")
    expect(ann.page.get_by_role("button", name="Skip to what you can do")).to_be_focused()
    assert hands.has()
    hands.press("Enter")
    expect(ann.button("Join stage")).to_be_focused()
    hands.press("r")
    expect(row).to_be_visible()
    hands.press("r")
    expect(row).to_be_hidden()
    hands.go_to(ann.page.get_by_role("button", name="Keyboard"), "Shift+Tab")
    hands.press("Enter")
    letters = ann.window("Keyboard").get_by_label("The letters M, V, S and R")
    hands.go_to(letters)
    hands.press("Space", "Escape")
    expect(ann.page.get_by_role("button", name="Keyboard")).to_be_focused()
    hands.press("r")
    hands.press("Enter")
    expect(letters).not_to_be_checked()
    expect(row).to_be_hidden()


def test_a_moderator_runs_the_room(make_place: Rooms) -> None:
    """Settings, backstage, a question, a poll, a report and a ban."""
    place = make_place(mode="open", settings={"premoderated": True})
    mod, ann = place.moderator("Mo"), place.attendee("Ann")
    hands = Hands(mod)
    hands.use(mod.page.locator("#side-moderate").get_by_text("More settings"))
    hands.go_to(mod.page.get_by_label("People wait backstage"))
    hands.press("Space")
    ann.button("Join stage").click()
    ann.ready_window.get_by_role("button", name="Go backstage").click()
    hands.use(mod.page.get_by_role("button", name="Bring on Ann"))
    expect(mod.page.locator("#stage").locator(".tile", has_text="Ann")).to_be_visible()
    hands.keeps_focus()
    ask(ann, "When is lunch?")
    approve_a_question(hands, mod)
    open_a_poll(hands, mod)
    read_a_report(hands, mod)
    hands.go_to(mod.page.get_by_role("tab", name="Moderate"), "Shift+Tab")
    hands.press("Home")
    hands.use(mod.page.locator("#side-people").get_by_role("button", name="Actions for Ann"))
    hands.go_to(mod.page.get_by_role("menuitem", name="Ban…"), "ArrowDown")
    hands.press("Enter")
    expect(mod.window("Ban Ann").get_by_label("Reason")).to_be_focused()
    mod.page.keyboard.type("selling things")
    hands.press("Enter")
    expect(ann.page.get_by_role("heading", name="You are banned")).to_be_focused()
    expect(mod.page.locator("#side-people .person", has_text="Ann")).to_have_count(0)
    hands.keeps_focus()


def approve_a_question(hands: Hands, mod: Visitor) -> None:
    hands.go_to(mod.page.get_by_role("tab", name="Moderate"))
    hands.press("ArrowLeft", "ArrowLeft")
    lunch = question(mod, "When is lunch?")
    hands.use(lunch.get_by_role("button", name="Approve"))
    expect(lunch.locator(".message-decide")).to_be_hidden()
    hands.keeps_focus()
    hands.use(lunch.get_by_role("button", name="Answered"))
    hands.keeps_focus()


def open_a_poll(hands: Hands, mod: Visitor) -> None:
    hands.go_to(mod.page.get_by_role("tab", name="Q&A"), "Shift+Tab")
    hands.press("ArrowRight")
    hands.use(mod.page.get_by_role("button", name="New poll"))
    window = mod.window("New poll")
    expect(window.get_by_label("Question")).to_be_focused()
    mod.page.keyboard.type("Lunch?")
    for number, word in enumerate(("Soup", "Pasta"), 1):
        hands.go_to(window.get_by_role("textbox", name=f"Option {number}"))
        mod.page.keyboard.type(word)
    hands.use(window.get_by_role("button", name="Open now"))
    expect(card(mod, "Lunch?")).to_be_visible()
    expect(mod.page.get_by_role("button", name="New poll")).to_be_focused()


def read_a_report(hands: Hands, mod: Visitor) -> None:
    panel = mod.page.locator("#side-moderate")
    hands.go_to(mod.page.get_by_role("tab", name="Polls"), "Shift+Tab")
    hands.press("End")
    hands.use(panel.get_by_role("button", name="Run-down and attendance…"))
    window = mod.window("Run-down and attendance")
    hands.go_to(window.get_by_role("radio", name="On stage"))
    hands.press("ArrowRight", "ArrowRight")
    expect(window.get_by_role("row", name="Ann")).to_be_visible()
    hands.press("Escape")
    expect(panel.get_by_role("button", name="Run-down and attendance…")).to_be_focused()


def test_a_moderator_approves_invites_and_removes(make_place: Rooms) -> None:
    """What was dealt with is gone; the focus is at what comes next."""
    place = make_place(mode="request")
    mod = place.moderator("Mo")
    mod.bring(3, {"type": "ask_to_join_stage"})
    hands = Hands(mod)
    waiting = mod.part("Waiting requests")
    expect(waiting.locator(".person")).to_have_count(3)
    hands.use(waiting.get_by_role("button", name="Approve").first)
    expect(waiting.locator(".person")).to_have_count(2)
    expect(waiting.get_by_role("button", name="Approve").first).to_be_focused()
    hands.press("Shift+Tab", "Enter")
    expect(waiting.locator(".person")).to_have_count(1)
    expect(waiting.get_by_role("button", name="Decline")).to_be_focused()
    hands.press("Enter")
    expect(waiting.get_by_role("heading")).to_be_focused()

    ann = place.attendee("Ann")
    hands.go_to(mod.page.get_by_role("tab", name="Moderate"), "Shift+Tab")
    hands.press("Home")
    people = mod.page.locator("#side-people")
    hands.use(people.get_by_role("button", name="Actions for Ann"))
    item = mod.page.get_by_role("menuitem", name="Invite to the stage")
    hands.go_to(item, "ArrowDown")
    hands.press("End", "ArrowDown", "ArrowUp", "Home", "Escape")
    expect(people.get_by_role("button", name="Actions for Ann")).to_be_focused()
    hands.press("Enter")
    hands.go_to(item, "ArrowDown")
    hands.press("Enter")
    ann.accept("You are invited to the stage")
    hands.keeps_focus()
    hands.use(people.get_by_role("button", name="Actions for Ann"))
    hands.go_to(mod.page.get_by_role("menuitem", name="Remove from stage"), "ArrowDown")
    hands.press("Enter")
    expect(mod.tile("Ann")).to_have_count(0)
    hands.keeps_focus()
    hands.use(people.get_by_role("button", name="Actions for Ann"))
    hands.go_to(mod.page.get_by_role("menuitem", name="Remove from the room…"), "ArrowDown")
    hands.press("Enter")
    window = mod.window("Remove Ann")
    expect(window.get_by_role("button", name="Cancel")).to_be_focused()
    hands.use(window.get_by_role("button", name="Remove"))
    expect(people.locator(".person", has_text="Ann")).to_have_count(0)
    assert "Actions for Visitor" in hands.has()


def test_votes_and_a_hand_by_keyboard_on_a_narrow_page(make_place: Rooms) -> None:
    """A notice leads to the poll; the panel over the page keeps the focus in it."""
    place = make_place(mode="request")
    mod, ann = place.moderator("Mo"), place.visitor("Ann", viewport=PHONE).open()
    enter(ann)
    expect(ann.page.locator("#room")).to_be_visible()
    hands = Hands(ann)
    write(mod, "Single choice", "Lunch?", "Soup", "Pasta")
    hands.use(ann.notice("Lunch?").get_by_role("button", name="Answer"))
    expect(card(ann, "Lunch?").get_by_role("heading")).to_be_focused()
    hands.press("Tab", "Space", "Tab", "Enter")
    expect(card(ann, "Lunch?").locator(".voted")).to_have_text("You voted: Soup")
    hands.keeps_focus()
    for _ in range(12):
        hands.press("Tab")
        where = ann.page.evaluate("() => !document.activeElement.closest('#bar, #stage')")
        assert where, "the focus is behind the panel"
    hands.go_to(ann.page.get_by_role("button", name="Close the panel"))
    hands.press("Enter")
    hands.keeps_focus()
    hands.use(ann.button("Raise hand"))
    expect(ann.button("Lower hand")).to_be_focused()
