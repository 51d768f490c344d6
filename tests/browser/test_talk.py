"""The chat and the questions: who reads what, on desktops and phones, and nothing lost."""

from __future__ import annotations

import contextlib
import random
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.server_process import ServerProcess

from .axe import Inspection
from .cable import Cable
from .conftest import Place
from .listening import hears, listen
from .visitors import A_PHONE, DESKTOP, PHONE, Visitor

Rooms = Callable[..., Place]

SIZES = pytest.mark.parametrize(
    "options", [{"viewport": DESKTOP}, A_PHONE], ids=["desktop", "phone"]
)


def field(visitor: Visitor, tab: str = "chat") -> Locator:
    return visitor.page.locator(f"#side-{tab} textarea")


def say(visitor: Visitor, text: str) -> None:
    """Write in the thread that is open."""
    visitor.show("Chat")
    field(visitor).fill(text)
    visitor.page.locator("#side-chat .composer-send").click()


def ask(visitor: Visitor, text: str) -> None:
    visitor.show("Q&A")
    field(visitor, "questions").fill(text)
    visitor.page.locator("#side-questions .composer-send").click()


def message(visitor: Visitor, text: str) -> Locator:
    """A message that has been said."""
    words = visitor.page.locator(".message-text", has_text=text)
    return visitor.page.locator("#side-chat .message[data-number]").filter(has=words)


def question(visitor: Visitor, text: str) -> Locator:
    return visitor.page.locator("#side-questions .question", has_text=text)


def choose(visitor: Visitor, row: Locator, action: str) -> None:
    """Use a message's or a question's menu."""
    row.locator(".message-menu").click()
    visitor.page.get_by_role("menuitem", name=action, exact=True).click()


def open_thread(visitor: Visitor, title: str) -> None:
    visitor.show("Chat").locator(".chat-tabs").get_by_role("button", name=title).click()


def texts(visitor: Visitor) -> list[str]:
    """All messages that are shown, in order; what is not sent yet among them."""
    return visitor.page.locator("#side-chat .message .message-text").all_inner_texts()


@SIZES
def test_said_replied_pinned_deleted(make_place: Rooms, options: dict[str, object]) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    mod = place.moderator("Mo", **options)
    say(ann, "Good morning\neverybody")
    for one in (ben, mod):
        one.show("Chat")
        expect(message(one, "Good morning")).to_contain_text("Ann")
    assert texts(ben) == ["Good morning\neverybody"]
    choose(ben, message(ben, "Good morning"), "Reply")
    say(ben, "Hello Ann")
    expect(message(ann, "Hello Ann").locator(".quote")).to_have_text(
        re.compile("Ann: Good morning")
    )
    choose(mod, message(mod, "Hello Ann"), "Pin")
    expect(ann.page.locator(".pin")).to_contain_text("Hello Ann")
    mod.page.get_by_role("button", name="Unpin the message of Ben").click()
    expect(ann.page.locator(".pin")).to_have_count(0)
    choose(ann, message(ann, "Good morning"), "Delete")
    expect(message(ben, "Good morning")).to_have_count(0)
    expect(message(mod, "Hello Ann").locator(".quote")).to_have_text(
        re.compile("not here any more")
    )
    choose(mod, message(mod, "Hello Ann"), "Delete")
    for one in (ann, ben, mod):
        expect(one.page.locator("#side-chat .message")).to_have_count(0)


@SIZES
def test_a_private_thread_and_the_backchannel(
    make_place: Rooms, options: dict[str, object]
) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    mod, host = place.moderator("Mo", **options), place.host("Helen", **options)
    open_thread(ann, "Moderators")
    say(ann, "I hear nothing")
    mod.notice("Ann has written to you privately").get_by_role("button", name="Read").click()
    expect(message(mod, "I hear nothing")).to_be_visible()
    expect(mod.page.locator(".notice")).to_have_count(0)
    say(mod, "Please reload the page")
    expect(message(ann, "Please reload")).to_contain_text("Mo")
    host.show("Chat")
    expect(
        host.page.locator(".chat-tabs").get_by_role("button", name="Private 2 unread")
    ).to_be_visible()
    open_thread(host, "Backchannel")
    say(host, "Who looks after Ann?")
    open_thread(mod, "Backchannel 1 unread")
    expect(message(mod, "Who looks after Ann?")).to_be_visible()
    open_thread(host, "Private")
    host.page.get_by_role("button", name=re.compile("Ann.*reload")).click()
    assert texts(host) == ["I hear nothing", "Please reload the page"]
    ben.show("Chat")
    open_thread(ben, "Moderators")
    expect(ben.page.locator("#side-chat .message")).to_have_count(0)
    assert "nothing" not in ben.page.locator("body").inner_text()


@SIZES
def test_moderators_write_first_announce_and_clear(
    make_place: Rooms, options: dict[str, object]
) -> None:
    place = make_place()
    ann, mod = place.attendee("Ann", **options), place.moderator("Mo", **options)
    mod.act_on("Ann", "Write privately")
    say(mod, "You are next")
    ann.notice("Mo has written to you privately").get_by_role("button", name="Read").click()
    expect(message(ann, "You are next")).to_be_visible()
    ann.page.get_by_role("button", name="Close the panel").click()
    open_thread(mod, "Everybody")
    announcing = mod.page.get_by_role("button", name="Announcement to everybody")
    announcing.click()
    say(mod, "The hall is open " + "and open " * 150)
    notice = ann.notice("Mo announces: The hall is open")
    assert notice.evaluate("(one) => one.offsetHeight < innerHeight / 3"), "however long it is"
    say(mod, "And the bar")
    expect(message(mod, "And the bar")).to_have_attribute("data-announcement", "false")
    notice.get_by_role("button", name="Read").click()
    expect(message(ann, "The hall is open")).to_be_focused()
    expect(notice).to_have_count(0)
    assert message(ann, "The hall").evaluate("(one) => one.matches('[data-announcement=true]')")
    ann.page.locator("#side-chat .messages-scroll").evaluate("(one) => one.scrollTo(0, 0)")
    expect(ann.page.get_by_role("button", name="Newest messages")).to_be_visible()
    announcing.click()
    say(mod, "It closes")
    expect(ann.notice("It closes")).to_be_visible()
    ann.page.get_by_role("button", name="Newest messages").click()
    expect(ann.notice("It closes")).to_have_count(0)
    part = mod.show("Moderate").locator('[data-part="Chat, questions, reactions"]')
    part.locator("summary").click()
    part.get_by_role("button", name="Clear the chat").click()
    mod.window("Clear the chat?").get_by_role("button", name="Clear").click()
    expect(ann.page.locator("#side-chat .message")).to_have_count(0)
    open_thread(ann, "Moderators")
    assert texts(ann) == ["You are next"], "cleared is what was said to everybody"


@SIZES
def test_approved_first(make_place: Rooms, options: dict[str, object]) -> None:
    place = make_place(settings={"premoderated": True})
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    mod = place.moderator("Mo", **options)
    say(ann, "first")
    expect(message(ann, "first")).to_contain_text("Waiting for a moderator's approval")
    say(ann, "second")
    ben.show("Chat")
    mod.show("Chat")
    expect(mod.page.get_by_role("tab", name="2 waiting for approval")).to_be_visible()
    message(mod, "second").get_by_role("button", name="Approve").click()
    expect(message(ben, "second")).to_be_visible()
    expect(message(ann, "second")).not_to_contain_text("Waiting")
    message(mod, "first").get_by_role("button", name="Reject").click()
    expect(message(ann, "first")).to_contain_text("not approved this")
    expect(message(mod, "first")).to_have_count(0)
    say(mod, "mine")
    expect(message(ben, "mine")).to_be_visible()
    assert texts(ben) == ["second", "mine"]
    ask(ann, "third?")
    expect(question(ann, "third?")).to_contain_text("Waiting for a moderator's approval")
    ask(ann, "fourth?")
    mod.show("Q&A")
    question(mod, "third?").get_by_role("button", name="Approve").click()
    ben.show("Q&A")
    expect(question(ben, "third?")).to_be_visible()
    question(mod, "fourth?").get_by_role("button", name="Reject").click()
    expect(question(ann, "fourth?")).to_contain_text("not approved this")
    expect(ben.page.locator(".question")).to_have_count(1)


@SIZES
def test_blocked_slowed_and_turned_off(make_place: Rooms, options: dict[str, object]) -> None:
    place = make_place()
    ann, mod = place.attendee("Ann", **options), place.moderator("Mo", **options)
    say(ann, "spam")
    mod.show("Chat")
    choose(mod, message(mod, "spam"), "Block from writing")
    mod.window("Block Ann from writing?").get_by_role("button", name="Block").click()
    expect(ann.page.locator("#side-chat .chat-closed")).to_have_text(
        "Mo has blocked you from writing to everybody. You can write to the moderators."
    )
    expect(field(ann)).to_be_hidden()
    ann.show("Q&A")
    expect(field(ann, "questions")).to_be_hidden()
    expect(mod.show_people().locator(".person", has_text="Ann")).to_contain_text("blocked from")
    open_thread(ann, "Moderators")
    say(ann, "May I explain?")
    expect(mod.notice("Ann has written to you privately")).to_be_visible()
    open_thread(ann, "Everybody")
    mod.act_on("Ann", "Let write again")
    expect(ann.notice("You can write again")).to_be_visible()
    part = mod.show("Moderate").locator('[data-part="Chat, questions, reactions"]')
    part.locator("summary").click()
    part.get_by_label("Slow mode").fill("600")
    part.get_by_label("Slow mode").press("Tab")
    expect(ann.page.locator("#side-chat .composer-note")).to_have_text(re.compile("Slow mode"))
    expect(ann.page.locator("#side-chat .composer-note")).to_have_text(re.compile("send again in"))
    expect(ann.page.locator("#side-chat .composer-send")).to_be_disabled()
    part.get_by_label("Chat for everybody").uncheck()
    expect(ann.page.locator("#side-chat .chat-closed")).to_have_text(
        "The chat is turned off just now."
    )
    say(mod, "Back at ten")
    announced = message(ann, "Back at ten")
    expect(announced).to_have_attribute("data-announcement", "true")


@SIZES
def test_unread_counts_and_the_divider(make_place: Rooms, options: dict[str, object]) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    opener = ben.page.locator('#bar [data-tab="chat"]')
    expect(opener).to_have_accessible_name("Chat")
    say(ann, "after")
    say(ann, "and more")
    expect(opener).to_have_accessible_name("Chat 2 unread")
    ben.show("Chat")
    lines = ben.page.locator("#side-chat .messages > li")
    expect(lines).to_have_count(3)
    expect(lines.first).to_have_text("New messages")
    expect(opener).to_have_accessible_name("Chat")
    ben.page.reload()
    expect(ben.page.locator("#room")).to_be_visible()
    expect(opener).to_have_accessible_name("Chat")
    say(ann, "later")
    expect(opener).to_have_accessible_name("Chat 1 unread")


def test_history_comes_on_entering_and_older_on_demand(
    make_place: Rooms, inspect: Inspection
) -> None:
    place = make_place()
    ann = place.attendee("Ann")
    ann.show("Chat")
    ann.page.evaluate(SAY_MANY, 230)
    expect(message(ann, "number 230")).to_be_visible()
    desk, phone = place.attendee("Ben"), place.attendee("Ben", **A_PHONE)
    for ben in (desk, phone):
        opener = ben.page.locator('#bar [data-tab="chat"]')
        expect(opener).to_have_accessible_name("Chat")  # who enters has missed nothing
        ben.show("Chat")
        assert ben.page.evaluate(STAGE_IN_SIGHT), "beside the chat, or above it"
        expect(message(ben, "number 230")).to_be_in_viewport()
        expect(ben.page.locator("#side-chat .message")).to_have_count(200)
        ben.page.get_by_role("button", name="Show older messages").click()
        expect(ben.page.locator("#side-chat .message")).to_have_count(230)
        assert texts(ben) == [f"number {one}" for one in range(1, 231)]
        if ben is desk:
            inspect.look(ben, "chat, not at its end", ["phone"])
        ben.page.get_by_role("button", name="Newest messages").click()
        expect(message(ben, "number 230")).to_be_in_viewport()


def test_the_newest_stays_in_sight_in_a_window_that_becomes_smaller(make_place: Rooms) -> None:
    """Messages take more lines there; and a menu that is open stays whole."""
    ann = make_place().attendee("Ann")
    ann.show("Chat")
    for number in range(10, 20):
        say(ann, f"number {number}, and {'more ' * 20}")
    message(ann, "number 19").locator(".message-menu").click()
    ann.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(message(ann, "number 19")).to_be_in_viewport(ratio=0.9)
    expect(ann.page.locator(".menu:popover-open")).to_be_in_viewport(ratio=1)


#: Nothing covers the stage, of which there is a good part.
STAGE_IN_SIGHT = """() => {
  const stage = document.querySelector("#stage").getBoundingClientRect();
  const side = document.querySelector("#side").getBoundingClientRect();
  return stage.height > 200 && (stage.right <= side.left || stage.bottom <= side.top);
}"""


#: Messages of others, in turn and one after the other; so many that none is over their limit.
SAY_MANY = """
async (number) => {
  const room = location.pathname.split("/")[2];
  const sockets = [];
  const answer = (socket, message) => new Promise((done, fail) => {
    socket.onmessage = ({ data }) => {
      const { id, type } = JSON.parse(data);
      if (type === "refused") fail(data);
      else if (id === message.id) done();
    };
    socket.send(JSON.stringify(message));
  });
  for (let one = 0; one < number / 30; one += 1) {
    sockets.push(new WebSocket(`/api/rooms/${room}/socket`));
    await new Promise((opened) => { sockets[one].onopen = opened; });
    await answer(sockets[one], { type: "enter", id: 1, name: `Somebody ${one}` });
  }
  for (let said = 1; said <= number; said += 1) {
    const message = { type: "say", id: 1 + said, text: `number ${said}` };
    await answer(sockets[said % sockets.length], message);
  }
  for (const socket of sockets) socket.close();
}
"""


@SIZES
def test_questions_are_voted_for_and_answered(
    make_place: Rooms, options: dict[str, object]
) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann", **options), place.attendee("Ben", **options)
    mod = place.moderator("Mo", **options)
    if mod.page.locator("#side").is_visible():
        mod.page.get_by_role("button", name="Close the panel").click()
    ask(ann, "When is lunch?")
    ask(ben, "Who pays?")
    told = mod.notice(re.compile("2 new questions|Ben asks: Who pays?"))
    told.get_by_role("button", name="Read").click()
    expect(question(mod, "Who pays?")).to_be_visible()
    expect(mod.page.locator(".notice")).to_have_count(0)
    for one in (ann, ben, mod):
        one.show("Q&A")
        expect(one.page.locator(".question")).to_have_count(2)
    question(ann, "Who pays?").locator(".vote").click()
    expect(question(mod, "Who pays?").locator(".vote-count")).to_have_text("1")
    expect(mod.page.locator(".question").first).to_contain_text("Who pays?")
    expect(question(ann, "Who pays?").locator(".vote")).to_have_attribute("aria-pressed", "true")
    expect(question(ben, "Who pays?").locator(".vote")).to_have_attribute("aria-pressed", "false")
    question(ben, "Who pays?").locator(".vote").click()
    expect(question(ann, "Who pays?").locator(".vote-count")).to_have_text("2")
    question(ben, "Who pays?").locator(".vote").click()
    expect(question(ann, "Who pays?").locator(".vote-count")).to_have_text("1")
    mod.page.get_by_role("button", name="Newest").click()
    expect(mod.page.locator(".question").first).to_contain_text("Who pays?")
    question(mod, "Who pays?").get_by_role("button", name="Answered").click()
    expect(ann.page.get_by_role("list", name="Answered").locator(".question")).to_have_count(1)
    question(mod, "When is lunch?").get_by_role("button", name="Dismiss").click()
    expect(question(ben, "When is lunch?")).to_have_count(0)
    expect(ann.page.get_by_role("list", name="Dismissed")).to_contain_text("When is lunch?")
    question(mod, "When is lunch?").get_by_role("button", name="Open again").click()
    expect(question(ben, "When is lunch?")).to_be_visible()
    choose(ann, question(ann, "When is lunch?"), "Delete")
    expect(question(ben, "When is lunch?")).to_have_count(0)


def test_questions_may_be_off(make_place: Rooms) -> None:
    place = make_place()
    ann, mod = place.attendee("Ann"), place.moderator("Mo", **A_PHONE)
    ben = place.attendee("Ben", **A_PHONE)
    for one in (ann, ben):
        one.show("Q&A")
    part = mod.show("Moderate").locator('[data-part="Chat, questions, reactions"]')
    part.locator("summary").click()
    part.get_by_label("Questions and answers").uncheck()
    for one in (ann, ben):
        expect(one.page.get_by_role("tab", name="Q&A")).to_be_hidden()
        expect(one.page.locator("#side-people")).to_be_visible()


def test_what_is_typed_without_a_connection_is_sent_once(
    make_place: Rooms, server: ServerProcess
) -> None:
    """The network dies, the person writes on and reloads; everybody reads all of it once."""
    place = make_place()
    with contextlib.closing(Cable(server.port)) as cable:
        ann, ben = place.visitor("Ann", **A_PHONE), place.attendee("Ben")
        ann.link = f"http://localhost:{cable.port}/r/{place.id}"
        ann.enter()
        ben.show("Chat")
        say(ann, "one")
        expect(message(ben, "one")).to_be_visible()
        unsent = ann.page.locator(".message-unsent")
        expect(unsent).to_have_count(0)
        cable.cut()
        say(ann, "two")  # goes out on a line that is dead
        say(ann, "three")
        expect(unsent).to_have_count(2)
        expect(ann.page.locator("#reconnecting")).to_be_visible(timeout=60_000)
        say(ann, "four")
        field(ann).fill("a draft")
        expect(unsent.first).to_contain_text("as soon as you are connected again")
        note = ann.page.locator("#side-chat .composer-note")
        expect(note).to_have_text(re.compile("No connection just now"))
        cable.mend()
        expect(unsent).to_have_count(0)
        expect(message(ben, "four")).to_be_visible()
        expect(field(ann)).to_have_value("a draft")
        assert texts(ben) == texts(ann) == ["one", "two", "three", "four"]


def test_what_was_said_but_not_acknowledged_is_not_said_again(
    make_place: Rooms, server: ServerProcess
) -> None:
    """The server takes it, the answer is lost; a reload meanwhile changes nothing."""
    place = make_place()
    with contextlib.closing(Cable(server.port)) as cable:
        ann, ben = place.visitor("Ann"), place.attendee("Ben")
        ann.link = f"http://localhost:{cable.port}/r/{place.id}"
        ann.enter()
        ben.show("Chat")
        cable.cut(backwards_only=True)
        say(ann, "once")
        expect(message(ben, "once")).to_be_visible()
        expect(ann.page.locator(".message-unsent")).to_have_count(1)
        field(ann).fill("a draft")
        cable.mend()
        ann.page.reload()
        expect(ann.page.locator("#room")).to_be_visible()
        ann.show("Chat")
        expect(message(ann, "once")).to_be_visible()
        expect(ann.page.locator(".message-unsent")).to_have_count(0)
        expect(field(ann)).to_have_value("a draft")
        say(ben, "seen")
        expect(message(ann, "seen")).to_be_visible()
        assert texts(ben) == texts(ann) == ["once", "seen"]


def test_lines_that_drop_at_any_moment_lose_nothing_and_double_nothing(
    make_place: Rooms, server: ServerProcess
) -> None:
    """Two write on lines of their own that are cut before, while and after they send."""
    place, chance = make_place(), random.Random(5)
    expected: dict[str, list[str]] = {}
    with contextlib.ExitStack() as stack:
        writers = []
        for name, options in (("Ann", A_PHONE), ("Ben", {})):
            cable = stack.enter_context(contextlib.closing(Cable(server.port)))
            writer = place.visitor(name, **options)
            writer.link = f"http://localhost:{cable.port}/r/{place.id}"
            writers.append((writer.enter(), cable))
        mod = place.moderator("Mo")
        mod.show("Chat")
        for number in range(4):
            for writer, cable in writers:
                drop = chance.choice(["before", "while", "after", "unheard", "reload"])
                text = f"{writer.name} {number}"
                expected.setdefault(writer.name, []).append(text)
                if drop == "unheard":  # the line has to be there, or nothing gets through
                    heard = f"heard by {text}"
                    expected.setdefault("heard", []).append(heard)
                    say(mod, heard)
                    writer.show("Chat")
                    expect(message(writer, heard)).to_be_visible()
                if drop in ("before", "unheard"):
                    cable.cut(told=drop == "before", backwards_only=drop == "unheard")
                say(writer, text)
                if drop in ("while", "after"):
                    if drop == "after":
                        expect(mod.page.get_by_text(text, exact=True)).to_be_visible()
                    cable.cut(told=True)
                elif drop == "unheard":
                    expect(mod.page.get_by_text(text, exact=True)).to_be_visible()
                cable.mend()
                if drop == "reload":
                    writer.page.reload()
                    expect(writer.page.locator("#room")).to_be_visible()
        for reader in (mod, *(one for one, _ in writers)):
            reader.show("Chat")
            expect(reader.page.locator(".message-unsent")).to_have_count(0)
            everything = sum(len(said) for said in expected.values())
            expect(reader.page.locator("#side-chat .message")).to_have_count(everything)
            assert texts(reader) == texts(mod)
        for name, said in expected.items():
            assert [one for one in texts(mod) if one.startswith(name)] == said


def test_a_refused_message_can_be_edited_and_sent_again(
    make_place: Rooms, inspect: Inspection
) -> None:
    place = make_place()
    ann, mod = place.attendee("Ann", **A_PHONE), place.moderator("Mo")
    ann.show("Chat")
    listen(ann)
    # Refused by the server alone: the page would not have sent it.
    ann.page.evaluate("() => { window.sending = WebSocket.prototype.send; }")
    ann.page.evaluate(
        """() => { WebSocket.prototype.send = function (text) {
          window.sending.call(this, text.replace("too long", "x".repeat(3000)));
        }; }"""
    )
    say(ann, "too long")
    unsent = ann.page.locator(".message-unsent")
    expect(unsent).to_contain_text("Not sent. The message is longer than 2,000 characters.")
    hears(ann, "Not sent. The message is longer", "alert")
    inspect.look(ann, "chat, not sent", ["phone"])
    ann.page.evaluate("() => { WebSocket.prototype.send = window.sending; }")
    unsent.get_by_role("button", name="Edit").click()
    expect(unsent).to_have_count(0)
    expect(field(ann)).to_have_value("too long")
    field(ann).fill("short")
    ann.page.locator("#side-chat .composer-send").click()
    mod.show("Chat")
    expect(message(mod, "short")).to_be_visible()


def test_an_announcement_that_one_may_not_make_any_more_is_a_message(make_place: Rooms) -> None:
    """Where one moderates no more, the button that would turn it off is gone."""
    place = make_place(mode="open")
    host, ann = place.host("Hetty"), place.attendee("Ann")
    host.act_on("Ann", "Make moderator")
    ann.show("Chat")
    announce = ann.page.get_by_role("button", name="Announcement to everybody")
    announce.click()
    host.act_on("Ann", "Make attendee")
    expect(announce).to_be_hidden()
    say(ann, "Just a word")
    expect(message(ann, "Just a word")).to_have_attribute("data-announcement", "false")


def test_a_text_that_is_too_long_is_not_sent(make_place: Rooms) -> None:
    place = make_place()
    for ann in (place.attendee("Ann"), place.attendee("Ann", **A_PHONE)):
        ann.show("Chat")
        field(ann).fill("x" * 1900)
        note = ann.page.locator("#side-chat .composer-note")
        expect(note).to_have_text("100 characters left")
        field(ann).fill("x" * 2001)
        expect(note).to_have_text("1 character too many")
        field(ann).press("Enter")
        expect(ann.page.locator("#side-chat .composer-send")).to_be_disabled()
        expect(field(ann)).to_have_value(re.compile("^x{2001}\n?$"))


LINKS = [
    ("see https://example.org/a_(b)?c=d#e.", "https://example.org/a_(b)?c=d#e"),
    ("(https://example.org/a)", "https://example.org/a"),
    ("HTTP://EXAMPLE.ORG/A", None),
    ("https://exаmple.org/", "https://xn--exmple-4nf.org/"),
    ("https://user:pw@example.org/", None),  # pragma: allowlist secret
    ("https://example.org@evil.example/", None),
    ("https://example.org/\u2067txt.exe", "https://example.org/%E2%81%A7txt.exe"),
    ("https://evil.example/\u200b.example.org", "https://evil.example/%E2%80%8B.example.org"),
    ("https://пример.example/страница", "https://xn--e1afmkfd.example/"),
    ("https://example.org/straße", "https://example.org/straße"),
    ("javascript:alert(1) data:text/html,x ftp://example.org/ //example.org", None),
    ("<a href='https://example.org'>x</a> <img src=x onerror=alert(1)>", "https://example.org"),
]


def test_links_are_safe_and_shown_plainly(make_place: Rooms) -> None:
    place = make_place()
    ann, ben = place.attendee("Ann"), place.attendee("Ben", **A_PHONE)
    ben.show("Chat")
    for text, _ in LINKS:
        say(ann, text)
    for one in (ann, ben):
        sees_safe_links(one)


def sees_safe_links(one: Visitor) -> None:
    for number, (text, shown) in enumerate(LINKS):
        row = one.page.locator("#side-chat .message[data-number]").nth(number)
        expect(row).to_be_visible()
        links = row.locator("a")
        if shown is None and not text.startswith("HTTP"):
            expect(links).to_have_count(0)
            expect(row.locator(".message-text")).to_have_text(text)
            continue
        link = links.first
        assert link.get_attribute("rel") == "noopener noreferrer"
        assert link.get_attribute("target") == "_blank"
        if shown is not None:
            assert link.inner_text().startswith(shown), text
        assert link.evaluate("(one) => new URL(one.href).protocol") in ("http:", "https:")
    assert one.page.locator("#side-chat .message img").count() == 0


def test_the_keyboard_alone_is_enough(make_place: Rooms) -> None:
    place = make_place()
    ann, mod = place.attendee("Ann"), place.moderator("Mo")
    mod.page.locator('#bar [data-tab="chat"]').focus()
    mod.page.keyboard.press("Enter")
    expect(mod.page.get_by_role("tab", name="Chat")).to_be_focused()
    mod.page.keyboard.press("ArrowRight")
    expect(mod.page.get_by_role("tab", name="Q&A")).to_be_focused()
    mod.page.keyboard.press("Home")
    expect(mod.page.get_by_role("tab", name="People")).to_be_focused()
    mod.page.keyboard.press("ArrowRight")
    field(mod).focus()
    mod.page.keyboard.type("two")
    mod.page.keyboard.press("Shift+Enter")
    mod.page.keyboard.type("lines")
    mod.page.keyboard.press("Enter")
    ann.show("Chat")
    expect(message(ann, "two")).to_be_visible()
    assert texts(ann) == ["two\nlines"]
    message(mod, "two").locator(".message-menu").focus()
    mod.page.keyboard.press("Enter")
    mod.page.keyboard.press("ArrowUp")
    expect(mod.page.get_by_role("menuitem", name="Delete")).to_be_focused()
    mod.page.keyboard.press("Enter")
    expect(message(ann, "two")).to_have_count(0)
